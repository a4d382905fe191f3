"""What a user wants otherwise in an experiment: a few choices by name, and any entry of the table by its path."""

from __future__ import annotations

import copy
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from layerwise.errors import SettingError, nearest
from layerwise.optimizers import OPTIMIZERS
from layerwise.training.experiment import Experiment

Table = dict[str, Any]

_BARE_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_ .-]*")
_NESTED = ("loss", "optimizer", "schedule", "regularizer", "early_stopping", "data")
_ENTRIES = (*Experiment.__struct_fields__, "early_stopping")
"""What a path begins with; `early_stopping` stands for the listener of that name, wherever it is in its list."""


@dataclass(frozen=True)
class Changes:
    """Choices that were made; None and () leave things as they are.

    read_as: texts `column=kind`. task, decimal, encoding, drop: of a table, as for `layerwise.data.read_table`.
    hidden: the widths of the hidden layers. optimizer: a name in any case. entries: texts `path=value`, the value in
    the syntax of TOML, such as "optimizer.lr=0.01" or "layers.0.out_features=32"; `none` takes an entry away.
    """

    epochs: int | None = None
    lr: float | None = None
    batch_size: int | None = None
    seed: int | None = None
    hidden: tuple[int, ...] | None = None
    optimizer: str | None = None
    threads: int | None = None
    drop: tuple[str, ...] = ()
    read_as: tuple[str, ...] = ()
    task: str | None = None
    decimal: str | None = None
    encoding: str | None = None
    entries: tuple[str, ...] = ()

    def first_seed(self) -> int:
        """The seed to load the data with, before there is a table."""
        table: Table = {"seed": 0 if self.seed is None else self.seed}
        for keys, value in self._parsed():
            if keys == ["seed"]:
                _assign(table, keys, value)
        return table["seed"]

    @property
    def reading(self) -> Table:
        """The choices about how a table is read, as options of `layerwise.data.read_table`."""
        kinds = dict(_kind(entry) for entry in self.read_as)
        chosen = {"drop": list(self.drop), "read_as": kinds, "task": self.task, "decimal": self.decimal}
        return {name: value for name, value in (chosen | {"encoding": self.encoding}).items() if value}

    def to_source(self, source: Table) -> Table:
        """The data table with the choices about data."""
        table: Table = {"data": copy.deepcopy(source)}
        table["data"] |= self.reading
        for keys, value in self._parsed():
            if keys[0] == "data":
                _assign(table, keys, value)
        return table.get("data", {})

    def to_experiment(self, experiment: Experiment) -> Experiment:
        """The experiment with all the choices. A schedule as long as the run stays as long as the run."""
        table = copy.deepcopy(experiment.to_table())
        if any(keys[0] == "early_stopping" for keys, _ in self._parsed()):
            table = _with_early_stopping(table)
        whole_run = "schedule" in table and table["schedule"].get("T_max") == table["epochs"]
        for name in ("epochs", "batch_size", "seed", "threads"):
            if getattr(self, name) is not None:
                table[name] = getattr(self, name)
        if self.hidden is not None:
            table["layers"] = with_hidden(table["layers"], self.hidden)
        if self.optimizer is not None:
            table["optimizer"] = {"name": _optimizer(self.optimizer)}
        if self.lr is not None:
            table["optimizer"]["lr"] = self.lr
        table["data"] = self.to_source(table["data"])
        parsed = self._parsed()
        for keys, value in parsed:
            if keys[0] != "data":
                _assign(table, keys, value)
        if (
            whole_run
            and "schedule" in table
            and table["epochs"] != experiment.epochs
            and not any(keys[0] == "schedule" for keys, _ in parsed)
        ):
            table["schedule"]["T_max"] = Experiment.from_table(table).epochs
        return Experiment.from_table(table)

    def _parsed(self) -> list[tuple[list[str], Any]]:
        return [_parse(entry) for entry in self.entries]


def _with_early_stopping(table: Table) -> Table:
    """The table with its first EarlyStopping apart from the listeners, as the entry `early_stopping`."""
    listeners = table.get("listeners", [])
    found = next((each for each in listeners if each.get("name") == "EarlyStopping"), None)
    if found is None:
        return table
    rest = [each for each in listeners if each is not found]
    settings = {name: value for name, value in found.items() if name != "name"}
    return table | {"listeners": rest or None, "early_stopping": settings}


