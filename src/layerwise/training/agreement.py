"""What a run must agree on to go on from a state: settings, data and network."""

from __future__ import annotations

import warnings
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from layerwise.arrays import chunks
from layerwise.compiled import in_use
from layerwise.errors import SettingError
from layerwise.losses import Loss
from layerwise.training.samples import Samples, Shuffled
from layerwise.training.state import RunState
from layerwise.training.stream import Stream
from layerwise.training.update import Update
from layerwise.types import Array

_DATA = ("training data", "sample weights", "validation data")


def settings_of(update: Update, loss: Loss, batch_size: int, seed: int, evaluate_train: bool) -> dict[str, Any]:
    """What must be equal for a resumed run to be the same run, as plain values."""
    return {
        "optimizer": repr(update.optimizer),
        "loss": repr(loss),
        "schedule": repr(update.schedule),
        "regularizer": repr(update.regularizer),
        "clip_norm": update.clip_norm,
        "clip_value": update.clip_value,
        "batch_size": batch_size,
        "seed": seed,
        "evaluate_train": evaluate_train,
    }


def data_of(source: Shuffled | Stream, validation: Samples | None, raw: bool = False) -> dict[str, str]:
    """Sums by which other data is noticed. raw: as versions before 2 took them, of whatever type the arrays had."""
    held_out = fingerprint() if validation is None else _sum(validation, raw)
    if isinstance(source, Stream):  # what can be noticed is that the data came as batches, and not which
        return {"training data": "batches", "sample weights": "in the batches", "validation data": held_out}
    samples = source.samples
    return {
        "training data": _sum(samples, raw, weights=False),
        "sample weights": fingerprint() if samples.weight is None else fingerprint(samples.weight),
        "validation data": held_out,
    }


def _sum(samples: Samples, raw: bool, weights: bool = True) -> str:
    arrays = [samples.x, samples.target]
    if weights and samples.weight is not None:
        arrays.append(samples.weight)
    return fingerprint(*arrays, dtype=None if raw else samples.dtype)


def fingerprint(*arrays: Array, dtype: Any = None) -> str:
    """A short sum over shapes and numbers. dtype: what a run takes quantities as; labels are the same in any type.

    >>> labels = np.array([0, 1, 2])
    >>> fingerprint(labels, dtype="float32") == fingerprint(labels.astype(np.uint8), dtype="float32")
    True
    """
    total = 0
    for array in arrays:
        kind = _kind(array, dtype)
        total = zlib.crc32(f"{array.shape}{kind}".encode(), total)
        for _, part in chunks(array):
            total = zlib.crc32(np.ascontiguousarray(part, kind).data, total)
    return f"{total:08x}"


def _kind(array: Array, dtype: Any) -> np.dtype[Any]:
    """The type in which the numbers of an array are added up."""
    if dtype is None:
        return array.dtype
    wanted = np.dtype(dtype)
    if array.dtype.kind == "f" and wanted.kind == "f":
        return wanted
    return array.dtype if array.dtype.kind == "f" else np.dtype(np.int64)


def require_agreement(
    state: RunState,
    network: Mapping[str, Any],
    settings: Mapping[str, Any],
    source: Shuffled | Stream,
    validation: Samples | None,
) -> None:
    """Refuse a state of another network, or of a run with other settings or other data."""
    if network != state.network:
        advice = f"rebuild it with lw.load({state.origin!r})" if state.origin else "go back to a state of this run"
        raise SettingError(f"{state.name} belongs to another network: {advice}")
    then = state.settings
    for name, value in settings.items():
        if then[name] == value:
            continue
        if name in _DATA:
            if then[name] == data_of(source, validation, raw=True)[name]:
                continue
            advice = "resume with the same, or start anew" if state.origin else "go back to a state of this run"
            raise SettingError(f"{state.name} was made with other {name}: {advice}")
        advice = "a resumed run goes on with the same settings, or starts anew without resume="
        if not state.origin:
            advice = "a run goes back to states of its own, and of runs with the same settings"
        raise SettingError(f"{state.name} was made with {name} = {then[name]!r}, this run has {value!r}: {advice}")


def warn_of_other_twins(state: RunState) -> None:
    """Say that a run was begun with other formulas than it goes on with: the last bits will be others."""
    compiled = bool(state.history.environment.get("compiled", False))  # a file that does not say so is older than they
    if compiled != in_use():
        begun = "with" if compiled else "without"
        advice = f"for the same bits, call lw.use_compiled({compiled}) first"
        warnings.warn(f"this run was begun {begun} compiled twins, and goes on otherwise: {advice}", stacklevel=4)
