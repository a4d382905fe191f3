"""Time that a test may bound: that of the processor, in this thread, whatever else the machine is busy with."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """What happens in the block computes for no longer than this. Waiting, and other threads, do not count."""
    begin = time.thread_time()
    try:
        yield
    finally:  # an error that is wanted takes its time as well
        assert time.thread_time() - begin < seconds
