"""Numbers as people write them: 1.5 and 1,5, 12,345 and 12.345, $3,563.10, 45 %, 138.7 kg, −39, (1,200)."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from layerwise.data.tables.values import INFINITE, MISSING, NO_NUMBER, Texts, Values
from layerwise.data.tables.words import Place, shown
from layerwise.errors import DataError
from layerwise.types import Array

MOST_STRANGE = 0.1
"""The share of cells that may be no numbers in a column of numbers; they become gaps, and are told."""
FEWEST_NUMBERS = 20
"""With fewer different numbers beside a text, such as 0, 1, 2, 3+, all of them are categories."""

_SAME = str.maketrans({"−": "-", "–": "-", "\u00a0": " ", "\u202f": " ", "\u2009": " ", "’": "'"})
_UNUSUAL = re.compile("[−–<>≤≥]")
"""Signs of minus that programs seldom write, and those of a limit."""
_LIMIT = re.compile(r"^[<>≤≥]=?\s*(?=[\d.,+-])")
"""Before a number that is the limit of what could be measured, as in <0.006."""

_NUMERAL = re.compile(
    r"(?P<open>\()?(?P<sign>[-+]?)\s*(?P<before>[^\d\s.,()+-]{1,4})?\s*(?P<inner>[-+]?)"
    r"(?P<core>\d(?:[\d.,' ]*\d)?[.,]?|[.,]\d+)(?P<exponent>[eE][-+]?\d+)?\s*"
    r"(?P<after>[^\d\s.,()+-][^\d()]{0,11})?(?P<close>\))?"
)
_CURRENCIES = {"USD", "EUR", "GBP", "CHF", "JPY", "CAD", "AUD", "INR", "US$", "Rs", "kr", "Fr"}
_NOTATIONS = ((".", ""), (",", ""), (".", ","), (",", "."), (".", " "), (",", " "), (".", "'"), (",", "'"))
"""Marks before decimals and between thousands; the first that fits all cells is taken."""


@dataclass(frozen=True)
class Notation:
    """How a column writes its numbers.

    decimal: the mark before decimals. thousands: that between thousands, or "". before, after: what stands around each
    number, such as "$" or "kg". gaps: texts that stand for no value here, beside the usual ones.

    >>> Notation(",", ".", after="kg").number("1.200,5 kg")
    1200.5
    """

    decimal: str = "."
    thousands: str = ""
    before: str = ""
    after: str = ""
    gaps: tuple[str, ...] = ()

    def number(self, text: str) -> float:
        """The number that a cell stands for; NaN for a gap. Raises ValueError for anything else."""
        if text in NO_NUMBER or text in self.gaps:
            return float("nan")
        parts = _parts(text)
        if parts is None or parts.before not in ("", self.before) or parts.after not in ("", self.after):
            raise ValueError(text)
        if not _pattern(self.decimal, self.thousands).fullmatch(parts.core):
            raise ValueError(text)
        core = parts.core.replace(self.thousands, "") if self.thousands else parts.core
        return parts.sign * float(core.replace(self.decimal, ".") + parts.exponent)

    def write(self, value: float, digits: int) -> str:
        """A number as this column would have it, but for marks between thousands."""
        return f"{value:.{digits}g}".replace(".", self.decimal)

    def numbers(self, name: str, values: Values, place: Place) -> Array:
        """A raw column as float64 (N,), NaN where a value is missing. Errors: `DataError` at the first wrong cell."""
        if isinstance(values, Texts):
            return self._from_texts(name, values, place)
        if self.decimal != "." and np.any(odd := np.nan_to_num(values) % 1 != 0):
            row = int(np.argmax(odd))
            raise DataError(
                f"{place(row)}: the value of {name!r} must be a number with a decimal comma, as in training, got "
                f"{values[row]:g}"
            )
        if np.any(infinite := np.isinf(values)):
            row = int(np.argmax(infinite))
            raise DataError(f"{place(row)}: the value of {name!r} must be finite, got {values[row]:g}")
        return values

    def _from_texts(self, name: str, values: Texts, place: Place) -> Array:
        found = np.full(len(values.names) + 1, np.nan)
        for code, text in enumerate(values.names):
            try:
                found[code] = self.number(text)
            except ValueError:
                where = place(values.first([text]))
                raise DataError(f"{where}: the value of {name!r} must be a number, got {shown(text)}") from None
            if np.isinf(found[code]):
                raise DataError(
                    f"{place(values.first([text]))}: the value of {name!r} must be finite, got {shown(text)}"
                )
        return found[values.codes]


@dataclass(frozen=True)
class Numbers:
    """What was found about a column of numbers. notation: how they are written. strange: texts that are none, and
    become gaps. other: how the same cells could be read as well, None if they can not. zeros: a cell that begins with
    a zero, as codes do. minus: a cell with an unusual sign. words: texts other than the usual that stand for a gap."""

    notation: Notation
    strange: tuple[str, ...] = ()
    other: Notation | None = None
    zeros: str = ""
    minus: str = ""
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Parts:
    sign: int
    before: str
    core: str
    exponent: str
    after: str


def find_numbers(texts: Texts, decimal: str = "", certain: bool = False) -> Numbers | None:
    """The notation of a column of texts, or None if it is no column of numbers.

    decimal: the mark before decimals, "." or ",", which the rest of the file proves, or (certain) the user names.

    >>> from layerwise.data.tables.values import gather
    >>> find_numbers(gather(["1.200", "950"])).notation
    Notation(decimal=',', thousands='.', before='', after='', gaps=())
    """
    counts = texts.counts
    known = [code for code, text in enumerate(texts.names) if text not in NO_NUMBER | INFINITE]
    parts = {code: found for code in known if (found := _parts(texts.names[code]))}
    if 2 * len(parts) < len(known) or not parts:
        return None
    weights: Counter[tuple[str, str]] = Counter()
    for code, each in parts.items():
        weights[each.before, each.after] += int(counts[code])
    around = weights.most_common(1)[0][0]
    parts = {code: each for code, each in parts.items() if (each.before, each.after) == around}
    pair, other, fits = _marks([each.core for each in parts.values()], decimal, certain)
    numeric = [code for code, each in parts.items() if fits(each.core)]
    strange = sorted(set(known) - set(numeric))
    total = int(counts[known].sum())
    if strange and (int(counts[strange].sum()) > MOST_STRANGE * total or len(numeric) <= FEWEST_NUMBERS):
        return None
    limits = any(_LIMIT.match(texts.names[code]) for code in numeric)
    if limits and len(numeric) <= FEWEST_NUMBERS:  # groups of ages: <30, >30
        return None
    infinite = tuple(text for text in texts.names if text in INFINITE)
    words = tuple(texts.names[code] for code in strange)
    gaps = (*words, *infinite)
    zeros = next((texts.names[code] for code in numeric if re.match(r"0\d", parts[code].core)), "")
    if strange and zeros:  # 001, 136A: codes
        return None
    before, after = around
    return Numbers(
        Notation(*pair, before, after, gaps),
        words,
        Notation(*other, before, after, gaps) if other else None,
        zeros,
        next((texts.names[code] for code in numeric if _UNUSUAL.search(texts.names[code])), ""),
        (*(text for text in texts.names if text in NO_NUMBER - MISSING), *infinite),
    )


_Marks = tuple[str, str]


def _marks(
    cores: list[str], decimal: str, certain: bool
) -> tuple[_Marks, _Marks | None, Callable[[str], re.Match[str] | None]]:
    """The pair of marks that most cells agree with, another that all agree with as well, and the test of a cell."""
    fitting = [pair for pair in _NOTATIONS if all(map(_pattern(*pair).fullmatch, cores))]
    if certain and decimal:
        fitting = [pair for pair in fitting if pair[0] == decimal]
    if not fitting:
        wanted = [pair for pair in _NOTATIONS if not (certain and decimal) or pair[0] == decimal]
        pair = max(wanted, key=lambda each: sum(map(bool, map(_pattern(*each).fullmatch, cores))))
        return pair, None, _pattern(*pair).fullmatch
    point = next((pair for pair in fitting if pair[0] == "."), None)
    comma = next((pair for pair in fitting if pair[0] == ","), None)
    marked = [core for core in cores if not core.isdigit()]
    if point is None or comma is None or not marked:
        pair = point or comma or fitting[0]
        return pair, None, _pattern(*pair).fullmatch
    pair, other = point, comma
    if decimal == "," or (not decimal and _looks_grouped(cores, marked)):
        pair, other = comma, point
    return pair, other, _pattern(*pair).fullmatch


def _looks_grouped(cores: list[str], marked: list[str]) -> bool:
    """Whether points of 1.200 stand between thousands: beside 950, decimals would have been written as 1.2."""
    return all("." in core for core in marked) and len(marked) < len(cores) and any(c.endswith("0") for c in marked)


@lru_cache
def _pattern(decimal: str, thousands: str) -> re.Pattern[str]:
    point, mark = re.escape(decimal), re.escape(thousands)
    grouped = rf"[1-9]\d{{0,2}}(?:{mark}\d{{3}})+(?:{point}\d*)?|" if thousands else ""
    return re.compile(rf"{grouped}\d+(?:{point}\d*)?|{point}\d+")


def _parts(text: str) -> _Parts | None:
    """Sign, what stands before, digits, exponent, what stands after; None if the text is no number with a unit."""
    match = _NUMERAL.fullmatch(_LIMIT.sub("", text.translate(_SAME), count=1))
    if match is None or bool(match["open"]) != bool(match["close"]) or (match["sign"] and match["inner"]):
        return None
    before, after = match["before"] or "", (match["after"] or "").strip()
    if before and not (before in _CURRENCIES or all(unicodedata.category(letter) == "Sc" for letter in before)):
        return None
    negative = bool(match["open"]) or "-" in (match["sign"], match["inner"])
    return _Parts(-1 if negative else 1, before, match["core"], match["exponent"] or "", after)
