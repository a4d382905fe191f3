"""Fusion: layers that run as one, where nothing looks at the values between them.

A small dense network spends its time in calls, not in arithmetic; a large one spends some on reading and writing the
values between its layers once more. Where twins are in use and no tap is listening, each row of `Linear` layers with
their activations runs as one, with the bits of the layers run one by one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from layerwise.compiled import codes
from layerwise.errors import ShapeError
from layerwise.layers import Layer, Linear, Pass, ReLU, Sigmoid, Tanh
from layerwise.layers.parameter import Vector
from layerwise.network.fusion_image import Fused, ImageBlock, with_blocks
from layerwise.types import Array, Backward

ACTIVATIONS: dict[type[Layer], int] = {ReLU: codes.RELU, Tanh: codes.TANH, Sigmoid: codes.SIGMOID}


@dataclass(frozen=True)
class Place:
    """Where the parameters of a chain lie, what the loops must know of it, and the loops."""

    vector: Vector
    plan: Array
    kernels: ModuleType


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
        self.small = codes.SMALL // work
        after = [*(ACTIVATIONS.get(type(layer), codes.IDENTITY) for layer in layers[1:]), codes.IDENTITY]
        self.codes = [code for layer, code in zip(layers, after, strict=True) if isinstance(layer, Linear)]
        self.place: Place | None = None

    def takes(self, x: Array) -> bool:
        """Whether the chain can compute this batch; whatever is wrong with it, the layers will say."""
        place = self._find()
        fits = x.ndim == 2 and len(x) > 0 and x.shape[1] == self.features
        return place is not None and fits and x.dtype == place.vector.theta.dtype

    def forward(self, x: Array, pass_: Pass) -> tuple[Array, Backward]:
        """As of a layer."""
        place = self._find()
        assert place is not None
        y, chain_backward = (self._small if len(x) <= self.small else self._large)(x, pass_, place)
        shape, dtype = y.shape, y.dtype

        def backward(dy: Array) -> Array | None:
            if dy.shape != shape:  # a compiled loop looks at no bounds
                raise ShapeError(f"the gradient behind {self.layers[-1]!r} has shape {dy.shape}, its output {shape}")
            return chain_backward(np.ascontiguousarray(dy, dtype))

        return y, backward

    def _small(self, x: Array, pass_: Pass, place: Place) -> tuple[Array, Backward]:
        x, kernels = np.ascontiguousarray(x), place.kernels
        buffer = kernels.chain_forward(x, place.vector.theta, place.plan)
        y = buffer[-len(x) * self.outputs :].reshape(len(x), self.outputs)
        input_gradient = pass_.input_gradient

        def backward(dy: Array) -> Array | None:
            theta, grad = place.vector.theta, place.vector.shared_grad()  # to which the kernel adds
            dx = kernels.chain_backward(dy, x, buffer, theta, grad, place.plan, input_gradient)
            return dx if input_gradient else None

        return (y if pass_.saves else y.copy()), backward

    def _large(self, x: Array, pass_: Pass, place: Place) -> tuple[Array, Backward]:
        kernels = place.kernels
        y, steps = x, []
        for layer, code in zip(self.linear, self.codes, strict=True):
            y, affine_backward = _affine(layer, y, pass_, kernels)
            kernels.activate(code, y.reshape(-1))
            if pass_.saves:
                steps.append((code, y, affine_backward))
            del affine_backward  # it holds the input, which evaluation lets go
            pass_.input_gradient = True  # behind the first layer, every input gradient is needed

        def backward(dy: Array) -> Array | None:
            da: Array | None = dy.copy()
            for code, y, affine_backward in reversed(steps):
                assert da is not None
                kernels.activate_backward(code, da.reshape(-1), y.reshape(-1))
                da = affine_backward(da)
            return da

        return y, backward

    def _find(self) -> Place | None:
        """Where the parameters lie, if in one vector; found again when a network has taken them into another."""
        vector, place = self.linear[0].parameters["weight"].vector, self.place
        if place is not None and place.vector is vector:
            return place
        parameters = [each for layer in self.linear for each in layer.parameters.values()]
        if vector is None or any(each.vector is not vector for each in parameters):
            return None
        from layerwise.compiled import kernels

        rows = [self._row(layer, code) for layer, code in zip(self.linear, self.codes, strict=True)]
        self.place = Place(vector, np.array(rows), kernels)  # at once: another thread may be looking
        return self.place

    def _row(self, layer: Linear, code: int) -> tuple[int, ...]:
        """What `chain_forward` must know of a layer."""
        weight, bias = layer.parameters["weight"], layer.parameters.get("bias")
        return layer.in_features, layer.out_features, weight.offset, bias.offset if bias else -1, code

    def __reduce__(self) -> tuple[type[DenseChain], tuple[tuple[Layer, ...]]]:
        """A copy is made from its copied layers: it must find their places anew."""
        return DenseChain, (self.layers,)


def _affine(layer: Linear, x: Array, pass_: Pass, kernels: ModuleType) -> tuple[Array, Backward]:
    """x Wᵀ + b in an array of its own: small ones by the layer itself, so that bits do not depend on who is looking."""
    if x.size * layer.out_features <= codes.SMALL:
        return layer.forward(x, pass_)
    weight, bias = layer.parameters["weight"], layer.parameters.get("bias")
    z = x @ weight.value.T
    if bias:
        kernels.add_bias(z, bias.value)
    input_gradient = pass_.input_gradient

    def backward(dz: Array) -> Array | None:
        pass_.add_product(weight, dz.T, x)
        if bias:
            pass_.add_gradient(bias, dz.sum(axis=0))
        return dz @ weight.value if input_gradient else None

    return z, backward


def fused(layers: Sequence[Layer]) -> tuple[Layer | DenseChain | ImageBlock, ...]:
    """The layers in order, with each row of dense ones as one chain, and what belongs together in images as a block.

    >>> [type(each).__name__ for each in fused([Linear(2, 8), Tanh(), Tanh(), Linear(8, 8), Linear(8, 1)])]
    ['DenseChain', 'Tanh', 'DenseChain']
    """
    return tuple(DenseChain(row) if type(row[0]) is Linear else row[0] for row in _rows(with_blocks(layers)))


def _rows(layers: Sequence[Fused]) -> Iterator[list[Any]]:
    """Rows that begin with a Linear, where each activation follows one; every other layer is a row of its own."""
    row: list[Any] = []
    for layer in layers:
        dense = type(layer) is Linear  # a subclass may compute something else
        if row and not (type(row[0]) is Linear and (dense or (type(row[-1]) is Linear and type(layer) in ACTIVATIONS))):
            yield row
            row = []
        row.append(layer)
    if row:
        yield row
