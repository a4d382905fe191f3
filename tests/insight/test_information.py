"""Information of a layer: the scene of XOR, the climb to log2 N, and the bias that is stated."""

from __future__ import annotations

import math

import numpy as np
import pytest
from tests.support.refusals import refused

from layerwise.errors import DataError, KindError, SettingError, ShapeError
from layerwise.formulas import joint_distribution, mutual_information
from layerwise.insight import layer_information
from layerwise.insight.information import binned
from layerwise.random import generator

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
XOR = np.array([0, 1, 1, 0])
OR, AND = X.any(axis=1), X.all(axis=1)


def about_xor(t):
    return layer_information(X, t, XOR, width=0.5).target_bits


def test_nothing_plus_nothing_is_one_bit():
    assert about_xor(X[:, 0]) == 0
    assert about_xor(X[:, 1]) == 0
    assert about_xor(X) == 1


def test_or_and_and_each_carry_a_part_and_together_all():
    assert about_xor(OR) == pytest.approx(0.311, abs=5e-4)
    assert about_xor(AND) == pytest.approx(0.311, abs=5e-4)
    assert about_xor(np.stack([OR, AND], axis=1)) == 1


@pytest.mark.parametrize("units", [1, 3])
def test_finer_bins_climb_to_the_logarithm_of_the_sample_size(units):
    """Whatever the network: these weights were never trained."""
    rng = generator(0, "climb")
    x = rng.normal(size=(1000, 4))
    t = np.tanh(x @ rng.normal(size=(4, units)))
    y = rng.integers(2, size=1000)
    climb = [layer_information(x, t, y, width=0.5 / 4**k) for k in range(15)]
    bits = [each.input_bits for each in climb]
    assert bits == sorted(bits)
    assert bits[0] < 8
    assert bits[-1] == pytest.approx(9.97, abs=5e-3)
    assert bits[-1] == pytest.approx(climb[-1].ceiling, rel=1e-12)
    assert climb[-1].cells == 1000
    assert climb[-1].target_bits == pytest.approx(1, abs=0.01)  # the whole entropy of labels that know nothing of x
    assert "tell of the sample size, not of the network" in str(climb[-1])


@pytest.mark.parametrize(("cells", "classes"), [(5, 2), (8, 4)])
def test_the_stated_bias_is_the_mean_error_for_independent_variables(cells, classes):
    rng = generator(1, "bias", step=cells)
    found = []
    for _ in range(400):
        t, y = rng.integers(cells, size=(400, 1)), rng.integers(classes, size=400)
        found.append(layer_information(np.arange(400), t, y, width=1.0))
    stated = (cells - 1) * (classes - 1) / (2 * 400 * math.log(2))
    assert found[0].target_bias == pytest.approx(stated, rel=1e-12)
    assert np.mean([each.target_bits for each in found]) == pytest.approx(stated, rel=0.1)
    # T is a function of X, so I(X; T) is the entropy of T, and log2(cells) is what it should be.
    errors = [each.input_bits - math.log2(cells) for each in found]
    assert np.mean(errors) == pytest.approx(found[0].input_bias, rel=0.1)
    assert "not of the network" not in str(found[0])


def test_the_estimate_is_the_information_of_the_counted_table():
    rng = generator(2, "table")
    x, t, y = rng.integers(9, size=300), rng.normal(size=(300, 2)), rng.integers(3, size=300)
    report = layer_information(x, t, y, width=0.7)
    cells = binned(t, 0.7)
    assert report.input_bits == pytest.approx(mutual_information(joint_distribution(x, cells), 2), rel=1e-9)
    assert report.target_bits == pytest.approx(mutual_information(joint_distribution(cells, y), 2), rel=1e-9)
    assert report.cells == len(np.unique(np.floor(t / 0.7), axis=0))


def test_bins_begin_at_multiples_of_the_width():
    np.testing.assert_array_equal(binned([-0.01, -0.0, 0.0, 0.49, 0.5], 0.5), [0, 1, 1, 1, 2])


ROWS = np.zeros((3, 2))


@pytest.mark.parametrize(("call", "error", "words"), [
    (lambda: layer_information(ROWS, ROWS, [0, 1], width=1), ShapeError, "3, 3 and 2"),
    (lambda: layer_information(ROWS, ROWS, [0, 1, 1], width=0), SettingError, "width must be above 0"),
    (lambda: layer_information(ROWS, ROWS, [0, 1, 1], width="fine"), KindError, "width must be a number"),
    (lambda: layer_information(ROWS, ROWS + 1, [0, 1, 1], width=1e-300), SettingError, "too narrow"),
    (lambda: layer_information(ROWS, ROWS * math.nan, [0, 1, 1], width=1), DataError, "t holds nan at row 0"),
    (lambda: layer_information(ROWS, 3.0, [0, 1, 1], width=1), ShapeError, "activity of each sample"),
    (lambda: layer_information(ROWS[:0], ROWS[:0], [], width=1), ShapeError, "x must have one value"),
])  # fmt: skip
def test_what_can_not_be_counted_is_refused(call, error, words, tally):
    refused(tally, error, words, call)
