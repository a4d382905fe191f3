"""Arrays as they are printed: small ones whole; large ones by their corner, and said so, with shape and statistics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from layerwise.insight.explain.notation import number
from layerwise.types import Array

WHOLE_ROWS, WHOLE_COLUMNS = 6, 8
"""An array of up to so many rows and columns is shown whole."""
CORNER_ROWS, CORNER_COLUMNS = 3, 4


@dataclass(frozen=True)
class Shown:
    """What is shown of an array. rows: of cells, already as text. words: shape, and what is not shown, in words."""

    rows: tuple[tuple[str, ...], ...]
    words: str


def shown(value: Any, digits: int = 4, columns: int = WHOLE_COLUMNS) -> Shown:
    """The numbers of an array that are printed, and words for all of it. columns: so many fit beside each other.

    Of several arrays in a list, as convolution has one for each group of channels, the first is shown.

    >>> shown(np.array([[0.5, -1.0]]))
    Shown(rows=(('0.5', '-1'),), words='(1, 2)')
    >>> shown(np.arange(400.0).reshape(20, 20)).words
    '(20, 20): the first 3 x 4 of 400 numbers, 0 to 399, mean 199.5, RMS 230.5'
    """
    if isinstance(value, list | tuple) and value and all(isinstance(each, np.ndarray) for each in value):
        first = shown(value[0], digits, columns)
        return first if len(value) == 1 else Shown(first.rows, f"the first of {len(value)} arrays, {first.words}")
    if isinstance(value, bool | str) or value is None or not isinstance(value, np.ndarray | np.generic | float | int):
        return Shown(((_word(value),),), "")
    array = np.asarray(value)
    if array.ndim == 0:
        return Shown(((_cell(array[()], digits),),), "")
    rows = array.reshape(-1, array.shape[-1]) if array.size else array.reshape(0, 0)
    whole = rows.shape[0] <= WHOLE_ROWS and rows.shape[1] <= columns
    part = rows if whole else rows[:CORNER_ROWS, : min(CORNER_COLUMNS, columns)]
    cells = tuple(tuple(_cell(each, digits) for each in row) for row in part)
    words = str(array.shape)
    if not whole:
        words += (
            f": the first {part.shape[0]} x {part.shape[1]} of {array.size:,} numbers, {_statistics(array, digits)}"
        )
    return Shown(cells, words)


def _statistics(array: Array, digits: int) -> str:
    """Range, mean and root mean square; and how many are no number, of which these know nothing."""
    if array.dtype.kind == "b":
        return f"{int(array.sum()):,} of them True"
    values = array.astype(np.float64).ravel()
    finite = values[np.isfinite(values)]
    lost = f", {values.size - finite.size:,} not finite" if finite.size < values.size else ""
    if not finite.size:
        return lost.removeprefix(", ")
    mean, rms = finite.mean(), np.sqrt((finite * finite).mean())
    low, high, mean_text, rms_text = (number(each, digits) for each in (finite.min(), finite.max(), mean, rms))
    return f"{low} to {high}, mean {mean_text}, RMS {rms_text}{lost}"


def _cell(value: Any, digits: int) -> str:
    if isinstance(value, np.bool_ | bool):
        return str(bool(value))
    return str(int(value)) if isinstance(value, np.integer | int) else number(float(value), digits)


def _word(value: Any) -> str:
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return f"{type(value).__name__} of {', '.join(value._fields)}"
    if callable(value):
        return "a way back"
    if isinstance(value, dict | list | tuple) and any(map(callable, value)):
        return f"{len(value)} of them"
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
