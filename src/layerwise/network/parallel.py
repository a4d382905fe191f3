"""Layers side by side: all see the same input, and what they make of it is put together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from layerwise import formulas
from layerwise.checks import one_of
from layerwise.errors import ShapeError
from layerwise.layers import LAYERS, Layer, Pass
from layerwise.network.container import Container, Fork
from layerwise.types import Array, Backward, Differentiable, Shape

WAYS: dict[str, Callable[..., Differentiable]] = {
    "concatenate": formulas.concatenate,
    "add": formulas.add,
    "multiply": formulas.multiply,
}
"""How two outputs become one; more of them do so one after the other."""


@LAYERS.register
class Parallel(Container):
    """y = [f_0(x), f_1(x), ...], or their sum, or their product element by element.

    combine: "concatenate" (unless given) puts the features next to each other: along the last axis, or, for images
        (N, C, H, W), along the channels; all other sizes must agree. "add" and "multiply" ask for equal shapes, since
        nothing is broadcast. The product gates: one branch says how much of another goes on; with two embeddings it is
        the heart of a recommender.
    x: (N, ...), the same for every layer; a branch of several layers is a Sequential.
    The gradient at x is the sum of the branches' gradients; a branch has from "add" dy itself, from "concatenate" its
    own features of dy, from "multiply" dy times the product of the others.
    lengths, mask: every branch is told the same. Where nothing is told, padding that a branch finds for itself (by an
    `Embedding` with masks=True) holds within that branch; behind them, a step is padding if it is in every branch.
    Parameters are named "0.weight", "1.weight", ...
    Raises ShapeError, with all shapes, where they do not fit.
    Source: Szegedy et al., Going deeper with convolutions (2015), for branches that are concatenated

    >>> import numpy as np
    >>> from layerwise.layers import Identity, ReLU
    >>> x = np.array([[3.0, -2.0]])
    >>> Parallel(Identity(), ReLU())(x)
    array([[ 3., -2.,  3.,  0.]])
    >>> Parallel(Identity(), ReLU(), combine="multiply")(x)
    array([[ 9., -0.]])
    """

    def __init__(self, *layers: Layer, combine: str = "concatenate") -> None:
        super().__init__(*layers)
        self.combine = one_of("combine", combine, WAYS)
        self.output_shape(None)

    @property
    def result(self) -> str:
        return self.combine

    def forward(self, x: Array, pass_: Pass) -> tuple[Array, Backward]:
        fork = Fork(self, x, len(self.layers), pass_)
        values, backwards = zip(*(fork.branch(each) for each in self.layers), strict=True)
        fork.join()
        self._combined([value.shape[1:] for value in values])  # NumPy would broadcast
        y, combine_backward = self._combine(values, pass_)

        def backward(dy: Array) -> Array | None:
            return fork.backward([back(dv) for back, dv in zip(backwards, combine_backward(dy), strict=True)])

        return y, backward

    def _combine(self, values: Sequence[Array], pass_: Pass) -> tuple[Array, Callable[[Array], list[Array]]]:
        """All outputs as one, and the way from the gradient there to the gradients at each of them."""
        y, *others = values
        settings = {"axis": 1 + _axis(y.ndim - 1)} if self.combine == "concatenate" else {}
        backwards = []
        for other in others:
            y, backward = pass_.call(self, WAYS[self.combine], y, other, **settings)
            backwards.append(backward)

        def combine_backward(dy: Array) -> list[Array]:
            gradients = []
            for backward in reversed(backwards):
                dy, dv = backward(dy)
                gradients.append(dv)
            return [dy, *reversed(gradients)]

        return y, combine_backward

    def output_shape(self, shape: Shape | None) -> Shape | None:
        return self._combined([layer.output_shape(shape) for layer in self.layers])

    def _combined(self, shapes: Sequence[Shape | None]) -> Shape | None:
        """The shape of y from those of the branches, as far as they are known; raises ShapeError if they do not fit."""
        known = [shape for shape in shapes if shape is not None]
        if not known:
            return None
        if self.combine == "concatenate" and () in known:
            raise ShapeError(f"{self!r} puts features next to each other, and single numbers have none")
        axis = _axis(len(known[0])) if self.combine == "concatenate" else None
        columns = list(zip(*known, strict=False))
        fits = len({len(shape) for shape in known}) == 1
        if not fits or any(len({*sizes} - {None}) > 1 for place, sizes in enumerate(columns) if place != axis):
            raise ShapeError(
                f"{self!r} puts together outputs of the shapes {', '.join(map(str, known))}",
                "they must be equal" + ("" if axis is None else f", except in axis {axis}"),
            )
        sizes = [next((size for size in sizes if size is not None), None) for sizes in columns]
        if axis is not None:
            complete = len(known) == len(shapes) and None not in columns[axis]
            sizes[axis] = sum(columns[axis]) if complete else None
        return tuple(sizes)

    def inputs(self, shape: Shape | None) -> Iterator[tuple[str, Layer, Shape | None]]:
        return ((name, layer, shape) for name, layer in self.children())

    @property
    def takes_indices(self) -> bool:
        return any(layer.takes_indices for layer in self.layers)


def _axis(axes: int) -> int:
    """Where features lie in a sample of so many axes: channels first in images (C, H, W), else last."""
    return 0 if axes == 3 else axes - 1
