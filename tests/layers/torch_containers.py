"""What users of torch write for the containers, and for what torch has as a function only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def residual(nn: Any, *layers: Any, shortcut: Any = None) -> Any:
    """What users of torch write for it: a module with numbered children, and one called shortcut."""

    class Residual(nn.Sequential):
        def __init__(self):
            super().__init__(*layers)
            if shortcut is not None:
                self.add_module("shortcut", shortcut)

        def forward(self, x):
            y = x
            for layer in list(self)[: len(layers)]:
                y = layer(y)
            return (x if shortcut is None else shortcut(x)) + y

    return Residual()


def selected(dim: int, index: int) -> Callable[[Any], Any]:
    def make(nn: Any) -> Any:
        class Select(nn.Module):
            def forward(self, x):
                return x.select(dim, index)

        return Select()

    return make


def parallel(nn: Any, *layers: Any, combine: Callable[[list[Any]], Any]) -> Any:
    class Parallel(nn.ModuleList):
        def forward(self, x):
            return combine([layer(x) for layer in self])

    return Parallel(layers)


def concatenate(axis: int) -> Callable[[list[Any]], Any]:
    def combine(values: list[Any]) -> Any:
        import torch

        return torch.cat(values, dim=axis)

    return combine
