"""A preparation as a table of plain values, and back: what a run's folder keeps as `preparation.json`.

Entries that came later (`fill`, `gaps`, `readings`, `folded`, `decisions`) may be absent: older runs are read as well.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from typing import Any, TypeGuard

import msgspec

from layerwise.data.column import Column
from layerwise.data.preparation import Preparation
from layerwise.data.tables.decision import Decision
from layerwise.data.tables.interpretation.date import COMPACT, FORMATS, PARTS, DateReading
from layerwise.data.tables.interpretation.number import Notation
from layerwise.data.tables.words import shown, suggestion
from layerwise.errors import DataError

_ENTRIES = {"columns", "mean", "scale", "categories", "fill", "gaps", "target", "image_shape"}
_ENTRIES |= {"readings", "sources", "folded", "decisions"}


def to_spec(preparation: Preparation) -> dict[str, Any]:
    """A table of plain values for TOML or JSON."""
    columns = preparation.columns
    target: dict[str, Any] = {"name": preparation.target}
    if preparation.classes:
        target["classes"] = list(preparation.classes)
    else:
        target |= {"mean": preparation.target_mean, "scale": preparation.target_scale, "unit": preparation.unit}
    if preparation.reading:
        target["reading"] = _reading_table(preparation.reading)
    if preparation.folded:
        target["folded"] = True
    spec: dict[str, Any] = {
        "columns": [column.name for column in columns],
        "mean": [column.mean for column in columns],
        "scale": [column.scale for column in columns],
        "categories": {c.name: list(c.categories) for c in columns if c.categories},
        "target": target,
        "fill": {column.name: column.fill for column in columns if column.fill is not None},
        "gaps": [column.name for column in columns if column.gaps],
        "readings": {column.name: _reading_table(column.reading) for column in columns if column.reading},
        "sources": {column.name: column.source for column in columns if column.source},
        "folded": [column.name for column in columns if column.folded],
        "image_shape": list(preparation.image_shape or ()),
        "decisions": [_without_defaults(decision) for decision in preparation.decisions],
    }
    always = ("columns", "mean", "scale", "categories", "target")
    return {key: value for key, value in spec.items() if key in always or value}


def from_spec(spec: Mapping[str, Any]) -> Preparation:
    """The preparation that a table describes. Errors: `DataError` naming the entry that is not as it must be."""
    _check_keys(spec, _ENTRIES, "the preparation")
    spec = {"fill": {}, "gaps": [], "readings": {}, "sources": {}, "folded": [], "decisions": []} | dict(spec)
    names = _entry(spec, "columns", _is_names)
    means = _entry(spec, "mean", lambda value: _is_numbers(value, len(names)))
    scales = _entry(spec, "scale", lambda value: _is_numbers(value, len(names)) and min(value) > 0)
    categories = _by_column(spec, "categories", names, _is_names)
    fill = _by_column(spec, "fill", names, _is_number)
    readings = _by_column(spec, "readings", names, lambda value: isinstance(value, Mapping))
    sources = _by_column(spec, "sources", names, lambda value: isinstance(value, str) and bool(value))
    marked = {key: _some_columns(spec, key, names) for key in ("gaps", "folded")}
    columns = tuple(
        Column(
            name, float(mean), float(scale), tuple(categories.get(name, ())), fill.get(name), name in marked["gaps"],
            sources.get(name, ""), _reading(readings[name], name) if name in readings else None,
            name in marked["folded"],
        )
        for name, mean, scale in zip(names, means, scales, strict=True)
    )  # fmt: skip
    features = sum(len(column.features) for column in columns)
    shape = _entry(spec, "image_shape", lambda value: _is_shape(value, features)) if "image_shape" in spec else None
    target = _entry(spec, "target", lambda value: isinstance(value, Mapping))
    decisions = _entry(spec, "decisions", lambda value: isinstance(value, list))
    return Preparation(
        columns,
        **_target(target),
        image_shape=tuple(shape) if shape else None,
        decisions=tuple(_converted(each, Decision, "decisions") for each in decisions),
    )


def _reading_table(reading: Notation | DateReading) -> dict[str, Any]:
    return _without_defaults(reading) or {"decimal": "."}


def _reading(table: Mapping[str, Any], name: str) -> Notation | DateReading:
    if "part" not in table:
        found = _converted(table, Notation, name)
        return _right(found, found.decimal in (".", ",") and found.thousands in ("", ".", ",", " ", "'"), name, table)
    date = _converted(table, DateReading, name)
    return _right(date, date.part in PARTS and date.format in (*FORMATS, COMPACT), name, table)


def _right(found: Any, holds: bool, name: str, value: Any) -> Any:
    if not holds:
        raise DataError(f"the entry {shown(name)} of the preparation is damaged: {shown(value)}")
    return found


def _converted(table: Any, kind: type, name: str) -> Any:
    try:
        return msgspec.convert(table, kind)
    except msgspec.ValidationError as error:
        raise DataError(f"the entry {shown(name)} of the preparation is damaged: {error}") from None


def _without_defaults(found: Any) -> dict[str, Any]:
    values = {each.name: getattr(found, each.name) for each in fields(found)}
    table = {each.name: values[each.name] for each in fields(found) if values[each.name] != each.default}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in table.items()}


def _target(target: Mapping[str, Any]) -> dict[str, Any]:
    known = {"name", "classes", "mean", "scale", "unit", "reading", "folded"}
    _check_keys(target, known, "the target of the preparation")
    found: dict[str, Any] = {"target": _entry(target, "name", lambda value: isinstance(value, str))}
    if "folded" in target:
        found["folded"] = _entry(target, "folded", lambda value: isinstance(value, bool))
    if "classes" in target:
        return found | {"classes": tuple(_entry(target, "classes", _is_names))}
    if "reading" in target:
        found["reading"] = _reading(_entry(target, "reading", lambda value: isinstance(value, Mapping)), "reading")
    return found | {
        "target_mean": float(_entry(target, "mean", _is_number)),
        "target_scale": float(_entry(target, "scale", lambda value: _is_number(value) and value > 0)),
        "unit": _entry(target, "unit", lambda value: isinstance(value, str)),
    }


def _check_keys(spec: Mapping[str, Any], known: set[str], what: str) -> None:
    if not isinstance(spec, Mapping):
        raise DataError(f"{what} must be a table, got {shown(spec)}")
    for key in spec:
        if key not in known:
            raise DataError(f"{what} has an entry {shown(key)} that is not known.{suggestion(key, known)}")


def _entry(spec: Mapping[str, Any], key: str, is_right: Callable[[Any], bool]) -> Any:
    if key not in spec:
        raise DataError(f"the preparation lacks its entry {key!r}")
    if not is_right(spec[key]):
        raise DataError(f"the entry {shown(key)} of the preparation is damaged: {shown(spec[key])}")
    return spec[key]


def _some_columns(spec: Mapping[str, Any], key: str, names: Sequence[str]) -> list[str]:
    """An entry that lists some of the columns."""
    found: list[str] = _entry(spec, key, lambda value: value == [] or _is_names(value))
    for name in found:
        if name not in names:
            raise DataError(f"the preparation has {key} for {shown(name)}, which is no column of it")
    return found


def _by_column(
    spec: Mapping[str, Any], key: str, names: Sequence[str], is_right: Callable[[Any], bool]
) -> Mapping[str, Any]:
    """An entry that holds something for some of the columns."""
    found: Mapping[str, Any] = _entry(spec, key, lambda value: isinstance(value, Mapping))
    for name in found:
        if name not in names:
            raise DataError(f"the preparation has {key} for {shown(name)}, which is no column of it")
        _entry(found, name, is_right)
    return found


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= sys.float_info.max


def _is_numbers(value: Any, length: int) -> bool:
    return isinstance(value, list | tuple) and len(value) == length and all(map(_is_number, value))


def _is_names(value: Any) -> bool:
    """A list of texts, at least one, each different."""
    return (
        isinstance(value, list | tuple)
        and len(value) > 0
        and all(isinstance(name, str) for name in value)
        and len(set(value)) == len(value)
    )


def _is_shape(value: Any, features: int) -> bool:
    return _is_numbers(value, 3) and all(isinstance(n, int) and n > 0 for n in value) and math.prod(value) == features
