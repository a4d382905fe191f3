"""From what a user typed to an experiment with its data: a set's name, a table, a TOML file, or a run's folder."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

from layerwise import data as datasets
from layerwise.data import Dataset
from layerwise.errors import DataError, FileError, LayerwiseError, SettingError, ShapeError, nearest
from layerwise.network import Network
from layerwise.runs import folder as folders
from layerwise.runs import origin as origins
from layerwise.runs.folder import RunFolder
from layerwise.training.changes import Changes
from layerwise.training.experiment import Experiment, Setup, Table
from layerwise.training.suited import suited

_MOMENTS = 1000
"""Of a schedule, looked at for a rate above 0."""


@dataclass(frozen=True)
class Start:
    """All that a run begins with. notes: what the user should know before it does."""

    setup: Setup
    data: Dataset
    origin: Table
    notes: tuple[str, ...] = ()

    @property
    def experiment(self) -> Experiment:
        """The complete table of the run."""
        return self.setup.experiment

    @property
    def net(self) -> Network:
        """The network to train."""
        return self.setup.net

    @property
    def name(self) -> str:
        """What the run's folder is called after: the name of the data."""
        return self.data.name


def start(what: str, target: str | None, changes: Changes) -> Start:
    """Prepare a run. what: the name of a dataset, a file with a table, a TOML file, or the folder of a run to repeat.

    Errors: all that can be wrong with the data or the settings is raised here, before anything is written.
    """
    known = [card.name for card in datasets.names()]
    path = Path(what)
    if what in known:
        _refuse_target(target, "a set with a name has its target")
        _refuse_reading(changes)
        return _first(changes.to_source({"name": what}), changes)
    if path.suffix.lower() == ".toml":
        _refuse_target(target, "an experiment states it")
        return _again(Experiment.read(path), changes, origins.read(RunFolder(path.parent)), path.parent)
    if path.is_dir() and not path.suffix:
        folder = folders.found(path)
        _refuse_target(target, "a run states it")
        return _again(Experiment.read(folder.experiment), changes, origins.read(folder), Path())
    if not (path.exists() or path.suffix.lower() in datasets.TABLES or "://" in what or what == "-"):
        raise _unknown(path, what, known)
    if target is None:
        raise _no_target(what, changes)
    source = {"path": what if "://" in what or what == "-" else str(_absolute(path)), "target": target}
    return _first(changes.to_source(source), changes)


def resumed(folder: RunFolder) -> Start:
    """Prepare to go on with a run. A data file that has changed since is refused: the bits would be others."""
    ready = _again(Experiment.read(folder.experiment), Changes(), {}, Path())
    changed = origins.change(origins.read(folder), ready.origin)
    if changed:
        raise DataError(
            f"{changed} since {folder.path} began, and a run can only go on with the same data: begin a new one with "
            f"layerwise train {folder.path}"
        )
    return ready


def _first(source: Table, changes: Changes) -> Start:
    """A first experiment, suited to the data, with the user's choices."""
    seed = changes.first_seed()
    data = datasets.from_table(source, seed)
    experiment = changes.to_experiment(suited(data, source, seed))
    return _ready(experiment, data)


def _again(experiment: Experiment, changes: Changes, origin: Table, base: Path) -> Start:
    """An experiment from a file; relative paths in it begin at its folder, `base`."""
    table = changes.to_experiment(experiment).to_table()
    if isinstance(table["data"].get("path"), str):
        table["data"]["path"] = str(_absolute(base / table["data"]["path"]))
    experiment = Experiment.from_table(table)
    ready = _ready(experiment, experiment.load_data())
    changed = origins.change(origin, ready.origin)
    notes = (f"{changed} since the run that is repeated: the figures will differ",) if changed else ()
    return replace(ready, notes=(*notes, *ready.notes))


def _ready(experiment: Experiment, data: Dataset) -> Start:
    """Build every part, so that what does not fit is told before there is a folder."""
    setup = experiment.build()
    _require_rate(setup)
    output = setup.net(data.train.x[:1])
    wanted = len(data.classes) or 1
    if output.shape != (1, wanted):
        what = f"{wanted} classes" if data.classes else "one quantity"
        raise ShapeError(
            f"{data.name} has {what}, and the network answers with shape (N, {', '.join(map(str, output.shape[1:]))})",
            f"end it with a Linear layer of {wanted} outputs",
        )
    return Start(setup, data, origins.origin_of(experiment.data, data), data.notes)


def _require_rate(setup: Setup) -> None:
    """Refuse a run that can not learn, whatever its length. A schedule may begin at 0, or have a rate of its own."""
    rate, schedule = setup.optimizer.lr, setup.schedule
    moments = range(min(setup.experiment.epochs, _MOMENTS))
    if not rate and (schedule is None or not any(schedule(rate, t) for t in moments)):
        raise SettingError("the learning rate is 0, so nothing would be learnt: choose one above 0, such as --lr 0.001")


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))


def _refuse_target(target: str | None, reason: str) -> None:
    if target is not None:
        raise SettingError(f"--target is for a table in a file; {reason}: leave it out")


def _refuse_reading(changes: Changes) -> None:
    """A set with a name is read as it is."""
    if changes.reading:
        option = f"--{next(iter(changes.reading)).replace('read_as', 'as')}"
        raise SettingError(f"{option} is for the columns of a table; a set with a name is taken as it is: leave it out")


def _no_target(what: str, changes: Changes) -> LayerwiseError:
    """Which columns the file has, since one of them must be named."""
    options = {name: value for name, value in changes.to_source({}).items() if name in ("delimiter", "encoding")}
    columns = [f"{name!r}" for name in datasets.read_frame(what, **options).names]
    listed = ", ".join(columns[:12]) + (f" and {len(columns) - 12} more" if len(columns) > 12 else "")
    return SettingError(f"{what} needs --target COLUMN, the column to predict; its columns are {listed}")


def _unknown(path: Path, what: str, known: list[str]) -> LayerwiseError:
    if path.suffix or path.parent != Path():
        return FileError(f"there is no file or folder {path}")
    return SettingError(f"there is no dataset {what!r}, nor a file or folder of that name.{nearest(what, known)}")
