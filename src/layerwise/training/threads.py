"""How many threads matrix products and convolutions use: set for a run, and put back after it.

The same product gives other last bits with another number of threads, so the number belongs to what a run records.
One thread is the default: results are then the same on machines with few and with many cores, and a run does not
stand still when other programs want the cores (measured with two threads on two busy cores: four times slower than
with one; on idle cores the second thread brings a third at most).

The number is one for the whole process, so runs side by side in several Python threads share it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from layerwise import __version__
from layerwise.checks import whole_number
from layerwise.compiled import in_use
from layerwise.compiled.blas import libraries as _libraries
from layerwise.compiled.blas import set_threads as _set
from layerwise.compiled.blas import use_threads
from layerwise.errors import SettingError
from layerwise.network import Network
from layerwise.network.execution.plan import shares_batches

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
        self.threads = self.products = 0
        self.before: list[int] = []

    def enter(self, threads: int, products: int) -> None:
        with self.lock:
            self._refuse_others(threads, products)
            if self.runs == 0:
                use_threads(threads)
                self.libraries, self.threads, self.products = _libraries(), threads, products
                self.before = [library.num_threads for library in self.libraries]
            self.runs += 1
            for library in self.libraries:
                _set(library, products)

    def _refuse_others(self, threads: int, products: int) -> None:
        if self.runs and threads != self.threads:
            raise SettingError(
                f"threads must be {self.threads} while another run in this process uses {self.threads}, got "
                f"{threads}: the number holds for the whole process"
            )
        if self.runs and products != self.products:
            raise SettingError(
                f"another run in this process uses its {threads} threads otherwise, since one network has layers that "
                "share batches among them, and the other has not: use 1 thread, or let one run end first"
            )

    def leave(self) -> None:
        with self.lock:
            self.runs -= 1
            for library, before in zip(self.libraries, self.before, strict=True):
                # Libraries built on OpenMP have a number for every Python thread.
                if self.runs == 0 or getattr(library, "threading_layer", "") == "openmp":
                    _set(library, before)
            if self.runs == 0:
                use_threads(None)


_LIMIT = _Limit()


@contextmanager
def blas_threads(threads: int, products: int | None = None) -> Iterator[None]:
    """Run the body with this many threads; after the last body the old number is back.

    products: how many of them matrix products may use, all unless given.
    Raises SettingError while another run in this process uses other numbers.
    """
    _LIMIT.enter(threads, threads if products is None else products)
    try:
        yield
    finally:
        _LIMIT.leave()


def run_threads(net: Network, threads: int) -> AbstractContextManager[None]:
    """As `blas_threads`; where the network's layers share batches among our threads, products use none beside them."""
    return blas_threads(threads, 1 if in_use() and shares_batches(net.chain) else threads)


def environment(threads: int) -> dict[str, Any]:
    """What the bits of a run depend on, besides its settings and data.

    >>> sorted(environment(threads=1))
    ['blas', 'compiled', 'layerwise', 'numpy', 'threads']
    """
    versions = {"layerwise": __version__, "numpy": np.__version__, "blas": _blas()}
    return {"threads": threads, "compiled": in_use(), **versions}


def _blas() -> list[str]:
    """The library behind NumPy's matrix products; other packages may have brought more of them into the process."""
    from threadpoolctl import threadpool_info

    libraries = [library for library in threadpool_info() if library["user_api"] == "blas"]
    own = [library for library in libraries if Path(library["filepath"]).parent.name == "numpy.libs"]
    words = ("internal_api", "version", "architecture")
    return sorted({" ".join(str(each.get(word) or "?") for word in words) for each in own or libraries})
