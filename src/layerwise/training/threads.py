"""How many threads the matrix products use: set for a run, and put back after it.

The same product gives other last bits with another number of threads, so the number belongs to what a run records.
One thread is the default: results are then the same on machines with few and with many cores, and a run does not
stand still when other programs want the cores (measured with two threads on two busy cores: four times slower than
with one; on idle cores the second thread brings a third at most).

The number is one for the whole process, so runs side by side in several Python threads share it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from layerwise import __version__
from layerwise.checks import whole_number
from layerwise.errors import SettingError

MOST_THREADS = 1024


def thread_count(threads: int | None, recorded: int = 1) -> int:
    """The threads that a run uses: those asked for, else those recorded by the run that it resumes."""
    if threads is None:
        return recorded
    threads = whole_number("threads", threads)
    if threads > MOST_THREADS:
        raise SettingError(f"threads must be at most {MOST_THREADS}, got {threads}")
    return threads


class _Limit:
    """The limit on BLAS threads, held by all runs of the process that are under way."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.runs = 0
        self.threads = 0
        self.controller: Any = None

    def enter(self, threads: int) -> None:
        from threadpoolctl import threadpool_limits

        with self.lock:
            if self.runs == 0:
                self.controller, self.threads = threadpool_limits(limits=threads, user_api="blas"), threads
            elif threads != self.threads:
                raise SettingError(
                    f"threads must be {self.threads} while another run in this process uses {self.threads}, got "
                    f"{threads}: the number holds for the whole process"
                )
            self.runs += 1

    def leave(self) -> None:
        with self.lock:
            self.runs -= 1
            if self.runs == 0:
                self.controller.restore_original_limits()


_LIMIT = _Limit()


@contextmanager
def blas_threads(threads: int) -> Iterator[None]:
    """Run the body with this many threads for matrix products; after the last body the old number is back.

    Raises SettingError while another run in this process uses another number.
    """
    _LIMIT.enter(threads)
    try:
        yield
    finally:
        _LIMIT.leave()


def environment(threads: int) -> dict[str, Any]:
    """What the bits of a run depend on, besides its settings and data.

    >>> sorted(environment(threads=1))
    ['blas', 'layerwise', 'numpy', 'threads']
    """
    return {"threads": threads, "layerwise": __version__, "numpy": np.__version__, "blas": _blas()}


def _blas() -> list[str]:
    """The library behind NumPy's matrix products; other packages may have brought more of them into the process."""
    from threadpoolctl import threadpool_info

    libraries = [library for library in threadpool_info() if library["user_api"] == "blas"]
    own = [library for library in libraries if Path(library["filepath"]).parent.name == "numpy.libs"]
    words = ("internal_api", "version", "architecture")
    return sorted({" ".join(str(each.get(word) or "?") for word in words) for each in own or libraries})
