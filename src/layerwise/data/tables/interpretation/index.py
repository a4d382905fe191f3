"""Columns that only count the rows or name them: from a number of that kind nothing can be learnt about a new row."""

from __future__ import annotations

import re

import numpy as np

from layerwise.types import Array

_COUNTER = re.compile(
    r"|id|idx|index|rownames|row ?names|row|rownum|nr|no|obs|case|#|.*[ _.-]id|[a-z]+ID|[a-z]+Id|X|Id|ID"
)


def counts_rows(values: Array) -> bool:
    """Whether the values are 0, 1, 2, ... or 1, 2, 3, ... in the order of the rows."""
    return len(values) > 2 and values[0] in (0.0, 1.0) and bool(np.all(np.diff(values) == 1))


def is_called_index(name: str) -> bool:
    """Whether the name is that of a row's number or ID.

    >>> [is_called_index(name) for name in ("customer_id", "Index", "PassengerId", "paid")]
    [True, True, True, False]
    """
    return bool(_COUNTER.fullmatch(name) or _COUNTER.fullmatch(name.lower()) or re.fullmatch(r"\w+(Id|ID)", name))


def names_rows(name: str, values: Array) -> bool:
    """Whether a column is called an ID, and has another whole number in each row."""
    whole = not np.isnan(values).any() and bool(np.all(values == np.floor(values)))
    return is_called_index(name) and whole and len(values) > 2 and len(np.unique(values)) == len(values)
