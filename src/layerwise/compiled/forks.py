"""Locks that a fork finds free: a child process has only the thread that forked, and nobody to let go for others."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Protocol


class Lock(Protocol):
    """What the locks of the standard library and Numba's have in common."""

    def acquire(self) -> Any: ...

    def release(self) -> None: ...


def lock_across_forks(in_child: Callable[[], None] | None = None) -> AbstractContextManager[Any]:
    """A lock that whoever forks waits for, so that what it guards is whole in the child, and free.

    in_child: called in the child, under the lock, to put away what belonged to threads that are no longer there. Locks
    that are taken within others must be made before them.
    """
    lock = threading.RLock()
    hold_across_forks(lock, in_child)
    return lock


def hold_across_forks(lock: Lock, in_child: Callable[[], None] | None = None) -> None:
    """The same for a lock that there is, which one thread may take twice."""

    def free_in_child() -> None:
        try:
            if in_child is not None:
                in_child()
        finally:
            lock.release()

    if hasattr(os, "register_at_fork"):
        os.register_at_fork(before=lock.acquire, after_in_parent=lock.release, after_in_child=free_in_child)
