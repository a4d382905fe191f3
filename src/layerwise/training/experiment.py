"""An experiment is one table: data, network, loss, optimizer, schedule, regularisation, length, seed.

The same table is the TOML file in a run's folder, the options of the command line and the header of a checkpoint.
Names in it come from registries; nothing in it is imported or evaluated. Running the same table again gives the same
numbers.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from layerwise import data as datasets
from layerwise import files
from layerwise.checks import positive, whole_number
from layerwise.data import Dataset
from layerwise.errors import FileError, KindError, LayerwiseError, SettingError, nearest
from layerwise.losses import LOSSES, Loss
from layerwise.network import Network
from layerwise.optimizers import OPTIMIZERS, Optimizer
from layerwise.regularizers import REGULARIZERS, Regularizer
from layerwise.schedules import SCHEDULES, Schedule
from layerwise.training.events import LISTENERS, Listener
from layerwise.training.history import History
from layerwise.training.run import Run

Table = dict[str, Any]

_KINDS = {
    "int": "a whole number",
    "float": "a number",
    "str": "a text",
    "bool": "true or false",
    "object": "a table",
    "array": "a list",
}
"""What msgspec calls a kind of value, and what people call it."""


class Experiment(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Everything that decides the outcome of a run.

    data: {"name": "digits"} or {"path": "my.csv", "target": "price"}, as for `lw.data.from_table`.
    layers: rows of layers, as in `Network.spec()`.
    loss, optimizer, schedule, regularizer: {"name": ..., settings}; the last two may be absent.
    listeners: a list of such tables, or absent.
    ties: parameters with two names, as for `Network`, or absent.
    threads: for matrix products, 1 unless given; another number gives other last bits.
    The others are arguments of `lw.fit` and `lw.Network`, with their defaults.
    `from_table` and `read` raise SettingError for an entry that is unknown, missing or of a wrong type; what stands in
    the tables is checked when it is built. The entry `early_stopping` of older tables is read as a listener.

    >>> experiment = Experiment.from_table({
    ...     "data": {"name": "moons"},
    ...     "layers": [{"name": "Linear", "in_features": 2, "out_features": 2}],
    ...     "loss": {"name": "CrossEntropyLoss"},
    ...     "optimizer": {"name": "Adam", "lr": 0.05},
    ...     "listeners": [{"name": "EarlyStopping", "patience": 10}],
    ...     "epochs": 30,
    ... })
    >>> setup = experiment.build()
    >>> history = setup.train(experiment.load_data())
    >>> history["val_accuracy"][-1] > 0.7      # a straight line, on two moons
    True
    >>> Experiment.from_toml(experiment.to_toml()) == experiment
    True
    """

    data: Table
    layers: list[Table]
    loss: Table
    optimizer: Table
    schedule: Table | None = None
    regularizer: Table | None = None
    ties: dict[str, str] | None = None
    listeners: list[Table] | None = None
    clip_norm: float | None = None
    clip_value: float | None = None
    epochs: int = 20
    batch_size: int = 64
    seed: int = 0
    dtype: str = "float32"
    threads: int = 1
    evaluate_train: bool = False

    def load_data(self) -> Dataset:
        """Load and prepare the data, split by the seed of the experiment unless the data states its own."""
        return datasets.from_table(self.data, self.seed)

    def network(self) -> Network:
        """A network with fresh weights from the seed."""
        return Network.from_spec(
            {"layers": self.layers, "seed": self.seed, "dtype": self.dtype, "ties": self.ties or {}}
        )

    def build(self, net: Network | None = None) -> Setup:
        """Build and check all that a run needs beside its data, each thing once.

        net: the network to train; a fresh one unless given.
        Raises SettingError and KindError for what the tables can not mean.
        """
        for name in ("epochs", "batch_size", "threads"):
            whole_number(name, getattr(self, name))
        for name in ("clip_norm", "clip_value"):
            if getattr(self, name) is not None:
                positive(name, getattr(self, name))
        return Setup(
            experiment=self,
            loss=LOSSES.build(self.loss),
            optimizer=OPTIMIZERS.build(self.optimizer),
            schedule=None if self.schedule is None else SCHEDULES.build(self.schedule),
            regularizer=None if self.regularizer is None else REGULARIZERS.build(self.regularizer),
            listeners=tuple(map(LISTENERS.build, self.listeners or ())),
            net=self.network() if net is None else net,
        )

    def train(self, net: Network, data: Dataset, **watching: Any) -> History:
        """Train `net` with everything else built anew: `build(net).train(data, ...)`."""
        return self.build(net).train(data, **watching)

    def to_table(self) -> Table:
        """The experiment as plain tables, without what is absent (None).

        Raises KindError for what has no place in a table, such as an array or a function.
        """
        return _without_none(msgspec.to_builtins(self, enc_hook=_plain))

    @classmethod
    def from_table(cls, table: Table) -> Experiment:
        """The experiment that a table describes; an unknown or missing entry is named."""
        if not isinstance(table, Mapping):
            raise SettingError(
                f"an experiment is a table with the entries data, layers, loss, optimizer; got {table!r}"
            )
        table = _with_listeners(table)
        for name in table:
            if name not in cls.__struct_fields__:
                raise SettingError(f"an experiment has no entry {name!r}.{nearest(name, cls.__struct_fields__)}")
        try:
            return msgspec.convert(table, cls)
        except msgspec.ValidationError as error:
            raise SettingError(_in_words(str(error), table)) from None

    def to_toml(self) -> str:
        """The experiment as the text of a TOML file."""
        import tomli_w

        return tomli_w.dumps(self.to_table())

    @classmethod
    def from_toml(cls, text: str) -> Experiment:
        """The experiment in the text of a TOML file."""
        import tomllib

        try:
            table = tomllib.loads(text)
        except ValueError as error:  # also a number of more digits than Python reads
            raise FileError(f"this is not a TOML file: {error}") from None
        except RecursionError:
            raise FileError("this is no experiment: its tables and lists stand too deep in one another") from None
        return cls.from_table(table)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the TOML file, whole or not at all."""
        files.replace(path, [self.to_toml().encode()])

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> Experiment:
        """Read a TOML file."""
        try:
            text = Path(path).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise FileError(f"could not read {path}: {getattr(error, 'strerror', None) or error}") from None
        try:
            return cls.from_toml(text)
        except LayerwiseError as error:
            raise type(error)(f"{path}: {error}") from None


@dataclass(frozen=True)
class Setup:
    """What an experiment's run needs beside its data, built. Optimizers and listeners remember: train with it once."""

    experiment: Experiment
    net: Network
    loss: Loss
    optimizer: Optimizer
    schedule: Schedule | None
    regularizer: Regularizer | None
    listeners: tuple[Listener, ...]

    def train(self, data: Dataset, **watching: Any) -> History:
        """Train on the training part, choosing by the validation part, unless that is empty.

        The test part is not touched.
        watching: `checkpoint`, `resume` and `progress` of `lw.fit`, and `listeners` beside those of the table.
        """
        run = self.run(data, **watching)
        run.advance()
        return run.history

    def run(self, data: Dataset, **watching: Any) -> Run:
        """The run that `train` exhausts, to be advanced step by step. data, watching: as there."""
        table = self.experiment
        return Run(
            self.net,
            data.train,
            validation=data.validation if len(data.validation.x) else None,
            loss=self.loss,
            optimizer=self.optimizer,
            schedule=self.schedule,
            regularizer=self.regularizer,
            clip_norm=table.clip_norm,
            clip_value=table.clip_value,
            epochs=table.epochs,
            batch_size=table.batch_size,
            seed=table.seed,
            threads=table.threads,
            evaluate_train=table.evaluate_train,
            listeners=[*self.listeners, *watching.pop("listeners", ())],
            **watching,
        )


