"""What a column of texts probably is, when it is no column of categories: one sentence with the cure."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from layerwise.data.cells import Place, is_number, row_place, shown
from layerwise.data.reading import Texts

_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}([ ,.']\d{3})+([.,]\d+)?")
_MONTH = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DATE = re.compile(
    r"\d{4}[-/.]\d{1,2}([-/.]\d{1,2}([T ].*)?)?"  # 2024-01-31, with a time or not; 2024-01
    r"|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}( .*)?"  # 31.1.2024, 1/31/24
    rf"|\d{{1,2}}[ -]{_MONTH},?[ -]\d{{2,4}}|{_MONTH} \d{{1,2}},? \d{{4}}"  # 31 Jan 2024, January 31, 2024
    r"|\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?",  # 23:59
    re.IGNORECASE,
)
_WORDS_OF_A_SENTENCE = 4


def foreign_numbers(texts: Sequence[str]) -> str:
    """How to write a column of numbers in another notation so that it is read: one sentence, or nothing.

    >>> foreign_numbers(["1,5", "2,25"])
    ' They look like numbers with a decimal comma: write 1.5 for 1,5.'
    """
    if all(is_number(text) or _DECIMAL_COMMA.fullmatch(text) for text in texts):
        return " They look like numbers with a decimal comma: write 1.5 for 1,5."
    if all(is_number(text) or _THOUSANDS.fullmatch(text) for text in texts):
        return " They look like numbers with marks between the thousands: write 1234.5 for 1,234.5."
    return ""


def are_dates(texts: Sequence[str]) -> bool:
    """Whether all texts are dates or times.

    >>> are_dates(["2024-01-31", "3 Feb 2024", "23:59"]), are_dates(["2024-01-31", "soon"])
    (True, False)
    """
    return all(map(_DATE.fullmatch, texts))


def looks_like(texts: Texts, place: Place = row_place) -> str:
    """What a column of texts probably is instead of categories: one sentence with the cure, or nothing."""
    if hint := foreign_numbers(texts.names):
        return hint
    if are_dates(texts.names):
        return " They look like dates: write parts of them (year, month) as numbers."
    strange = texts.rows(*(name for name in texts.names if not is_number(name)))
    present = int(np.sum(~texts.missing))
    if len(strange) <= 0.1 * present:
        row = int(strange[0])
        return (
            f" {present - len(strange)} of {present} cells are numbers; the first that is none is "
            f"{shown(texts.names[texts.codes[row]])} in {place(row)}: correct it if the column is meant as numbers."
        )
    if 2 * sum(len(name.split()) >= _WORDS_OF_A_SENTENCE for name in texts.names) > len(texts.names):
        return " They look like free text: write what matters in it as columns of numbers or of a few categories."
    return ""
