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
from layerwise.checks import whole_number


def available() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def blas_threads(threads: int | None) -> Iterator[int]:
    """Run the body with this many threads for matrix products; None means one for each available core."""
    from threadpoolctl import threadpool_limits

    wanted = available() if threads is None else whole_number("threads", threads)
    with threadpool_limits(limits=wanted, user_api="blas"):
        yield wanted


def environment(threads: int) -> dict[str, Any]:
    """What the bits of a run depend on, besides its settings and data."""
    from threadpoolctl import threadpool_info

    blas = [
        f"{lib['internal_api']} {lib['version']} {lib.get('architecture', '')}".strip()
        for lib in threadpool_info()
        if lib["user_api"] == "blas"
    ]
    return {"threads": threads, "layerwise": __version__, "numpy": np.__version__, "blas": sorted(set(blas))}
