"""Start a process that saves without end, kill it with SIGKILL at a random moment, look at the file; many times.

Run as a program: `kill_loop.py FOLDER KILLS`; prints one line of JSON. It imports NumPy once and forks, so that a kill
costs milliseconds. The saver marks what it is doing in memory shared with this process. Three kills of four
are aimed: wait until a random phase begins, then for a random part of the time that phase usually takes. Every fourth
comes after a random time.
"""

from __future__ import annotations

import itertools
import json
import mmap
import os
import random
import signal
import struct
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from layerwise import files, storage
from layerwise.errors import FileError

PHASES = ("prepare", "write", "fsync", "rename", "fsync folder", "between")
AIMED = ("write", "fsync", "rename", "fsync folder")
SHARED = mmap.mmap(-1, 4096)
"""Byte 0: the phase. From byte 8: how many saves were finished, in eight bytes."""


def mark(phase: str) -> None:
    SHARED[0] = PHASES.index(phase)


def phase_now() -> str:
    return PHASES[SHARED[0]]


def finished() -> int:
    return int(struct.unpack_from("<Q", SHARED, 8)[0])


def marks(phases: list[str], call: Callable[..., Any], after: bool = False) -> Callable[..., Any]:
    """The call, marking the next of the phases before it begins (or after it ended)."""
    turn = itertools.cycle(phases)

    def marked(*arguments: Any) -> Any:
        if not after:
            mark(next(turn))
        result = call(*arguments)
        if after:
            mark(next(turn))
        return result

    return marked


def state(number: int) -> dict[str, np.ndarray]:
    """Alternating states of different sizes, every value equal to the number of the save."""
    return {"theta": np.full(30_000 if number % 2 else 20_000, number, np.float64)}


def save_without_end(path: Path, number: int, parent: int) -> None:
    """Until it is killed, or its parent is gone."""
    files.open = marks(["write"], open, after=True)  # type: ignore[attr-defined]
    os.fsync = marks(["fsync", "fsync folder"], os.fsync)
    os.replace = marks(["rename"], os.replace)
    files._clear_leftovers = marks(["prepare"], files._clear_leftovers)
    while os.getppid() == parent:
        number += 1
        mark("prepare")
        storage.write(path, state(number), {"save": number})
        mark("between")
        struct.pack_into("<Q", SHARED, 8, number)


def wait_for_phase(phase: str) -> None:
    deadline = time.monotonic() + 30
    for here in (True, False):
        while (phase_now() == phase) == here:
            os.sched_yield()
            if time.monotonic() > deadline:
                raise RuntimeError(f"the saver never came to its next {phase}")


def usual_times(path: Path) -> dict[str, float]:
    """Seconds that each phase takes here and now, the median of twenty."""
    saver = forked(path)
    times: dict[str, list[float]] = {phase: [] for phase in AIMED}
    for phase in AIMED * 20:
        wait_for_phase(phase)
        start = time.perf_counter()
        while phase_now() == phase:
            pass
        times[phase].append(time.perf_counter() - start)
    kill(saver)
    return {phase: float(np.median(each)) for phase, each in times.items()}


def forked(path: Path) -> int:
    mark("between")
    number, parent = finished(), os.getpid()
    child = os.fork()
    if child == 0:
        try:
            save_without_end(path, number, parent)
        finally:
            os._exit(1)
    return child


def kill(process: int) -> None:
    os.kill(process, signal.SIGKILL)
    _, status = os.waitpid(process, 0)
    if not os.WIFSIGNALED(status):
        raise RuntimeError("the saver ended by itself")


def whole(path: Path) -> bool:
    """Does the file hold the last finished save, or the one after it, and nothing else?"""
    try:
        stored = storage.read(path)
    except FileError:
        return False
    number = stored.header["save"]
    same = np.array_equal(stored.arrays["theta"], state(number)["theta"])
    return stored.checked and same and number - finished() in (0, 1)


def run(folder: Path, kills: int) -> dict[str, Any]:
    rng = random.Random(0)
    path = folder / "net.safetensors"
    storage.write(path, state(0), {"save": 0})
    times = usual_times(path)
    one_save = sum(times.values())
    died: Counter[str] = Counter()
    broken, new, strays = 0, 0, 0
    for turn in range(kills):
        # What the last saver may have renamed without saying so is where the next one begins.
        struct.pack_into("<Q", SHARED, 8, storage.read(path).header["save"])
        saver = forked(path)
        if turn % 4 == 0:
            time.sleep(rng.uniform(0, 3 * one_save))
        else:
            phase = AIMED[rng.randrange(len(AIMED))]
            wait_for_phase(phase)
            end = time.perf_counter() + rng.uniform(0, times[phase])
            while time.perf_counter() < end:
                pass
        kill(saver)
        died[phase_now()] += 1
        strays += len(os.listdir(folder)) > 1
        if whole(path):
            new += storage.read(path).header["save"] != finished()
        else:
            broken += 1
            path.unlink()
            storage.write(path, state(0), {"save": 0})
    storage.write(path, state(0), {"save": 0})
    left = [name for name in os.listdir(folder) if name != path.name]
    return {"broken": broken, "died": died, "new": new, "strays": strays, "left": left, "times": times}


if __name__ == "__main__":
    print(json.dumps(run(Path(sys.argv[1]), int(sys.argv[2]))))  # noqa: T201
