"""Checkpoints: the state of a run in one file that is whole or absent.

A checkpoint is also a file of the network: `lw.load(path)` reads its weights. Timings and dates are left out, so equal
runs write equal bytes.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

import numpy as np

from layerwise import storage
from layerwise.checks import require_kind, whole_number
from layerwise.errors import FileError, LayerwiseError, SettingError
from layerwise.network import Snapshot
from layerwise.regularizers import REGULARIZERS, Regularizer
from layerwise.schedules import SCHEDULES, Schedule
from layerwise.specs import Registry
from layerwise.training.events import Changed
from layerwise.training.history import History
from layerwise.training.state import Position, RunState
from layerwise.types import Array

_PREFIX = "training/"
_LATEST = "latest"


def write(path: str | os.PathLike[str], state: RunState) -> None:
    """Write the state of a run; `read` gives it back. Raises FileError where nothing can be written."""
    require_kind("state", state, RunState, "run.state()")
    if "unregistered" in state.network:
        raise SettingError(state.network["unregistered"])
    arrays: dict[str, Array] = dict(state.weights)
    if state.latest is not None:
        _split(state.latest.arrays(), _LATEST, arrays)
    history = state.history
    training: dict[str, Any] = {
        "position": asdict(state.position),
        "records": list(history),  # in their order, which the table of arrays does not keep
        "settings": dict(state.settings),
        "environment": history.environment,
        "passes": state.passes,
    }
    if state.changes:
        training["changes"] = [_plain(change) for change in state.changes]
    _split({name: np.array(values) for name, values in history.items()}, "history", arrays)
    training["optimizer"] = _split(state.optimizer, "optimizer", arrays)
    training["listeners"] = {name: _split(each, name, arrays) for name, each in state.listeners.items() if each}
    storage.write(path, arrays, {"kind": "checkpoint", "network": dict(state.network), "training": training})


def read(path: str | os.PathLike[str]) -> RunState:
    """Read a checkpoint, of this version or an older one.

    Raises FileError for a file that is missing, damaged, or not a checkpoint of a run.
    """
    stored = storage.read(path)
    header = stored.header
    if not stored.checked or header.get("kind") != "checkpoint":
        raise FileError(f"{path} is no checkpoint of a training run, so there is nothing to resume")
    network, training = header.get("network"), header.get("training")
    if not isinstance(network, dict) or not isinstance(training, dict):
        raise FileError(f"{path} is no whole checkpoint of a run: use an older one")
    try:
        return _state(network, training, stored.arrays, os.fspath(path))
    except LayerwiseError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise FileError(f"{path} is no whole checkpoint of a run ({error!r}): use an older one") from None


def threads_of(state: RunState) -> int:
    """The threads that the run was made with."""
    try:
        return whole_number("threads", state.history.environment["threads"])
    except (KeyError, TypeError):
        raise FileError(f"{state.name} is no whole checkpoint: it does not say how many threads its run had") from None


def _state(network: dict[str, Any], training: dict[str, Any], arrays: dict[str, Array], path: str) -> RunState:
    import msgspec

    latest = _join({}, _LATEST, arrays)
    values = _join({}, "history", arrays)
    history = History({name: values[name].tolist() for name in training["records"]})
    history.environment = dict(training["environment"])
    return RunState(
        network=network,
        weights={name: array for name, array in arrays.items() if not name.startswith(_PREFIX)},
        latest=Snapshot.of(latest) if latest else None,
        passes=int(training["passes"]),
        optimizer=_join(training["optimizer"], "optimizer", arrays),
        position=msgspec.convert(training["position"], Position),
        history=history,
        listeners={name: _join(plain, name, arrays) for name, plain in training["listeners"].items()},
        changes=tuple(_change(each) for each in training.get("changes", ())),
        settings=dict(training["settings"]),
        origin=path,
    )


def _plain(change: Changed) -> dict[str, Any]:
    """A change as a table: a penalty or a schedule by its name and settings."""

    def plain(value: Any) -> Any:
        if isinstance(value, Regularizer):
            return REGULARIZERS.spec(value)
        if isinstance(value, Schedule):
            return SCHEDULES.spec(value)
        return list(value) if isinstance(value, tuple) else value

    return asdict(replace(change, before=plain(change.before), after=plain(change.after)))


def _change(table: Mapping[str, Any]) -> Changed:
    """The change that a table describes."""
    kinds: dict[str, Registry[Any]] = {"regularizer": REGULARIZERS, "schedule": SCHEDULES}

    def built(value: Any) -> Any:
        if isinstance(value, list):  # a file knows no tuples, such as Adam's betas
            return tuple(value)
        return kinds[table["setting"]].build(value) if isinstance(value, dict) else value

    return Changed(int(table["step"]), str(table["setting"]), built(table["before"]), built(table["after"]))


def _split(state: Mapping[str, Any], owner: str, arrays: dict[str, Array]) -> dict[str, Any]:
    """Move the arrays of a state among the arrays of the file; return what is left."""
    plain: dict[str, Any] = {}
    for name, value in state.items():
        if isinstance(value, np.ndarray):
            arrays[f"{_PREFIX}{owner}/{name}"] = value
        else:
            plain[name] = value
    return plain


def _join(plain: Mapping[str, Any], owner: str, arrays: Mapping[str, Array]) -> dict[str, Any]:
    start = f"{_PREFIX}{owner}/"
    return {**plain, **{name.removeprefix(start): a for name, a in arrays.items() if name.startswith(start)}}
