"""Curves and surfaces: y where the formula says, and noise in y alone."""

from __future__ import annotations

import numpy as np
import pytest

from layerwise.data import load
from layerwise.data.curves import CURVES
from layerwise.errors import KindError, SettingError

each_curve = pytest.mark.parametrize("name", CURVES)
SAMPLES = [-0.75, -0.5, 0.0, 0.25]
AT_SAMPLES = {
    "line": [-0.125, 0.0, 0.25, 0.375],
    "parabola": [0.5625, 0.25, 0.0, 0.0625],
    "sine": [1.0, 0.0, 0.0, 1.0],
    "step": [0, 0, 1, 1],
}


def everything(name, **options):
    data = load(name, **options)
    parts = (data.train, data.validation, data.test)
    return np.concatenate([part.x for part in parts]), np.concatenate([part.y for part in parts])


@pytest.mark.parametrize("name", AT_SAMPLES)
def test_curves_at_four_places(name):
    found = CURVES[name].formula(np.array(SAMPLES)[:, None])
    np.testing.assert_allclose(found, AT_SAMPLES[name], atol=1e-15)


def test_surfaces_at_some_places():
    np.testing.assert_allclose(CURVES["plane"].formula(np.array([[1.0, 0], [0, 1], [0.5, -0.5]])), [0.6, -0.8, 0.7])
    tops = CURVES["hills"].formula(np.array([[0.5, 0.5], [-0.5, -0.5], [0.5, -0.5], [-0.5, 0.5], [0, 0.3]]))
    np.testing.assert_allclose(tops, [1, 1, -1, -1, 0], atol=0.01)


@each_curve
def test_without_noise_y_is_the_formula_of_x(name):
    x, y = everything(name, noise=0, n=200)
    assert x.shape == (200, CURVES[name].features)
    assert y.shape == (200, 1)
    assert np.abs(x).max() <= 1
    assert x.min() < -0.9
    assert x.max() > 0.9
    np.testing.assert_allclose(y[:, 0], CURVES[name].formula(x.astype(np.float64)), atol=1e-6)


@each_curve
def test_the_noise_is_in_y_and_has_the_spread_it_is_given(name):
    (x, calm), (same_x, noisy) = everything(name, noise=0, n=20_000), everything(name, noise=0.3, n=20_000)
    assert x.tobytes() == same_x.tobytes()
    assert (noisy - calm).std() == pytest.approx(0.3, rel=0.02)


@each_curve
def test_it_is_a_regression_in_the_units_of_the_formula(name):
    data = load(name, seed=3)
    assert data.task == "regression"
    assert data.features == ("x1", "x2")[: CURVES[name].features]
    np.testing.assert_array_equal(data.preparation.to_units(data.test.y), data.test.y)
    assert load(name, seed=3).train.x.tobytes() == data.train.x.tobytes() != load(name, seed=4).train.x.tobytes()


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"classes": 2}, SettingError, "sine has a quantity as its target: leave out classes=2"),
        ({"flat": False}, SettingError, "leave out flat=False"),
        ({"noise": -0.1}, SettingError, "noise must be 0 or more"),
        ({"noise": 1e9}, SettingError, "noise must be at most 1000"),
        ({"n": 10**9}, SettingError, "n must be at most 1,000,000"),
        ({"n": 2.0}, KindError, "n must be a whole number"),
    ],
)
def test_wrong_options_are_refused(options, error, message, tally):
    with pytest.raises(error, match=message):
        load("sine", **options)
    tally.add("bad input")
