"""No formula hides a NaN: where a number has a part in a value, the value is NaN as soon as the number is."""

from __future__ import annotations

import numpy as np
import pytest
from tests.formulas.samples import FORMULAS, cases, in_a_tuple, in_dtype, upstream_for

from layerwise.formulas import (
    attention,
    double_q_target,
    dropout,
    largest,
    leaky_relu,
    max_pool2d,
    multiply,
    perceptron_criterion,
    power,
    registry,
    relu,
    soft_threshold,
)
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


def is_linear_in(formula, arguments, name, index, upstream):
    """Whether the slope by this number is the same wherever the number stands: then NaN there changes it no more."""
    slopes = []
    for move in (0.0, -3.7, 2.3):
        moved = np.array(arguments[name])
        moved[index] += move
        with np.errstate(all="ignore"):
            _, backward = formula.run(**{**arguments, name: moved})
            slopes.append(in_a_tuple(backward(upstream))[formula.differentiable.index(name)][index])
    return np.allclose(slopes[:1], slopes[1:], rtol=1e-4, equal_nan=True)


@each_dtype
@pytest.mark.parametrize("formula", FORMULAS, ids=lambda formula: formula.name)
def test_where_the_value_is_nan_the_slope_is_nan(formula, dtype):
    """NaN could lie on any piece of a function that bends: no piece's slope is right there, 0 least of all."""
    for case in cases(formula):
        arguments = in_dtype(case.arguments, dtype)
        value, _ = formula.run(**arguments)
        upstream = upstream_for(value)
        for number, name in enumerate(formula.differentiable):
            for index in few(np.ones_like(arguments[name])):
                if is_linear_in(formula, arguments, name, index, upstream):
                    continue
                with np.errstate(all="ignore"):
                    poisoned, backward = formula.run(**{**arguments, name: poison(arguments[name], index)})
                    gradient = in_a_tuple(backward(upstream))[number]
                if np.isnan(poisoned).any():
                    assert np.isnan(gradient[index]), (name, index)


NO_NUMBER = {
    "log": [({}, [-1.0, -1e-30, -np.inf])],
    "power": [
        ({"p": 0.5}, [-np.inf, -1.0]),
        ({"p": -0.5}, [-np.inf, -1.0]),
        ({"p": 1.0}, [np.nan]),
        ({"p": 0.25}, [-1.0, np.nan]),
        ({"p": 2.0}, [np.nan]),
        ({"p": 1.5}, [-1.0]),
    ],
    "relu": [({}, [np.nan])],
    "leaky_relu": [({"negative_slope": 0.0}, [np.nan]), ({"negative_slope": 1.0}, [np.nan])],
    "elu": [({"alpha": 0.0}, [np.nan]), ({"alpha": 1.0}, [np.nan])],
    "softplus": [({"beta": 2.0}, [np.nan])],
    "soft_threshold": [({"strength": 0.0}, [np.nan]), ({"strength": 2.0}, [np.nan])],
}


@each_dtype
@pytest.mark.parametrize("name", NO_NUMBER)
def test_a_function_of_one_number_has_no_slope_where_it_has_no_value(name, dtype, tally):
    for settings, numbers in NO_NUMBER[name]:
        x = np.array(numbers, dtype)
        with np.errstate(all="ignore"):
            value, backward = registry[name].function(x, **settings)
            gradient = backward(np.full_like(x, 2))
        if not (name == "power" and settings["p"] == -0.5):  # C's pow answers 0 at minus infinity
            assert np.isnan(value).all()
        np.testing.assert_array_equal(np.isnan(gradient), np.isnan(value))
        tally.add("bad input", len(numbers))


@pytest.mark.parametrize("place", range(3))
def test_a_best_action_is_not_chosen_past_a_nan(place, tally):
    chooser = poison(np.array([[3.0, 1.0, 2.0], [0.0, 2.0, 1.0]]), (0, place))
    y, _ = double_q_target(np.ones(2), np.ones(2, bool), 0.5, chooser, np.ones((2, 3)))
    np.testing.assert_array_equal(y, [np.nan, 1.5])
    tally.add("bad input")


def test_only_the_nan_has_no_slope():
    """Its neighbours keep theirs."""
    x = np.array([np.nan, -2.0, 0.0, 3.0])
    for bent, slopes in [
        (relu, [np.nan, 0, 0, 1]),
        (lambda x: leaky_relu(x, 0.25), [np.nan, 0.25, 0.25, 1]),
        (lambda x: soft_threshold(x, 2.0), [np.nan, 0, 0, 1]),
        (lambda x: largest(x[None], 1), [np.nan, 0, 0, 0]),
        (lambda x: max_pool2d(x[None, None, None], (1, 2), (1, 2)), [np.nan, 0, 0, 1]),
        (lambda x: power(x, 2.0), [np.nan, -4, 0, 6]),
    ]:
        value, backward = bent(x)
        np.testing.assert_array_equal(np.ravel(backward(np.ones_like(value))), slopes)
