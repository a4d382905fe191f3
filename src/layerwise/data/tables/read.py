"""A learner's own table becomes a Dataset: read, decided column by column, split, learnt, and told."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from layerwise.checks import one_of
from layerwise.data.assemble import Choices, Feature, table_dataset
from layerwise.data.column import Column
from layerwise.data.dataset import Card, Dataset
from layerwise.data.tables.decision import KINDS, Decision, option
from layerwise.data.tables.formats import read_frame
from layerwise.data.tables.frame import Frame
from layerwise.data.tables.interpretation.column import Context, interpret
from layerwise.data.tables.interpretation.target import FoundTarget, interpret_target
from layerwise.data.tables.values import Texts, Values
from layerwise.data.tables.words import counted, listed, shown
from layerwise.errors import DataError, KindError, SettingError, nearest
from layerwise.types import Array


def read_table(
    table: str | os.PathLike[str] | Any,
    target: str,
    *,
    seed: int = 0,
    validation: float | None = None,
    test: float | None = None,
    scale: bool = True,
    drop: Sequence[str] = (),
    read_as: Mapping[str, str] | None = None,
    categories: Sequence[str] = (),
    task: str | None = None,
    decimal: str | None = None,
    delimiter: str | None = None,
    encoding: str | None = None,
) -> Dataset:
    """Read a table as a dataset: CSV and its relatives (.gz too), Excel, Parquet, JSON lines, or a DataFrame.

    What each column is follows from its cells, and is said: `dataset.notes` holds the sentences, `dataset.decisions`
    one object a column, `describe()` the table of them. A column of numbers is a feature, standardised by the mean and
    the spread of the training part; a column of texts becomes one 0/1 feature for each category of the training part
    (the 100 commonest); a date becomes year, month, weekday, hour and days, as far as they vary. Columns that nothing
    can be learnt from (empty, constant, an index, names and free text) are left out. Rows without a target are left
    out. A missing number becomes the median of the training part, a missing text no category; where the training part
    has gaps, one more 0/1 feature, such as `age missing`, tells them. Nothing is learnt outside the training part.

    table: the path of a file, or a DataFrame of pandas or Polars, or a mapping of names to cells.
    target: the column to predict.
    seed: of the split.
    validation: the fraction of the rows for choices; 0.1 unless given.
    test: the fraction of the rows for the final figure; 0.2 unless given.
    scale: False leaves numbers, those of a regression target too, as they are.
    drop: columns to leave out.
    read_as: what columns are, such as {"zip": "category"}: number, category, exact (categories that differ by case are
        kept apart), date, dmy, mdy (dates with the day or the month first).
    categories: columns to read as categories; the same as read_as with "category".
    task: "classification" or "regression"; None takes classification for a target of texts, of two values, or of at
        most 10 whole numbers that each occur three times on average.
    decimal: the mark before decimals, "." or ",", where the cells leave it open.
    delimiter: what stands between the cells; None finds it.
    encoding: of a text file; None finds it (UTF-8, UTF-16, else Western European).

    It takes about the memory of the file, or of 1 to 8 bytes a cell if that is more, and that of x, 4 bytes a feature.

    Errors: `FileError` for a file that can not be read; `DataError`, with line and column, for what stands in the way;
    `SettingError` and `KindError` for the arguments.

    >>> rows = 40
    >>> fruit = {"weight": [100 + i for i in range(rows)], "colour": ["red", "green"] * 20,
    ...          "fruit": ["apple", "apple", "pear", "pear"] * 10}
    >>> data = read_table(fruit, target="fruit")
    >>> data.features, data.classes, data.train.x.shape
    (('weight', 'colour=green', 'colour=red'), ('apple', 'pear'), (28, 3))
    """
    choices = Choices(seed=seed, validation=validation, test=test, scale=scale)
    if task is not None:
        one_of("task", task, ("classification", "regression"))
    if decimal is not None:
        one_of("decimal", decimal, (".", ","))
    frame = read_frame(table, delimiter=delimiter, encoding=encoding)
    if not frame.rows:
        raise DataError(f"{frame.label} has no rows: at least one row of data was expected")
    target = frame.find(target, what="the target")
    reader = _Reader(frame, _kinds(frame, read_as, categories), _dropped(frame, drop, target), decimal)
    found = reader.target(target, task)
    features = reader.features(target)
    data = table_dataset(_card(frame, found), features, found.target, choices, scale=scale, place=frame.place)
    if not data.features:
        raise DataError(
            f"{frame.label} has no column to learn from besides the target {target!r}{_reasons(reader.decisions)}"
        )
    return reader.told(data, found)


@dataclass(frozen=True)
class Inspection:
    """What was decided about the columns of a table. notes: one sentence for each thing that the user should know."""

    label: str
    rows: int
    decisions: tuple[Decision, ...]
    notes: tuple[str, ...]


def inspect_table(
    table: str | os.PathLike[str] | Any,
    target: str | None = None,
    *,
    drop: Sequence[str] = (),
    read_as: Mapping[str, str] | None = None,
    task: str | None = None,
    decimal: str | None = None,
    delimiter: str | None = None,
    encoding: str | None = None,
) -> Inspection:
    """What every column of a table is read as, without making a dataset of it; the arguments are those of `read_table`.

    target: the column to predict, which then is looked at as one; None looks at all columns as features.

    >>> found = inspect_table({"zip": ["00501", "10001", "94103"], "paid": ["yes", "no", "yes"]})
    >>> [(each.name, each.kind, each.word) for each in found.decisions]
    [('zip', 'number', '--as zip=category keeps its zeros'), ('paid', 'category', '')]
    """
    frame = read_frame(table, delimiter=delimiter, encoding=encoding)
    if target is not None:
        frame.find(target, what="the target")
    reader = _Reader(frame, _kinds(frame, read_as, ()), _dropped(frame, drop, target), decimal)
    found = reader.target(target, task) if target is not None else None
    rows = np.arange(frame.rows)
    columns = [column for each in reader.features(target) if (column := each.learnt(rows, scale=True)) is not None]
    decisions, notes = reader.all_told(columns, found)
    return Inspection(frame.label, frame.rows, tuple(decisions), tuple(notes))


@dataclass
class _Reader:
    """Reads the columns one by one, and keeps what is decided about each."""

    frame: Frame
    kinds: Mapping[str, str]
    drop: frozenset[str]
    decimal: str | None
    decisions: list[Decision] = field(default_factory=list)
    row_hash: Array | None = None
    doubled: int = 0

    def target(self, name: str, task: str | None) -> FoundTarget:
        values = self.frame.column(name)
        self.frame.release()
        self._count_doubles(values)
        return interpret_target(self.frame.label, name, values, task, self._context(name))

    def features(self, target: str | None) -> Iterator[Feature]:
        """What is learnt from each column but the target, in the order of the table."""
        kept = [name for name in self.frame.names if name != target and name not in self.drop]
        for name, values in self.frame.columns(kept):
            self._count_doubles(values)
            decision, features = interpret(name, values, self._context(name))
            self.decisions.append(decision)
            yield from features
        self.frame.release()
        self._find_doubles()

    def told(self, data: Dataset, found: FoundTarget) -> Dataset:
        """The dataset with the decisions about its columns, and all that is to be said at once."""
        decisions, notes = self.all_told(data.preparation.columns, found)
        preparation = replace(data.preparation, decisions=tuple(decisions))
        return replace(data, preparation=preparation, notes=(*notes, *_unseen(data)))

    def all_told(self, columns: Sequence[Column], found: FoundTarget | None) -> tuple[list[Decision], list[str]]:
        """The decisions in the order of the table, with what became of each; and all that is to be said."""
        decisions = [replace(each, becomes=_becomes(each, columns)) for each in self.decisions]
        decisions += [Decision(name, "dropped", becomes="left out") for name in self.frame.names if name in self.drop]
        decisions += [found.decision] if found else []
        order = {name: number for number, name in enumerate(self.frame.names)}
        decisions.sort(key=lambda each: order[each.name])
        notes = [*self.frame.notes, *(found.notes if found else ()), *_sentences(decisions), *self._told_of_doubles()]
        return decisions, notes

    def _context(self, name: str) -> Context:
        return Context(
            self.frame.place,
            self.kinds.get(name, ""),
            self.decimal or self.frame.decimal,
            self.decimal is not None,
            self.frame.names.index(name) + 1,
        )

    def _count_doubles(self, values: Values) -> None:
        """Mix the cells of a column into one number a row, by which equal rows are found without keeping them."""
        bits = values.codes.astype(np.uint64) if isinstance(values, Texts) else values.view(np.uint64)
        if self.row_hash is None:
            self.row_hash = np.zeros(len(bits), dtype=np.uint64)
        self.row_hash ^= bits
        self.row_hash *= np.uint64(0x9E3779B97F4A7C15)
        self.row_hash ^= self.row_hash >> np.uint64(29)

    def _find_doubles(self) -> None:
        if self.row_hash is not None:
            self.row_hash.sort()
            self.doubled = int(np.sum(self.row_hash[1:] == self.row_hash[:-1]))
            self.row_hash = None

    def _told_of_doubles(self) -> list[str]:
        if not self.doubled:
            return []
        rows = f"{counted(self.doubled, 'row')} of {self.frame.rows:,}"
        return [
            f"{rows} {'is' if self.doubled == 1 else 'are'} the same as an earlier row: where the same thing was "
            "written twice, the test knows it already"
        ]


def _kinds(frame: Frame, read_as: Mapping[str, str] | None, categories: Sequence[str]) -> dict[str, str]:
    if read_as is not None and not isinstance(read_as, Mapping):
        raise KindError(f"read_as must map columns to kinds, such as {{'zip': 'category'}}; got {shown(read_as)}")
    _check_list("categories", categories, "postcode")
    kinds = {**dict.fromkeys(categories, "category"), **(read_as or {})}
    for name, kind in kinds.items():
        frame.find(name, what="read_as" if name in (read_as or {}) else "categories")
        if kind not in KINDS:
            raise SettingError(f"{name!r} can not be read as {shown(kind)}.{nearest(kind, KINDS)}")
    return kinds


def _dropped(frame: Frame, drop: Sequence[str], target: str | None) -> frozenset[str]:
    _check_list("drop", drop, "id")
    for name in drop:
        frame.find(name, what="drop")
    if target is not None and target in drop:
        raise DataError(f"the target {target!r} can not be dropped: choose another target or take it out of drop")
    return frozenset(drop)


def _check_list(name: str, names: Sequence[str], example: str) -> None:
    if isinstance(names, str) or not isinstance(names, Sequence):
        raise KindError(f"{name} must be a list of column names, such as {name}=[{example!r}]; got {shown(names)}")


def _becomes(decision: Decision, columns: Sequence[Column]) -> str:
    if not decision.is_used:
        return decision.becomes
    columns = [column for column in columns if column.raw == decision.name]
    width = sum(len(column.features) for column in columns)
    if not width:
        return "left out: the training part has no value"
    gaps = ", one of them for gaps" if any(column.gaps for column in columns) else ""
    return f"{counted(width, 'feature')}{gaps}"


def _sentences(decisions: Sequence[Decision]) -> list[str]:
    """What is to be said of columns: first those left out for one reason, with one cure for all, then each other."""
    texts = [each.name for each in decisions if each.kind == "text"]
    said = [each.sentence for each in decisions if each.sentence and (each.kind != "text" or len(texts) == 1)]
    if len(texts) > 1:
        cure = " ".join(option("--drop", name) for name in texts)
        said.insert(
            0,
            f"{len(texts)} columns hold names, codes or free text and are left out: {listed(texts, 12)} ({cure} leaves "
            "them out without a word)",
        )
    return said + [
        f"{each.name}: has values, but none in the training part: left out"
        for each in decisions if each.is_used and each.becomes.startswith("left out")
    ]  # fmt: skip


def _unseen(data: Dataset) -> list[str]:
    """Categories of the other parts that training never saw: all features of the column are 0 there."""
    said, start = [], 0
    for column in data.preparation.columns:
        width = len(column.features)
        if column.categories:
            held_out = (data.validation.x[:, start : start + width], data.test.x[:, start : start + width])
            count = sum(int((~x.any(axis=1)).sum()) for x in held_out)
            gaps = data.missing.get(column.raw, 0) if not column.gaps else 0
            if count > gaps:
                rows = f"{counted(count, 'row')} of validation and test {'holds' if count == 1 else 'hold'}"
                said.append(
                    f"{column.raw}: {rows} a category that the training part lacks: all its features are 0 there"
                )
        start += width
    return said


def _reasons(decisions: Sequence[Decision]) -> str:
    reasons = [
        f"{each.name!r} {each.note.removesuffix(': left out')}" + (f" ({each.word})" if each.word else "")
        for each in decisions
        if each.note
    ]
    return f": {'; '.join(reasons[:5])}" if reasons else ": are its columns parted by ',', ';', a tab or '|'?"


def _card(frame: Frame, found: FoundTarget) -> Card:
    name = frame.path.name.split(".")[0] if frame.path else "table"
    return Card(
        name=name or "table",
        task="classification" if found.target.classes else "regression",
        samples=frame.rows,
        features=len(frame.names) - 1,
        classes=len(found.target.classes),
        description=f"a table of {frame.rows:,} rows and {len(frame.names)} columns",
        source=f"The file {frame.path.name}." if frame.path else "A table in memory.",
        terms="Those of whoever owns the file." if frame.path else "Those of whoever owns the table.",
    )
