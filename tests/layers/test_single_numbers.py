"""A single number is no batch: every layer computes with it, or says in words what it expects."""

from __future__ import annotations

import numpy as np
import pytest
from tests.support.refusals import refused

import layerwise as lw
from layerwise.errors import ShapeError

NUMBERS = [3, 3.0, np.float32(3), np.array(3), np.array(3.0), np.zeros(())]


@pytest.mark.parametrize("layer", [
    lw.Softmax(), lw.LogSoftmax(), lw.LayerNorm(3), lw.LayerNorm(3, elementwise_affine=False), lw.RMSNorm(3),
    lw.Flatten(), lw.Linear(2, 2), lw.Select(0), lw.BatchNorm1d(2), lw.BatchNorm2d(2), lw.Conv1d(1, 1, 1),
    lw.Conv2d(1, 1, 1), lw.MaxPool2d(2), lw.AvgPool2d(2), lw.AdaptiveAvgPool2d(1), lw.RNN(2, 2), lw.LSTM(2, 2),
    lw.GRU(2, 2), lw.MultiheadAttention(2, 1), lw.PositionalEmbedding(3, 2), lw.SinusoidalPositions(2),
    lw.Sequential(lw.Softmax()), lw.Residual(lw.LayerNorm(3)),
    lw.Parallel(lw.Tanh(), lw.ReLU()), lw.Parallel(lw.Tanh()),
], ids=repr)  # fmt: skip
@pytest.mark.parametrize("x", NUMBERS, ids=repr)
def test_what_needs_axes_says_so(tally, layer, x):
    refused(tally, ShapeError, "", lambda: layer(x))


@pytest.mark.parametrize(("layer", "words"), [
    (lw.Softmax(), ("Softmax()", "(..., K)", "a single number")),
    (lw.LogSoftmax(), ("LogSoftmax()", "(..., K)", "a single number")),
    (lw.LayerNorm(3), ("LayerNorm(3)", "3 features", "a single number")),
    (lw.RMSNorm(3), ("RMSNorm(3)", "3 features", "a single number")),
    (lw.Flatten(), ("Flatten()", "(N, ...)", "a single number")),
    (lw.Parallel(lw.Tanh(), lw.ReLU()), ("next to each other", "single numbers have none")),
])  # fmt: skip
def test_in_which_words(tally, layer, words):
    refused(tally, ShapeError, words, lambda: layer(3.0))


@pytest.mark.parametrize("layer", [
    lw.ReLU(), lw.GELU(), lw.Identity(), lw.Dropout(), lw.Residual(lw.Tanh()),
    lw.Parallel(lw.Tanh(), lw.ReLU(), combine="add"), lw.Parallel(lw.Tanh(), lw.ReLU(), combine="multiply"),
], ids=repr)  # fmt: skip
@pytest.mark.parametrize("x", NUMBERS, ids=repr)
def test_what_works_number_by_number_takes_one(layer, x):
    assert layer(x).shape == ()
    assert layer(x) == layer(np.array([[x]]))[0, 0]


@pytest.mark.parametrize("layer", [lw.LayerNorm(3), lw.RMSNorm(3), lw.Parallel(lw.Tanh(), lw.ReLU())], ids=repr)
def test_a_row_that_would_give_it_one_is_refused_when_it_is_built(tally, layer):
    refused(tally, ShapeError, "", lambda: lw.Sequential(lw.Select(0), layer).output_shape((2,)))
