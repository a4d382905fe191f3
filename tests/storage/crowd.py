"""Two writers and two readers at one file for some seconds: `crowd.py FOLDER SECONDS` prints one line of JSON."""

from __future__ import annotations

import json
import os
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np

from layerwise import storage

WRITERS = (1, 2)


def write(path: Path, writer: int, end: float) -> dict[str, int]:
    """Save states of differing size, all values equal to a number that names writer and turn."""
    turn = 0
    while time.monotonic() < end:
        turn += 1
        number = writer * 1_000_000 + turn
        storage.write(path, {"theta": np.full(5_000 * writer, number, np.float64)}, {"number": number})
    return {"writes": turn}


def read(path: Path, end: float) -> dict[str, int]:
    """Count the states of each writer that were read, the mixed ones, and the times a file was older than before."""
    seen: Counter[str] = Counter()
    newest = dict.fromkeys(WRITERS, 0)
    while time.monotonic() < end:
        stored = storage.read(path)
        number = stored.header["number"]
        writer = number // 1_000_000
        theta = stored.arrays["theta"]
        seen["mixed"] += not (stored.checked and len(theta) == 5_000 * writer and (theta == number).all())
        seen["older"] += number < newest[writer]
        newest[writer] = number
        seen[f"of writer {writer}"] += 1
    return dict(seen)


def main(folder: Path, seconds: float) -> None:
    path = folder / "net.safetensors"
    storage.write(path, {"theta": np.full(5_000, 1_000_000.0)}, {"number": 1_000_000})
    end = time.monotonic() + seconds
    pipes, children = [], []
    for place in range(4):
        come, go = os.pipe()
        child = os.fork()
        if child == 0:
            found = write(path, WRITERS[place], end) if place < 2 else read(path, end)
            os.write(go, json.dumps(found).encode())
            os._exit(0)
        os.close(go)
        pipes.append(come)
        children.append(child)
    codes = [os.waitpid(child, 0)[1] for child in children]
    results = [json.loads(os.read(pipe, 10_000) or b"{}") for pipe in pipes]
    print(json.dumps({"codes": codes, "writers": results[:2], "readers": results[2:]}))  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]))
