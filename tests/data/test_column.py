"""One column: what it learns from the training rows, and the features that it makes."""

from __future__ import annotations

import numpy as np
import pytest
from tests.support.refusals import noted

from layerwise.data import Column
from layerwise.data.column import learn_column
from layerwise.data.tables.values import gather
from layerwise.errors import DataError
from layerwise.random import generator

TRAIN = np.array([0, 1, 2, 3])


@pytest.mark.parametrize("n", [1, 2, 7, 100])
def test_the_fill_is_the_median_of_the_training_rows(n):
    values = generator(0, "median", step=n).normal(size=n + 5)
    column = learn_column("a", values, np.arange(n), scale=True)
    assert column.fill == np.median(values[:n])
    assert not column.gaps


def test_the_median_of_huge_numbers_does_not_overflow():
    values = np.array([1.5e308, 1.7e308])
    assert learn_column("a", values, np.array([0, 1]), scale=False).fill == pytest.approx(1.6e308)


def test_gaps_count_only_in_the_training_rows():
    values = np.array([1.0, 2.0, 3.0, 6.0, np.nan])
    assert not learn_column("a", values, TRAIN, scale=True).gaps
    column = learn_column("a", values, np.array([0, 4]), scale=True)
    assert column == Column("a", 1.0, 1.0, fill=1.0, gaps=True)


def test_categories_are_those_of_the_training_rows():
    texts = gather(["z", "b", "", "z", "q"])
    column = learn_column("a", texts, TRAIN, scale=True)
    assert column == Column("a", categories=("b", "z"), gaps=True)
    wanted = [[0, 1, 0], [1, 0, 0], [0, 0, 1], [0, 1, 0], [0, 0, 0]]
    np.testing.assert_array_equal(column.encode(texts), np.array(wanted, dtype=np.float32))


def test_numbers_are_texts_for_a_column_of_categories():
    column = Column("a", categories=("1", "2"))
    np.testing.assert_array_equal(column.encode(column.read(gather(["2", "1", "2"]))), [[0, 1], [1, 0], [0, 1]])


@pytest.mark.parametrize("values", [np.full(5, np.nan), gather([""] * 5)], ids=["numbers", "texts"])
def test_a_column_without_a_value_in_training_is_refused(values, tally):
    with pytest.raises(DataError, match="'a' has no value in any of the 4 rows of the training part") as caught:
        learn_column("a", values, TRAIN, scale=True)
    noted(tally, caught.value)


def test_a_missing_number_is_refused_where_nothing_was_learnt_for_it(tally):
    with pytest.raises(DataError, match="row 2: the value of 'a' is missing: fill it in") as caught:
        Column("a").read(gather(["1", "NA"]))
    noted(tally, caught.value)
