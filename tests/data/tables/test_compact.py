"""Columns that wait to be put together: the bits of `encode`, in as little memory as their values allow."""

from __future__ import annotations

import numpy as np
import pytest

from layerwise.data.column import Column
from layerwise.data.tables.compact import assembled, staged
from layerwise.data.tables.values import gather
from layerwise.data.tables.words import row_place
from layerwise.errors import DataError
from layerwise.random import generator

NUMBERS = {
    "digits": np.array([3.0, 0, 9, 3, 9, 9, 1]),
    "digits with gaps": np.array([3.0, np.nan, 9, 3, np.nan, 9, 1]),
    "whole numbers": generator(0, "whole").integers(-3000, 3000, size=20_000).astype(float),
    "many": generator(0, "many").normal(size=20_000),
    "many with gaps": np.where(generator(0, "gap").random(20_000) < 0.1, np.nan, generator(1, "m").normal(size=20_000)),
    "one": np.array([5.0]),
}


@pytest.mark.parametrize("gaps", [False, True])
@pytest.mark.parametrize("name", NUMBERS)
def test_numbers_come_out_as_encode_gives_them(name: str, gaps: bool) -> None:
    values, column = NUMBERS[name], Column("a", 0.3, 1.7, fill=0.7, gaps=gaps)
    rows = generator(2, "rows").permutation(len(values))
    x = assembled([staged(column, values, row_place)] * 2, rows)
    assert x.flags.c_contiguous
    assert x.tobytes() == np.hstack([column.encode(values)] * 2)[rows].tobytes()


def test_texts_come_out_as_encode_gives_them() -> None:
    texts = gather(["Ulm", "Oslo", "", "Bonn", "Ulm", ""])
    column = Column("town", categories=("Bonn", "Ulm"), gaps=True)
    x = assembled([staged(column, texts, row_place)], np.arange(6)[::-1])
    assert x.tobytes() == np.ascontiguousarray(column.encode(texts)[::-1]).tobytes()


@pytest.mark.parametrize(("name", "dtype"), [
    ("digits", np.uint8), ("digits with gaps", np.uint8), ("whole numbers", None), ("many", None),
])  # fmt: skip
def test_few_different_values_wait_as_a_byte_a_row(name: str, dtype: type | None) -> None:
    codes = staged(Column("a", fill=0.0), NUMBERS[name], row_place).codes
    assert codes is None if dtype is None else codes is not None and codes.dtype == dtype


def test_a_few_hundred_wait_as_two_bytes() -> None:
    codes = staged(Column("a"), np.arange(10_000) % 300.0, row_place).codes
    assert codes is not None
    assert codes.dtype == np.uint16


def test_a_value_out_of_range_is_named_by_its_first_row() -> None:
    values = np.array([1.0, 2.0, 1e300, 1.0, 1e300])
    with pytest.raises(DataError, match=r"row 3: 'a' is 1e\+300, beyond the range of float32"):
        staged(Column("a"), values, row_place)
