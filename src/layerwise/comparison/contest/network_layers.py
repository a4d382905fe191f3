"""The layers of the network of a comparison: hidden ones beside a line, and embeddings of many categories."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from layerwise import formulas
from layerwise.comparison.contest.encoding import FEW
from layerwise.layers import Layer, Linear, Pass
from layerwise.network import Network, Parallel, Residual, Sequential
from layerwise.network.mlp import mlp_layers
from layerwise.types import Array, Backward, Shape


class Columns(Layer):
    """x[:, start:stop]: the columns of one part of the matrix."""

    def __init__(self, start: int, stop: int) -> None:
        super().__init__()
        self.start, self.stop = start, stop

    def forward(self, x: Array, pass_: Pass) -> tuple[Array, Backward]:
        return pass_.call(self, formulas.index, x, (slice(None), slice(self.start, self.stop)))

    def output_shape(self, shape: Shape | None) -> Shape | None:
        return (self.stop - self.start,)


def line(widths: Sequence[int], outputs: int, seed: int) -> Network:
    """A network without hidden layers, which is a linear model."""
    first, width = _inputs(widths)
    return Network(*first, Linear(width, outputs, init="zeros"), seed=seed)


def beside(start: Network, widths: Sequence[int], outputs: int, settings: Mapping[str, Any], seed: int) -> Network:
    """Hidden layers beside a trained line, whose answers it gives until they learn: their last weights begin at 0.

    settings: width and depth of the hidden layers, and dropout.
    """
    first, width = _inputs(widths)
    hidden = [settings["width"]] * settings["depth"]
    layers = mlp_layers(width, *hidden, outputs, activation="relu", dropout=settings["dropout"])
    layers[-1] = Linear(hidden[-1], outputs, init="zeros")
    net = Network(*first, Residual(*layers, shortcut=Linear(width, outputs, init="zeros")), seed=seed)
    last = str(len(first))
    parameters = net.parameters()
    for name, value in start.parameters().items():
        place, _, rest = name.partition(".")
        parameters[f"{place}.shortcut.{rest}" if place == last else name][...] = value
    return net


def _inputs(widths: Sequence[int]) -> tuple[list[Layer], int]:
    """An embedding for each column of many categories: a linear layer of its one-hot columns, which is the same."""
    if max(widths) <= FEW + 1:
        return [], sum(widths)
    branches: list[Layer] = []
    total = start = plain = 0
    for width in [*widths, 0]:  # the last one closes the run of plain columns
        if 0 < width <= FEW + 1:
            start += width
            continue
        if start > plain:
            branches.append(Columns(plain, start))
            total += start - plain
        if width:
            size = min(16, round(1.6 * width**0.56))
            branches.append(Sequential(Columns(start, start + width), Linear(width, size, bias=False)))
            total += size
        plain = start = start + width
    return [Parallel(*branches)] if len(branches) > 1 else branches, total
