"""How a kernel is compiled: the one place that names Numba.

error_model="numpy": a division by zero gives infinity or NaN, as in NumPy; it is also what lets loops with a division
use the vector unit (Adam on 109,000 parameters: 64 µs with it, 250 without). No fastmath: NaN must come through, and
a sum keeps its order. nogil: other Python threads run on meanwhile. cache: compiled once for a machine and a version.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, TypeVar

import numba
from numba.core import event

Function = TypeVar("Function", bound=Callable[..., Any])


def kernel(function: Function) -> Function:
    """Compile a function for each combination of argument types, when it is first called with it."""
    compiled: Function = numba.njit(cache=True, error_model="numpy", nogil=True)(function)
    return compiled


class _Announcement(event.Listener):  # type: ignore[misc]
    """Says once that something is being compiled: the first step then takes seconds, and the user would wonder why."""

    said = False

    def on_start(self, event: Any) -> None:
        if not self.said:
            self.said = True
            sys.stderr.write("layerwise: compiling the fast twins of the formulas, once for this machine ...\n")

    def on_end(self, event: Any) -> None:
        """Nothing more to say."""


event.register("numba:compile", _Announcement())
