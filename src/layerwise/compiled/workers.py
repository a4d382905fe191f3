"""Several Python threads for compiled loops that hold no lock: each does a share of a batch.

Who calls does one share itself; the others are done by threads that all calls of the process share, one less than the
machine has cores, so that any number of networks may run at once. What a share computes does not depend on who does
it, nor on how many there are.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from typing import Any

LIMITS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
"""Variables of the environment by which users limit threads, of other libraries; they mean these as well."""


def cores() -> int:
    """How many cores this process may use.

    >>> cores() >= 1
    True
    """
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    limits = [int(text) for text in map(os.environ.get, LIMITS) if text is not None and text.isdecimal()]
    return max(min([available, *limits]), 1)


class _Workers:
    """The threads, made when they are first needed, and anew in a process that was forked off."""

    def __init__(self) -> None:
        self.wanted: int | None = None
        self.here = threading.local()
        self.forget()

    def forget(self) -> None:
        self.lock = threading.Lock()
        self.pool: ThreadPoolExecutor | None = None

    def executor(self) -> ThreadPoolExecutor:
        with self.lock:
            if self.pool is None:
                self.pool = ThreadPoolExecutor(max(cores() - 1, 1), thread_name_prefix="layerwise")
            return self.pool


_workers = _Workers()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_workers.forget)  # threads do not live on in a child


def threads() -> int:
    """How many threads a call uses: those of the run that is under way, else one for each core."""
    return min(_workers.wanted or cores(), cores())


def shards() -> int:
    """Into how many shards to cut a batch if that changes last bits: what `fit(threads=)` says, on any machine."""
    return _workers.wanted or cores()


def in_a_run() -> bool:
    """Whether somebody has chosen a number."""
    return _workers.wanted is not None


def use_threads(number: int | None) -> None:
    """Have calls use this many threads from now on, though never more than there are cores; None: one for each."""
    _workers.wanted = number


def share(call: Callable[[int, int], Any], count: int) -> None:
    """call(first, last) for ranges that together are all numbers below count; return when all are done.

    Within such a call, all is done by who calls: its fellows are at work already.

    >>> parts = []
    >>> share(lambda first, last: parts.append(range(first, last)), 10)
    >>> sorted(number for part in parts for number in part) == list(range(10))
    True
    """
    number = 1 if getattr(_workers.here, "sharing", False) else min(threads(), count)
    if number <= 1:
        call(0, count)
        return
    ends = [count * part // number for part in range(number + 1)]
    executor = _workers.executor()
    others = [  # each in the context of the caller, with what he has told NumPy about overflow
        executor.submit(copy_context().run, _alone, call, ends[part], ends[part + 1]) for part in range(1, number)
    ]
    try:
        _alone(call, ends[0], ends[1])
    finally:
        _end(others)
    for each in others:
        each.result()


def _end(others: list[Future[None]]) -> None:
    """Wait for all, also after Ctrl-C: nobody may write on when the caller is gone."""
    try:
        wait(others)
    except BaseException:
        wait(others)
        raise


def _alone(call: Callable[[int, int], Any], first: int, last: int) -> None:
    """Do one share, and all that is shared within it."""
    _workers.here.sharing = True
    try:
        call(first, last)
    finally:
        _workers.here.sharing = False
