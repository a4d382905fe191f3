"""Several Python threads for compiled loops that hold no lock: each does a share of the images.

Who calls does one share itself; the others are done by threads that all calls of the process share, one less than the
machine has cores, so that any number of networks may run at once. What a share computes does not depend on who does
it, nor on how many there are.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Workers:
    """The threads, made when they are first needed, and anew in a process that was forked off."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.wanted: int | None = None
        self.pool: ThreadPoolExecutor | None = None
        self.process = 0

    def executor(self) -> ThreadPoolExecutor:
        with self.lock:
            if self.pool is None or self.process != os.getpid():
                self.process = os.getpid()
                self.pool = ThreadPoolExecutor(max(cores() - 1, 1), thread_name_prefix="layerwise")
            return self.pool


_workers = _Workers()


def threads() -> int:
    """How many threads a call uses: those of the run that is under way, else one for each core."""
    return min(_workers.wanted or cores(), cores())


def use_threads(number: int | None) -> None:
    """Have calls use this many threads from now on, though never more than there are cores; None: one for each."""
    _workers.wanted = number


def share(call: Callable[[int, int], Any], count: int) -> None:
    """call(first, last) for ranges that together are all numbers below count."""
    number = min(threads(), count)
    if number <= 1:
        call(0, count)
        return
    ends = [count * part // number for part in range(number + 1)]
    executor = _workers.executor()
    others = [executor.submit(call, ends[part], ends[part + 1]) for part in range(1, number)]
    try:
        call(ends[0], ends[1])
    finally:
        for each in others:
            each.result()
