"""The check of functions that are a learner's own: plain NumPy, any order of arguments, any habit of returning."""

from __future__ import annotations

import numpy as np
import pytest

import layerwise as lw
from layerwise.errors import KindError, ShapeError
from layerwise.random import generator

rng = generator(0, "function check tests")
X, W, B = rng.normal(size=(5, 4)), rng.normal(size=(3, 4)), rng.normal(size=3)


def affine(x, W, b):
    return x @ W.T + b, lambda dz: (dz @ W, dz.T @ x, dz.sum(axis=0))


def by_name(x, W, b):
    return x @ W.T + b, lambda dz: {"b": dz.sum(axis=0), "x": dz @ W}


def cost(z, labels, smoothing=0.5):
    """A cost whose way back takes nothing; labels have no gradient."""
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    rows = np.arange(len(z))
    return -np.log(p[rows, labels]).mean(), lambda: (p - np.eye(z.shape[1])[labels]) / len(z)


def scaled(x, factor):
    return x * factor, lambda dy: (dy * factor, (dy * x).sum())


RIGHT = {
    "by position": lambda: lw.gradcheck(affine, X, W, B),
    "by name": lambda: lw.gradcheck(affine, b=B, W=W, x=X),
    "as a table": lambda: lw.gradcheck(affine, {"x": X, "W": W, "b": B}),
    "float32": lambda: lw.gradcheck(affine, X.astype("float32"), W.astype("float32"), B.astype("float32")),
    "lists": lambda: lw.gradcheck(affine, X.tolist(), W.tolist(), B.tolist()),
    "gradients by name": lambda: lw.gradcheck(by_name, X, W, B),
    "labels, a setting, no upstream": lambda: lw.gradcheck(cost, X, np.array([0, 1, 2, 3, 0]), 0.5),
    "a number with a gradient": lambda: lw.gradcheck(scaled, X, 2.5),
    "a lambda": lambda: lw.gradcheck(lambda x: (x**2, lambda dy: 2 * x * dy), X),
}


@pytest.mark.parametrize("name", RIGHT)
def test_right_functions_pass(name):
    report = RIGHT[name]()
    assert report.ok, str(report)
    assert report.arrays


def test_arguments_of_all_kinds_are_left_alone():
    before = X.tobytes()
    lw.gradcheck(affine, X, W, B)
    assert X.tobytes() == before


def test_a_function_that_changes_its_argument_is_told():
    def greedy(x):
        x *= 2
        return x.copy(), lambda dy: 2 * dy

    before = X.copy()
    report = lw.gradcheck(greedy, X)
    assert [each.mismatch.kind for each in report.wrong] == ["changed in place"]
    assert np.array_equal(X, before)


REFUSED = {
    "no backward": (lambda: lw.gradcheck(lambda x: x * 2, X), KindError, "end it with  return value, backward"),
    "too many arguments": (lambda: lw.gradcheck(affine, X, W, B, B), KindError, "leave out the last"),
    "an unknown name": (lambda: lw.gradcheck(affine, X, weight=W), KindError, "no argument 'weight'"),
    "twice": (lambda: lw.gradcheck(affine, X, x=X), KindError, "given twice"),
    "an unknown gradient": (
        lambda: lw.gradcheck(lambda x: (x, lambda dy: {"X": dy}), X),
        ShapeError,
        "gradient for 'X'. Did you mean 'x'",
    ),
    "a class": (lambda: lw.gradcheck(lw.ReLU, X), KindError, "must be a network, a layer"),
    "a target without a loss": (lambda: lw.gradcheck(lw.Network(lw.Linear(4, 2)), X, B), KindError, "belong together"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_can_not_be_checked_is_told_in_words(name, tally):
    call, error, words = REFUSED[name]
    with pytest.raises(error, match=words):
        call()
    tally.add("bad input")
