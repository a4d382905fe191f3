"""Fusion: layers that run as one, where nothing looks at the values between them.

A small dense network spends its time in calls, not in arithmetic; a large one spends some on reading and writing the
values between its layers once more. Where twins are in use and no tap is listening, each row of `Linear` layers with
their activations runs as one, with the bits of the layers run one by one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from layerwise.compiled import codes
from layerwise.layers import Layer, Linear, Pass, ReLU, Sigmoid, Tanh
from layerwise.types import Array, Backward

MOST_WORK = 16_384
"""The most multiplications in any of the layers, for the whole batch, that are done without NumPy's products: these are
faster on larger ones."""

ACTIVATIONS: dict[type[Layer], int] = {ReLU: codes.RELU, Tanh: codes.TANH, Sigmoid: codes.SIGMOID}


class DenseChain:
    """Linear layers in a row, each with an activation after it or none.

    A small batch goes through all of them in one call each way. For a large one, NumPy multiplies, and what stands
    between the products (bias, activation, their gradients) is done in place, in one pass each.
    """

    trains = True
    address = ""

    def __init__(self, layers: Sequence[Layer]) -> None:
        self.layers = tuple(layers)
        self.linear = [layer for layer in layers if isinstance(layer, Linear)]
        self.features = self.linear[0].in_features
        self.outputs = self.linear[-1].out_features
        work = max(layer.in_features * layer.out_features for layer in self.linear)
        self.small = MOST_WORK // work
        after = [*(ACTIVATIONS.get(type(layer), codes.IDENTITY) for layer in layers[1:]), codes.IDENTITY]
        self.codes = [code for layer, code in zip(layers, after, strict=True) if isinstance(layer, Linear)]
        self.vector: Any = None

    def takes(self, x: Array) -> bool:
        """Whether the chain can compute this batch; whatever is wrong with it, the layers will say."""
        return (
            x.ndim == 2
            and len(x) > 0
            and x.shape[1] == self.features
            and self._lies_in_one_vector()
            and x.dtype == self.vector.theta.dtype
        )

    def forward(self, x: Array, pass_: Pass) -> tuple[Array, Backward]:
        """As of a layer."""
        return self._small(x, pass_) if len(x) <= self.small else self._large(x, pass_)

    def _small(self, x: Array, pass_: Pass) -> tuple[Array, Backward]:
        x = np.ascontiguousarray(x)
        kernels, vector, plan = self.kernels, self.vector, self.plan
        buffer = kernels.chain_forward(x, vector.theta, plan)
        input_gradient = pass_.input_gradient

        def backward(dy: Array) -> Array | None:
            theta, grad = vector.theta, vector.shared_grad()  # to which the kernel adds
            dx = kernels.chain_backward(np.ascontiguousarray(dy), x, buffer, theta, grad, plan, input_gradient)
            return dx if input_gradient else None

        return buffer[-len(x) * self.outputs :].reshape(len(x), self.outputs), backward

    def _large(self, x: Array, pass_: Pass) -> tuple[Array, Backward]:
        kernels = self.kernels
        y, activations = x, [x]
        for layer, code in zip(self.linear, self.codes, strict=True):
            y = y @ layer.parameters["weight"].value.T
            if "bias" in layer.parameters:
                kernels.add_bias(y, layer.parameters["bias"].value)
            kernels.activate(code, y.reshape(-1))
            if pass_.saves:
                activations.append(y)
        input_gradient = pass_.input_gradient

        def backward(dy: Array) -> Array | None:
            da = np.array(dy, order="C")
            for place in reversed(range(len(self.linear))):
                parameters = self.linear[place].parameters
                kernels.activate_backward(self.codes[place], da.reshape(-1), activations[place + 1].reshape(-1))
                pass_.add_product(parameters["weight"], da.T, activations[place])
                if "bias" in parameters:
                    pass_.add_gradient(parameters["bias"], da.sum(axis=0))
                if place or input_gradient:
                    da = da @ parameters["weight"].value
            return da if input_gradient else None

        return y, backward

    def _lies_in_one_vector(self) -> bool:
        """Find where the parameters lie; again, whenever a network has taken them into another vector."""
        vector = self.linear[0].parameters["weight"].vector
        if vector is not None and vector is self.vector:
            return True
        parameters = [each for layer in self.linear for each in layer.parameters.values()]
        if vector is None or any(each.vector is not vector for each in parameters):
            return False
        from layerwise.compiled import kernels

        self.kernels, self.vector = kernels, vector
        self.plan = np.array([self._row(layer, code) for layer, code in zip(self.linear, self.codes, strict=True)])
        return True

    def _row(self, layer: Linear, code: int) -> tuple[int, ...]:
        """What `chain_forward` must know of a layer."""
        weight, bias = layer.parameters["weight"], layer.parameters.get("bias")
        return layer.in_features, layer.out_features, weight.offset, bias.offset if bias else -1, code

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
