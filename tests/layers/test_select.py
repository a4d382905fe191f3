"""Select: one place of one axis."""

from __future__ import annotations

import numpy as np
import pytest
from tests.refusals import refused

import layerwise as lw
from layerwise.errors import KindError, SettingError, ShapeError
from layerwise.layers import Pass

X = np.arange(24.0).reshape(2, 3, 4)


@pytest.mark.parametrize(("index", "dim", "expected"), [
    (0, -1, X[:, :, 0]), (-1, -1, X[:, :, -1]), (2, 1, X[:, 2]), (-3, 1, X[:, 0]), (1, -2, X[:, 1]),
])  # fmt: skip
def test_it_is_an_index(index, dim, expected):
    np.testing.assert_array_equal(lw.Select(index, dim)(X), expected)
    y, backward = lw.Select(index, dim).forward(X, Pass())
    dx = backward(np.ones_like(y))
    assert dx.shape == X.shape
    assert dx.sum() == y.size
    np.testing.assert_array_equal(lw.Select(index, dim)(dx), np.ones_like(y))


@pytest.mark.parametrize(("build", "error", "words"), [
    (lambda: lw.Select(0, 0), SettingError, "dim must not be 0"),
    (lambda: lw.Select("0"), KindError, "index must be a whole number"),
    (lambda: lw.Select(True), KindError, "index"),
    (lambda: lw.Select(0, 1.0), KindError, "dim must be a whole number"),
    (lambda: lw.Select(4)(X), ShapeError, ("Select(4) finds no place 4 in axis -1", "has 4")),
    (lambda: lw.Select(-5)(X), ShapeError, "no place -5"),
    (lambda: lw.Select(0, 3)(X), ShapeError, "no axis 3 in samples of shape (3, 4)"),
    (lambda: lw.Select(0, -3)(X), ShapeError, "no axis -3"),
    (lambda: lw.Network(lw.Linear(2, 3), lw.Select(3)), ShapeError, "no place 3"),
])  # fmt: skip
def test_what_does_not_fit(build, error, words, tally):
    refused(tally, error, words, build)
