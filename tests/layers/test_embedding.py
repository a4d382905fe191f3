"""Embeddings: which words are refused, what padding tells the layers behind, and how the rows begin."""

from __future__ import annotations

import numpy as np
import pytest
from tests.refusals import refused

import layerwise as lw
from layerwise.errors import DataError, KindError, SettingError, ShapeError
from layerwise.layers import Pass

WORDS = np.array([[4, 2, 0, 0], [1, 0, 0, 0]])


@pytest.mark.parametrize(
    ("x", "error", "words"),
    [
        ([[0.0, 1.0]], KindError, ("Embedding(5, 3)", "whole numbers", "float64", "astype(int)")),
        ([[True, False]], KindError, ("whole numbers", "bool")),
        ([[0, 1, 5]], DataError, ("0 to 4", "got 5 at (0, 2)", "write Embedding(6, 3)")),
        ([[0, -1]], DataError, ("0 to 4", "got -1 at (0, 1)")),
    ],
)
def test_what_is_no_word_is_refused(tally, x, error, words):
    refused(tally, error, words, lambda: lw.Embedding(5, 3)(np.array(x)))
    refused(tally, error, words, lambda: lw.Network(lw.Embedding(5, 3))(np.array(x)))


def test_settings_that_make_no_sense_are_refused(tally):
    refused(tally, SettingError, ("padding_idx", "0 to 4", "got 5"), lambda: lw.Embedding(5, 3, 5))
    refused(tally, SettingError, "padding_idx", lambda: lw.Embedding(5, 3, -6))
    refused(tally, KindError, "padding_idx", lambda: lw.Embedding(5, 3, 1.0))
    refused(tally, SettingError, "give padding_idx", lambda: lw.Embedding(5, 3, masks=True))
    refused(tally, SettingError, "num_embeddings", lambda: lw.Embedding(0, 3))
    refused(tally, ShapeError, "(N, T)", lambda: lw.Embedding(5, 3, 0, masks=True)(np.zeros((1, 2, 3), int)))


def test_rows_begin_standard_normal_and_padding_begins_with_0():
    weight = lw.Network(lw.Embedding(4000, 50, padding_idx=7)).parameters()["0.weight"]
    assert not weight[7].any()
    assert weight.mean() == pytest.approx(0, abs=0.01)
    assert weight.std() == pytest.approx(1, abs=0.01)


def test_a_negative_padding_counts_from_the_end():
    layer = lw.Embedding(5, 3, -2)
    assert layer.padding_idx == 3
    assert repr(layer) == "Embedding(5, 3, padding_idx=3)"


def test_padding_is_not_learnt():
    net = lw.Network(lw.Embedding(5, 3, padding_idx=0))
    y, backward = net.forward(WORDS)
    assert backward(np.ones_like(y)) is None
    np.testing.assert_array_equal(net.grad.reshape(5, 3).any(axis=1), [False, True, True, False, True])


def test_padding_tells_the_layers_behind_which_steps_are_real():
    pass_ = Pass()
    lw.Embedding(5, 3, 0, masks=True).forward(WORDS, pass_)
    np.testing.assert_array_equal(pass_.real(2, 4), WORDS > 0)


def test_who_is_told_which_steps_are_real_is_not_told_again():
    for told in (Pass(lengths=np.array([4, 3])), Pass(mask=np.ones((2, 4), bool)), Pass()):
        before = told.real(2, 4)
        lw.Embedding(5, 3, 0, masks=before is not None).forward(WORDS, told)
        np.testing.assert_array_equal(told.real(2, 4), before)


def test_fit_learns_from_words():
    x = np.array([[0, 1], [1, 0], [2, 2], [2, 0]] * 8)
    net = lw.Network(lw.Embedding(3, 4), lw.Flatten(), lw.Linear(8, 2))
    history = lw.fit(
        net, (x, (x == 2).any(axis=1).astype(int)), loss=lw.CrossEntropyLoss(), optimizer=lw.Adam(0.1), epochs=20
    )
    assert history["train_loss"][-1] < 0.05


@pytest.mark.parametrize("make", [lambda: lw.PositionalEmbedding(4, 3), lambda: lw.SinusoidalPositions(3, 4)])
def test_sequences_that_do_not_fit_the_positions_are_refused(tally, make):
    refused(tally, ShapeError, ("4 positions", "sequence of 5", "max_length=5"), lambda: make()(np.zeros((1, 5, 3))))


def test_a_learned_position_is_first_standard_normal():
    weight = lw.Network(lw.PositionalEmbedding(2000, 50)).parameters()["0.weight"]
    assert weight.std() == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("word", [-1, -2, -100])
def test_a_number_below_0_is_not_answered_with_a_larger_table(tally, word):
    """Padding of -1, as other tools write it, needs a number of its own."""
    words = f"got {word} at", "below 0", "padding_idx=0"
    refused(tally, DataError, words, lambda: lw.Embedding(9, 4)(np.array([[1, word]])))
    refused(tally, DataError, words, lambda: lw.Embedding(9, 4, padding_idx=0)(np.array([[word, 12]])))
    with pytest.raises(DataError) as told:
        lw.Embedding(9, 4)(np.array([[1, word]]))
    assert "write Embedding(9, 4)" not in str(told.value)


@pytest.mark.parametrize("word", [9, 10, 500])
def test_a_word_too_many_is_answered_with_a_table_that_holds_it(tally, word):
    advice = f"write Embedding({word + 1}, 4)"
    refused(tally, DataError, advice, lambda: lw.Embedding(9, 4)(np.array([[1, word]])))
    assert lw.Embedding(word + 1, 4)(np.array([[1, word]])).shape == (1, 2, 4)
