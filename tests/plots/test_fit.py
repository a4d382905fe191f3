"""The curve of a network over one number: right where it is asked, and refused where there is none."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.support.refusals import refused
from tests.support.tally import Tally

import layerwise as lw
from layerwise.errors import DataError, KindError, LayerwiseError, ShapeError
from layerwise.plots import fitted_curve

X = np.random.default_rng(0).uniform(-2, 2, 40)


@pytest.mark.parametrize("shape", [(40,), (40, 1)])
def test_the_curve_is_what_the_network_says(shape: tuple[int, ...]) -> None:
    ax = fitted_curve(lambda x: x**3, X.reshape(shape), (X**3).reshape(shape) + 0.5, labels=("a", "b"), part="test")
    (curve,) = ax.get_lines()
    across, up = curve.get_data()
    np.testing.assert_allclose(up, across**3)
    assert across[0] < X.min() < X.max() < across[-1]
    np.testing.assert_allclose(ax.collections[0].get_offsets(), np.stack([X, X**3 + 0.5], axis=1))
    assert ax.get_title(loc="left") == "RMSE 0.5 on 40 test points"
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("a", "b")


def test_a_network_is_drawn() -> None:
    net = lw.Network(lw.Linear(1, 4), lw.Tanh(), lw.Linear(4, 1))
    _, up = fitted_curve(net, X, X).get_lines()[0].get_data()
    assert np.isfinite(up).all()


def test_one_point_is_enough() -> None:
    assert fitted_curve(lambda x: x, [1.0], [1.0]).get_title(loc="left") == "RMSE 0 on 1 point"


@pytest.mark.parametrize(
    ("arguments", "kind", "message"),
    [
        ((None, X, X), KindError, "predict must be a network"),
        ((np.sin, X[:3], X), DataError, "x has 3 numbers and y has 40"),
        ((np.sin, np.zeros((40, 2)), X), ShapeError, "x must be one number a sample"),
        ((np.sin, [], []), ShapeError, "one number a sample"),
        ((lambda x: np.zeros((len(x), 2)), X, X), ShapeError, "predict must turn"),
        ((np.sin, [np.nan], [1.0]), DataError, "x"),
        ((lambda x: x * np.nan, X, X), DataError, "what predict returned"),
    ],
)
def test_what_can_not_be_drawn(tally: Tally, arguments: Any, kind: type[LayerwiseError], message: str) -> None:
    refused(tally, kind, message, lambda: fitted_curve(*arguments))
