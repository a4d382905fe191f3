"""Which function computes: the formula, or its twin."""

from __future__ import annotations

import importlib
import importlib.util
import sys
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from layerwise.checks import yes_or_no
from layerwise.extras import require

Function = TypeVar("Function", bound=Callable[..., Any])

MODULES = (
    "activation",
    "affine",
    "arrays",
    "attention",
    "convolution",
    "embedding",
    "loss",
    "normalization",
    "optimizer",
    "pass_on",
    "pooling",
    "rectifier",
    "recurrent",
)
"""The files of this folder that hold twins."""

_twins: dict[str, Callable[..., Any]] = {}
"""All twins, by module and name of the function that each stands for."""


def twin_of(module: str, name: str) -> Callable[[Function], Function]:
    """Enter a function as the twin of `layerwise.<module>.<name>`, which it takes the place of argument by argument."""

    def enter(function: Function) -> Function:
        _twins[f"layerwise.{module}.{name}"] = function
        return function

    return enter


class _Choice:
    """What has been chosen, for this process. A choice is made once, and looked up from then on."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.on: bool | None = None
        self.chosen: dict[Any, Any] = {}

    def decide(self) -> bool:
        """Use the twins if Numba is there, unless `use_compiled` has said otherwise. Loads them."""
        with self.lock:
            if self.on is None:
                self.on = _has_numba() and self._loads()
            return self.on

    def _loads(self) -> bool:
        """Load the twins; a Numba that is there and does not work, say for a newer NumPy, is as good as none."""
        try:
            _load()
        except Exception as error:
            reason = str(error).strip().partition("\n")[0]
            sys.stderr.write(f"layerwise: computing without compiled twins, since Numba does not load: {reason}\n")
            return False
        return True

    def choose(self, function: Function) -> Function:
        chosen: Function = function
        if hasattr(function, "__self__"):  # a method has no twin, and remembering it would keep its object alive
            return chosen
        with self.lock:
            if self.decide():
                chosen = _twins.get(f"{function.__module__}.{function.__qualname__}", function)  # type: ignore[assignment]
            self.chosen[function] = chosen
        return chosen


_choice = _Choice()


def fast(function: Function) -> Function:
    """The twin of a function if twins are in use and it has one, else the function itself.

    >>> from layerwise.formulas import softplus
    >>> fast(softplus) is softplus   # no measurement has asked for a twin of it
    True
    """
    try:
        chosen: Function = _choice.chosen[function]
    except KeyError:
        chosen = _choice.choose(function)
    return chosen


def in_use() -> bool:
    """Whether twins compute where there are any."""
    return _choice.decide() if _choice.on is None else _choice.on


def use_compiled(on: bool) -> None:
    """Let the compiled twins compute (True, the default where Numba is installed), or the readable formulas (False).

    It holds for the whole process from the next call on. Results are equal up to rounding; a run that must have the
    same bits as an earlier one makes the same choice.
    Raises MissingExtraError if Numba is not installed.

    >>> use_compiled(False)
    >>> in_use()
    False
    >>> use_compiled(True)
    """
    if yes_or_no("on", on):
        require("numba", extra="fast", purpose="Running compiled twins")
    with _choice.lock:
        if on:
            _load()
        _choice.on = on
        _choice.chosen.clear()


def twins() -> dict[str, Callable[..., Any]]:
    """All twins, by the full name of the function that each stands for. Needs Numba."""
    with _choice.lock:
        _load()
        return dict(_twins)


def _has_numba() -> bool:
    """Whether Numba can be imported, without importing it."""
    if "numba" in sys.modules:
        return sys.modules["numba"] is not None
    return importlib.util.find_spec("numba") is not None


def _load() -> None:
    """Import the twins: all of them, or none is used."""
    for name in MODULES:
        importlib.import_module(f"layerwise.compiled.{name}")
