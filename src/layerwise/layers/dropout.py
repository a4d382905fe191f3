"""Dropout as a layer: it draws the mask, the formula does the rest."""

from __future__ import annotations

from layerwise import formulas
from layerwise.checks import fraction
from layerwise.layers.layer import LAYERS, Layer
from layerwise.layers.pass_ import Pass
from layerwise.types import Array, Backward, Shape


@LAYERS.register
class Dropout(Layer):
    """While training, set each number to 0 with probability p and scale the others by 1/(1 - p).

    p: from 0 (drop nothing) to 1 (drop all), 0.5 unless given. Evaluation passes x through unchanged.
    The mask of a step is addressed by seed, layer and step, so that resuming or repeating a step repeats its mask.

    >>> import numpy as np
    >>> Dropout(0.5)(np.array([[1.0, 2.0]]))
    array([[1., 2.]])
    """

    def __init__(self, p: float = 0.5) -> None:
        super().__init__()
        self.p = fraction("p", p, one_allowed=True)

    def forward(self, x: Array, pass_: Pass) -> tuple[Array, Backward]:
        if not pass_.training or self.p == 0:
            return x, _identity
        draws = pass_.uniform("dropout", self.address, x.shape)
        return pass_.call(self, formulas.dropout, x, draws >= self.p, self.p)

    def output_shape(self, shape: Shape | None) -> Shape | None:
        return shape


def _identity(dy: Array) -> Array:
    return dy
