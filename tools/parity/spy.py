"""Which functions of PyTorch a comparison really called: the page names those, and none that somebody typed."""

from __future__ import annotations

from types import ModuleType
from typing import Any


class Spy:
    """Stands in for the module torch, and keeps the names of the functions that are called through it.

    >>> import math
    >>> called = []
    >>> Spy(math, called).sqrt(4.0), called
    (2.0, ['math.sqrt'])
    """

    def __init__(self, module: ModuleType, called: list[str], path: str = "") -> None:
        self._module, self._called, self._path = module, called, path or module.__name__

    def __getattr__(self, name: str) -> Any:
        value, path = getattr(self._module, name), f"{self._path}.{name}"
        if isinstance(value, ModuleType):
            return Spy(value, self._called, path)
        if not callable(value) or isinstance(value, type):
            return value

        def call(*arguments: Any, **settings: Any) -> Any:
            if path not in self._called:
                self._called.append(path)
            return value(*arguments, **settings)

        return call
