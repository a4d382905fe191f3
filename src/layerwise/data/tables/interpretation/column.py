"""One column of features: what it is read as, what is left out, and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from layerwise.data.assemble import Feature
from layerwise.data.tables.decision import Decision, as_kind, option
from layerwise.data.tables.header import is_nameless
from layerwise.data.tables.interpretation.category import MOST_CATEGORIES, are_too_many, find_categories, rare
from layerwise.data.tables.interpretation.date import (
    COMPACT,
    PARTS,
    DateReading,
    Dates,
    compact_texts,
    find_compact_dates,
    find_dates,
    has_short_year,
    order_of,
    parsed,
)
from layerwise.data.tables.interpretation.index import counts_rows, is_called_index, names_rows
from layerwise.data.tables.interpretation.number import Notation, Numbers, find_numbers
from layerwise.data.tables.values import NO_NUMBER, Texts, Values, missing_rows
from layerwise.data.tables.words import Place, counted, listed, shown
from layerwise.errors import DataError
from layerwise.types import Array


@dataclass(frozen=True)
class Context:
    """What is known beside the cells. kind: what the user says the column is. decimal: the mark before decimals that
    the user names, or else that the file proves. number: of the column in the file, from 1."""

    place: Place
    kind: str = ""
    decimal: str = ""
    certain: bool = False
    number: int = 0


Found = tuple[Decision, tuple[Feature, ...]]


def interpret(name: str, values: Values, context: Context) -> Found:
    """The decision about a column of features, and what is learnt from it: nothing if it is left out.

    Errors: `DataError` when the user says that the column is what it can not be.
    """
    if context.kind:
        return _WANTED[context.kind](name, values, context)
    if _is_empty(values):
        return _left_out(name, "empty", "has no value in any row", len(missing_rows(values)))
    if not isinstance(values, Texts):
        dates = find_compact_dates(values)
        if dates and not (is_nameless(name, context.number) or is_called_index(name)):
            return _date(name, compact_texts(values), dates, context)
        return _number(name, values, Numbers(Notation()), context)
    if numbers := find_numbers(values, context.decimal, context.certain):
        return _number(name, values, numbers, context)
    if dates := find_dates(values):
        return _date(name, values, dates, context)
    return _category(name, values, context)


def _is_empty(values: Values) -> bool:
    if isinstance(values, Texts):
        return not set(values.names) - NO_NUMBER and "None" not in values.names
    return bool(np.isnan(values).all())


def _left_out(name: str, kind: str, why: str, gaps: int = 0, word: str = "", holds: str = "") -> Found:
    return Decision(name, kind, holds or why, "left out", f"{why}: left out", word, gaps), ()


def _number(name: str, values: Values, numbers: Numbers, context: Context) -> Found:
    found = numbers.notation.numbers(name, values, context.place)
    gaps = int(np.isnan(found).sum())
    low, high = np.nanmin(found), np.nanmax(found)
    holds = f"{low:.6g} to {high:.6g}"
    if low == high and not context.kind:
        return _left_out(name, "constant", f"is {low:.6g} in every row", gaps)
    if not context.kind and (is_nameless(name, context.number) or is_called_index(name)):
        why = (
            "counts the rows"
            if counts_rows(found)
            else "is another whole number in each row"
            * names_rows(name if not is_nameless(name, context.number) else "id", found)
        )
        if why:
            return _left_out(name, "index", why, gaps, f"{as_kind(name, 'number')} keeps it", holds)
    note, word = told_of_number(name, values, numbers, context)
    if not note and counts_rows(found):
        note, word = "counts the rows; it is used", f"{option('--drop', name)} leaves it out"
    reading = None if numbers.notation == Notation() else numbers.notation
    decision = Decision(name, "number", holds, "1 feature", note, word, gaps)
    return decision, (Feature(name, found, reading=reading),)


def told_of_number(name: str, values: Values, numbers: Numbers, context: Context) -> tuple[str, str]:
    """What is to be said about a column of numbers, and the word that changes it."""
    notation, notes, words = numbers.notation, [], []
    if not isinstance(values, Texts):
        return "", ""
    if numbers.strange:
        first = context.place(values.first(numbers.strange))
        rows = len(values.rows(*numbers.strange))
        cell = values.names[values.codes[values.first(numbers.strange)]]
        are = "is none is a gap" if rows == 1 else "are none are gaps"
        notes.append(f"read as numbers; {counted(rows, 'cell')} that {are} (first: {shown(cell)}, {first})")
        words.append(f"{as_kind(name, 'category')} reads categories")
    if numbers.words:
        rows = len(values.rows(*numbers.words))
        notes.append(f"{listed(numbers.words)} in {counted(rows, 'cell')} {'is a gap' if rows == 1 else 'are gaps'}")
    if replace(notation, gaps=()) != Notation() or numbers.minus:
        cell = numbers.minus or _example(values, notation)
        notes.append(f"{shown(cell)} is read as {notation.number(cell):.10g}")
    if numbers.other:
        cell = _example(values, notation if notation.thousands or notation.decimal == "," else numbers.other)
        if replace(notation, gaps=()) == Notation():
            notes.append(f"{shown(cell)} is read as {notation.number(cell):.10g}")
        notes[-1] += f", not {numbers.other.number(cell):.10g}"
        words.append(f"{option('--decimal', numbers.other.decimal)} reads it the other way")
    if numbers.zeros:
        notes.append(f"read as numbers; {numbers.zeros} becomes {notation.number(numbers.zeros):g}")
        words.append(f"{as_kind(name, 'category')} keeps its zeros")
    return "; ".join(notes), "; ".join(words)


def _example(values: Texts, notation: Notation) -> str:
    """A cell that shows the notation: the first that plain numbers would not be read from, or read otherwise."""
    mark = notation.thousands or (notation.decimal if notation.decimal != "." else "")
    known = [name for name in values.names if name not in NO_NUMBER and name not in notation.gaps]
    return next((name for name in known if mark and mark in name), known[0])


def _date(name: str, values: Texts, dates: Dates, context: Context) -> Found:
    features, gaps = [], 0
    for part in dates.parts:
        reading = DateReading(dates.format, part)
        found = reading.numbers(name, _without(values, dates.strange), context.place)
        gaps = int(np.isnan(found).sum())
        features.append(Feature(f"{name} ({part})", found, name, reading, optional=part != PARTS[-1]))
    if all(_is_constant(feature.values) for feature in features):
        return _left_out(name, "constant", "holds the same date in every row", gaps)
    known = [text for text in values.names if text not in NO_NUMBER and text not in dates.strange]
    note, word = f"read as dates, such as {shown(known[0])}", f"{option('--drop', name)} leaves it out"
    if has_short_year(dates.format):
        note += f", which is of {parsed(known[0], dates.format).year}"
    if dates.format == COMPACT:
        word = f"{as_kind(name, 'number')} reads numbers"
    if dates.strange:
        first = context.place(values.first(dates.strange))
        note += f"; gaps where there is none, such as {shown(dates.strange[0])} in {first}"
    if dates.other and not context.kind:
        note += f", {order_of(dates.format)}"
        kind = "mdy" if order_of(dates.format) == "the day first" else "dmy"
        word = f"{as_kind(name, kind)} reads {order_of(dates.other)}"
    known.sort(key=lambda text: parsed(text, dates.format))
    holds = f"{known[0]} to {known[-1]}" if len(known) > 1 else known[0]
    return Decision(name, "date", holds, "", note, word, gaps), tuple(features)


def _category(name: str, values: Values, context: Context) -> Found:
    found = find_categories(values, exact=context.kind == "exact")
    texts = found.texts
    gaps, different = int(texts.missing.sum()), len(texts.names)
    holds = f"{different} different: {listed(texts.names)}"
    if different == 1 and not context.kind:
        return _left_out(name, "constant", f"is {shown(texts.names[0])} in every row", gaps)
    if are_too_many(texts) and not context.kind:
        why = f"{different} different texts in {counted(len(texts.codes), 'row')}, such as {shown(texts.names[0])}"
        return _left_out(
            name, "text", f"holds {why}: names, codes or free text", gaps,
            f"{as_kind(name, 'category')} reads the commonest as categories", holds,
        )  # fmt: skip
    notes, words = [], []
    if found.merged:
        notes.append(f"{found.merged} are read as one category" + " each" * (";" in found.merged))
        words.append(f"{as_kind(name, 'exact')} keeps them apart")
    if different > MOST_CATEGORIES:
        notes.append(f"of {different} categories the {MOST_CATEGORIES} commonest get a feature each, the others none")
        words.append(f"{option('--drop', name)} leaves it out")
    decision = Decision(name, "category", holds, "", "; ".join(notes), "; ".join(words), gaps, rare(texts))
    return decision, (Feature(name, texts, folded=bool(found.merged)),)


def _wanted_number(name: str, values: Values, context: Context) -> Found:
    numbers = Numbers(Notation())
    if isinstance(values, Texts):
        found = find_numbers(values, context.decimal, context.certain)
        numbers = found or Numbers(Notation(context.decimal or "."))  # the first cell that is none is then named
    _refuse_nothing(name, values)
    return _number(name, values, numbers, context)


def _wanted_date(name: str, values: Values, context: Context) -> Found:
    _refuse_nothing(name, values)
    order = context.kind if context.kind != "date" else ""
    dates = find_dates(values, order) if isinstance(values, Texts) else find_compact_dates(values)
    if dates is None:
        raise DataError(f"{as_kind(name, context.kind)}: {name!r} does not hold dates: say category, or leave it out")
    return _date(name, values if isinstance(values, Texts) else compact_texts(values), dates, context)


def _wanted_category(name: str, values: Values, context: Context) -> Found:
    _refuse_nothing(name, values)
    return _category(name, values, context)


_WANTED: dict[str, Callable[[str, Values, Context], Found]] = {
    "number": _wanted_number,
    "date": _wanted_date,
    "dmy": _wanted_date,
    "mdy": _wanted_date,
    "category": _wanted_category,
    "exact": _wanted_category,
}


def _refuse_nothing(name: str, values: Values) -> None:
    if _is_empty(values):
        raise DataError(f"{name!r} has no value in any row: leave it out with {option('--drop', name)}")


def _without(values: Texts, strange: tuple[str, ...]) -> Texts:
    return values.replace(dict.fromkeys(strange, "")) if strange else values


def _is_constant(values: Values) -> bool:
    assert not isinstance(values, Texts)
    known: Array = values[~np.isnan(values)]
    return len(known) == 0 or bool(known.min() == known.max())
