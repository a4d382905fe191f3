"""The update, step by step: penalty, clipping, the optimizer's own lines, and the proximal step, with their numbers."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

from layerwise import formulas, regularizers
from layerwise.formulas import Line
from layerwise.insight.explain.operation import Operation, apart, entry_of, file_of, named_arguments
from layerwise.insight.explain.watching import replayed
from layerwise.network import Network
from layerwise.optimizers import Optimizer, clip_by_norm, clip_by_value
from layerwise.regularizers import Regularizer
from layerwise.training.update import Update
from layerwise.types import Array

_PENALTIES: Mapping[type[Regularizer], Callable[..., Any]] = {
    regularizers.L1: formulas.l1_penalty,
    regularizers.L2: formulas.l2_penalty,
}


@dataclass(frozen=True)
class Settings:
    """How an update is made. lr: of this step; the optimizer's own unless given."""

    optimizer: Optimizer
    regularizer: Regularizer | None = None
    clip_norm: float | None = None
    clip_value: float | None = None
    lr: float | None = None


def updated(net: Network, settings: Settings) -> tuple[Array, list[Operation]]:
    """theta after one update, and the operations that lead there. Changes neither net nor optimizer.

    net: with the gradient of the cost in its grad.
    """
    twin, optimizer = deepcopy(net), deepcopy(settings.optimizer)
    rate = settings.optimizer.lr if settings.lr is None else settings.lr
    penalty = settings.regularizer
    Update(twin, optimizer, None, penalty, settings.clip_norm, settings.clip_value)(rate)
    grad, shown = net.grad.copy(), []
    for operation in _before(net, grad, settings):
        shown.append(operation)
    theta = net.theta.copy()
    mask = net.decay_mask if settings.optimizer.spares_biases else None
    lines, files, scope = _optimizer_lines(settings.optimizer, theta, grad, rate, mask)
    proximal = penalty is not None and penalty.proximal
    shown.append(
        Operation(
            address="optimizer",
            formula=type(optimizer).__name__,
            phase="update",
            rule=rule_of(type(optimizer)),
            lines=tuple(lines),
            file=files[0] if files else "",
            files=tuple(files),
            arguments={"theta": net.theta.copy(), "grad": grad, "lr": rate},
            results={"theta": theta},
            difference=0.0 if proximal else apart((twin.theta,), (theta,)),
            scope=scope,
        )
    )
    if penalty is not None and proximal:
        shown.append(_shrinking(penalty, theta, rate, twin.theta))
    return twin.theta.copy(), shown


def rule_of(kind: type) -> str:
    """The textbook line at the head of a docstring.

    >>> from layerwise.optimizers import GradientDescent, Momentum
    >>> rule_of(GradientDescent), rule_of(Momentum)
    ('θ ← θ - η g', 'v ← γ v + η g;  θ ← θ - v')
    """
    head = (inspect.getdoc(kind) or "").partition("\n")[0]
    for end in (": ", ", and nothing else", ", with ", ", then "):
        head = head.partition(end)[0] if "←" in head.partition(end)[0] else head
    return head.rstrip(".") if "←" in head else ""


def _before(net: Network, grad: Array, settings: Settings) -> Iterator[Operation]:
    """What happens to the gradient before the optimizer has it; grad is changed in place, as training does."""
    penalty = settings.regularizer
    if penalty is not None and not penalty.proximal:
        weights = net.theta * net.decay_mask
        value, gradient = penalty(weights)
        lines: list[Line] = []
        formula = _PENALTIES.get(type(penalty))
        if formula is not None:
            (_, backward), lines = replayed(formula, formula, weights, penalty.strength)
            lines += replayed(formula, backward, 1.0)[1]
        grad += gradient
        entry = None if formula is None else entry_of(formula)
        yield Operation(
            address="penalty",
            formula=type(penalty).__name__ if formula is None else formula.__name__,
            phase="update",
            tex="" if entry is None else entry.tex,
            rule=rule_of(type(penalty)),
            lines=tuple(_as_update(lines)),
            file=file_of(type(penalty).__call__ if formula is None else formula),
            arguments={"w": weights, "strength": penalty.strength},
            results={"R": value, "dw": gradient, "grad": grad.copy()},
            scope={"w": weights, "strength": penalty.strength, "dR": 1.0},
        )
    bounds = ((clip_by_value, settings.clip_value), (clip_by_norm, settings.clip_norm))
    for clip, bound in bounds:
        if bound is not None:
            yield _clipped(clip, grad, bound)


def _clipped(clip: Callable[[Array, float], float], grad: Array, bound: float) -> Operation:
    before = grad.copy()
    found, lines = replayed(clip, clip, grad, bound)
    given = named_arguments(clip, (before, bound), {})
    return Operation(
        address="clipping",
        formula=clip.__name__,
        phase="update",
        lines=tuple(_as_update(lines)),
        file=file_of(clip),
        arguments=given,
        results={"size before": found, "grad": grad.copy()},
        scope=given,
    )


def _optimizer_lines(
    optimizer: Optimizer, theta: Array, grad: Array, rate: float, mask: Array | None
) -> tuple[list[Line], list[str], dict[str, Any]]:
    """The lines of the optimizer and of those that it builds on, the file of each, and what they know before.

    Makes the step on theta, in place. The step is made once for each class whose lines are shown: a tracer follows one.
    """
    own, *others = [kind for kind in type(optimizer).__mro__ if "update" in vars(kind) and kind is not Optimizer]
    built_on = [(kind, _one(optimizer, kind, theta.copy(), grad, rate, mask)[0]) for kind in reversed(others)]
    first, scope = _one(optimizer, own, theta, grad, rate, mask)
    lines: list[Line] = []
    files: list[str] = []
    for kind, found in [(own, first), *built_on]:
        lines += _as_update(found)
        files += [file_of(vars(kind)["update"])] * len(found)
    return lines, files, scope


def _one(
    optimizer: Optimizer, kind: type[Optimizer], theta: Array, grad: Array, rate: float, mask: Array | None
) -> tuple[list[Line], dict[str, Any]]:
    """A step of a copy of the optimizer on theta, by its readable lines: those that one of its classes has."""
    twin = deepcopy(optimizer)
    rate, strength = twin.begin_step(theta, grad, rate, mask)
    scope = {"self": deepcopy(twin), "theta": theta.copy(), "grad": grad, "lr": rate, "decay": strength}
    _, lines = replayed(vars(kind)["update"], type(twin).update, twin, theta, grad, rate, strength)
    return lines, scope


def _shrinking(penalty: Regularizer, theta: Array, rate: float, after: Array) -> Operation:
    """The proximal step behind that of the optimizer."""
    formula = formulas.soft_threshold
    _, lines = replayed(formula, formula, theta, rate * penalty.strength)
    entry = entry_of(formula)
    given = {"w": theta, "strength": rate * penalty.strength}
    return Operation(
        address="shrinking",
        formula=formula.__name__,
        phase="update",
        tex="" if entry is None else entry.tex,
        lines=tuple(_as_update(lines)),
        file=file_of(formula),
        arguments=given,
        results={"theta": after.copy()},
        scope=given,
    )


def _as_update(lines: list[Line]) -> list[Line]:
    return [replace(line, phase="update") for line in lines]
