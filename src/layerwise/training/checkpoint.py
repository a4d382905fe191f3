"""Checkpoints: everything that a run depends on, in one file that is whole or absent.

A checkpoint is also a file of the network: `lw.load(path)` reads its weights. Timings and dates are left out, so equal
runs write equal bytes.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from copy import copy, deepcopy
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from layerwise import storage
from layerwise.checks import whole_number
from layerwise.errors import FileError, LayerwiseError, SettingError
from layerwise.network import Network, Snapshot
from layerwise.optimizers import Optimizer
from layerwise.training.events import Listener
from layerwise.training.history import History
from layerwise.training.samples import Samples, Shuffled, fingerprint
from layerwise.training.stream import Stream
from layerwise.types import Array

_PREFIX = "training/"
_LATEST = "latest"
_DATA = ("training data", "sample weights", "validation data")


@dataclass
class Position:
    """Where a run stands, between two steps."""

    epoch: int = 0
    """Whole epochs done."""
    samples: int = 0
    """Samples seen in the epoch that has begun."""
    step: int = 0
    """Updates made."""
    loss_total: float = 0.0
    """Sum over the batches of this epoch of their loss times their total weight."""
    weight: float = 0.0
    """Sum over the batches of this epoch of their total weight; without weights, the number of samples."""
    first_loss: float = 0.0
    """The loss of the very first batch, the measure of divergence."""
    stopped: str = ""
    """Why a listener ended the run; empty if none has."""


def data_of(source: Shuffled | Stream, validation: Samples | None) -> dict[str, str]:
    """The data of a run as it stands among the settings."""
    held_out = fingerprint() if validation is None else fingerprint(validation.x, validation.target)
    return {**source.fingerprints(), "validation data": held_out}


def save(
    path: str | os.PathLike[str],
    net: Network,
    optimizer: Optimizer,
    position: Position,
    history: History,
    listeners: Sequence[Listener],
    settings: Mapping[str, Any],
    latest: Snapshot | None = None,
) -> None:
    """Write the state of a run between two steps.

    settings: what a resumed run must agree on. latest: the snapshot that it goes on from, where the network holds
    another one (the best, at the end of early stopping).
    """
    arrays: dict[str, Array] = dict(net.state_dict())
    if latest is not None:
        _split(latest.arrays(), _LATEST, arrays)
    training: dict[str, Any] = {
        "position": asdict(position),
        "records": list(history),  # in their order, which the table of arrays does not keep
        "settings": dict(settings),
        "environment": history.environment,
        "passes": net.passes,
    }
    _split({name: np.array(values) for name, values in history.items()}, "history", arrays)
    training["optimizer"] = _split(optimizer.state_dict(), "optimizer", arrays)
    states = {name: listener.state() for name, listener in _named(listeners)}
    training["listeners"] = {name: _split(state, name, arrays) for name, state in states.items() if state}
    storage.write(path, arrays, {"kind": "checkpoint", "network": net.spec(), "training": training})


@dataclass
class Checkpoint:
    """A checkpoint that was read, and found to be one."""

    path: str
    arrays: dict[str, Array]
    network: dict[str, Any]
    training: dict[str, Any]

    @property
    def threads(self) -> int:
        """The threads that the run was made with."""
        try:
            return whole_number("threads", self.training["environment"]["threads"])
        except (KeyError, TypeError):
            raise FileError(
                f"{self.path} is no whole checkpoint: it does not say how many threads its run had"
            ) from None

    @property
    def compiled(self) -> bool:
        """Whether compiled twins were in use; a file that does not say so is older than they are."""
        return bool(self.training["environment"].get("compiled", False))

    def restore(
        self,
        net: Network,
        optimizer: Optimizer,
        listeners: Sequence[Listener],
        settings: Mapping[str, Any],
        epochs: int,
    ) -> tuple[Position, History]:
        """Put net, optimizer and listeners into the state of the file, and return where the run stands.

        Raises SettingError for another network, other settings or other data than the run's, and FileError for a file
        whose parts do not fit together. Net, optimizer and listeners are then as they were: all is put into copies
        first, and into them only if that went well.
        """
        try:
            self._refuse_other(net, settings)
            self._restore(deepcopy(net), deepcopy(optimizer), [copy(listener) for listener in listeners], epochs)
        except LayerwiseError:
            raise
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise FileError(f"{self.path} is no whole checkpoint of a run ({error!r}): use an older one") from None
        return self._restore(net, optimizer, listeners, epochs)

    def _restore(
        self, net: Network, optimizer: Optimizer, listeners: Sequence[Listener], epochs: int
    ) -> tuple[Position, History]:
        import msgspec

        position = msgspec.convert(self.training["position"], Position)
        net.load_state_dict({name: a for name, a in self.arrays.items() if not name.startswith(_PREFIX)})
        net.passes = int(self.training["passes"])
        optimizer.load_state_dict(self._join(self.training["optimizer"], "optimizer"))
        if any(array.shape != net.theta.shape for array in optimizer.state.values()):
            raise FileError(f"{self.path} holds the optimizer of another network")
        states = self.training["listeners"]
        for name, listener in _named(listeners):
            if name in states:
                listener.load_state(self._join(states[name], name))
        latest = self._join({}, _LATEST)
        if position.epoch < epochs and not position.stopped and latest:
            net.restore(Snapshot.of(latest))
        values = self._join({}, "history")
        return position, History({name: values[name].tolist() for name in self.training["records"]})

    def _refuse_other(self, net: Network, settings: Mapping[str, Any]) -> None:
        if net.spec() != self.network:
            raise SettingError(f"{self.path} belongs to another network: rebuild it with lw.load({self.path!r})")
        then = self.training["settings"]
        for name, value in settings.items():
            if then[name] == value:
                continue
            if name in _DATA:
                raise SettingError(f"{self.path} was made with other {name}: resume with the same, or start anew")
            raise SettingError(
                f"{self.path} was made with {name} = {then[name]!r}, this run has {value!r}: a resumed run "
                "goes on with the same settings, or starts anew without resume="
            )

    def _join(self, plain: Mapping[str, Any], owner: str) -> dict[str, Any]:
        start = f"{_PREFIX}{owner}/"
        found = {name.removeprefix(start): a for name, a in self.arrays.items() if name.startswith(start)}
        return {**plain, **found}


def read(path: str | os.PathLike[str]) -> Checkpoint:
    """Read a checkpoint. Raises FileError for a file that is missing, damaged, or not a checkpoint of a run."""
    stored = storage.read(path)
    header = stored.header
    if not stored.checked or header.get("kind") != "checkpoint":
        raise FileError(f"{path} is no checkpoint of a training run, so there is nothing to resume")
    network, training = header.get("network"), header.get("training")
    if not isinstance(network, dict) or not isinstance(training, dict):
        raise FileError(f"{path} is no whole checkpoint of a run: use an older one")
    return Checkpoint(os.fspath(path), stored.arrays, network, training)


def settings_of(
    optimizer: Optimizer,
    loss: Any,
    schedule: Any,
    regularizer: Any,
    clip_norm: float | None,
    clip_value: float | None,
    batch_size: int,
    seed: int,
) -> dict[str, Any]:
    """What must be equal for a resumed run to be the same run, as plain values."""
    return {
        "optimizer": repr(optimizer),
        "loss": repr(loss),
        "schedule": repr(schedule),
        "regularizer": repr(regularizer),
        "clip_norm": clip_norm,
        "clip_value": clip_value,
        "batch_size": batch_size,
        "seed": seed,
    }


def _split(state: Mapping[str, Any], owner: str, arrays: dict[str, Array]) -> dict[str, Any]:
    """Move the arrays of a state among the arrays of the file; return what is left."""
    plain: dict[str, Any] = {}
    for name, value in state.items():
        if isinstance(value, np.ndarray):
            arrays[f"{_PREFIX}{owner}/{name}"] = value
        else:
            plain[name] = value
    return plain


def _named(listeners: Sequence[Listener]) -> list[tuple[str, Listener]]:
    """Each listener by its class and its place among those of the class: other listeners may come and go."""
    seen: Counter[str] = Counter()
    named = []
    for listener in listeners:
        kind = type(listener).__name__
        named.append((f"{kind} {seen[kind]}", listener))
        seen[kind] += 1
    return named
