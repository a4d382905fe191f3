"""A table in a file as the question of a comparison: its columns as the reader of tables decides, not yet prepared."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

import numpy as np

from layerwise.comparison.contest.features import Features, codes_of
from layerwise.comparison.contest.problem import Problem, checked
from layerwise.data.tables.formats import read_frame
from layerwise.data.tables.frame import Frame
from layerwise.data.tables.interpretation.column import Context, interpret
from layerwise.data.tables.interpretation.target import interpret_target
from layerwise.data.tables.values import Texts, Values
from layerwise.errors import DataError
from layerwise.types import Array


def problem_of_table(
    path: str | os.PathLike[str],
    target: str,
    *,
    groups: str | None = None,
    time: str | None = None,
    drop: Sequence[str] = (),
    read_as: Mapping[str, str] | None = None,
    task: str | None = None,
    decimal: str | None = None,
    encoding: str | None = None,
) -> tuple[Problem, tuple[str, ...]]:
    """The problem in a table, and the sentences about how it was read.

    groups, time: columns that say which rows belong together, and in which order they came; they are no features then.
    The other arguments are those of `layerwise.data.read_table`.
    """
    frame = read_frame(path, encoding=encoding)
    named = {"the target": target, "drop": None, "groups": groups, "time": time}
    for what, name in named.items():
        if name is not None:
            frame.find(name, what=what)
    kinds = dict(read_as or {})
    for name in (*drop, *kinds):
        frame.find(name, what="drop" if name in drop else "read_as")

    def context(name: str, kind: str = "") -> Context:
        number = frame.names.index(name) + 1
        return Context(frame.place, kind or kinds.get(name, ""), decimal or frame.decimal, decimal is not None, number)

    found = interpret_target(frame.label, target, frame.column(target), task, context(target))
    notes = [*frame.notes, *found.notes]
    names: list[str] = []
    columns: list[Array] = []
    categories: list[tuple[str, ...] | None] = []
    kept = [name for name in frame.names if name not in {target, groups, time, *drop}]
    for name, values in frame.columns(kept):
        decision, features = interpret(name, values, context(name))
        notes += [decision.sentence] if decision.sentence else []
        for feature in features:
            names.append(feature.name)
            column, texts = _raw(feature.values)
            columns.append(column)
            categories.append(texts)
    by_group = None if groups is None else _groups(frame.column(groups))
    by_time = None if time is None else _moments(frame, time, context(time), context(time, "number"))
    frame.release()
    if not names:
        raise DataError(f"{frame.label} has no column to learn from besides the target {target!r}")
    problem = Problem(
        Features(tuple(names), tuple(columns), tuple(categories)),
        found.target.values,
        found.target.classes,
        by_group,
        by_time,
    )
    known = np.flatnonzero(found.target.known)
    return checked(problem.take(known) if len(known) < len(problem) else problem), tuple(notes)


def _raw(values: Values) -> tuple[Array, tuple[str, ...] | None]:
    return (values.codes, values.names) if isinstance(values, Texts) else (values, None)


def _groups(values: Values) -> Array:
    return values.codes if isinstance(values, Texts) else codes_of(values.tolist())[0]


def _moments(frame: Frame, name: str, context: Context, as_number: Context) -> Array:
    """Numbers in the order of time: of dates their days, of numbers themselves, of other texts their place in order."""
    values = frame.column(name)
    _, features = interpret(name, values, context)
    if not features and not isinstance(values, Texts):  # an index orders the rows as well as a date
        _, features = interpret(name, values, as_number)
    if not features:
        raise DataError(f"the column {name!r} of {frame.label} does not order the rows: time needs dates or numbers")
    if isinstance(last := features[-1].values, Texts):
        order = np.argsort(np.argsort(last.names))
        return np.where(last.missing, np.nan, order[last.codes].astype(np.float64))
    return last
