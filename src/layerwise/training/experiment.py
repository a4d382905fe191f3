"""An experiment is one table: data, network, loss, optimizer, schedule, regularisation, length, seed.

The same table is the TOML file in a run's folder, the options of the command line and the header of a checkpoint.
Names in it come from registries; nothing in it is imported or evaluated. Running the same table again gives the same
numbers.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from layerwise import data as datasets
from layerwise import files
from layerwise.data import Dataset
from layerwise.errors import FileError, KindError, LayerwiseError, SettingError, nearest
from layerwise.losses import LOSSES
from layerwise.network import Network
from layerwise.optimizers import OPTIMIZERS
from layerwise.regularizers import REGULARIZERS
from layerwise.schedules import SCHEDULES
from layerwise.training.fit import fit
from layerwise.training.history import History
from layerwise.training.listeners import EarlyStopping

Table = dict[str, Any]


class Experiment(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Everything that decides the outcome of a run.

    data: {"name": "digits"} or {"path": "my.csv", "target": "price"}, with the options of `lw.data.load` or `read_csv`.
    layers: rows of layers, as in `Network.spec()`. ties: parameters with two names, as for `Network`, or absent.
    loss, optimizer, schedule, regularizer: {"name": ..., settings}.
    early_stopping: the settings of `EarlyStopping`, or absent. The others are arguments of `lw.fit` and `lw.Network`.
    threads: for matrix products; another number gives other last bits.
    `from_table` and `read` raise SettingError for an entry that is unknown, missing or of a wrong type; what stands in
    the tables is checked when it is used.

    >>> experiment = Experiment.from_table({
    ...     "data": {"name": "moons"},
    ...     "layers": [{"name": "Linear", "in_features": 2, "out_features": 2}],
    ...     "loss": {"name": "CrossEntropyLoss"},
    ...     "optimizer": {"name": "Adam", "lr": 0.05},
    ...     "epochs": 30,
    ... })
    >>> net = experiment.network()
    >>> history = experiment.train(net, experiment.load_data())
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
    early_stopping: Table | None = None
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
        options = {"seed": self.seed, **self.data}
        known = "a data table has a name, such as {name = 'digits'}, or a path and a target"
        if "path" in options:
            if "target" not in options:
                raise SettingError(f"{known}; got {self.data}")
            return _call(datasets.read_csv, options.pop("path"), options.pop("target"), **options)
        if "name" not in options:
            raise SettingError(f"{known}; got {self.data}")
        return _call(datasets.load, options.pop("name"), **options)

    def network(self) -> Network:
        """A network with fresh weights from the seed."""
        return Network.from_spec(
            {"layers": self.layers, "seed": self.seed, "dtype": self.dtype, "ties": self.ties or {}}
        )

    def train(self, net: Network, data: Dataset, **watching: Any) -> History:
        """Train `net` on the training part, choosing by the validation part, unless that is empty.

        The test part is not touched.
        watching: `listeners`, `checkpoint`, `resume` and `progress` of `lw.fit`.
        """
        listeners = list(watching.pop("listeners", ()))
        if self.early_stopping is not None:
            listeners.insert(0, _call(EarlyStopping, **self.early_stopping))
        return fit(
            net,
            data.train,
            validation=data.validation if len(data.validation.x) else None,
            loss=LOSSES.build(self.loss),
            optimizer=OPTIMIZERS.build(self.optimizer),
            schedule=None if self.schedule is None else SCHEDULES.build(self.schedule),
            regularizer=None if self.regularizer is None else REGULARIZERS.build(self.regularizer),
            clip_norm=self.clip_norm,
            clip_value=self.clip_value,
            epochs=self.epochs,
            batch_size=self.batch_size,
            seed=self.seed,
            threads=self.threads,
            evaluate_train=self.evaluate_train,
            listeners=listeners,
            **watching,
        )

    def to_table(self) -> Table:
        """The experiment as plain tables, without what is absent (None).

        Raises KindError for what has no place in a table, such as an array or a function.
        """
        return _without_none(msgspec.to_builtins(self, enc_hook=_plain))

    @classmethod
    def from_table(cls, table: Table) -> Experiment:
        """The experiment that a table describes; an unknown or missing entry is named."""
        for name in table:
            if name not in cls.__struct_fields__:
                raise SettingError(f"an experiment has no entry {name!r}.{nearest(name, cls.__struct_fields__)}")
        try:
            return msgspec.convert(table, cls)
        except msgspec.ValidationError as error:
            raise SettingError(f"the experiment is not complete or not right: {error}") from None

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
        except tomllib.TOMLDecodeError as error:
            raise FileError(f"this is not a TOML file: {error}") from None
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


def _call(function: Any, *arguments: Any, **options: Any) -> Any:
    """Call with options that come from a table: an unknown one is answered with its nearest neighbour."""
    import inspect

    known = list(inspect.signature(function).parameters)
    for name in options:
        if name not in known:
            raise SettingError(f"{function.__name__} has no setting {name!r}.{nearest(name, known)}")
    return function(*arguments, **options)
