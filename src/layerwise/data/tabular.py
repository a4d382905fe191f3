"""A learner's own table: a CSV file with numbers and categories becomes a Dataset."""

from __future__ import annotations

import os
from collections.abc import Sequence

import numpy as np

from layerwise.checks import one_of
from layerwise.data import cells
from layerwise.data.assemble import Choices, Target, table_dataset
from layerwise.data.cells import shown
from layerwise.data.dataset import Card, Dataset
from layerwise.data.preparation import class_name
from layerwise.data.table import Table, find_column, read_rows
from layerwise.errors import DataError, KindError
from layerwise.types import Array

MOST_CATEGORIES = 100
"""Different texts in one column. With more it is free text or a name, from which nothing general can be learnt."""

MOST_INTEGER_CLASSES = 20
"""Different whole numbers in a target that is taken as classes."""


def read_csv(
    path: str | os.PathLike[str],
    target: str,
    *,
    seed: int = 0,
    validation: float | None = None,
    test: float | None = None,
    scale: bool = True,
    drop: Sequence[str] = (),
    task: str | None = None,
    delimiter: str | None = None,
) -> Dataset:
    """Read a CSV file (UTF-8, one header line, cells parted by `,` `;` or tab) as a dataset.

    A column in which every cell is a number is a feature, standardised by the mean and the spread of the training
    part; `scale=False` leaves numbers, those of a regression target too, as they are. A column of texts becomes one
    0/1 feature for each category of the training part (at most 100); a text not seen there gives 0 in all of them.

    target: the column to predict. drop: columns to leave out. validation, test: fractions of the rows (0.1 and
    0.2). task: "classification" or "regression"; None takes classification for a target of texts, or of whole
    numbers with at most 20 different values that each occur three times on average (two values always are classes);
    else regression. Classes are split in equal shares. seed: of the split.

    Errors: `FileError` for a file that can not be read; `DataError`, with line and column, for missing values and
    all else that stands in the way; `SettingError` and `KindError` for the arguments.

    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp(), "fruit.csv")
    >>> rows = [f"{100 + i},{'red' if i % 2 else 'green'},{'apple' if i % 4 < 2 else 'pear'}" for i in range(40)]
    >>> _ = path.write_text("weight,colour,fruit\\n" + "\\n".join(rows))
    >>> data = read_csv(path, target="fruit")
    >>> data.features, data.classes, data.train.x.shape
    (('weight', 'colour=green', 'colour=red'), ('apple', 'pear'), (28, 3))
    """
    choices = Choices(seed=seed, validation=validation, test=test, scale=scale)
    if task is not None:
        one_of("task", task, ("classification", "regression"))
    table = read_rows(path, delimiter=delimiter)
    target = find_column(target, table, what="the target", where=table.path.name)
    dropped = _check_drop(drop, target, table)
    kept = [name for name in table if name != target and name not in dropped]
    if not kept:
        raise DataError(
            f"{table.path.name} has no column to learn from besides the target {target!r}: "
            "are its columns parted by ',', ';' or a tab?"
        )
    found = _read_target(table, target, task)
    columns = {name: _read_column(table, name) for name in kept}
    return table_dataset(_card(table, found, len(kept)), columns, found, choices, scale=scale, place=table.place)


def _check_drop(drop: Sequence[str], target: str, table: Table) -> set[str]:
    if isinstance(drop, str) or not isinstance(drop, Sequence):
        raise KindError(f"drop must be a list of column names, such as drop=['id']; got {shown(drop)}")
    for name in drop:
        find_column(name, table, what="drop", where=table.path.name)
    if target in drop:
        raise DataError(f"the target {target!r} can not be dropped: choose another target or take it out of drop")
    return set(drop)


def _read_column(table: Table, name: str) -> Array | list[str]:
    column = cells.infer(name, table[name], table.place)
    if isinstance(column, np.ndarray):
        return column
    different = len(set(column))
    too_many = different > MOST_CATEGORIES or different > max(10, len(column) / 2)
    if too_many or cells.foreign_numbers(column):
        hint = cells.looks_like(column, table.place)
        raise DataError(
            f"the column {name!r} of {table.path.name} holds {different} different texts in {len(column)} rows, "
            f"such as {shown(column[0])}; up to {MOST_CATEGORIES} that come back are read as categories.{hint} "
            f"Else leave it out: drop=[{name!r}]"
        )
    return column


def _read_target(table: Table, name: str, task: str | None) -> Target:
    column = cells.infer(name, table[name], table.place)
    if isinstance(column, np.ndarray):
        different = np.unique(column)
        if len(different) == 1:
            raise _constant(table, name, shown(float(column[0])))
        if task == "regression" or (task is None and not _are_classes(column, different)):
            return Target(name, column)
        _check_classes(table, name, len(different), len(column), "")
        names = tuple(class_name(repr(float(value))) for value in different)
        return Target(name, np.searchsorted(different, column).astype(np.int64), names)
    classes = sorted(set(column))
    hint = cells.looks_like(column, table.place)
    if task == "regression":
        row = next(row for row, cell in enumerate(column) if not cells.is_number(cell))
        raise DataError(
            f"{table.place(row)}: the target {name!r} must be a number for regression, got {shown(column[row])}.{hint}"
        )
    if len(classes) == 1:
        raise _constant(table, name, shown(classes[0]))
    if cells.foreign_numbers(column):
        raise DataError(f"the target {name!r} of {table.path.name} is not read as numbers.{hint}")
    _check_classes(table, name, len(classes), len(column), hint)
    label_of = {each: label for label, each in enumerate(classes)}
    return Target(name, np.array([label_of[cell] for cell in column], dtype=np.int64), tuple(classes))


def _are_classes(column: Array, different: Array) -> bool:
    if not np.all(column == np.floor(column)):
        return False
    return len(different) == 2 or (len(different) <= MOST_INTEGER_CLASSES and 3 * len(different) <= len(column))


def _constant(table: Table, name: str, value: str) -> DataError:
    return DataError(
        f"the target {name!r} of {table.path.name} is {value} in every row: there is nothing to tell apart; "
        "choose another target"
    )


def _check_classes(table: Table, name: str, different: int, rows: int, hint: str) -> None:
    if different > MOST_CATEGORIES or different > max(2, rows / 2):
        raise DataError(
            f"the target {name!r} of {table.path.name} has {different} different values in {rows} rows, too many "
            f"to be classes (at most {MOST_CATEGORIES}, each more than once).{hint}"
        )


def _card(table: Table, target: Target, features: int) -> Card:
    return Card(
        name=table.path.stem,
        task="classification" if target.classes else "regression",
        samples=table.rows,
        features=features,
        classes=len(target.classes),
        description=f"a table of {table.rows:,} rows and {len(table)} columns",
        source=f"The file {table.path.name}.",
        terms="Those of whoever owns the file.",
    )
