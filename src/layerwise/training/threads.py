"""How many threads the matrix products use: set for a run, and put back after it.

The same product gives other last bits with another number of threads, so the number belongs to what a run records.
One thread is the default: results are then the same on machines with few and with many cores, and a run does not
stand still when other programs want the cores (measured with two threads on two busy cores: four times slower than
with one; on idle cores the second thread brings a third at most).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from layerwise import __version__


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
