"""The target: classes or a quantity; rows without one are left out and counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NoReturn

import numpy as np

from layerwise.data.assemble import Target
from layerwise.data.tables.decision import Decision, as_kind
from layerwise.data.tables.interpretation.category import MOST_CATEGORIES, as_texts, find_categories
from layerwise.data.tables.interpretation.column import Context, told_of_number
from layerwise.data.tables.interpretation.date import find_dates
from layerwise.data.tables.interpretation.number import Notation, find_numbers
from layerwise.data.tables.values import Texts, Values
from layerwise.data.tables.words import counted, listed, shown
from layerwise.errors import DataError
from layerwise.types import Array

MOST_INTEGER_CLASSES = 10
"""Different whole numbers in a target that is taken as classes."""
_WIDEST_CLASSES = 30
"""How far these may be apart: numbers that are labels count, or nearly so."""
FEWEST_OF_A_CLASS = 3
"""Rows of a class that can stand in all three parts; rows of a rarer one are for training alone."""


@dataclass(frozen=True, eq=False)
class FoundTarget:
    """The target with its decision. notes: what the user should know of it."""

    target: Target
    decision: Decision
    notes: tuple[str, ...]


def interpret_target(label: str, name: str, values: Values, task: str | None, context: Context) -> FoundTarget:
    """The target column of a table.

    label: what messages call the table. task: "classification", "regression", or None: texts, two values and up to 10
    whole numbers, each three times on average, are classes; all else is a quantity.
    Errors: `DataError` when nothing can be learnt from it.
    """
    notation, numbers, odd = _numbers(name, values, context)
    if numbers is None and task == "regression":
        _refuse_texts(name, values, context)
    if numbers is None or task == "classification":
        return _classes(label, name, values, context)
    different = np.unique(numbers[~np.isnan(numbers)])
    if len(different) <= 1:
        _refuse_constant(label, name, f"{different[0]:g}" if len(different) else "missing")
    if task is None and _are_classes(numbers, different):
        found = _classes(label, name, numbers, context, asked=len(different) > 2)
        return replace(found, notes=(*odd, *found.notes))
    notes = [*odd, *_left_out(numbers, context)]
    if task is None and len(different) <= 30 and np.all(different == np.floor(different)):
        notes.append(
            f"{name}: {len(different)} different whole numbers are learnt as a quantity "
            "(--task classification reads them as classes)"
        )
    holds = f"{different[0]:.6g} to {different[-1]:.6g}"
    decision = Decision(name, "target", holds, "a quantity", gaps=int(np.isnan(numbers).sum()))
    return FoundTarget(Target(name, numbers, reading=notation), decision, tuple(notes))


def _numbers(name: str, values: Values, context: Context) -> tuple[Notation | None, Array | None, list[str]]:
    """The target as numbers, if it is one; how they are written, and what is to be said of that."""
    if context.kind in ("category", "exact"):
        return None, None, []
    if not isinstance(values, Texts):
        return None, Notation().numbers(name, values, context.place), []
    found = find_numbers(values, context.decimal, context.certain)
    if found is None:
        return None, None, []
    note, word = told_of_number(name, values, found, context)
    notes = [f"{name}: {note}" + f" ({word})" * bool(word)] if note else []
    numbers = found.notation.numbers(name, values, context.place)
    return (None if found.notation == Notation() else found.notation), numbers, notes


def _classes(label: str, name: str, values: Values, context: Context, asked: bool = False) -> FoundTarget:
    if isinstance(values, Texts) and not context.kind and find_dates(values) and len(values.names) > MOST_CATEGORIES:
        raise DataError(f"the target {name!r} of {label} holds dates: choose a number or categories to predict")
    found = find_categories(values, exact=context.kind == "exact")
    texts = found.texts
    different, rows = len(texts.names), int((~texts.missing).sum())
    if different <= 1:
        _refuse_constant(label, name, shown(texts.names[0]) if different else "missing")
    if different > MOST_CATEGORIES or different > max(2, rows / 2):
        raise DataError(
            f"the target {name!r} of {label} has {different} different values in {counted(rows, 'row')}, such as "
            f"{listed(texts.names)}, too many to be classes (at most {MOST_CATEGORIES}, each more than once): choose "
            f"another target{_typo(values, context)}"
        )
    classes = tuple(sorted(texts.names, key=_in_order(texts.names)))
    label_of = np.array([*(classes.index(each) for each in texts.names), -1], dtype=np.int64)
    notes = _left_out(texts.missing, context)
    if found.merged:
        each = " each" * (";" in found.merged)
        notes.append(f"{name}: {found.merged} are read as one class{each} ({as_kind(name, 'exact')} keeps them apart)")
    if asked:
        notes.append(
            f"{name}: {different} different whole numbers are learnt as classes (--task regression learns a quantity)"
        )
    few = [each for each, count in zip(texts.names, texts.counts, strict=True) if count < FEWEST_OF_A_CLASS]
    if few:
        noun = "the class" if len(few) == 1 else "the classes"
        notes.append(
            f"{name}: {noun} {listed(sorted(few))} {'has' if len(few) == 1 else 'have'} fewer than {FEWEST_OF_A_CLASS} "
            "rows, which are used for training alone: the test says nothing about them"
        )
    holds = f"{different} classes: {listed(classes)}"
    decision = Decision(name, "target", holds, "classes", gaps=int(texts.missing.sum()))
    return FoundTarget(
        Target(name, label_of[texts.codes], classes, rare_in_training=True, folded=bool(found.merged)),
        decision,
        tuple(notes),
    )


def _in_order(names: tuple[str, ...]) -> Callable[[str], tuple[float, str]]:
    """Classes of numbers stand in their order, texts in that of the alphabet."""
    try:
        value = {name: float(name) for name in names}
    except ValueError:
        return lambda name: (0.0, name)
    return lambda name: (value[name], name)


def _are_classes(values: Array, different: Array) -> bool:
    if not np.all(different == np.floor(different)):
        return False
    few = len(different) <= MOST_INTEGER_CLASSES and 3 * len(different) <= len(values)
    return len(different) == 2 or (few and different[-1] - different[0] <= _WIDEST_CLASSES)


def _left_out(values: Array, context: Context) -> list[str]:
    missing = values if values.dtype == bool else np.isnan(values)
    count = int(missing.sum())
    if not count:
        return []
    first = context.place(int(np.argmax(missing)))
    return [f"{counted(count, 'row')} without a target {'is' if count == 1 else 'are'} left out (first: {first})"]


def _typo(values: Values, context: Context) -> str:
    """Where the first cell stands that keeps a column from being numbers, if it is one of a few."""
    if not isinstance(values, Texts):
        return ""
    odd = [each for each in values.names if not _is_number(each)]
    if len(values.rows(*odd)) > 0.1 * len(values.codes) or not odd:
        return ""
    return f"; the first cell that is no number is {shown(odd[0])} in {context.place(values.first(odd))}"


def _is_number(text: str) -> bool:
    try:
        Notation().number(text)
    except ValueError:
        return False
    return True


def _refuse_constant(label: str, name: str, value: str) -> NoReturn:
    raise DataError(
        f"the target {name!r} of {label} is {value} in every row: there is nothing to tell apart; choose another target"
    )


def _refuse_texts(name: str, values: Values, context: Context) -> NoReturn:
    texts = as_texts(values)
    odd = [each for each in texts.names if not _is_number(each)]
    row = texts.first(odd)
    raise DataError(
        f"{context.place(row)}: the target {name!r} must be a number for regression, got "
        f"{shown(texts.names[texts.codes[row]])}"
    )
