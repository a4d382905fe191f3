"""Layers in a row: the output of each is the input of the next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from layerwise.compiled import in_use
from layerwise.errors import ShapeError
from layerwise.layers import LAYERS, Layer, Pass, Select
from layerwise.network.container import Container
from layerwise.network.fusion import fused
from layerwise.network.quiet import share_batches, with_workers
from layerwise.network.row import Unit, in_turn
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

    _fused: tuple[Unit, ...] | None = None

    def __init__(self, *layers: Layer) -> None:
        super().__init__(*layers)
        self._shares = share_batches(layers)
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
        return (with_workers if self._shares and in_use() else in_turn)(self._units(pass_), x, pass_)

    def _units(self, pass_: Pass) -> Sequence[Unit]:
        """The layers, some of them fused unless somebody looks at the values between them."""
        if pass_.tap is not None or not in_use():
            return self.layers
        if self._fused is None:
            self._fused = fused(self.layers)
        return self._fused

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
        """What fusion finds is found again: a network pickles to the same bytes before and after it has computed."""
        return {name: value for name, value in self.__dict__.items() if name != "_fused"}
