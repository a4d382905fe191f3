"""Fusion of images: a convolution, its ReLU and its pooling, done image by image while the image is in the cache."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from layerwise.compiled.codes import NOT_A_NUMBER
from layerwise.errors import ShapeError
from layerwise.layers import Conv2d, Layer, MaxPool2d, Pass, ReLU
from layerwise.layers.pass_ import Unit
from layerwise.network.row import run_row
from layerwise.types import Array, Backward

WIDTHS = (2, 3)
"""Windows of other widths have no loop of their own, and are rare."""
LARGEST_WINDOW = 126
"""The winner of a window is remembered in one byte, which has room for NOT_A_NUMBER besides."""


class ImageBlock:
    """Conv2d, ReLU, MaxPool2d in a row: the bits of the layers run one by one, but nothing between them is written.

    Pooling comes first here, so that ReLU has less to do: the largest of max(0, z) is max(0, the largest of z). It has
    the same winner where anything is above 0; where nothing is, no gradient passes ReLU.
    """

    trains = True
    address = ""

    def __init__(self, convolution: Conv2d, relu: ReLU, pool: MaxPool2d) -> None:
        self.layers: tuple[Layer, ...] = (convolution, relu, pool)
        self.convolution, self.pool = convolution, pool
        self.high, self.wide = pool.kernel

    def forward(self, x: Array, pass_: Pass) -> tuple[Array, Backward]:
        """As of a layer. What the block can not compute, its layers do; whatever is wrong with it, they say."""
        from layerwise.compiled.convolution import Convolution

        if not self._takes(x):
            return run_row(self.layers, x, pass_)
        layer, high, wide = self.convolution, self.high, self.wide
        weight, bias = layer.parameters["weight"], layer.parameters.get("bias")
        computation = Convolution(
            x, weight.value, self._bias(x), layer.strides, layer.pads, layer.dilations, layer.groups
        )
        y, winner = computation.forward_relu_pool(high, wide)
        input_gradient, shape, dtype = pass_.input_gradient, y.shape, y.dtype

        def backward(dy: Array) -> Array | None:
            if dy.shape != shape:  # a compiled loop looks at no bounds
                raise ShapeError(f"the gradient behind {self.pool!r} has shape {dy.shape}, its output {shape}")
            if (winner[:, 0, 0, 0] == NOT_A_NUMBER).any():  # where the slope of ReLU is NaN, only the layers know
                pass_.input_gradient = input_gradient  # they go forward once more, as it was then
                _, backward_by_layers = run_row(self.layers, x, pass_)
                return backward_by_layers(dy)
            dy = np.ascontiguousarray(dy, dtype)
            dx, dW, db = computation.backward_relu_pool(dy, winner, high, wide, input_gradient)
            pass_.add_gradient(weight, dW)
            if bias:
                pass_.add_gradient(bias, db)
            return dx

        return y, backward

    def _takes(self, x: Array) -> bool:
        from layerwise.compiled.convolution import fits

        layer = self.convolution
        weight, bias = layer.parameters["weight"].value, self._bias(x)
        if not fits(x, weight, bias, layer.strides, layer.pads, layer.dilations, layer.groups):
            return False
        _, high, wide = layer.output_shape(x.shape[1:]) or (0, 0, 0)
        return (high or 0) >= self.high and (wide or 0) >= self.wide

    def _bias(self, x: Array) -> Array:
        bias = self.convolution.parameters.get("bias")
        return np.zeros(self.convolution.out_channels, x.dtype) if bias is None else bias.value

    def __reduce__(self) -> tuple[type[ImageBlock], tuple[Layer, ...]]:
        return ImageBlock, self.layers


def with_blocks(layers: Sequence[Layer]) -> list[Unit]:
    """The layers in order, with each convolution that ReLU and pooling follow as one block.

    >>> [type(each).__name__ for each in with_blocks([Conv2d(1, 4, 3), ReLU(), MaxPool2d(2), Conv2d(4, 4, 3), ReLU()])]
    ['ImageBlock', 'Conv2d', 'ReLU']
    """
    found: list[Unit] = []
    place = 0
    while place < len(layers):
        row = layers[place : place + 3]
        block = _block(row)
        found.append(block or layers[place])
        place += len(row) if block else 1
    return found


def _block(row: Sequence[Layer]) -> ImageBlock | None:
    """The three as one, if they are what the loops know; a subclass may compute something else."""
    if [type(layer) for layer in row] != [Conv2d, ReLU, MaxPool2d]:
        return None
    convolution, relu, pool = row
    assert isinstance(convolution, Conv2d)
    assert isinstance(relu, ReLU)
    assert isinstance(pool, MaxPool2d)
    high, wide = pool.kernel
    side_by_side = (
        pool.strides == pool.kernel and pool.pads == (0, 0) and pool.dilations == (1, 1) and not pool.ceil_mode
    )
    known = side_by_side and wide in WIDTHS and high * wide <= LARGEST_WINDOW
    return ImageBlock(convolution, relu, pool) if known and not any(convolution.behind) else None
