"""Read a large CSV file and hold time and memory to what is promised:  python -m tools.csv_scale

    python -m tools.csv_scale                  a million rows by 20 columns: within 60 s, and 6 times the file in memory
    python -m tools.csv_scale --rows 100000    a smaller file, with a tenth of the time

The file has 14 columns of numbers with 6 digits, 4 of whole numbers, 2 of categories (one is the target), and a gap in
every hundredth cell of a third of the columns. It is read in a process of its own; the memory is the peak of that
process above what it held after its imports.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from layerwise.random import generator

ROWS = 1_000_000
SECONDS_PER_ROW = 60 / ROWS
TIMES_THE_FILE = 6

_BLOCK = 10_000
_TOWNS = ("Bonn", "Ulm", "Kiel", "Berlin")
_READ = """
import json, resource, sys, time
from layerwise.data import column, read_csv
import numpy.random
unit = 1024 if sys.platform != "darwin" else 1
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
begin = time.perf_counter()
data = read_csv(sys.argv[1], "kind")
seconds = time.perf_counter() - begin
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
shape = [sum(len(part.x) for part in (data.train, data.validation, data.test)), data.train.x.shape[1]]
print(json.dumps({"seconds": seconds, "bytes": peak - before, "shape": shape, "missing": sum(data.missing.values())}))
"""


def write_table(path: Path, rows: int) -> None:
    """A CSV file of `rows` rows and 20 columns, the same in every run."""
    with path.open("w", encoding="utf-8") as file:
        file.write(",".join([*(f"f{k}" for k in range(14)), *(f"i{k}" for k in range(4)), "town", "kind"]) + "\n")
        for start in range(0, rows, _BLOCK):
            file.writelines(_lines(min(_BLOCK, rows - start), start))


def _lines(rows: int, start: int) -> list[str]:
    draw = generator(0, "csv scale", step=start)
    numbers = draw.normal(size=(rows, 14)).tolist()
    whole = draw.integers(1000, size=(rows, 4)).tolist()
    gaps = (draw.random((rows, 6)) < 0.01).tolist()
    towns = draw.integers(4, size=rows).tolist()
    lines = []
    for each, integers, empty, town in zip(numbers, whole, gaps, towns, strict=True):
        cells = [f"{value:.6g}" for value in each]
        cells[:6] = ["" if gap else cell for cell, gap in zip(cells, empty, strict=False)]
        lines.append(",".join([*cells, *map(str, integers), _TOWNS[town], "even" if town % 2 else "odd"]) + "\n")
    return lines


def measure(path: Path) -> dict[str, Any]:
    """Seconds, bytes above the imports, shape and gaps of reading a file, in a process of its own."""
    done = subprocess.run([sys.executable, "-c", _READ, str(path)], capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found | {"times the file": found["bytes"] / path.stat().st_size}


def main() -> int:
    """Write, read, compare. Returns 1 when a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=ROWS)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "large.csv")
        write_table(path, rows)
        size = path.stat().st_size
        found = measure(path)
    allowed = max(SECONDS_PER_ROW * rows, 5)
    print(f"{rows:,} rows by 20 columns, {size / 2**20:.0f} MB")
    print(f"read in {found['seconds']:.1f} s (promised: {allowed:.0f} s)")
    print(f"peak memory {found['times the file']:.1f} times the file (promised: {TIMES_THE_FILE})")
    return int(found["seconds"] > allowed or found["times the file"] > TIMES_THE_FILE)


if __name__ == "__main__":
    sys.exit(main())
