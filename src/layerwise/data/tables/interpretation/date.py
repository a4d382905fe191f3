"""Dates and times: which format a column is written in, and the numbers that become of it.

A date gives the year, the month, the weekday and the days since 1970; a time of the day gives the hour.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from layerwise.data.tables.values import NO_NUMBER, Texts, Values, gather
from layerwise.data.tables.words import Place, shown
from layerwise.errors import DataError
from layerwise.types import Array

EPOCH = datetime(1970, 1, 1)
PARTS = ("year", "month", "weekday", "hour", "days since 1970")

_ISO = "ISO 8601"
_DAYS = (
    "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d", "%Y.%m.%d", "%d.%m.%y", "%d/%m/%y",
    "%m/%d/%y", "%d %b %Y", "%d %B %Y", "%d-%b-%Y", "%d-%b-%y", "%b-%d-%Y", "%b %d, %Y", "%B %d, %Y", "%b %d %Y",
)  # fmt: skip
_TIMES = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
COMPACT = "%Y%m%d"
"""20240131, which reads as a number as well."""
_QUARTER = "YYYYQq"
_FORMATS = (
    _ISO, "%Y-%m", "%Y/%m", "%m/%Y", "%m/%y", _QUARTER, "%b %Y", "%B %Y", "%b-%y", "%b-%Y", "%H:%M", "%H:%M:%S",
    "%H:%M:%S.%f",
)  # fmt: skip
FORMATS = (*_FORMATS, *(day + time for day in _DAYS for time in _TIMES))
_PLAUSIBLE = re.compile(r"(?=.{4,40}$)(?=.*\d).*[-/.: Qq].*")
_NO_NUMBER_ALONE = re.compile(r"[-+]?[\d.,]*\d")
FEWEST_COMPACT = 5
"""So many different numbers may be dates by chance."""
LAST_OF_TWO_DIGITS = 2029
"""The last year that two digits stand for, as in Excel: 29 is 2029, and 30 is 1930."""
_TRIES = 20
"""Different texts without any format after which a column is no column of dates."""


@dataclass(frozen=True)
class DateReading:
    """One number of a column of dates. format: of strptime, or "ISO 8601". part: which number, one of PARTS.

    >>> DateReading("%d.%m.%Y", "weekday").number("01.01.2024")      # a Monday
    0.0
    """

    format: str
    part: str

    def number(self, text: str) -> float:
        """The number of a cell; NaN for a gap. Raises ValueError for what is no date in this format."""
        return float("nan") if text in NO_NUMBER else _number(parsed(text, self.format), self.part)

    def numbers(self, name: str, values: Values, place: Place) -> Array:
        """A raw column as float64 (N,), NaN where a value is missing. Errors: `DataError` at the first wrong cell."""
        if not isinstance(values, Texts):
            if np.isnan(values).all():
                return values
            if self.format == COMPACT:
                return self.numbers(name, compact_texts(values), place)
            row = int(np.argmax(~np.isnan(values)))
            raise DataError(f"{place(row)}: the value of {name!r} must be a date, got {values[row]:g}")
        found = np.full(len(values.names) + 1, np.nan)
        for code, text in enumerate(values.names):
            try:
                found[code] = self.number(text)
            except ValueError:
                where = place(values.first([text]))
                wanted = f"a date such as {self.write(19723.0)}"
                raise DataError(f"{where}: the value of {name!r} must be {wanted}, got {shown(text)}") from None
        return found[values.codes]

    def write(self, value: float) -> str:
        """The date of a number of days since 1970, or the time of an hour, as the column has it."""
        moment = EPOCH + (timedelta(hours=value) if self.part == "hour" else timedelta(days=value))
        moment = (moment + timedelta(milliseconds=500)).replace(microsecond=0)
        if self.format == _QUARTER:
            return f"{moment.year}Q{(moment.month + 2) // 3}"
        if self.format != _ISO:
            return moment.strftime(self.format)
        return moment.isoformat() if moment.time() != EPOCH.time() else moment.date().isoformat()


@dataclass(frozen=True)
class Dates:
    """What was found about a column of dates. strange: texts that are none, and become gaps. other: a format that fits
    all cells as well, "" if none does."""

    format: str
    strange: tuple[str, ...] = ()
    other: str = ""

    @property
    def parts(self) -> tuple[str, ...]:
        """The numbers that such dates may give."""
        has_day = self.format == _ISO or "%d" in self.format
        has_date = (
            has_day or self.format == _QUARTER or "%m" in self.format or "%b" in self.format or "%B" in self.format
        )
        has_time = self.format == _ISO or "%H" in self.format or "%I" in self.format
        wanted = {"year": has_date, "month": has_date, "weekday": has_day, "hour": has_time, PARTS[-1]: has_date}
        return tuple(part for part in PARTS if wanted[part])


def find_dates(texts: Texts, order: str = "", most_strange: float = 0.1) -> Dates | None:
    """The format of a column of dates, or None if it is none. order: "dmy" or "mdy", if the user says so.

    >>> from layerwise.data.tables.values import gather
    >>> find_dates(gather(["01/02/2024", "13/02/2024"])).format
    '%d/%m/%Y'
    """
    counts = texts.counts
    left = [each for each in FORMATS if not order or _order(each) in ("", order)]
    strange: list[int] = []
    fine = 0
    for code, text in enumerate(texts.names):
        if text in NO_NUMBER:
            continue
        fitting = [each for each in left if _fits(text, each)] if _PLAUSIBLE.match(text) else []
        if fitting and not (_NO_NUMBER_ALONE.fullmatch(text) and text.count(".") < 2 and text.count("-") < 1):
            left, fine = fitting, fine + 1
        else:
            strange.append(code)
            if len(strange) >= _TRIES and len(strange) > fine:
                return None
    total = int(sum(counts[code] for code, text in enumerate(texts.names) if text not in NO_NUMBER))
    if not fine or sum(counts[code] for code in strange) > most_strange * total:
        return None
    other = next((each for each in left[1:] if _order(each) != _order(left[0])), "")
    return Dates(left[0], tuple(texts.names[code] for code in strange), other)


def find_compact_dates(values: Array) -> Dates | None:
    """Whether numbers are dates such as 20240131: each is one, from 1800 to 2100, and more than a few differ.

    >>> find_compact_dates(np.array([19991230.0, 19991231, 20000101, 20000102, 20000103, 20000104])).format
    '%Y%m%d'
    """
    different = np.unique(values[~np.isnan(values)])
    if len(different) <= FEWEST_COMPACT or different[0] < 18000101 or different[-1] > 21001231:
        return None
    texts = compact_texts(different)
    return Dates(COMPACT) if all(_fits(text, COMPACT) for text in texts.names) else None


def compact_texts(values: Array) -> Texts:
    """Numbers such as 20240131 as texts."""
    return gather(["" if value != value else f"{value:.15g}" for value in values.tolist()], len(values))


def parsed(text: str, format: str) -> datetime:
    """The moment that a text stands for: of a quarter its first day. 63 is 1963, and 29 is 2029.

    Raises ValueError.

    >>> parsed("25/11/63", "%d/%m/%y").year, parsed("1974Q2", "YYYYQq").month
    (1963, 4)
    """
    if format == _QUARTER:
        return _quarter(text)
    if format == COMPACT and len(text) != 8:
        raise ValueError(text)
    if format != _ISO:
        moment = datetime.strptime(text, format)
        return moment if not has_short_year(format) or moment.year <= LAST_OF_TWO_DIGITS else _a_century_before(moment)
    if "-" not in text:
        raise ValueError(text)
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)


def _quarter(text: str) -> datetime:
    match = re.fullmatch(r"(\d{4})[- ]?[Qq]([1-4])", text)
    if match is None:
        raise ValueError(text)
    return datetime(int(match[1]), 3 * int(match[2]) - 2, 1)


def _a_century_before(moment: datetime) -> datetime:
    return moment.replace(year=moment.year - 100)  # of 29 February too: 2000 was a leap year


def has_short_year(format: str) -> bool:
    """Whether its years have two digits."""
    return "%y" in format


def order_of(format: str) -> str:
    """Whether the day or the month comes first, in words."""
    return {"dmy": "the day first", "mdy": "the month first"}.get(_order(format), "")


def _order(format: str) -> str:
    return {"%d/%m": "dmy", "%d-%m": "dmy", "%d.%m": "dmy", "%m/%d": "mdy", "%m-%d": "mdy"}.get(format[:5], "")


def _fits(text: str, format: str) -> bool:
    try:
        parsed(text, format)
    except ValueError:
        return False
    return True


def _number(moment: datetime, part: str) -> float:
    if part == "weekday":
        return float(moment.weekday())
    if part == "hour":
        return moment.hour + moment.minute / 60 + moment.second / 3600
    if part == PARTS[-1]:
        return (moment - EPOCH) / timedelta(days=1)
    return float(getattr(moment, part))
