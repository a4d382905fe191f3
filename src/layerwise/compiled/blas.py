"""The threads of the libraries behind matrix products, and how to keep them quiet while our own threads work.

A library's threads wait for the next product by spinning, OpenBLAS's for 0.1 s: they hold a core that the workers of
a convolution want (measured: a training step of a convolutional network took 6.3 ms with them and 4.0 ms without).
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, lru_cache
from typing import Any

from layerwise.compiled import workers
from layerwise.compiled.forks import lock_across_forks


def libraries() -> list[Any]:
    """The libraries for matrix products in this process.

    They are looked for again where modules were loaded since, which may have brought some: the search takes as long as
    twenty steps of a small network, and a run that is stepped asks before each.
    """
    return list(_found(len(sys.modules)))


@lru_cache(maxsize=1)
def _found(modules: int) -> tuple[Any, ...]:
    from threadpoolctl import ThreadpoolController

    return tuple(ThreadpoolController().select(user_api="blas").lib_controllers)


def set_threads(library: Any, threads: int) -> None:
    """Set the number, from whichever Python thread.

    Newer versions of threadpoolctl let the first thread that sets a number go on doing so, and ignore all others
    in silence; a run whose number is ignored would record one that it does not use.
    """
    release = getattr(library, "clear_controlling_thread", None)
    if release is not None:
        release(force=True)
    library.set_num_threads(threads)
    if release is not None:
        release(force=True)


class _Quiet:
    """Who wants quiet now, and what the numbers were before. A run of `fit` has set them, and nothing touches those."""

    def __init__(self) -> None:
        self.wishes: dict[object, int] = {}
        """Each with the thread that it comes from."""
        self.before: list[tuple[Any, int]] = []
        self.lock = lock_across_forks(in_child=self.forget_other_threads)

    def enter(self, wish: object) -> None:
        with self.lock:
            first = not self.wishes
            self.wishes[wish] = threading.get_ident()
            if first and not workers.in_a_run() and workers.threads() > 1:
                self.before = [(library, library.num_threads) for library in _known_libraries()]
                self.set_all(1)

    def leave(self, wish: object) -> None:
        """Twice changes nothing more: an interrupt may have come into the first time."""
        with self.lock:
            if wish in self.wishes:
                if len(self.wishes) == 1:
                    self.restore()
                del self.wishes[wish]

    def wanted_here(self) -> bool:
        """Whether this thread is one of those who want it."""
        with self.lock:
            return threading.get_ident() in self.wishes.values()

    def set_all(self, threads: int) -> None:
        for library, number in self.before:
            if number != threads:
                set_threads(library, threads)

    def restore(self) -> None:
        for library, number in self.before:
            if number != 1:
                set_threads(library, number)
        self.before = []

    def forget_other_threads(self) -> None:
        self.wishes = of_this_thread(self.wishes)
        if not self.wishes:
            self.restore()


_quiet = _Quiet()


@contextmanager
def one_thread_each() -> Iterator[None]:
    """Within the body matrix products use one thread, unless a run of `fit` has chosen their number."""
    wish = object()
    try:
        try:
            _quiet.enter(wish)
            yield
        finally:
            _quiet.leave(wish)
    finally:
        _quiet.leave(wish)  # again: Ctrl-C may have come into the first time, or just before it


def side_by_side(*products: Callable[[], Any]) -> list[Any]:
    """What each gives. Where the library's threads keep quiet, ours take one each; elsewhere each has all of its own.

    >>> side_by_side(lambda: 1, lambda: 2)
    [1, 2]
    """
    if not _quiet.wanted_here():
        return [each() for each in products]
    found: list[Any] = [None] * len(products)

    def compute(first: int, last: int) -> None:
        for place in range(first, last):
            found[place] = products[place]()

    workers.share(compute, len(products))
    return found


def use_threads(number: int | None) -> None:
    """Have our workers use so many threads, for a run whose caller then sets those of the libraries; None: no more."""
    with _quiet.lock:
        _quiet.restore()
        workers.use_threads(number)


def of_this_thread(holders: dict[object, int]) -> dict[object, int]:
    """Those that this thread has entered: in a child process, those that are left."""
    return {holder: thread for holder, thread in holders.items() if thread == threading.get_ident()}


@cache
def _known_libraries() -> list[Any]:
    """Looked for once: it takes milliseconds. The one behind NumPy is there before anything computes."""
    return libraries()
