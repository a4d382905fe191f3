"""Vocabularies: numbers for tokens, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from tests.support.refusals import refused

from layerwise.data.vocabulary import Vocabulary, next_tokens, words
from layerwise.errors import DataError, KindError, SettingError


def test_the_most_frequent_come_first_and_equals_in_order():
    assert Vocabulary.of(["bbbaac", "d"]).tokens == ("b", "a", "c", "d")
    assert Vocabulary.of(["bbbaac", "d"], most=2).tokens == ("b", "a")
    assert Vocabulary.of(["bbbaac", "d"], least=2).tokens == ("b", "a")
    assert Vocabulary.of([]).tokens == ()


def test_there_and_back():
    vocabulary = Vocabulary("abc")
    indices = vocabulary.indices("cabx")
    assert indices.dtype == np.int64
    np.testing.assert_array_equal(indices, [4, 2, 3, 1])
    assert vocabulary.text([*indices, 0]) == "cab�"
    assert len(vocabulary) == 5
    assert repr(vocabulary) == "Vocabulary of 3 tokens"


def test_rows_without_texts():
    vocabulary = Vocabulary("ab")
    assert vocabulary.padded([]).shape == (0, 0)
    np.testing.assert_array_equal(vocabulary.padded(["", "a"]), [[0], [2]])
    assert vocabulary.counts([]).shape == (0, 4)
    assert vocabulary.counts([""]).tolist() == [[0, 0, 0, 0]]
    assert vocabulary.indices("").shape == (0,)


def test_words():
    assert words("It's 3 o'clock -- ÄPFEL_und $5?") == ["it's", "3", "o'clock", "äpfel", "und", "$", "5", "?"]


def test_every_next_token_is_one_step_ahead():
    x, y = next_tokens(np.arange(10), 3)
    assert x.shape == y.shape == (3, 3)
    np.testing.assert_array_equal(y, x + 1)


@pytest.mark.parametrize(("call", "error", "words_"), [
    (lambda: Vocabulary("aba"), DataError, "'a' comes twice"),
    (lambda: Vocabulary([1]), KindError, "a token is a text, got 1 (int)"),
    (lambda: Vocabulary.of(["a"], most=0), SettingError, "most must be at least 1"),
    (lambda: Vocabulary.of(["a"], least=1.5), KindError, "least must be a whole number"),
    (lambda: next_tokens(np.arange(3), 3), DataError, "a text of 3 tokens makes no sequence of 3"),
    (lambda: next_tokens(np.arange(3), 0), SettingError, "length must be at least 1"),
])  # fmt: skip
def test_what_is_refused(call, error, words_, tally):
    refused(tally, error, words_, call)
