"""The residual connection: what a row of layers computes is added to what it was given."""

from __future__ import annotations

from collections.abc import Iterator

from layerwise import formulas
from layerwise.axes import in_numpy
from layerwise.errors import ShapeError
from layerwise.layers import LAYERS, Layer, Pass
from layerwise.network.container import Container, Fork, input_shape, optional_layer
from layerwise.network.sequential import Sequential
from layerwise.types import Array, Backward, Shape


@LAYERS.register
class Residual(Container):
    """y = x + f(x), where f is the row of layers; with a shortcut s, y = s(x) + f(x).

    The layers then learn only what to change, and the gradient has a way back on which nothing shrinks it:
    dx = dy + f'(x)ᵀ dy. That lets networks of a hundred layers learn.

    shortcut: a layer for the other way, where f changes the shape; ResNet takes a 1x1 convolution with the stride of
    f: `Residual(*layers, shortcut=Conv2d(16, 32, 1, stride=2))`. None, the identity, unless given.
    x: (N, ...); y: the shape of f(x), which must be that of x, or of s(x): nothing is broadcast.
    Parameters are named "0.weight", ... as in a Sequential, and "shortcut.weight".
    Raises ShapeError, with both shapes, where they differ.
    Source: He, Zhang, Ren and Sun, Deep residual learning for image recognition (2016)

    >>> import numpy as np
    >>> from layerwise.layers import Linear
    >>> block = Residual(Linear(2, 2, init="zeros"))
    >>> block(np.array([[1.0, 2.0]]))           # f is 0 as yet, so x goes through
    array([[1., 2.]])
    >>> Residual(Linear(2, 3))
    Traceback (most recent call last):
    layerwise.errors.ShapeError: Residual(Linear(2, 3)) adds x of shape (2,) and f(x) of shape (3,) from Linear(2, 3): \
let f keep the shape, or give a shortcut=... that changes it as f does. With two samples NumPy would \
refuse, since it compares shapes from the right: 2 against 3
    """

    layer_settings = ("shortcut",)
    result = "x + f(x)"

    def __init__(self, *layers: Layer, shortcut: Layer | None = None) -> None:
        super().__init__(*layers)
        self.row = Sequential(*layers)  # so that its dense layers run as one
        self.shortcut = optional_layer("shortcut", shortcut)
        self.output_shape(None)

    def forward(self, x: Array, pass_: Pass) -> tuple[Array, Backward]:
        fork = Fork(self, x, 2, pass_)
        kept, kept_backward = _identity(x) if self.shortcut is None else fork.branch(self.shortcut)
        change, change_backward = fork.row(self.row)
        fork.join()
        if kept.shape != change.shape:
            raise self._misfit(kept.shape[1:], change.shape[1:])

        y, sum_backward = pass_.call(self, formulas.add, kept, change)

        def backward(dy: Array) -> Array | None:
            dkept, dchange = sum_backward(dy)
            return fork.backward([kept_backward(dkept), change_backward(dchange)])

        return y, backward

    def output_shape(self, shape: Shape | None) -> Shape | None:
        change = self.row.output_shape(shape)
        kept = input_shape(self.row) if shape is None else shape
        if self.shortcut is not None:
            kept = self.shortcut.output_shape(shape)
        if kept is None or change is None:
            return change
        if len(kept) != len(change):
            # A Linear knows its features, and not how many axes stand before them.
            if shape is None:
                return None
            if kept == change[-1:]:  # features, asked before there are data, of any number of steps
                return change
            raise self._misfit(kept, change)
        if any(None not in sizes and len(set(sizes)) > 1 for sizes in zip(kept, change, strict=True)):
            raise self._misfit(kept, change)
        return tuple(b if a is None else a for a, b in zip(kept, change, strict=True))

    def inputs(self, shape: Shape | None) -> Iterator[tuple[str, Layer, Shape | None]]:
        yield from self.row.inputs(shape)
        if self.shortcut is not None:
            yield "shortcut", self.shortcut, shape

    @property
    def takes_indices(self) -> bool:
        return self.row.takes_indices

    def _misfit(self, kept: Shape, change: Shape) -> ShapeError:
        kept_name = "x" if self.shortcut is None else "shortcut(x)"
        return ShapeError(
            f"{self!r} adds {kept_name} of shape {kept} and f(x) of shape {change} from {self.layers[-1]!r}",
            f"let f keep the shape, or give a shortcut=... that changes it as f does{_in_numpy(kept, change)}",
        )


def _in_numpy(kept: Shape, change: Shape) -> str:
    """What NumPy would make of both for a batch of two samples; nothing where a size is not known yet."""
    a, b = ([size for size in shape if size is not None] for shape in (kept, change))
    if len(a) < len(kept) or len(b) < len(change):
        return ""
    return f". With two samples {in_numpy((2, *a), (2, *b))}"


def _identity(x: Array) -> tuple[Array, Backward]:
    return x, lambda dy: dy
