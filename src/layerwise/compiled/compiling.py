"""How the loops behind the twins are compiled.

Each loop runs along the last axis of all its arrays, which are C-contiguous and of one type, and adds to many sums at a
time, never to a single one: so it is vectorised without changing the order of any sum. Where a single sum is wanted,
`any_order` and `summing` say so.

error_model="numpy": a division by zero gives infinity or NaN, as in NumPy; it is also what lets loops with a division
use the vector unit (Adam on 109,000 parameters: 64 µs with it, 250 without). No other fastmath: NaN must come through,
and a sum keeps its order. nogil: other Python threads run on meanwhile. cache: compiled once for a machine and a
version.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, TypeVar

import numba
from numba.core import event
from numba.core.compiler_lock import global_compiler_lock

from layerwise.compiled.cache import tend
from layerwise.compiled.forks import hold_across_forks

Function = TypeVar("Function", bound=Callable[..., Any])


def kernel(function: Function) -> Function:
    """Compile a function for each combination of argument types, when it is first called with it."""
    return _compiled(function, set())


def any_order(function: Function) -> Function:
    """The same for a sum that may be taken in any order, one for all calls with arrays of a size; NaN comes through."""
    return _compiled(function, {"reassoc"})


def summing(function: Function) -> Function:
    """As `any_order`; and products may be added without being rounded first."""
    return _compiled(function, {"reassoc", "contract"})


def _compiled(function: Function, fastmath: set[str]) -> Function:
    def compiled(cache: bool) -> Any:
        return numba.njit(cache=cache, error_model="numpy", nogil=True, fastmath=fastmath)(function)

    kept: Function = compiled(cache=True)
    # Without a stamp of ours, rather slow at each start than computing with loops that were changed since.
    return kept if tend(kept) else compiled(cache=False)


_slow: dict[Any, str] = {}
"""What functions that take seconds to compile are for."""


def slow_to_compile(purpose: str) -> Callable[[Function], Function]:
    """Have it said, once for each purpose, when a function that takes more than about 3 seconds is being compiled."""

    def enter(compiled: Function) -> Function:
        _slow[compiled.py_func] = purpose  # type: ignore[attr-defined]
        return compiled

    return enter


class _Announcement(event.Listener):  # type: ignore[misc]
    """Says that our loops are being compiled: a step then takes seconds, and the user would wonder why."""

    def __init__(self) -> None:
        self.said: set[str] = set()

    def on_start(self, event: Any) -> None:
        function = event.data["dispatcher"].py_func
        if not function.__module__.startswith("layerwise."):
            return
        purpose = _slow.get(function, "")
        if purpose not in self.said:
            self.said |= {purpose, ""}
            what = f"loops of {purpose}" if purpose else "fast twins of the formulas"
            sys.stderr.write(f"layerwise: compiling the {what}, once for this machine ...\n")

    def on_end(self, event: Any) -> None:
        """Nothing more to say."""


event.register("numba:compile", _Announcement())
hold_across_forks(global_compiler_lock)  # a child that finds it taken, and LLVM in the middle of something, hangs
