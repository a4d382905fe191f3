"""Putting a run into a state: all of it, or nothing of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy, deepcopy
from typing import Any

from layerwise.errors import FileError, LayerwiseError
from layerwise.training import steering
from layerwise.training.agreement import require_agreement
from layerwise.training.audience import named
from layerwise.training.events import Changed
from layerwise.training.loop import Loop
from layerwise.training.state import RunState


def restore(
    loop: Loop,
    state: RunState,
    network: Mapping[str, Any],
    settings: Mapping[str, Any],
    changes: Sequence[Changed],
) -> None:
    """Put network, optimizer, listeners and position into a state, and undo and redo what was changed in flight.

    network, settings: what the state must agree on. changes: those that are in force now.
    All of the state is tried on copies first: if it is refused, nothing has changed.
    """
    try:
        require_agreement(state, network, settings, loop.source, loop.validation)
        _try(loop, state)
        loop.net.load_state_dict(state.weights)  # all of it, or nothing
    except LayerwiseError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise FileError(f"{state.name} is no whole state of a run ({error!r}): use an older one") from None
    loop.net.passes = state.passes
    for change in reversed(changes):
        steering.put(loop, change.setting, change.before)
    for change in state.changes:
        steering.put(loop, change.setting, change.after)
    loop.update.optimizer.load_state_dict(state.optimizer)
    for name, listener in named(loop.audience.listeners):
        if name in state.listeners:
            listener.load_state(deepcopy(state.listeners[name]))
    loop.go_back(state.position.copy(), deepcopy(state.history), deepcopy(state.latest))


def _try(loop: Loop, state: RunState) -> None:
    """Have copies of optimizer and listeners go on from the state, and look at the rest of it."""
    optimizer = copy(loop.update.optimizer)
    optimizer.load_state_dict(state.optimizer)
    if any(array.shape != loop.net.theta.shape for array in optimizer.state.values()):
        raise FileError(f"{state.name} holds the optimizer of another network")
    for name, listener in named(loop.audience.listeners):
        if name in state.listeners:
            copy(listener).load_state(deepcopy(state.listeners[name]))
    if state.latest is not None:
        loop.net.require_own(state.latest)
    for change in state.changes:
        steering.checked(loop, change.setting, change.after)