def _with_listeners(table: Mapping[str, Any]) -> Table:
    """The table with `early_stopping`, as older ones have it, as the first of its listeners."""
    rest = {name: value for name, value in table.items() if name != "early_stopping"}
    settings = table.get("early_stopping")
    if settings is None:
        return rest
    if not isinstance(settings, Mapping):
        raise SettingError(f"early_stopping must be a table, such as {{patience = 5}}; got {settings!r}")
    others = table.get("listeners") or []
    if not isinstance(others, list):
        return rest  # which is refused with all that is of a wrong kind
    return rest | {"listeners": [{**settings, "name": "EarlyStopping"}, *others]}


def _in_words(problem: str, table: Table) -> str:
    """What is wrong with a table, from msgspec's words for it.

    >>> _in_words("Expected `int`, got `str` - at `$.epochs`", {"epochs": "abc"})
    "epochs must be a whole number; got 'abc'"
    >>> _in_words("Object missing required field `loss`", {})
    "the experiment is not complete: it lacks its entry 'loss'"
    """
    if missing := re.search(r"missing required field `(\w+)`", problem):
        return f"the experiment is not complete: it lacks its entry {missing[1]!r}"
    found = re.fullmatch(r"Expected `([^`]+)`.* - at `\$\.(\w+)(?:\[(\d+|\.\.\.)\])?`", problem)
    if not found:
        return f"the experiment is not right: {problem}"
    kind = " or ".join(_KINDS.get(name, name) for name in found[1].split(" | ") if name != "null")
    value = table[found[2]]
    if found[3] and found[3].isdecimal():
        return f"{found[2]} {found[3]} must be {kind}; got {value[int(found[3])]!r}"
    return f"{found[2]} must be {f'a table of {kind}' if found[3] else kind}; got {value!r}"


def _without_none(value: Any) -> Any:
    """The value with lists for tuples; and as TOML knows no None, what is None is left out, at every depth."""
    if isinstance(value, dict):
        return {name: _without_none(each) for name, each in value.items() if each is not None}
    return [_without_none(each) for each in value] if isinstance(value, list | tuple) else value


def _plain(value: Any) -> Any:
    """NumPy's numbers as Python's; msgspec asks for what it does not know."""
    if isinstance(value, np.number | np.bool_):
        return value.item()
    raise KindError(f"a table of an experiment holds numbers, text, lists and tables; got {value!r}")
