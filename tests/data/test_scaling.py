"""Scaling: the statistics of NumPy, constants without division by zero, and one set of bits for all shapes."""

from __future__ import annotations

import numpy as np
import pytest

from layerwise.data.scaling import learn_scaling, standardise
from layerwise.errors import DataError


def test_mean_and_spread_are_numpys():
    values = np.random.default_rng(0).normal(5, 3, 100)
    assert learn_scaling("x", values) == (values.mean(), values.std())


@pytest.mark.parametrize("value", [0.0, 0.1, -7e300, 5e-324])
def test_a_constant_column_becomes_exactly_zero(value):
    values = np.full(7, value)
    mean, scale = learn_scaling("x", values)
    assert scale == 1
    assert (standardise(values, mean, scale) == 0).all()


def test_values_that_differ_below_the_reach_of_squares_stay_finite():
    values = np.array([0.0, 5e-324])
    mean, scale = learn_scaling("x", values)
    assert np.isfinite(standardise(values, mean, scale)).all()


def test_a_spread_beyond_float64_is_refused_by_name(tally):
    with pytest.raises(DataError, match="'wide' runs from -1e\\+308 to 1e\\+308"):
        learn_scaling("wide", np.array([-1e308, 1e308]))
    tally.add("bad input")


def test_a_matrix_gives_the_bits_of_its_columns():
    values = np.random.default_rng(1).normal(size=(1300, 3)) * [1, 1e6, 1e-6]
    mean, scale = values.mean(axis=0), values.std(axis=0)
    whole = standardise(values, mean, scale)
    assert whole.dtype == np.float32
    assert whole.flags.c_contiguous
    for k in range(3):
        np.testing.assert_array_equal(whole[:, k], standardise(values[:, k], mean[k], scale[k]))


def test_pixels_never_wrap():
    pixels = np.arange(256, dtype=np.uint8)
    np.testing.assert_array_equal(standardise(pixels, 0.0, 255.0), np.arange(256, dtype=np.float32) / np.float32(255))
    assert standardise(pixels, 10.0, 1.0)[0] == -10
