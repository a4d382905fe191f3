"""One column of a table, or one step of a sequence."""

from __future__ import annotations

import numpy as np

from layerwise.checks import whole_number
from layerwise.errors import SettingError, ShapeError
from layerwise.layers.layer import LAYERS, Layer
from layerwise.layers.pass_ import Pass
from layerwise.types import Array, Backward, Shape


@LAYERS.register
class Select(Layer):
    """x[..., index]: what stands at one place of an axis, which then is gone; torch.select as a layer.

    index: the place, from 0, or from the end with -1. dim: the axis, -1, the last, unless given; not 0, the batch.
    size: how many places the axis must have, if that is known.
    x: (N, D) to y: (N,), or with dim=1 (N, T, D) to (N, D): the step `index`. The gradient of all that was not
    selected is 0. Whole numbers pass as they are, for an `Embedding` behind it.
    Raises ShapeError where x has no such place, or another number of places than `size`.

    >>> import numpy as np
    >>> x = np.array([[10.0, 20.0], [30.0, 40.0]])
    >>> Select(1)(x)
    array([20., 40.])
    """

    def __init__(self, index: int, dim: int = -1, size: int | None = None) -> None:
        super().__init__()
        self.index = _place("index", index)
        self.dim = _place("dim", dim)
        self.size = None if size is None else whole_number("size", size)
        if self.dim == 0:
            raise SettingError("dim must not be 0: along the batch lie samples, which a layer does not choose from")

    def forward(self, x: Array, pass_: Pass) -> tuple[Array, Backward]:
        self.output_shape(x.shape[1:])
        place: tuple[slice | int, ...] = (*[slice(None)] * (self.dim % x.ndim), self.index)

        def backward(dy: Array) -> Array:
            dx = np.zeros(x.shape, dy.dtype)
            dx[place] = dy
            return dx

        return x[place], backward

    def output_shape(self, shape: Shape | None) -> Shape | None:
        if shape is None:
            return None
        axis = self.dim - 1 if self.dim > 0 else self.dim + len(shape)
        if not 0 <= axis < len(shape):
            raise ShapeError(f"{self!r} finds no axis {self.dim} in samples of shape {shape}")
        size = shape[axis]
        if size is not None and not -size <= self.index < size:
            raise ShapeError(f"{self!r} finds no place {self.index} in axis {self.dim}, which has {size}")
        if size is not None and self.size not in (None, size):
            raise ShapeError(f"{self!r} expects {self.size} places in axis {self.dim}, got {size}")
        return (*shape[:axis], *shape[axis + 1 :])


def _place(name: str, value: object) -> int:
    """A whole number that may count from the end."""
    if isinstance(value, int) and not isinstance(value, bool) and value < 0:
        return -whole_number(name, -value)
    return whole_number(name, value, minimum=0)
