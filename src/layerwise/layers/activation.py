"""Activations as layers: one formula each, no parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from layerwise import formulas
from layerwise.errors import SettingError
from layerwise.layers.layer import LAYERS, Layer
from layerwise.layers.passing import Pass
from layerwise.types import Array, Backward, Shape


class Activation(Layer):
    """A formula applied to every number, or to every row; the shape stays as it is."""

    formula: ClassVar[Callable[..., Any]]

    def forward(self, x: Array, pass_: Pass) -> tuple[Array, Backward]:
        return type(self).formula(x)

    def output_shape(self, shape: Shape | None) -> Shape | None:
        return shape


class RowActivation(Activation):
    """An activation along the last axis, over the classes."""

    def __init__(self, dim: int = -1) -> None:
        super().__init__()
        if dim != -1:
            raise SettingError(f"{type(self).__name__} works along the last axis: dim must be -1, got {dim!r}")
        self.dim = -1


@LAYERS.register
class Sigmoid(Activation):
    """σ(x) = 1 / (1 + e⁻ˣ), into (0, 1). See `formulas.sigmoid`.

    >>> import numpy as np
    >>> Sigmoid()(np.array([[0.0]]))
    array([[0.5]])
    """

    formula = staticmethod(formulas.sigmoid)


@LAYERS.register
class Tanh(Activation):
    """tanh(x), into (-1, 1), with 0 staying 0. See `formulas.tanh`."""

    formula = staticmethod(formulas.tanh)


@LAYERS.register
class ReLU(Activation):
    """max(0, x). See `formulas.relu`.

    >>> import numpy as np
    >>> ReLU()(np.array([[-1.0, 2.0]]))
    array([[0., 2.]])
    """

    formula = staticmethod(formulas.relu)


@LAYERS.register
class Softmax(RowActivation):
    """Rows of logits into rows of probabilities. See `formulas.softmax`.

    Not wanted before `CrossEntropyLoss`, which takes logits: softmax twice can never come below a loss of
    ln(e + K - 1) - 1.
    """

    formula = staticmethod(formulas.softmax)


@LAYERS.register
class LogSoftmax(RowActivation):
    """Rows of logits into rows of log-probabilities. See `formulas.log_softmax`."""

    formula = staticmethod(formulas.log_softmax)
