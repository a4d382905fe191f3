"""Shape: the formulas that move numbers and change none of them.

Backward, every number's gradient goes back to the place where the number came from; where two came from one place,
their gradients are added up there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from layerwise.formulas.machinery.registration import Case, formula, kink, smooth
from layerwise.types import Array, Differentiable, Generator


@formula(
    r"y = \operatorname{reshape}(x)",
    x="(...)",
    shape="()",
    y="(...)",
    constants=("shape",),
    sample="reshape_samples",
    source="Harris et al., Array programming with NumPy, Nature 585 (2020)",
)
def reshape(x: Array, shape: tuple[int, ...]) -> Differentiable:
    """The same numbers in the same order, row by row, in another shape; one size of it may be -1: what is left.

    Backward: dx is dy in the shape of x.

    >>> y, backward = reshape(np.array([1.0, 2.0, 3.0, 4.0]), (2, 2))
    >>> y, backward(np.array([[5.0, 6.0], [7.0, 8.0]]))
    (array([[1., 2.],
           [3., 4.]]), array([5., 6., 7., 8.]))
    """
    y = x.reshape(shape)

    def backward(dy: Array) -> Array:
        dx = dy.reshape(x.shape).copy()
        return dx

    return y, backward


@formula(
    r"y_{ji} = x_{ij}",
    x="(...)",
    axes="()",
    y="(...)",
    constants=("axes",),
    sample="transpose_samples",
    source="Harris et al., Array programming with NumPy, Nature 585 (2020)",
)
def transpose(x: Array, axes: tuple[int, ...]) -> Differentiable:
    """The axes in another order: axis i of y is axis axes[i] of x.

    Backward: dx has the axes of dy put back in the old order.

    >>> y, backward = transpose(np.array([[1.0, 2.0, 3.0]]), (1, 0))
    >>> y.shape, backward(np.array([[4.0], [5.0], [6.0]]))
    ((3, 1), array([[4., 5., 6.]]))
    """
    y = x.transpose(axes)

    def backward(dy: Array) -> Array:
        back = np.argsort(np.asarray(axes) % len(axes))
        dx = dy.transpose(back).copy()
        return dx

    return y, backward


@formula(
    r"y = x_{\text{place}}",
    x="(...)",
    place="()",
    y="(...)",
    constants=("place",),
    sample="index_samples",
    source="Harris et al., Array programming with NumPy, Nature 585 (2020)",
)
def index(x: Array, place: Any) -> Differentiable:
    """x[place], by all that NumPy understands: numbers, slices, arrays of numbers or of yes and no, None.

    Backward: dx is 0 where nothing was taken, and the sum of the gradients where a number was taken several times.

    >>> y, backward = index(np.array([10.0, 20.0, 30.0]), np.array([2, 0, 2]))
    >>> y, backward(np.array([1.0, 5.0, 1.0]))
    (array([30., 10., 30.]), array([5., 0., 2.]))
    """
    y = x[place]

    def backward(dy: Array) -> Array:
        sums = np.zeros(x.shape, dy.dtype)
        np.add.at(sums, place, dy)
        dx = sums  # named when it is whole: a trace shows what a name is given
        return dx

    return y, backward


class FanOut(NamedTuple):
    """One x on two ways."""

    y: Array
    other: Array


@formula(
    "y = x, \\quad y' = x",
    x="(...)",
    y="(...)",
    other="(...)",
    sample="fan_out_samples",
    source="Goodfellow et al., Deep Learning, 6.5.2",
)
def fan_out(x: Array) -> Differentiable:
    """One x for two ways, as in x + f(x): the same numbers on both, nothing is copied.

    Backward: dx = dy + dother, since the cost depends on x by both ways.

    >>> (y, other), backward = fan_out(np.array([3.0]))
    >>> y, other, backward(np.array([1.0]), np.array([0.5]))
    (array([3.]), array([3.]), array([1.5]))
    """
    y = x
    other = x

    def backward(dy: Array, dother: Array | None = None) -> Array:
        dx = dy + (0 if dother is None else dother)
        return dx

    return FanOut(y, other), backward


@formula(
    "y = [a, b]",
    a="(..., I, ...)",
    b="(..., J, ...)",
    axis="()",
    y="(..., I + J, ...)",
    constants=("axis",),
    sample="concatenate_samples",
    source="Szegedy et al., Going deeper with convolutions, CVPR 2015",
)
def concatenate(a: Array, b: Array, axis: int) -> Differentiable:
    """Two arrays put together along one axis, b behind a; all other sizes agree.

    Two at a time, as in a sum or a product: more than two are put together one after another.
    Backward: dy is cut where the arrays met; da is what lies before, db what lies behind.

    >>> y, backward = concatenate(np.array([[1.0, 2.0]]), np.array([[3.0]]), 1)
    >>> y, backward(np.array([[5.0, 6.0, 7.0]]))
    (array([[1., 2., 3.]]), (array([[5., 6.]]), array([[7.]])))
    """
    y = np.concatenate([a, b], axis)

    def backward(dy: Array) -> tuple[Array, Array]:
        da, db = (part.copy() for part in np.split(dy, [a.shape[axis]], axis))
        return da, db

    return y, backward


@formula(
    r"y = \max_i x_i",
    x="(..., I, ...)",
    axis="()",
    y="(...)",
    constants=("axis",),
    sample="largest_samples",
    source="Goodfellow et al., Maxout networks, ICML 2013",
)
def largest(x: Array, axis: int) -> Differentiable:
    """The largest number along one axis; NaN, where there is one.

    Backward: the largest gets the whole gradient, the others 0; of equal ones the first, as in max pooling. The first
    NaN gets NaN.

    >>> y, backward = largest(np.array([[1.0, 3.0, 3.0]]), 1)
    >>> y, backward(np.array([5.0]))
    (array([3.]), array([[0., 5., 0.]]))
    """
    first = np.expand_dims(x.argmax(axis=axis), axis)
    y = np.take_along_axis(x, first, axis=axis).squeeze(axis)

    def backward(dy: Array) -> Array:
        chosen = np.zeros(x.shape, bool)
        np.put_along_axis(chosen, first, True, axis=axis)
        passed = np.where(np.isnan(y), y, dy)
        dx = np.where(chosen, np.expand_dims(passed, axis), 0)
        return dx

    return y, backward


# What the formulas are tried on.


def reshape_samples(rng: Generator) -> Iterator[Case]:
    for before, after in [
        ((1, 1), (1,)),
        ((1, 6), (2, 3)),
        ((4, 1), (1, 4)),
        ((3, 5), (15,)),
        ((2, 3, 5), (6, 5)),
        ((2, 6), (2, 3, 2)),
        ((7, 1), (7, -1)),
    ]:
        yield smooth(x=rng.normal(size=before), shape=after)


def transpose_samples(rng: Generator) -> Iterator[Case]:
    for shape, axes in [
        ((1, 1), (1, 0)),
        ((1, 5), (1, 0)),
        ((4, 1), (0, 1)),
        ((3, 7), (1, 0)),
        ((2, 3, 5), (2, 0, 1)),
        ((2, 3, 5), (0, -1, -2)),
        ((2, 3, 4, 1), (0, 2, 1, 3)),
    ]:
        yield smooth(x=rng.normal(size=shape), axes=axes)


def index_samples(rng: Generator) -> Iterator[Case]:
    places = [
        ((1, 1), np.array([0])),
        ((1, 5), (slice(None), slice(1, 4))),
        ((4, 1), np.array([3, 0, 3, 3])),  # one row three times
        ((3, 7), (Ellipsis, 2)),
        ((6, 4), (slice(None, None, 2), slice(None))),
        ((2, 3, 5), (1, slice(0, 2))),
        ((5, 2), np.array([[0, 4], [4, 1]])),
        ((5,), (slice(None), None)),  # a column
    ]
    for shape, place in places:
        yield smooth(x=rng.normal(size=shape), place=place)


def fan_out_samples(rng: Generator) -> Iterator[Case]:
    for shape in [(1, 1), (1, 5), (4, 1), (3, 7), (2, 3, 5), (2, 3, 4, 1), (7, 1), ()]:
        yield smooth(x=np.asarray(rng.normal(size=shape)))


def concatenate_samples(rng: Generator) -> Iterator[Case]:
    for shape_a, shape_b, axis in [
        ((1, 1), (1, 1), 1),
        ((1, 5), (1, 2), -1),
        ((4, 1), (4, 3), 1),
        ((3, 7), (1, 7), 0),
        ((2, 3, 5), (2, 3, 1), 2),
        ((2, 3, 4, 1), (2, 1, 4, 1), 1),  # channels
        ((3, 2), (3, 0), 1),  # nothing behind it
        ((4,), (3,), 0),
    ]:
        yield smooth(a=rng.normal(size=shape_a), b=rng.normal(size=shape_b), axis=axis)


def largest_samples(rng: Generator) -> Iterator[Case]:
    for shape, axis in [((1, 1), 0), ((1, 5), 1), ((4, 1), -1), ((3, 7), 1), ((6, 4), -1), ((2, 3, 5), 1), ((1, 5), 0)]:
        apart = rng.permuted(np.arange(float(np.prod(shape)))).reshape(shape)  # no two of them near each other
        yield smooth(x=apart / 4, axis=axis)
    yield kink(x=np.array([[1.0, 3.0, 3.0], [2.0, 2.0, 0.0]]), axis=1)
