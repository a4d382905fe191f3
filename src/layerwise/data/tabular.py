"""A learner's own table: a CSV file with numbers and categories becomes a Dataset."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

import numpy as np

from layerwise.checks import one_of
from layerwise.data.assemble import Choices, Target, table_dataset
from layerwise.data.cells import is_number, shown
from layerwise.data.dataset import Card, Dataset
from layerwise.data.hints import are_dates, foreign_numbers, looks_like
from layerwise.data.preparation import class_name
from layerwise.data.reading import Texts, Values, check_finite, gather, infer, require_all
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
    categories: Sequence[str] = (),
    task: str | None = None,
    delimiter: str | None = None,
) -> Dataset:
    """Read a CSV file (UTF-8, one header line, cells parted by `,` `;` or tab) as a dataset.

    A column in which every cell is a number is a feature, standardised by the mean and the spread of the training
    part; `scale=False` leaves numbers, those of a regression target too, as they are. A column of texts becomes one
    0/1 feature for each category of the training part (at most 100); a text not seen there gives 0 in all of them.
    Dates and free text are refused.

    Cells that are empty or hold NA, nan, NULL, None, ? and their like are missing. A missing number becomes the median
    of the training part, a missing text no category; where the training part has gaps, one more 0/1 feature, such as
    `age missing`, tells them. `describe()` counts them. A row without target must be left out by you.

    target: the column to predict. drop: columns to leave out. categories: columns to read as categories even if they
    hold numbers or dates, such as postal codes. validation, test: fractions of the rows (0.1 and
    0.2). task: "classification" or "regression"; None takes classification for a target of texts, or of whole
    numbers with at most 20 different values that each occur three times on average (two values always are classes);
    else regression. Classes are split in equal shares. seed: of the split.

    It takes about the memory of the file, or of 1 to 8 bytes a cell if that is more, and that of x, 4 bytes a feature.

    Errors: `FileError` for a file that can not be read; `DataError`, with line and column, for all that stands
    in the way, in x of more than 2**28 numbers too; `SettingError` and `KindError` for the arguments.

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
    dropped = _check_names("drop", drop, "id", target, table)
    forced = _check_names("categories", categories, "postcode", target, table)
    if both := dropped & forced:
        raise DataError(f"the column {min(both)!r} is both in drop and in categories: take it out of one")
    kept = [name for name in table if name != target and name not in dropped]
    if not kept:
        raise DataError(
            f"{table.path.name} has no column to learn from besides the target {target!r}: "
            "are its columns parted by ',', ';' or a tab?"
        )
    found = _read_target(table, target, task)
    card = _card(table, found, len(kept))
    for name in (target, *dropped):
        table.forget(name)
    columns = _read_columns(table, kept, forced)
    return table_dataset(card, columns, found, choices, scale=scale, place=table.place)


def _check_names(option: str, names: Sequence[str], example: str, target: str, table: Table) -> set[str]:
    if isinstance(names, str) or not isinstance(names, Sequence):
        raise KindError(f"{option} must be a list of column names, such as {option}=[{example!r}]; got {shown(names)}")
    for name in names:
        find_column(name, table, what=option, where=table.path.name)
    if target in names and option == "drop":
        raise DataError(f"the target {target!r} can not be dropped: choose another target or take it out of drop")
    if target in names:
        raise DataError(f"the target {target!r} is no feature: write task='classification' to read it as classes")
    return set(names)


def _read_columns(table: Table, names: list[str], forced: set[str]) -> Iterator[tuple[str, Values]]:
    """Each column with its values, read when it is asked for and then forgotten as text."""
    for name in names:
        values = _categories(table, name) if name in forced else _read_column(table, name)
        table.forget(name)
        yield name, values


def _read_column(table: Table, name: str) -> Values:
    values = _infer(table, name)
    if not isinstance(values, Texts):
        return values
    if are_dates(values.names):
        raise DataError(
            f"the column {name!r} of {table.path.name} holds dates, such as {shown(values.names[0])}, which are not "
            f"read: write what matters of them (year, month, weekday) as columns of numbers, or leave it out: "
            f"drop=[{name!r}]"
        )
    if foreign_numbers(values.names) or len(values.names) > max(10, np.sum(~values.missing) / 2):
        raise _too_many(table, name, values)
    return _few(table, name, values)


def _categories(table: Table, name: str) -> Texts:
    """A column that the caller says has categories."""
    texts = gather(table.chunks(name), table.rows)
    if not texts.names:
        raise _nothing(table, name)
    return _few(table, name, texts)


def _few(table: Table, name: str, texts: Texts) -> Texts:
    if len(texts.names) > MOST_CATEGORIES:
        raise _too_many(table, name, texts)
    return texts


def _infer(table: Table, name: str) -> Values:
    """Numbers if every cell that is not missing is one, else texts."""
    numbers = infer(table.chunks(name), table.rows)
    if numbers is None:
        return gather(table.chunks(name), table.rows)
    if np.isnan(numbers).all():
        raise _nothing(table, name)
    if np.isinf(numbers).any():
        check_finite(name, numbers, table[name], table.place)
    return numbers


def _nothing(table: Table, name: str) -> DataError:
    return DataError(f"the column {name!r} of {table.path.name} is missing in every row: leave it out: drop=[{name!r}]")


def _too_many(table: Table, name: str, texts: Texts) -> DataError:
    return DataError(
        f"the column {name!r} of {table.path.name} holds {len(texts.names)} different texts in {table.rows} rows, "
        f"such as {shown(texts.names[0])}; up to {MOST_CATEGORIES} that come back are read as categories."
        f"{looks_like(texts, table.place)} Else leave it out: drop=[{name!r}]"
    )


def _read_target(table: Table, name: str, task: str | None) -> Target:
    values = _infer(table, name)
    if np.any(values.missing if isinstance(values, Texts) else np.isnan(values)):
        require_all(name, values, table[name], table.place)
    if isinstance(values, Texts):
        return _named_classes(table, name, values, task)
    different = np.unique(values)
    if len(different) == 1:
        raise _constant(table, name, shown(float(values[0])))
    if task == "regression" or (task is None and not _are_classes(values, different)):
        return Target(name, values)
    _check_classes(table, name, len(different), len(values), "")
    names = tuple(class_name(repr(float(value))) for value in different)
    return Target(name, np.searchsorted(different, values).astype(np.int64), names)


def _named_classes(table: Table, name: str, texts: Texts, task: str | None) -> Target:
    hint = looks_like(texts, table.place)
    if task == "regression":
        row = int(texts.rows(*(each for each in texts.names if not is_number(each)))[0])
        cell = shown(texts.names[texts.codes[row]])
        raise DataError(f"{table.place(row)}: the target {name!r} must be a number for regression, got {cell}.{hint}")
    if len(texts.names) == 1:
        raise _constant(table, name, shown(texts.names[0]))
    if foreign_numbers(texts.names):
        raise DataError(f"the target {name!r} of {table.path.name} is not read as numbers.{hint}")
    _check_classes(table, name, len(texts.names), len(texts.codes), hint)
    classes = sorted(texts.names)
    label_of = {each: label for label, each in enumerate(classes)}
    labels = np.array([label_of[each] for each in texts.names], dtype=np.int64)
    return Target(name, labels[texts.codes], tuple(classes))


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
