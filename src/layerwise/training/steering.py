"""What of a run can be changed between two steps: read, checked and put in its place by name."""

from __future__ import annotations

import inspect
from dataclasses import replace
from typing import Any

from layerwise.checks import positive, require_kind, whole_number
from layerwise.errors import SettingError, nearest
from layerwise.optimizers import OPTIMIZERS, Optimizer
from layerwise.regularizers import Regularizer
from layerwise.schedules import Schedule
from layerwise.training.feed import Feed
from layerwise.training.loop import Loop
from layerwise.training.samples import Shuffled
from layerwise.training.sources import require_batches

_OF_THE_UPDATE = ("clip_norm", "clip_value", "regularizer", "schedule")
_OF_THE_LOOP = ("batch_size", "epochs")


def names(loop: Loop) -> list[str]:
    """All that can be set: the optimizer's own settings, those of the update, and those of the loop."""
    own = inspect.signature(type(loop.update.optimizer)).parameters
    return [*own, *_OF_THE_UPDATE, *_OF_THE_LOOP]


def value_of(loop: Loop, name: str) -> Any:
    """What a setting is now."""
    if name in _OF_THE_UPDATE:
        return getattr(loop.update, name)
    if name == "epochs":
        return loop.epochs
    return getattr(loop.source if name == "batch_size" else loop.update.optimizer, name, None)


def checked(loop: Loop, name: str, value: Any) -> Any:
    """A new value as the run takes it, or what is wrong with it."""
    if name not in names(loop):
        raise SettingError(f"a run has no setting {name!r} that can be changed.{nearest(name, names(loop))}")
    if name in ("clip_norm", "clip_value"):
        return None if value is None else positive(name, value)
    if name == "regularizer":
        require_kind(name, value, Regularizer, "lw.L2(1e-4)", optional=True)
        return value
    if name == "schedule":
        require_kind(name, value, Schedule, "lw.CosineAnnealingLR(T_max=20)", optional=True)
        return value
    if name == "epochs":
        return whole_number(name, value)
    return _batch_size(loop, value) if name == "batch_size" else _of_the_optimizer(loop.update.optimizer, name, value)


def put(loop: Loop, name: str, value: Any) -> None:
    """Change the setting, for the next step on."""
    if name in _OF_THE_UPDATE:
        loop.update = replace(loop.update, **{name: value})
    elif name == "epochs":
        loop.epochs = value
    elif name == "batch_size":
        assert isinstance(loop.source, Shuffled)
        loop.source = replace(loop.source, batch_size=value)
        loop.feed = Feed(loop.source)
    else:
        setattr(loop.update.optimizer, name, value)
        loop.update = replace(loop.update)  # which looks again at what decays


def _batch_size(loop: Loop, value: Any) -> int:
    size = whole_number("batch_size", value)
    if not isinstance(loop.source, Shuffled):
        raise SettingError("batch_size plays no part where the data comes in batches of your own")
    source = replace(loop.source, batch_size=size)
    require_batches(source, loop.net)
    if loop.position.samples < len(source.samples):
        require_batches(source, loop.net, loop.position.samples)
    return size


def _of_the_optimizer(optimizer: Optimizer, name: str, value: Any) -> Any:
    """Checked by the constructor."""
    return getattr(type(optimizer)(**(OPTIMIZERS.settings(optimizer) | {name: value})), name)
