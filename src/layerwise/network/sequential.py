"""Layers in a row: the output of each is the input of the next."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from layerwise.compiled import in_use
from layerwise.errors import ShapeError
from layerwise.layers import LAYERS, Layer, Pass, Select
from layerwise.network.container import Container
from layerwise.network.execution.plan import Plan
from layerwise.network.row import run_row
from layerwise.types import Array, Backward, Shape


@LAYERS.register
class Sequential(Container):
    """x → layer 0 → layer 1 → ... → y, and the gradients the other way round.

    A layer may stand in the row twice: its parameters then have two names and one place in theta.
    Raises ShapeError, naming both layers, where one does not fit the next.

    >>> from layerwise.layers import Linear, ReLU
    >>> Sequential(Linear(784, 64), ReLU(), Linear(128, 10))
    Traceback (most recent call last):
    layerwise.errors.ShapeError: Linear(128, 10) expects 128 features, got 64 from ReLU() after Linear(784, 64): \
write Linear(64, 10)
    """

    _plan: Plan | None = None

    def __init__(self, *layers: Layer) -> None:
        super().__init__(*layers)
        self.output_shape(None)

    def inputs(self, shape: Shape | None) -> Iterator[tuple[str, Layer, Shape | None]]:
        for name, layer in self.children():
            yield name, layer, shape
            shape = layer.output_shape(shape)

    @property
    def takes_indices(self) -> bool:
        first = next((layer for layer in self.layers if not isinstance(layer, Select)), None)
        return first is not None and first.takes_indices

    def forward(self, x: Array, pass_: Pass) -> tuple[Array, Backward]:
        plan = self.plan
        return run_row(self.layers, x, pass_) if plan is None else plan.forward(x, pass_)

    @property
    def plan(self) -> Plan | None:
        """How the row is computed where twins are in use; else None."""
        if not in_use():
            return None
        if self._plan is None:
            self._plan = Plan(self)
        return self._plan

    def output_shape(self, shape: Shape | None) -> Shape | None:
        for index, layer in enumerate(self.layers):
            try:
                shape = layer.output_shape(shape)
            except ShapeError as error:
                raise ShapeError(error.problem + self._origin(index, error.problem), error.advice) from None
        return shape

    def _origin(self, index: int, problem: str) -> str:
        """Where a shape that does not fit came from: the layer before, and the one that set the number."""
        if index == 0 or " after " in problem:
            return ""
        before = self.layers[index - 1]
        maker = next((layer for layer in reversed(self.layers[:index]) if layer.trains), before)
        if " from " in problem:  # a Sequential inside this one has named the layer before
            return f" after {maker!r}"
        return f" from {before!r}" if maker is before else f" from {before!r} after {maker!r}"

    def __getstate__(self) -> dict[str, Any]:
        """A plan is made again: a network pickles to the same bytes before and after it has computed."""
        return {name: value for name, value in self.__dict__.items() if name != "_plan"}
