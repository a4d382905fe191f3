"""Train with a checkpoint, die by SIGKILL at a random moment, go on from the file; many times.

Run as a program: `kill_fit.py FOLDER KILLS`; prints one line of JSON. Every start is a fork, so that NumPy is
imported once.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

from tests.training import runs

import layerwise as lw
from layerwise import storage

EPOCHS = 120


def train(path: Path) -> None:
    """From the file if there is one, to the end."""
    listeners = [lw.EarlyStopping(patience=EPOCHS)]
    resume = path if path.exists() else None
    runs.fit(runs.network(), epochs=EPOCHS, listeners=listeners, checkpoint=path, resume=resume)


def forked(path: Path) -> int:
    child = os.fork()
    if child == 0:
        try:
            train(path)
        finally:
            os._exit(0)
    return child


def wait_for_another_file(path: Path) -> None:
    """Until the next checkpoint has been written, or for a moment, as after the last one."""
    before, end = inode(path), time.monotonic() + 0.1
    while inode(path) == before and time.monotonic() < end:
        time.sleep(0.0002)


def inode(path: Path) -> int:
    return path.stat().st_ino if path.exists() else 0


def main(folder: Path, kills: int) -> None:
    rng = random.Random(0)
    train(folder / "whole")
    path, places, done = folder / "killed", [], 0
    while done < kills:
        child = forked(path)
        for _ in range(rng.randrange(4)):
            wait_for_another_file(path)
        time.sleep(rng.uniform(0, 0.004))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        if path.exists():
            places.append(storage.read(path).header["training"]["position"]["step"])  # whole, or an error
        if os.WIFSIGNALED(status):
            done += 1
        else:
            path.unlink()  # it came to its end first: begin again
    train(path)
    same = path.read_bytes() == (folder / "whole").read_bytes()
    print(json.dumps({"kills": done, "places": len(set(places)), "same": same}))  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
