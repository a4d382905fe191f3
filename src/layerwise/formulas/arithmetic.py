"""Arithmetic: the formulas that every expression is made of.

Two arrays may have different shapes, if NumPy can broadcast one to the other. What was repeated on the way forward is
summed on the way back, since each of its copies has had a part in the value.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from layerwise.formulas.machinery.registration import Case, formula, smooth
from layerwise.types import Array, Differentiable, Generator


def summed_to(shape: tuple[int, ...], gradient: Array) -> Array:
    """A gradient at what was broadcast, summed over its copies: the gradient at what stood there before.

    >>> summed_to((3, 1), np.ones((2, 3, 4))).tolist()
    [[8.0], [8.0], [8.0]]
    """
    if gradient.shape == shape:  # nothing was repeated
        return gradient.copy()
    new = gradient.ndim - len(shape)
    repeated = [new + axis for axis, size in enumerate(shape) if size == 1]
    return gradient.sum(axis=(*range(new), *repeated), keepdims=True).reshape(shape)


@formula(
    "y = a + b",
    a="(...)",
    b="(...)",
    y="(...)",
    sample="pair_samples",
    source="Baydin et al., Automatic differentiation in machine learning: a survey (2018)",
)
def add(a: Array, b: Array) -> Differentiable:
    """The sum.

    Backward: da = dy, db = dy; a sum hands its gradient on to all that it is made of.

    >>> y, backward = add(np.array([1.0, 2.0]), np.array(10.0))
    >>> y, backward(np.array([1.0, 1.0]))
    (array([11., 12.]), (array([1., 1.]), array(2.)))
    """
    y = a + b

    def backward(dy: Array) -> tuple[Array, Array]:
        da = summed_to(np.shape(a), dy)
        db = summed_to(np.shape(b), dy)
        return da, db

    return y, backward


@formula(
    r"y = a \odot b",
    a="(...)",
    b="(...)",
    y="(...)",
    sample="pair_samples",
    source="Baydin et al., Automatic differentiation in machine learning: a survey (2018)",
)
def multiply(a: Array, b: Array) -> Differentiable:
    """The product, element by element.

    Backward: da = dy b, db = dy a; each factor gets the gradient times the other.

    >>> y, backward = multiply(np.array([3.0]), np.array([5.0]))
    >>> y, backward(np.array([1.0]))
    (array([15.]), (array([5.]), array([3.])))
    """
    y = a * b

    def backward(dy: Array) -> tuple[Array, Array]:
        da = summed_to(np.shape(a), dy * b)
        db = summed_to(np.shape(b), dy * a)
        return da, db

    return y, backward


@formula(
    r"y = \frac{a}{b}",
    a="(...)",
    b="(...)",
    y="(...)",
    sample="quotient_samples",
    source="Baydin et al., Automatic differentiation in machine learning: a survey (2018)",
)
def divide(a: Array, b: Array) -> Differentiable:
    """The quotient, element by element.

    Backward: da = dy / b, db = -dy y / b, since ∂(a / b)/∂b = -a / b².

    >>> y, backward = divide(np.array([6.0]), np.array([2.0]))
    >>> y, backward(np.array([1.0]))
    (array([3.]), (array([0.5]), array([-1.5])))
    """
    y = a / b

    def backward(dy: Array) -> tuple[Array, Array]:
        da = summed_to(np.shape(a), dy / b)
        db = summed_to(np.shape(b), -dy * y / b)
        return da, db

    return y, backward


@formula(
    "y = x^p",
    x="(...)",
    p="()",
    y="(...)",
    constants=("p",),
    sample="power_samples",
    source="Baydin et al., Automatic differentiation in machine learning: a survey (2018)",
)
def power(x: Array, p: float) -> Differentiable:
    """x to a power that does not depend on anything.

    Backward: dx = dy p x^(p - 1); for p = 0 that is 0, also at x = 0. Where y is NaN, as of the root of a negative
    number, so is the slope, though x^(p - 1) may be a number there.

    >>> y, backward = power(np.array([3.0]), 2.0)
    >>> y, backward(np.array([1.0]))
    (array([9.]), array([6.]))
    """
    y = x**p

    def backward(dy: Array) -> Array:
        slope = p * x ** (p - 1) if p != 0 else np.zeros_like(x)
        dx = dy * np.where(np.isnan(y), y, slope)
        return dx

    return y, backward


@formula(
    "y = e^x",
    x="(...)",
    y="(...)",
    sample="exp_samples",
    source="Baydin et al., Automatic differentiation in machine learning: a survey (2018)",
)
def exp(x: Array) -> Differentiable:
    """The exponential function. It overflows to infinity: from 89 on in float32, from 710 on in float64.

    Backward: dx = dy y; it is its own derivative.

    >>> y, backward = exp(np.array([0.0, 1.0]))
    >>> y.round(3), backward(np.array([1.0, 2.0])).round(3)
    (array([1.   , 2.718]), array([1.   , 5.437]))
    """
    y = np.exp(x)

    def backward(dy: Array) -> Array:
        dx = dy * y
        return dx

    return y, backward


@formula(
    r"y = \log x",
    x="(...)",
    y="(...)",
    sample="log_samples",
    source="Baydin et al., Automatic differentiation in machine learning: a survey (2018)",
)
def log(x: Array) -> Differentiable:
    """The natural logarithm: minus infinity at 0, NaN below.

    Backward: dx = dy / x; where y is NaN, so is the slope.

    >>> y, backward = log(np.array([1.0, 4.0]))
    >>> y.round(3), backward(np.array([1.0, 1.0]))
    (array([0.   , 1.386]), array([1.  , 0.25]))
    """
    y = np.log(x)

    def backward(dy: Array) -> Array:
        dx = dy / np.where(np.isnan(y), y, x)
        return dx

    return y, backward


@formula(
    "y = a b",
    a="(..., N, D)",
    b="(..., D, K)",
    y="(..., N, K)",
    sample="matmul_samples",
    source="Goodfellow et al., Deep Learning, 6.5.6",
)
def matmul(a: Array, b: Array) -> Differentiable:
    """The product of matrices, or of stacks of them.

    Backward: da = dy bᵀ, db = aᵀ dy; the shapes leave no other way to write it.

    >>> y, backward = matmul(np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]]))
    >>> y, backward(np.array([[1.0]]))
    (array([[11.]]), (array([[3., 4.]]), array([[1.],
           [2.]])))
    """
    y = a @ b

    def backward(dy: Array) -> tuple[Array, Array]:
        da = summed_to(a.shape, dy @ b.swapaxes(-1, -2))
        db = summed_to(b.shape, a.swapaxes(-1, -2) @ dy)
        return da, db

    return y, backward


@formula(
    r"y = \sum_i x_i",
    x="(..., I, ...)",
    axis="()",
    y="(...)",
    constants=("axis",),
    sample="total_samples",
    source="Baydin et al., Automatic differentiation in machine learning: a survey (2018)",
)
def total(x: Array, axis: int) -> Differentiable:
    """The sum along one axis.

    Backward: dx_i = dy; every term gets the gradient of the sum.

    >>> y, backward = total(np.array([[1.0, 2.0, 3.0]]), 1)
    >>> y, backward(np.array([5.0]))
    (array([6.]), array([[5., 5., 5.]]))
    """
    y = x.sum(axis=axis)
    terms = x.shape[axis]

    def backward(dy: Array) -> Array:
        dx = np.repeat(np.expand_dims(dy, axis), terms, axis=axis)
        return dx

    return y, backward


# What the formulas are tried on.


PAIRS = [
    ((1, 1), (1, 1)),
    ((4, 1), (4, 1)),
    ((1, 5), (3, 5)),
    ((3, 7), (7,)),
    ((2, 3, 5), (3, 1)),
    ((6, 1), (1, 4)),
    ((3, 2), ()),
]


def pair_samples(rng: Generator) -> Iterator[Case]:
    for shape_a, shape_b in PAIRS:
        yield smooth(a=rng.normal(size=shape_a), b=np.asarray(rng.normal(size=shape_b)))


def quotient_samples(rng: Generator) -> Iterator[Case]:
    for case in pair_samples(rng):
        a, b = case.arguments.values()
        yield smooth(a=a, b=b + np.sign(b))  # away from 0


def power_samples(rng: Generator) -> Iterator[Case]:
    exponents = [2.0, 3.0, 0.5, -1.0, -1.5, 0.0, 1.0]
    for shape, p in zip([(1, 1), (1, 5), (4, 1), (3, 7), (6, 4), (2, 3, 5), (7, 1)], exponents, strict=True):
        yield smooth(x=rng.uniform(0.5, 2, size=shape), p=np.float64(p))
    yield smooth(x=np.array([[-2.0, 0.0, 3.0]]), p=np.float64(2.0))


def exp_samples(rng: Generator) -> Iterator[Case]:
    for shape in [(1, 1), (1, 5), (4, 1), (3, 7), (6, 4), (2, 3, 5), (7, 1), ()]:
        yield smooth(x=np.asarray(rng.normal(size=shape)))


def log_samples(rng: Generator) -> Iterator[Case]:
    for case in exp_samples(rng):
        yield smooth(x=np.exp(case.arguments["x"]))


def matmul_samples(rng: Generator) -> Iterator[Case]:
    for n, d, k in [(1, 1, 1), (1, 3, 2), (5, 1, 4), (4, 7, 1), (3, 4, 5)]:
        yield smooth(a=rng.normal(size=(n, d)), b=rng.normal(size=(d, k)))
    yield smooth(a=rng.normal(size=(2, 3, 4)), b=rng.normal(size=(2, 4, 5)))
    yield smooth(a=rng.normal(size=(2, 1, 3, 4)), b=rng.normal(size=(5, 4, 2)))


def total_samples(rng: Generator) -> Iterator[Case]:
    for shape, axis in [((1, 1), 0), ((1, 5), 1), ((4, 1), -1), ((3, 7), 0), ((6, 4), -2), ((2, 3, 5), 1), ((5,), 0)]:
        yield smooth(x=rng.normal(size=shape), axis=axis)
