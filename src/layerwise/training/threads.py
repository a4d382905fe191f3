"""How many threads the matrix products use: set for a run, and put back after it.

The same product gives other last bits with another number of threads, so the number belongs to what a run records.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from layerwise import __version__


def available() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


SMALL = 4_000_000
"""Multiplications of a batch below which a second thread costs more than it brings (measured: 32 x 26,000 is slower
with two threads, and many times slower when other programs want the cores; 128 x 109,000 is a third faster)."""


def suited(multiplications: int) -> int:
    """The number of threads for batches of so much work: one for small batches, else one for each core.

    >>> suited(1_000_000)
    1
    """
    return 1 if multiplications < SMALL else available()


@contextmanager
def blas_threads(threads: int) -> Iterator[None]:
    """Run the body with this many threads for matrix products."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=threads, user_api="blas"):
        yield


def environment(threads: int) -> dict[str, Any]:
    """What the bits of a run depend on, besides its settings and data."""
    from threadpoolctl import threadpool_info

    blas = [
        f"{lib['internal_api']} {lib['version']} {lib.get('architecture', '')}".strip()
        for lib in threadpool_info()
        if lib["user_api"] == "blas"
    ]
    return {"threads": threads, "layerwise": __version__, "numpy": np.__version__, "blas": sorted(set(blas))}
