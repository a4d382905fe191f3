"""Select: one place of one axis."""

from __future__ import annotations

import numpy as np
import pytest
from tests.support.refusals import refused

import layerwise as lw
from layerwise.errors import KindError, SettingError, ShapeError
from layerwise.layers import Pass
from layerwise.random import generator

X = np.arange(24.0).reshape(2, 3, 4)


@pytest.mark.parametrize(("index", "dim", "expected"), [
    (0, -1, X[:, :, 0]), (-1, -1, X[:, :, -1]), (2, 1, X[:, 2]), (-3, 1, X[:, 0]), (1, -2, X[:, 1]), (3, 2, X[:, :, 3]),
])  # fmt: skip
def test_it_is_an_index(index, dim, expected):
    np.testing.assert_array_equal(lw.Select(index, dim)(X), expected)
    y, backward = lw.Select(index, dim).forward(X, Pass())
    dy = generator(0, "select").normal(size=y.shape)
    dx = backward(dy)
    assert dx.shape == X.shape
    assert np.count_nonzero(dx) == y.size
    np.testing.assert_array_equal(lw.Select(index, dim)(dx), dy)


def test_its_call_is_told_at_its_address():
    class Calls(lw.Tap):
        operations = True
        seen: list[str] = []  # noqa: RUF012

        def operation(self, call):
            self.seen.append(f"{call.where} {call.formula.__name__}")

    tap = Calls()
    lw.Network(lw.Identity(), lw.Select(1))(X, tap=tap)
    assert tap.seen == ["1 index"]


@pytest.mark.parametrize(("index", "dim", "shape", "expected"), [
    (1, -1, (3, 4), (3,)), (1, 1, (3, 4), (4,)), (1, 2, (3, 4, 5), (3, 5)), (0, -2, (3, 4, 5), (3, 5)),
    (0, 1, (None, 4), (4,)), (9, -1, (3, None), (3,)), (0, -1, (4,), ()), (0, 1, None, None),
])  # fmt: skip
def test_the_axis_is_gone(index, dim, shape, expected):
    assert lw.Select(index, dim).output_shape(shape) == expected


@pytest.mark.parametrize(("build", "error", "words"), [
    (lambda: lw.Select(0, 0), SettingError, "dim must not be 0"),
    (lambda: lw.Select("0"), KindError, "index must be a whole number"),
    (lambda: lw.Select(True), KindError, "index"),
    (lambda: lw.Select(0, 1.0), KindError, "dim must be a whole number"),
    (lambda: lw.Select(0, size=0), SettingError, "size must be at least 1"),
    (lambda: lw.Select(0, size=5)(X), ShapeError, ("Select(0, size=5) expects 5 places in axis -1, got 4")),
    (lambda: lw.Network(lw.Linear(2, 3), lw.Select(0, size=2)), ShapeError, "expects 2 places in axis -1, got 3"),
    (lambda: lw.Select(4)(X), ShapeError, ("Select(4) finds no place 4 in axis -1", "has 4")),
    (lambda: lw.Select(-5)(X), ShapeError, "no place -5"),
    (lambda: lw.Select(0, 3)(X), ShapeError, "no axis 3 in samples of shape (3, 4)"),
    (lambda: lw.Select(0, -3)(X), ShapeError, "no axis -3"),
    (lambda: lw.Network(lw.Linear(2, 3), lw.Select(3)), ShapeError, "no place 3"),
])  # fmt: skip
def test_what_does_not_fit(build, error, words, tally):
    refused(tally, error, words, build)


@pytest.mark.parametrize("kind", [int, np.int8, np.int16, np.int32, np.int64])
def test_numpys_own_numbers_are_numbers(kind):
    x = np.arange(24.0).reshape(2, 3, 4)
    for index, dim in [(-1, -1), (0, 1), (-3, -2), (2, 2)]:
        layer = lw.Select(kind(index), dim=kind(dim), size=kind(x.shape[dim]))
        np.testing.assert_array_equal(layer(x), np.take(x, index, axis=dim))
        assert repr(layer) == repr(lw.Select(index, dim=dim, size=x.shape[dim]))
    assert lw.Select(np.uint8(1)).index == 1


@pytest.mark.parametrize("index", [-1.0, np.float64(-1), True, np.bool_(True), "1", None, np.array([1])])
def test_what_is_no_place_is_refused(tally, index):
    refused(tally, KindError, "index must be a whole number", lambda: lw.Select(index))
    refused(tally, KindError, "dim must be a whole number", lambda: lw.Select(0, dim=index))
