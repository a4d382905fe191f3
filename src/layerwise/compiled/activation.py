"""Twins of activations: one pass over memory each way, where the formula makes one for every operation."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from layerwise import formulas
from layerwise.compiled.choice import twin_of
from layerwise.compiled.codes import RELU, SIGMOID, TANH, TYPES
from layerwise.compiled.kernels import activate, activate_backward
from layerwise.types import Array, Differentiable


def _twin(code: int, formula: Callable[[Array], Differentiable]) -> Callable[[Array], Differentiable]:
    def activation(x: Array) -> Differentiable:
        if x.dtype not in TYPES:
            return formula(x)
        y = np.array(x, order="C")
        activate(code, y.reshape(-1))

        def backward(dy: Array) -> Array:
            dx = np.array(np.broadcast_to(dy, y.shape), y.dtype, order="C")  # a loop looks at no bounds
            activate_backward(code, dx.reshape(-1), y.reshape(-1))
            return dx

        return y, backward

    return activation


relu = twin_of("formulas.activation", "relu")(_twin(RELU, formulas.relu))
tanh = twin_of("formulas.activation", "tanh")(_twin(TANH, formulas.tanh))
sigmoid = twin_of("formulas.activation", "sigmoid")(_twin(SIGMOID, formulas.sigmoid))
