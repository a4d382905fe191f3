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
from layerwise.compiled.blas import side_by_side
from layerwise.errors import ShapeError
from layerwise.layers import Layer, Linear, Pass, ReLU, Sigmoid, Tanh
from layerwise.layers.parameter import Vector
from layerwise.layers.pass_ import Unit
from layerwise.losses import BCEWithLogitsLoss, Loss, MSELoss
from layerwise.network.execution.fusion_image import with_blocks
from layerwise.network.row import run_row
from layerwise.types import Array, Backward

ACTIVATIONS: dict[type[Layer], int] = {ReLU: codes.RELU, Tanh: codes.TANH, Sigmoid: codes.SIGMOID}

COSTS: dict[type[Loss], int] = {MSELoss: codes.SQUARED_ERROR, BCEWithLogitsLoss: codes.BINARY_CROSS_ENTROPY}


@dataclass(frozen=True)
class Layout:
    """Where the parameters of a chain lie, what the loops must know of it, and the loops."""

    vector: Vector
    dtype: Any
    plan: Array
    kernels: ModuleType
    nothing: Array
    """An input gradient that is not wanted."""


class DenseChain:
    """Linear layers in a row, each with an activation after it or none.

    A small batch goes through all of them in one call each way. For a large one, NumPy multiplies, and what stands
    between the products (bias, activation, their gradients) is done in place, in one pass each. Of sequences, each step
    is a row. What the chain can not compute, its layers do; whatever is wrong with it, they say.
    """

    trains = True
    address = ""

    def __init__(self, layers: Sequence[Layer]) -> None:
        self.layers = tuple(layers)
        self.linear = [layer for layer in layers if isinstance(layer, Linear)]
        self.features = self.linear[0].in_features
        self.outputs = self.linear[-1].out_features
        self.hidden = sum(layer.out_features for layer in self.linear[:-1])
        work = max(layer.in_features * layer.out_features for layer in self.linear)
        self.small = codes.SMALL // work
        after = [*(ACTIVATIONS.get(type(layer), codes.IDENTITY) for layer in layers[1:]), codes.IDENTITY]
        self.codes = [code for layer, code in zip(layers, after, strict=True) if isinstance(layer, Linear)]
        self.place: Layout | None = None

    def forward(self, x: Array, pass_: Pass) -> tuple[Array, Backward]:
        """As of a layer."""
        place, shape = self._place_for(x), x.shape
        if place is None:
            return run_row(self.layers, x, pass_)
        if len(shape) > 2:
            return self._steps(x, pass_)
        small = shape[0] <= self.small and not pass_.shared  # which lets its loops add into grad
        return (self._small if small else self._large)(x, pass_, place)

    def backpropagate(
        self, x: Array, target: Any, loss: Loss, weight: Any, denominator: float | None = None
    ) -> float | None:
        """Return the value of a loss, and add its gradient into grad: both ways in one call, with the bits of two.

        None where the batch is large, which has other ways, or the loss is another one.
        """
        code, place = COSTS.get(type(loss)), self._place_for(x)
        if code is None or place is None or x.ndim > 2 or len(x) > self.small:
            return None
        y = np.empty((len(x), self.outputs), place.dtype)
        _, target, weight, denominator = loss.arguments(y, target, weight, denominator)
        x, target, weight = np.ascontiguousarray(x), np.ascontiguousarray(target), np.ascontiguousarray(weight)
        theta, grad = place.vector.theta, place.vector.shared_grad()
        value: float = place.kernels.chain_cost(x, theta, grad, place.plan, code, target, weight, denominator, y)
        return value

    def _place_for(self, x: Array) -> Layout | None:
        """Where the parameters lie, if the chain can compute with this input."""
        place, shape = self.place, x.shape
        if place is None or place.vector is not self.linear[0].parameters["weight"].vector:
            place = self._find()
        fits = place is not None and x.dtype == place.dtype and len(shape) > 1 and shape[-1] == self.features
        return place if fits else None

    def _steps(self, x: Array, pass_: Pass) -> tuple[Array, Backward]:
        """Sequences (N, ..., D): every step in a row of its own."""
        shape, shape_y = x.shape, (*x.shape[:-1], self.outputs)
        rows, rows_backward = self.forward(x.reshape(-1, self.features), pass_)

        def backward(dy: Array) -> Array | None:
            dx = rows_backward(self._fitting(dy, shape_y, dy.dtype).reshape(-1, self.outputs))
            return None if dx is None else dx.reshape(shape)

        return rows.reshape(shape_y), backward

    def _small(self, x: Array, pass_: Pass, place: Layout) -> tuple[Array, Backward]:
        x, theta, kernels = np.ascontiguousarray(x), place.vector.theta, place.kernels
        shape = len(x), self.outputs
        hidden, y = np.empty(len(x) * self.hidden, theta.dtype), np.empty(shape, theta.dtype)
        kernels.chain_forward(x, theta, place.plan, hidden, y)
        input_gradient = pass_.input_gradient

        def backward(dy: Array) -> Array | None:
            dy = self._fitting(dy, shape, x.dtype)
            dx = np.empty_like(x) if input_gradient else place.nothing
            theta, grad = place.vector.theta, place.vector.shared_grad()  # to which the kernel adds
            kernels.chain_backward(dy, x, hidden, y, theta, grad, place.plan, dx)
            return dx if input_gradient else None

        return y, backward

    def _large(self, x: Array, pass_: Pass, place: Layout) -> tuple[Array, Backward]:
        y, backwards = x, []
        for layer, code in zip(self.linear, self.codes, strict=True):
            y, backward = _dense(layer, code, y, pass_, place.kernels)
            if pass_.saves:
                backwards.append(backward)
            del backward  # it holds the input, which evaluation lets go
            pass_.input_gradient = True  # behind the first layer, every input gradient is needed
        shape = y.shape

        def backward_all(dy: Array) -> Array | None:
            above = self._fitting(dy, shape, y.dtype)
            if self.codes[-1] != codes.IDENTITY or not above.flags.writeable:
                above = above.copy()  # for the way back computes in the gradient at an activation
            da: Array | None = above
            for backward in reversed(backwards):
                assert da is not None
                da = backward(da)
            return da

        return y, backward_all

    def _fitting(self, dy: Array, shape: tuple[int, ...], dtype: Any) -> Array:
        """The gradient at the output as the loops want it: they look at no bounds."""
        if dy.shape != shape:
            raise ShapeError(f"the gradient behind {self.layers[-1]!r} has shape {dy.shape}, its output {shape}")
        return np.ascontiguousarray(dy, dtype)

    def _find(self) -> Layout | None:
        """Where the parameters lie, if in one vector; found again when a network has taken them into another."""
        parameters = [each for layer in self.linear for each in layer.parameters.values()]
        vector = parameters[0].vector
        if vector is None or any(each.vector is not vector for each in parameters):
            return None
        from layerwise.compiled import kernels

        rows = [self._row(layer, code) for layer, code in zip(self.linear, self.codes, strict=True)]
        dtype = vector.theta.dtype
        self.place = place = Layout(vector, dtype, np.array(rows), kernels, np.empty((0, 0), dtype))  # at once: another
        return place  # thread may be looking

    def _row(self, layer: Linear, code: int) -> tuple[int, ...]:
        """What `chain_forward` must know of a layer."""
        weight, bias = layer.parameters["weight"], layer.parameters.get("bias")
        return layer.in_features, layer.out_features, weight.offset, bias.offset if bias else -1, code

    def __reduce__(self) -> tuple[type[DenseChain], tuple[tuple[Layer, ...]]]:
        """A copy is made from its copied layers: it must find their places anew."""
        return DenseChain, (self.layers,)


