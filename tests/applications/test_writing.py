"""Writing: counts and bits by hand, the parts of a text, what is written, and what can not be read."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from layerwise.applications.writing import LENGTH, NGrams, Reading, bits, continued, learnt, study, surprises
from layerwise.applications.writing.reading import BATCH, text_of
from layerwise.cli import main
from layerwise.errors import DataError, FileError, SettingError
from layerwise.models import char_lstm
from layerwise.random import generator

RHYME = "one two three four five six seven eight nine ten " * 500


def test_n_grams_by_hand():
    """Of "abab", b follows a twice; Witten-Bell gives what was not seen the weight t / (n + t)."""
    model = NGrams("abab", 2, characters=2)
    unigram = (2 + 2 * 0.5) / (4 + 2)
    assert model.probability("b", "") == pytest.approx(unigram)
    assert model.probability("b", "a") == pytest.approx((2 + 1 * unigram) / (2 + 1))
    assert model.probability("b", "x") == pytest.approx(unigram)
    assert sum(model.probability(each, "a") for each in "ab") == pytest.approx(1)
    assert model.bits("b") == pytest.approx(-math.log2(unigram))


def test_bits_count_every_character_once():
    """A network that knows nothing costs log2 V for each; the windows overlap, and no character counts twice."""
    net = char_lstm(16, hidden=4)
    net.theta = np.zeros_like(net.theta)
    indices = generator(0, "text").integers(16, size=1000)
    assert bits(net, indices, 64) == pytest.approx(4)
    assert surprises(net, indices[:20]) == pytest.approx(np.full(19, 4.0))


def test_a_text_is_read_in_order_and_its_end_is_for_the_test():
    reading = Reading(RHYME)
    assert "".join(reading.parts) == RHYME
    assert [len(part) for part in reading.parts] == [22050, 1225, 1225]
    x, y = next(reading.batches(2, seed=1)(0))
    assert x.shape == y.shape == (BATCH, LENGTH)
    np.testing.assert_array_equal(x[:, 1:], y[:, :-1])
    assert x.max() < len(reading.vocabulary)


@pytest.mark.slow
def test_what_is_learnt_is_written():
    """A text that repeats itself is soon known by heart: the next characters follow, whatever is drawn."""
    reading = Reading(RHYME)
    net = char_lstm(len(reading.vocabulary), embedding=16, hidden=32, seed=0)
    assert bits(net, reading.test) > 3
    learnt(net, reading, 60, rate=0.03, seed=0, progress=False)
    assert bits(net, reading.test) < 0.2
    start = "one two three four "
    said = continued(net, reading.vocabulary, start, 24, generator(0, "a test"), temperature=0.5)
    assert said == "five six seven eight nin"


def test_the_temperature_makes_tame_or_bold():
    """At a low one the likeliest character is always drawn; the same generator gives the same text."""
    reading = Reading(RHYME)
    net = char_lstm(len(reading.vocabulary), hidden=8, seed=1)
    tame = {continued(net, reading.vocabulary, "one", 12, generator(k, "a test"), 1e-4) for k in range(4)}
    bold = {continued(net, reading.vocabulary, "one", 12, generator(k, "a test"), 10.0) for k in range(4)}
    assert (len(tame), len(bold)) == (1, 4)
    again = [continued(net, reading.vocabulary, "", 12, generator(7, "a test")) for _ in range(2)]
    assert again[0] == again[1]
    with pytest.raises(SettingError, match="temperature must be above 0"):
        continued(net, reading.vocabulary, "one", 1, generator(0, "a test"), 0.0)


def test_the_line_that_is_drawn_has_words():
    table = "| a |    | b |\n" * 20
    assert study._plain_piece(table + "words and words " * 20) == len(table) // 16 * 16 + 16 * (len(table) % 16 > 0)
    assert study._plain_piece(table) == 0


def test_what_can_not_be_read_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(DataError, match="has 20,000 characters at least; this has 5"):
        Reading("short")
    (tmp_path / "latin.txt").write_bytes("é".encode("latin-1"))
    with pytest.raises(FileError, match=r"latin\.txt is no text in UTF-8"):
        text_of(str(tmp_path / "latin.txt"))
    assert main(["apps", "writing", "--data", str(tmp_path / "none.txt"), "--out", str(tmp_path / "it")]) == 1
    assert "none.txt can not be read" in capsys.readouterr().err
    assert not (tmp_path / "it").exists()
