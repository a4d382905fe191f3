"""Read a large CSV file and hold time and memory to what is promised:  python -m tools.csv_scale

    python -m tools.csv_scale                  a million rows by 20 columns: within 60 s, and 6 times the file in memory
    python -m tools.csv_scale --rows 100000    smaller files, with a tenth of the time
    python -m tools.results --only csv         the figures on docs/results.md

Three files are read, each in a process of its own; the memory is the peak of that process above what it held after its
imports and a table of 40 rows, which loads the code of DuckDB.

- ordinary: 14 columns of numbers with 6 digits, 4 of whole numbers, 2 of categories (one is the target), and a gap in
  every hundredth cell of a third of the columns;
- digits: 19 columns of one digit and the target, the fewest bytes that numbers can take in a file;
- gaps: the same with every twentieth cell empty, so that each column becomes two features.

x takes 4 bytes a feature, whatever the cells take in the file: a column of one letter with 26 categories becomes 26
features, 104 bytes for the 2 of a cell, and no reader can keep that within 6 times the file.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from layerwise.random import generator

ROWS, COLUMNS = 1_000_000, 20
SECONDS_PER_ROW = 60 / ROWS
TIMES_THE_FILE = 6
CELLS = {
    "ordinary": "14 numbers of 6 digits, 4 whole ones, 2 categories; some gaps",
    "digits": "numbers of one digit, the fewest bytes of a file",
    "gaps": "the same, every twentieth missing: two features a column",
}
Record = dict[str, Any]

_BLOCK = 10_000
_TOWNS = ("Bonn", "Ulm", "Kiel", "Berlin")
_READ = """
import json, sys, time
from pathlib import Path
import duckdb, numpy.random
from layerwise.data import column, read_table

def peak():
    status = Path("/proc/self/status")
    if status.exists():  # Linux counts the program that started this one into ru_maxrss, but not into this
        return next(int(line.split()[1]) for line in status.open() if line.startswith("VmHWM:")) * 1024
    import resource
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)

small = Path(sys.argv[1] + ".small.csv")
small.write_text("a,kind\\n" + "1,x\\n2,y\\n" * 20)
read_table(small, "kind")
small.unlink()
before = peak()
begin = time.perf_counter()
data = read_table(sys.argv[1], "kind")
seconds = time.perf_counter() - begin
shape = [sum(len(part.x) for part in (data.train, data.validation, data.test)), data.train.x.shape[1]]
missing = sum(data.missing.values())
print(json.dumps({"seconds": seconds, "bytes": peak() - before, "shape": shape, "missing": missing}))
"""


def write_table(path: Path, rows: int, kind: str = "ordinary") -> None:
    """A CSV file of `rows` rows and 20 columns of one of the KINDS, the same in every run."""
    names = [*(f"f{k}" for k in range(14)), *(f"i{k}" for k in range(4)), "town", "kind"]
    with path.open("w", encoding="utf-8") as file:
        file.write(",".join(names) + "\n")
        for start in range(0, rows, _BLOCK):
            file.writelines(KINDS[kind](min(_BLOCK, rows - start), start))


def _ordinary(rows: int, start: int) -> list[str]:
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


def _digits(rows: int, start: int, empty: float = 0.0) -> list[str]:
    draw = generator(0, "csv digits", step=start)
    cells = np.char.mod("%d", draw.integers(10, size=(rows, 19)))
    cells[draw.random(cells.shape) < empty] = ""
    labels = draw.choice(["a", "b"], size=(rows, 1))
    return [",".join(row) + "\n" for row in np.hstack([cells, labels]).tolist()]


def _gaps(rows: int, start: int) -> list[str]:
    return _digits(rows, start, empty=0.05)


KINDS: dict[str, Callable[[int, int], list[str]]] = {"ordinary": _ordinary, "digits": _digits, "gaps": _gaps}


def measure(path: Path) -> Record:
    """Seconds, bytes above the imports, shape and gaps of reading a file, in a process of its own."""
    done = subprocess.run([sys.executable, "-c", _READ, str(path)], capture_output=True, text=True, check=True)
    found: Record = json.loads(done.stdout)
    return found | {"times the file": found["bytes"] / path.stat().st_size}


def compare(rows: int = ROWS) -> list[Record]:
    """Write and read a file of each kind."""
    found = []
    for kind in KINDS:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, f"{kind}.csv")
            write_table(path, rows, kind)
            found.append({"kind": kind, "rows": rows, "size": path.stat().st_size, **measure(path)})
    return found


def holds(found: Record) -> bool:
    """Whether a file was read in the time and the memory that are promised."""
    return bool(found["seconds"] <= allowed(found["rows"]) and found["times the file"] <= TIMES_THE_FILE)


def allowed(rows: int) -> float:
    """Seconds; a program that reads few rows has still to start."""
    return max(SECONDS_PER_ROW * rows, 5)


def section(record: list[Record]) -> str:
    """The section of docs/results.md, or nothing before it was measured."""
    if not record:
        return ""
    rows = record[0]["rows"]
    lines = [
        "## A large CSV file",
        "",
        f"Generated by `python -m tools.results --only csv`. {rows:,} rows by {COLUMNS} columns, read into the parts",
        "of a dataset: types and categories found, gaps filled, features scaled by the training part. Wanted:",
        f"{allowed(rows):.0f} s at most, and {TIMES_THE_FILE} times the file in memory at the peak.",
        "",
        "| cells | file | features | time | memory, times the file |",
        "|---|---|---|---|---|",
        *(
            f"| {each['kind']}: {CELLS[each['kind']]} | {each['size'] / 1e6:.0f} MB | {each['shape'][1]} "
            f"| {each['seconds']:.1f} s | {each['times the file']:.1f} |"
            for each in record
        ),
    ]
    return "\n".join([*lines, ""])


def main() -> int:
    """Write, read, compare. Returns 1 when a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=ROWS)
    chosen = parser.parse_args()
    found = compare(chosen.rows)
    print(section(found))
    return int(not all(map(holds, found)))


if __name__ == "__main__":
    sys.exit(main())
