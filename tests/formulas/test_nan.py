"""No formula hides a NaN: where a number has a part in a value, the value is NaN as soon as the number is."""

from __future__ import annotations

import numpy as np
import pytest
from tests.formulas.samples import FORMULAS, cases, in_a_tuple, in_dtype, upstream_for

from layerwise.formulas import attention, dropout, max_pool2d, multiply, perceptron_criterion, relu
from layerwise.random import generator

each_dtype = pytest.mark.parametrize("dtype", [np.float32, np.float64])
FEW = 3
"""So many elements of a value, and of each argument for each of them, are tried in a sample."""


def few(array):
    """Indices of some elements of the array that are not 0, spread over it."""
    found = np.argwhere(array)
    return [tuple(index) for index in found[np.linspace(0, len(found) - 1, min(FEW, len(found))).astype(int)]]


def poison(array, index):
    """The array with one NaN."""
    array = np.array(array)
    array[index] = np.nan
    return array


@each_dtype
@pytest.mark.parametrize("formula", FORMULAS, ids=lambda formula: formula.name)
def test_a_number_that_counts_shows_its_nan(formula, dtype, tally):
    """At that element of the value which the number moves, not just anywhere."""
    tried = 0
    for case in cases(formula):
        if not case.smooth:
            continue
        arguments = in_dtype(case.arguments, dtype)
        value, backward = formula.run(**arguments)
        for place in few(np.ones_like(value)):
            single = np.zeros_like(value)
            single[place] = 1
            for name, gradient in zip(formula.differentiable, in_a_tuple(backward(single)), strict=True):
                for index in few(gradient):
                    with np.errstate(all="ignore"):
                        poisoned, _ = formula.run(**{**arguments, name: poison(arguments[name], index)})
                    assert np.isnan(poisoned[place]), (name, index, place)
                    tried += 1
    assert tried
    tally.add("bad input", tried)


WITHOUT_A_SLOPE = {
    "relu": lambda x: relu(x)[0],
    "dropout": lambda x: dropout(x, np.array([True, False, True]), 0.5)[0],
    "max_pool2d": lambda x: max_pool2d(x[None, None, None], (1, 3), (1, 3))[0],
    "multiply": lambda x: multiply(x, np.zeros_like(x))[0],
    "perceptron_criterion": lambda x: perceptron_criterion(
        x[:, None], np.zeros_like(x[:, None]), np.ones_like(x[:, None]), 1.0
    )[0],
    "attention": lambda q: (
        attention(  # to a single key, so that the query decides nothing
            q[None, None, None],
            *(np.ones((1, 1, 1, 3), q.dtype),) * 2,
            np.ones((1, 1, 1, 1), bool),
            np.ones((1, 1, 1, 1), q.dtype),
        )[0].y
    ),
}


@each_dtype
@pytest.mark.parametrize("name", WITHOUT_A_SLOPE)
@pytest.mark.parametrize("position", range(3))
def test_a_number_that_moves_nothing_shows_its_nan_too(name, position, dtype, tally):
    """The slope is 0: no maximum, no mask, no zero and no comparison is an excuse to drop a NaN."""
    value = np.ravel(WITHOUT_A_SLOPE[name](poison(np.array([0.5, -1.0, 2.0], dtype=dtype), position)))
    assert np.isnan(value[position if value.size == 3 else 0])
    tally.add("bad input")


@pytest.mark.parametrize("formula", FORMULAS, ids=lambda formula: formula.name)
def test_a_nan_stays_with_those_who_see_it(formula):
    """A NaN in the gradient at the value is a NaN in what goes back, and nowhere is it turned into a number."""
    for case in cases(formula):
        value, backward = formula.run(**case.arguments)
        upstream = upstream_for(value)
        if not upstream.size or not case.smooth:
            continue
        place = np.unravel_index(generator(1, "place", layer=formula.name).integers(upstream.size), upstream.shape)
        single = np.zeros_like(upstream)
        single[place] = 1.0
        reached = [np.abs(each).max(initial=0) > 0 for each in in_a_tuple(backward(single))]
        poisoned = upstream.copy()
        poisoned[place] = np.nan
        with np.errstate(all="ignore"):
            gradients = in_a_tuple(backward(poisoned))
        for name, gradient, reaches in zip(formula.differentiable, gradients, reached, strict=True):
            assert np.isnan(gradient).any() or not reaches, name
