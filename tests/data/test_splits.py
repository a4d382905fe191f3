"""Splits: disjoint, complete, in the right shares, the same for the same seed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layerwise.data.splits import check_fractions, plain_split, stratified_split
from layerwise.errors import DataError, KindError, SettingError
from layerwise.random import generator

fractions = st.floats(0.05, 0.4)


@settings(max_examples=60, deadline=None)
@given(n=st.integers(10, 300), validation=fractions, test=fractions, seed=st.integers(0, 5))
def test_plain_parts_are_disjoint_and_complete(n, validation, test, seed):
    split = plain_split(n, validation=validation, test=test, generator=generator(seed, "t"))
    assert sorted(np.concatenate(split)) == list(range(n))
    assert len(split.validation) == max(1, int(validation * n + 0.5))
    assert len(split.test) == max(1, int(test * n + 0.5))
    assert len(split.train) >= 1


@settings(max_examples=60, deadline=None)
@given(counts=st.lists(st.integers(20, 60), min_size=2, max_size=5), validation=fractions, test=fractions)
def test_stratified_parts_hold_every_class_in_its_share(counts, validation, test):
    labels = np.repeat(np.arange(len(counts)), counts)
    names = [f"class {k}" for k in range(len(counts))]
    split = stratified_split(labels, validation=validation, test=test, generator=generator(1, "t"), classes=names)
    assert sorted(np.concatenate(split)) == list(range(len(labels)))
    for rows, share in ((split.validation, validation), (split.test, test)):
        found = np.bincount(labels[rows], minlength=len(counts))
        assert (np.abs(found - share * np.array(counts)) <= 0.5 + 1e-9).all()


def test_the_parts_are_in_the_order_of_the_draw_and_not_by_class():
    labels = np.repeat([0, 1], 100)
    train = stratified_split(labels, validation=0.1, test=0.2, generator=generator(0, "t"), classes="ab").train
    assert 0.3 < labels[train][:70].mean() < 0.7


def test_equal_seeds_agree_and_others_differ():
    def rows(seed):
        return plain_split(100, validation=0.1, test=0.2, generator=generator(seed, "t")).test.tolist()

    assert rows(3) == rows(3)
    assert rows(3) != rows(4)


def test_a_class_of_two_is_refused_by_name(tally):
    labels = np.array([0] * 10 + [1] * 2)
    with pytest.raises(DataError, match=r"class 'rare' has 2 samples, too few"):
        stratified_split(labels, validation=0.1, test=0.2, generator=generator(0, "t"), classes=["often", "rare"])
    tally.add("bad input")


def test_too_few_rows_for_three_parts_are_refused(tally):
    with pytest.raises(DataError, match="2 samples can not fill three parts"):
        plain_split(2, validation=0.1, test=0.2, generator=generator(0, "t"))
    tally.add("bad input")


@pytest.mark.parametrize(
    ("validation", "test", "error", "message"),
    [
        (0, 0.2, SettingError, "validation must be above 0"),
        (0.1, 0.0, SettingError, "test must be above 0"),
        (-0.1, 0.2, SettingError, r"validation must lie in \[0, 1\), got -0.1"),
        (0.1, 1, SettingError, r"test must lie in \[0, 1\), got 1"),
        (0.5, 0.5, SettingError, r"below 1, got 0.5 \+ 0.5"),
        ("0.1", 0.2, KindError, "validation must be a number, got '0.1'"),
        (0.1, True, KindError, "test must be a number, got True"),
        (float("nan"), 0.2, SettingError, "finite"),
    ],
)
def test_wrong_fractions_are_refused(validation, test, error, message, tally):
    with pytest.raises(error, match=message):
        check_fractions(validation, test)
    tally.add("bad input")


def test_the_beginning_of_every_part_is_a_fair_sample_of_it():
    """A class must not fill the front of a part: the first tenth holds the classes in about the shares of the whole."""
    labels = np.repeat([0, 1, 2, 3], 500)
    parts = stratified_split(labels, validation=0.1, test=0.2, generator=generator(4, "front"), classes="abcd")
    for part in parts:
        front = labels[part[: len(part) // 4]]
        counts = np.bincount(front, minlength=4)
        spread = 4 * np.sqrt(len(front) * 0.25 * 0.75)
        assert (abs(counts - len(front) / 4) < spread).all()
