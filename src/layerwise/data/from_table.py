"""A dataset as a table of plain values: the entry `data` of an experiment.

{"name": "digits"}                           a set by name, with the options of `load`
{"path": "my.csv", "target": "price"}        a file of the user's, with the options of `read_table`
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from layerwise.data.catalogue import load
from layerwise.data.dataset import Dataset
from layerwise.data.tables.read import read_table
from layerwise.errors import SettingError, nearest

_KNOWN = "a data table has a name, such as {name = 'digits'}, or a path and a target"


def from_table(table: Mapping[str, Any], seed: int = 0) -> Dataset:
    """Load and prepare the data that a table describes.

    table: `name`, or `path` and `target`, beside the options of `load` or `read_table`.
    seed: of the split and of generated sets, unless the table has its own; 0 unless given.
    Raises SettingError for a table that names no data or has an unknown option, and what `load` and `read_table` raise.

    >>> data = from_table({"name": "iris", "validation": 0.2}, seed=3)
    >>> [len(part.x) for part in (data.train, data.validation, data.test)]
    [90, 30, 30]
    """
    if not isinstance(table, Mapping):
        raise SettingError(f"data must be a table; got {table!r}: {_KNOWN}")
    options = {"seed": seed, **table}
    if "path" in options:
        if "target" not in options:
            raise SettingError(f"{_KNOWN}; got {dict(table)}")
        return _call(read_table, options.pop("path"), options.pop("target"), **options)
    if "name" not in options:
        raise SettingError(f"{_KNOWN}; got {dict(table)}")
    return _call(load, options.pop("name"), **options)


def _call(function: Callable[..., Dataset], *arguments: Any, **options: Any) -> Dataset:
    """Call with options that come from a table: an unknown one is answered with its nearest neighbour."""
    known = list(inspect.signature(function).parameters)
    for name in options:
        if name not in known:
            raise SettingError(f"{function.__name__} has no setting {name!r}.{nearest(name, known)}")
    return function(*arguments, **options)
