"""The fully connected layer."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import numpy as np

from layerwise import formulas
from layerwise.axes import Sized
from layerwise.checks import whole_number, yes_or_no
from layerwise.errors import ShapeError
from layerwise.initializers import Init, initializer, plain
from layerwise.layers.layer import LAYERS, Layer
from layerwise.layers.parameter import View
from layerwise.layers.pass_ import Pass
from layerwise.types import Array, Backward, Generator, Shape


@LAYERS.register
class Linear(Layer):
    """z = x Wᵀ + b: every output is a weighted sum of all inputs, plus a bias.

    in_features, out_features: D and K. x: (N, D) or (N, ..., D); z: (N, ..., K).
    weight: (K, D); bias: (K,), absent with bias=False.
    init: the initializer of the weight, by name, or as a table with settings: {"name": "normal", "std": 0.1}. The
        default is torch's, uniform in ±1/√D for weight and bias; with any other one the bias starts at 0.
    Raises ShapeError for inputs with another number of features.

    >>> import numpy as np
    >>> layer = Linear(3, 2)
    >>> layer.weight = [[2, 3, 1], [0, 1, 0]]
    >>> layer.bias = [0.5, 0]
    >>> layer(np.array([[1.0, 0.0, -2.0]]))
    array([[0.5, 0. ]])
    """

    weight = View()
    bias: Any = View()

    def __init__(self, in_features: int, out_features: int, bias: bool = True, *, init: Init = "torch_uniform") -> None:
        super().__init__()
        self.in_features = whole_number("in_features", in_features)
        self.out_features = whole_number("out_features", out_features)
        draw = initializer(init)
        self.init = plain(init)
        shape = (self.out_features, self.in_features)
        self.declare("weight", shape, partial(draw, shape), decays=True)
        if yes_or_no("bias", bias):
            self.declare("bias", (self.out_features,), self._draw_bias, decays=False)

    def forward(self, x: Array, pass_: Pass) -> tuple[Array, Backward]:
        if x.ndim < 2 or x.shape[-1] != self.in_features:
            raise self._misfit(x.shape)
        parameters = self.parameters
        weight, bias = parameters["weight"], parameters.get("bias")
        rows = x if x.ndim == 2 else x.reshape(-1, self.in_features)
        z, backward_formula = pass_.call(
            self, formulas.linear, rows, weight.value, bias.value if bias else np.zeros(self.out_features, x.dtype)
        )
        input_gradient = pass_.input_gradient

        def backward(dz: Array) -> Array | None:
            dz = dz if dz.ndim == 2 else dz.reshape(-1, self.out_features)
            dx, dW, db = backward_formula(dz, input_gradient=input_gradient)
            pass_.add_gradient(weight, dW)
            if bias:
                pass_.add_gradient(bias, db)
            return dx if dx is None or x.ndim == 2 else dx.reshape(x.shape)

        return (z if x.ndim == 2 else z.reshape(*x.shape[:-1], self.out_features)), backward

    def output_shape(self, shape: Shape | None) -> Shape | None:
        if shape is None:
            return (self.out_features,)
        if len(shape) == 0 or shape[-1] not in (None, self.in_features):
            raise self._wrong_features(shape[-1] or 0 if shape else 0)
        return (*shape[:-1], self.out_features)

    def multiplications(self, shape: Shape) -> int:
        return math.prod(size or 1 for size in shape) * self.out_features

    def setting(self, name: str) -> Any:
        """`bias` is a setting (with or without) and a view of the values; a table of settings needs the first."""
        return name in self.parameters if name == "bias" else getattr(self, name)

    def _draw_bias(self, rng: Generator) -> Array:
        if self.init != "torch_uniform":
            return np.zeros(self.out_features)
        bound = 1 / math.sqrt(self.in_features)
        return rng.uniform(-bound, bound, size=self.out_features)

    @property
    def input_shape(self) -> Shape:
        """The shape of one input sample, as far as the layer knows it."""
        return (self.in_features,)

    def _misfit(self, shape: tuple[int, ...]) -> ShapeError:
        if len(shape) < 2:
            return ShapeError(
                f"{self!r} expects a batch (N, {self.in_features}), got shape {shape}", "write x[None, :]"
            )
        error = self._wrong_features(shape[-1])
        x = Sized(shape, ("N", *[f"axis {axis}" for axis in range(1, len(shape) - 1)], "D"))
        W = Sized((self.out_features, self.in_features), ("K", "D"))
        return ShapeError(error.problem, f"{error.advice}. x Wᵀ needs one D: x is {x}, W is {W}")

    def _wrong_features(self, features: int) -> ShapeError:
        return ShapeError(
            f"{self!r} expects {self.in_features} features, got {features}",
            f"write Linear({features}, {self.out_features})",
        )