def _dense(layer: Linear, code: int, x: Array, pass_: Pass, kernels: ModuleType) -> tuple[Array, Backward]:
    """f(x Wᵀ + b), and its way back, which changes the gradient that it is given.

    A small layer is computed by itself, as it would be outside the chain, so that bits do not depend on who is looking.
    """
    if x.size * layer.out_features <= codes.SMALL:
        y, affine_backward = layer.forward(x, pass_)
        kernels.activate(code, y.reshape(-1))

        def small_backward(dy: Array) -> Array | None:
            kernels.activate_backward(code, dy.reshape(-1), y.reshape(-1))
            return affine_backward(dy)

        return y, small_backward

    weight, bias = layer.parameters["weight"], layer.parameters.get("bias")
    y = x @ weight.value.T
    kernels.finish(code, y, bias.value if bias else np.zeros(layer.out_features, y.dtype))
    input_gradient = pass_.input_gradient

    def backward(dy: Array) -> Array | None:
        db = np.empty(layer.out_features, dy.dtype)
        kernels.finish_backward(code, dy, y, db)
        if bias:
            pass_.add_gradient(bias, db)
        if not input_gradient:
            pass_.add_product(weight, dy.T, x)
            return None
        dx, _ = side_by_side(lambda: dy @ weight.value, lambda: pass_.add_product(weight, dy.T, x))
        return dx

    return y, backward


def fused(layers: Sequence[Layer]) -> tuple[Unit, ...]:
    """The layers in order, with each row of dense ones as one chain, and what belongs together in images as a block.

    >>> [type(each).__name__ for each in fused([Linear(2, 8), Tanh(), Tanh(), Linear(8, 8), Linear(8, 1)])]
    ['DenseChain', 'Tanh', 'DenseChain']
    """
    return tuple(DenseChain(row) if type(row[0]) is Linear else row[0] for row in _rows(with_blocks(layers)))


def _rows(layers: Sequence[Unit]) -> Iterator[list[Any]]:
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
