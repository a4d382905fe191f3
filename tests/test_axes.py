"""Shapes with names, and the words for what NumPy would make of two that do not fit."""

from __future__ import annotations

import numpy as np
import pytest

import layerwise as lw
from layerwise.autograd import Tensor
from layerwise.axes import in_numpy, rows
from layerwise.errors import ShapeError

PAIRS = [((4, 1), (4,)), ((4, 3), (4,)), ((2, 5), (2, 4)), ((2, 3, 4), (2, 12)), ((5, 1, 3), (4, 1)), ((2, 0), (2, 3))]


@pytest.mark.parametrize(("a", "b"), PAIRS, ids=str)
def test_the_words_say_what_numpy_does(a, b):
    words = in_numpy(a, b)
    try:
        made = (np.zeros(a) - np.zeros(b)).shape
    except ValueError:
        assert "would refuse" in words
    else:
        assert f"into {made} without a word" in words


def test_axes_have_names():
    assert [str(rows(shape)) for shape in ((), (4,), (4, 1), (4, 2, 3), (1, 2, 3, 4))] == [
        "()",
        "(N=4,)",
        "(N=4, K=1)",
        "(N=4, T=2, K=3)",
        "(N=1, axis 1=2, axis 2=3, axis 3=4)",
    ]


TOLD = {
    "a column against a row": (
        lambda: lw.MSELoss()(np.zeros((4, 1)), np.zeros(4)),
        "(N=4, K=1) against (N=4,). NumPy would spread them over each other into (4, 4) without a word: "
        "write target.reshape(-1, 1)",
    ),
    "another number of features": (
        lambda: lw.Linear(4, 3)(np.zeros((2, 5))),
        "expects 4 features, got 5: write Linear(5, 3). x Wᵀ needs one D: x is (N=2, D=5), W is (K=3, D=4)",
    ),
    "a sum of ways": (
        lambda: lw.Network(lw.Residual(lw.Linear(4, 1)))(np.zeros((2, 4))),
        "With two samples NumPy would spread them over each other into (2, 4) without a word",
    ),
    "a product": (lambda: Tensor(np.ones((2, 3))) @ Tensor(np.ones((4, 3))), "write a @ b.T"),
    "no product": (
        lambda: Tensor(np.ones((2, 3))) @ Tensor(np.ones((4, 5))),
        "D is 3 in the first and 4 in the second",
    ),
}


@pytest.mark.parametrize("name", TOLD)
def test_a_shape_error_shows_both_shapes_and_the_repair(name):
    call, words = TOLD[name]
    with pytest.raises(ShapeError) as caught:
        call()
    assert words in str(caught.value)
