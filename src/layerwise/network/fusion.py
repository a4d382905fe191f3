"""Fusion: layers that run as one, where nothing looks at the values between them.

A small dense network spends its time in calls, not in arithmetic. Where twins are in use and no tap is listening, each
row of `Linear` layers with their activations runs in one compiled call each way, with the bits of the layers run one by
one. What the compiled call can not take (a large batch, another number of features) goes through the layers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from layerwise.compiled import codes
from layerwise.layers import Layer, Linear, Pass, ReLU, Sigmoid, Tanh
from layerwise.types import Array, Backward

MOST_WORK = 16_384
"""The most multiplications in any of the layers, for the whole batch: NumPy's products are faster on larger ones."""

ACTIVATIONS: dict[type[Layer], int] = {ReLU: codes.RELU, Tanh: codes.TANH, Sigmoid: codes.SIGMOID}


class DenseChain:
    """Linear layers in a row, each with an activation after it or none, in one call each way."""

    trains = True
    address = ""

    def __init__(self, layers: Sequence[Layer]) -> None:
        self.layers = tuple(layers)
        self.linear = [layer for layer in layers if isinstance(layer, Linear)]
        self.features = self.linear[0].in_features
        self.outputs = self.linear[-1].out_features
        self.widths = np.array([self.features, *(layer.out_features for layer in self.linear)])
        self.most_rows = MOST_WORK // int((self.widths[:-1] * self.widths[1:]).max())
        after = [*(ACTIVATIONS.get(type(layer), codes.IDENTITY) for layer in layers[1:]), codes.IDENTITY]
        self.codes = np.array([c for layer, c in zip(layers, after, strict=True) if isinstance(layer, Linear)])
        self.vector: Any = None

    def takes(self, x: Array) -> bool:
        """Whether the compiled call can compute this batch; whatever is wrong with it, the layers will say."""
        return (
            x.ndim == 2
            and 0 < len(x) <= self.most_rows
            and x.shape[1] == self.features
            and self._lies_in_one_vector()
            and x.dtype == self.vector.theta.dtype
        )

    def forward(self, x: Array, pass_: Pass) -> tuple[Array, Backward]:
        """As of a layer."""
        x = np.ascontiguousarray(x)
        forward, backward_all = self.kernels
        theta, grad, places = self.vector.theta, self.vector.grad, self.places
        buffer = forward(x, theta, *places)
        input_gradient = pass_.input_gradient

        def backward(dy: Array) -> Array | None:
            dx: Array = backward_all(np.ascontiguousarray(dy), x, buffer, theta, grad, *places, input_gradient)
            return dx if input_gradient else None

        return buffer[-len(x) * self.outputs :].reshape(len(x), self.outputs), backward

    def _lies_in_one_vector(self) -> bool:
        """Find where the parameters lie; again, whenever a network has taken them into another vector."""
        vector = self.linear[0].parameters["weight"].vector
        if vector is not None and vector is self.vector:
            return True
        weights = [layer.parameters["weight"] for layer in self.linear]
        biases = [layer.parameters.get("bias") for layer in self.linear]
        if vector is None or any(each.vector is not vector for each in (*weights, *biases) if each):
            return False
        from layerwise.compiled.kernels import chain_backward, chain_forward

        self.kernels = chain_forward, chain_backward
        self.vector = vector
        self.places = (
            self.widths,
            np.array([each.offset for each in weights]),
            np.array([each.offset if each else -1 for each in biases]),
            self.codes,
        )
        return True

    def __reduce__(self) -> tuple[type[DenseChain], tuple[tuple[Layer, ...]]]:
        """A copy is made from its copied layers: it must find their places anew."""
        return DenseChain, (self.layers,)


def fused(layers: Sequence[Layer]) -> tuple[Layer | DenseChain, ...]:
    """The layers in order, with each row of dense ones as one chain.

    >>> [type(each).__name__ for each in fused([Linear(2, 8), Tanh(), Tanh(), Linear(8, 8), Linear(8, 1)])]
    ['DenseChain', 'Tanh', 'DenseChain']
    """
    return tuple(DenseChain(row) if type(row[0]) is Linear else row[0] for row in _rows(layers))


def _rows(layers: Sequence[Layer]) -> Iterator[list[Layer]]:
    """Rows that begin with a Linear, where each activation follows one; every other layer is a row of its own."""
    row: list[Layer] = []
    for layer in layers:
        dense = type(layer) is Linear  # a subclass may compute something else
        if row and not (type(row[0]) is Linear and (dense or (type(row[-1]) is Linear and type(layer) in ACTIVATIONS))):
            yield row
            row = []
        row.append(layer)
    if row:
        yield row