def with_hidden(layers: Sequence[Table], widths: Sequence[int]) -> list[Table]:
    """A plain row of layers with other hidden widths; activation and dropout after each stay as they are, norms follow.

    A row within one Residual is one, too, beside its shortcut.

    >>> rows = [{"name": "Linear", "in_features": 4, "out_features": 8}, {"name": "Tanh"},
    ...         {"name": "Linear", "in_features": 8, "out_features": 3}]
    >>> [row.get("out_features") for row in with_hidden(rows, [16, 5])]
    [16, None, 5, None, 3]
    >>> with_hidden([{"name": "Residual", "layers": rows, "shortcut": rows[0]}], [16])[0]["layers"][0]["out_features"]
    16
    """
    if len(layers) == 1 and layers[0].get("name") == "Residual" and layers[0].get("shortcut"):
        return [{**layers[0], "layers": with_hidden(layers[0]["layers"], widths)}]
    places = [place for place, row in enumerate(layers) if row.get("name") == "Linear"]
    nested = any("layers" in row or row.get("name") == "Same" for row in layers)
    if len(places) < 2 or places[-1] != len(layers) - 1 or nested:
        raise SettingError("--hidden needs a plain row of Linear layers: change the layers in the TOML file instead")
    first, second = places[:2]
    block, features = layers[first:second], layers[first]["in_features"]
    rows = [dict(row) for row in layers[:first]]
    for width in widths:
        linear, *rest = (dict(row) for row in block)
        rows += [{**linear, "in_features": features, "out_features": width}, *(_as_wide(row, width) for row in rest)]
        features = width
    return [*rows, {**layers[-1], "in_features": features}]


def _as_wide(row: Table, width: int) -> Table:
    """A layer behind a hidden one of this width: a normalisation has as many features."""
    return row | {name: width for name in ("num_features", "normalized_shape") if name in row}


def _optimizer(name: str) -> str:
    """The registered name, whatever its case."""
    return next((known for known in OPTIMIZERS if known.lower() == name.lower()), name)


def _kind(entry: str) -> tuple[str, str]:
    """The column and what it is, of `zip=category`."""
    name, sign, kind = entry.rpartition("=")
    if not sign or not name or not kind:
        raise SettingError(f"--as wants a column and what it is, such as --as zip=category; got {entry!r}")
    return name, kind


def _parse(entry: str) -> tuple[list[str], Any]:
    """The path and the value of `path=value`."""
    path, sign, text = entry.partition("=")
    keys = path.strip().split(".")
    if not sign or not all(keys):
        raise SettingError(f"--set wants an entry and a value, such as --set optimizer.lr=0.01; got {entry!r}")
    if keys[0] not in _ENTRIES:
        hint = nearest(keys[0], _ENTRIES)
        raise SettingError(f"--set {path.strip()}: an experiment has no entry {keys[0]!r}.{hint}")
    return keys, _value(path.strip(), text.strip())


def _value(path: str, text: str) -> Any:
    """A value of TOML; a bare word is a text, since a shell takes the quotes away; `none` is nothing."""
    if text == "none":
        return None
    try:
        table = tomllib.loads(f"value = {text}")
        if list(table) == ["value"]:
            return table["value"]
    except (ValueError, RecursionError):  # also a number of too many digits, and lists too deep in one another
        if _BARE_WORD.fullmatch(text):
            return text
    raise SettingError(f"--set {path}: {text!r} is no value of TOML, such as 0.01, true, [1, 2] or a name")


def _assign(table: Table, keys: list[str], value: Any) -> None:
    """Set, add or (for None) take away an entry of nested tables and lists."""
    place: Any = table
    for depth, key in enumerate(keys[:-1]):
        if isinstance(place, dict) and key not in place and depth == 0 and key in _NESTED:
            place[key] = {}
        place = _inside(place, key, keys[: depth + 1])
    last, path = keys[-1], ".".join(keys)
    if isinstance(place, list):
        _inside(place, last, keys)
        if value is None:
            del place[int(last)]
        else:
            place[int(last)] = value
    elif not isinstance(place, dict):
        raise SettingError(f"--set {path}: {'.'.join(keys[:-1])} is {place!r}, which has no entries")
    elif value is None:
        place.pop(last, None)
    else:
        place[last] = value


def _inside(place: Any, key: str, keys: list[str]) -> Any:
    path = ".".join(keys)
    if isinstance(place, list):
        if not key.isdecimal() or int(key) >= len(place):
            raise SettingError(f"--set {path}: there are {len(place)}, numbered 0 to {len(place) - 1}; got {key!r}")
        return place[int(key)]
    if not isinstance(place, dict):
        raise SettingError(f"--set {path}: {'.'.join(keys[:-1])} is {place!r}, which has no entries")
    if key not in place:
        raise SettingError(f"--set {path}: there is no {key!r} here.{nearest(key, place)}")
    return place[key]
