"""A learner's own step beside the exact update: the same batches and masks, and an optimizer of the same settings.

Where the two differ, gradients as certain mistakes would make them are fed through fresh copies of the optimizer. The
one whose updates are those of the learner's step names the mistake.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import numpy as np

from layerwise.errors import LayerwiseError
from layerwise.insight.doctor.patient import Patient, Step
from layerwise.network import Network
from layerwise.optimizers import Optimizer
from layerwise.training.samples import Batch
from layerwise.types import Array

STEPS = 4
BETWEEN = 80
"""Steps that may lie between the first ones and those of the second epoch that are looked at."""
CLOSE = 1e-2
"""Relative difference up to which two updates are one: float32, and sums in another order, stay below a thousandth."""


@dataclass(frozen=True)
class UpdateCheck:
    """kind: "right", or the mistake: "sum", "accumulated", "stale", "sign", "mode", "frozen", "late layers only",
    "wrong". factor: the length of the learner's updates over that of the exact ones. error: their relative difference.
    names: the parameters that it concerns, where it does not concern all."""

    kind: str
    factor: float
    error: float
    names: tuple[str, ...] = ()


def check_update(patient: Patient, batches: Sequence[Batch], later: Sequence[Batch] = ()) -> UpdateCheck:
    """Let the learner's step make a few updates, and compare each with what it should be.

    batches: those of the first epoch. later: those of the second, whose mode is looked at too; of plain descent, since
    what another optimizer remembers hides the gradient.
    """
    assert patient.step is not None
    net, thetas = deepcopy(patient.net), []
    gradients: list[Array] = []
    in_evaluation: list[Array] = []
    late: list[Array] = []
    with np.errstate(all="ignore"), forgetful(patient.step):
        for batch, before in zip(batches[:STEPS], [None, *batches], strict=False):
            thetas.append(net.theta.copy())
            gradients.append(_gradient(net, batch, patient, training=True))
            in_evaluation.append(_gradient(net, batch, patient, training=False))
            late.append(0 * net.theta if before is None else _gradient(net, before, patient, training=True))
            patient.step(net, batch.x, batch.target)
        thetas.append(net.theta.copy())
        made = np.diff(np.array(thetas, np.float64), axis=0)
        found = _read(patient, made, thetas, gradients, in_evaluation, late, len(batches[0].x))
        if found.kind == "right" and later and len(batches) <= BETWEEN + STEPS:
            return _later(patient, net, [*batches[STEPS:], *later[:STEPS]], found)
        return found


def _later(patient: Patient, net: Network, batches: Sequence[Batch], found: UpdateCheck) -> UpdateCheck:
    """Go on to the second epoch: a step that was right may compute in another mode once something was evaluated."""
    assert patient.step is not None
    rights = []
    for place, batch in enumerate(batches):
        theta, gradients = net.theta.copy(), []
        if place >= len(batches) - STEPS:
            gradients = [_gradient(net, batch, patient, training=mode) for mode in (True, False)]
        patient.step(net, batch.x, batch.target)
        if gradients:
            made = net.theta.astype(np.float64) - theta
            rights.append([_compared(made, -gradient)[1] for gradient in gradients])
    training, evaluation = np.median(rights, axis=0)
    if evaluation < CLOSE < training:
        return UpdateCheck("mode", found.factor, float(training))
    return found


def _read(
    patient: Patient,
    made: Array,
    thetas: list[Array],
    gradients: list[Array],
    in_evaluation: list[Array],
    late: list[Array],
    rows: int,
) -> UpdateCheck:
    def updates(sequence: Sequence[Array]) -> Array:
        """What the optimizer makes of these gradients, each from where the learner's step began."""
        optimizer, found = _fresh(patient.optimizer), []
        for theta, gradient in zip(thetas, sequence, strict=False):
            after = theta.copy()
            optimizer.step(after, np.ascontiguousarray(gradient, theta.dtype), decay=_decay(patient))
            found.append(after.astype(np.float64) - theta)
        return np.array(found)

    exact = updates(gradients)
    factor, error = _compared(made, exact)
    if error < CLOSE and factor > 0:
        return UpdateCheck("sum" if rows > 1 and abs(factor / rows - 1) < CLOSE else "right", factor, error)
    if error < CLOSE:
        return UpdateCheck("sign", factor, error)
    zero = np.zeros_like(gradients[0])
    suspects: dict[str, Callable[[], list[Array]]] = {
        "accumulated": lambda: list(np.cumsum(gradients, axis=0)),
        "sum": lambda: [gradient * rows for gradient in gradients],
        "mode": lambda: in_evaluation,
        "stale": lambda: [zero, *gradients[:-1]],
        "stale, step before backward": lambda: late,
    }
    for kind, sequence in suspects.items():
        other, difference = _compared(made, updates(sequence()))
        if difference < CLOSE and other > 0:
            return UpdateCheck(kind.partition(",")[0], other, error)
    return _by_parameter(patient.net, made, exact, factor, error)


def _by_parameter(net: Network, made: Array, exact: Array, factor: float, error: float) -> UpdateCheck:
    """Which parameters are moved as they should be."""
    right, still = [], []
    places = {name: (p.offset, p.offset + p.size) for name, p in _places(net).items()}
    for name, (start, end) in places.items():
        ours, theirs = made[:, start:end], exact[:, start:end]
        if not ours.any() and theirs.any():
            still.append(name)
        elif not theirs.any() or _compared(ours, theirs)[1] < CLOSE:
            right.append(name)
    wrong = tuple(name for name in places if name not in right)
    if still and len(still) == len(wrong) and right:
        return UpdateCheck("frozen", factor, error, tuple(still))
    if right and wrong and list(places)[-1] in right:
        return UpdateCheck("late layers only", factor, error, wrong)
    return UpdateCheck("wrong", factor, error, wrong if right else ())


def _places(net: Network) -> dict[str, Any]:
    """Every parameter's place in theta, by name."""
    return {f"{prefix}{name}": p for prefix, layer in net.chain.walk() for name, p in layer.parameters.items()}


def _compared(made: Array, exact: Array) -> tuple[float, float]:
    """The factor that brings the exact updates nearest to those that were made, and what is then left, relative."""
    size, own = float((exact * exact).sum()), float(np.linalg.norm(made))
    factor = float((made * exact).sum()) / size if size > 0 else 0.0
    if own == 0 or not np.isfinite(own):
        return factor, 0.0 if size == 0 else 1.0
    return factor, float(np.linalg.norm(made - factor * exact)) / own


def _gradient(net: Network, batch: Batch, patient: Patient, *, training: bool) -> Array:
    """The gradient of the mean loss there, with the masks that the next training pass of this network has."""
    twin = deepcopy(net)
    twin.zero_grad()
    try:
        y, backward = twin.forward(batch.x, training=training, input_gradient=False)
        backward(patient.loss(y, batch.target)[1]())
    except LayerwiseError:
        return np.zeros_like(net.theta)
    return twin.grad.copy()


def _fresh(optimizer: Optimizer) -> Optimizer:
    twin = deepcopy(optimizer)
    twin.t, twin.state = 0, {}
    return twin


def _decay(patient: Patient) -> Array | None:
    return patient.net.decay_mask if patient.optimizer.spares_biases else None


@contextmanager
def forgetful(step: Step) -> Iterator[None]:
    """Optimizers that the step has at hand begin anew here, and are put back after it."""
    held = list(_optimizers(step))
    kept = [(each, each.t, each.state) for each in held]
    for each in held:
        each.t, each.state = 0, {}
    try:
        yield
    finally:
        for each, t, state in kept:
            each.t, each.state = t, state


def _optimizers(step: Step) -> Iterator[Optimizer]:
    """Those in the closure of a function, in the object that it is a method of, and among the names that it uses."""
    function = getattr(step, "__func__", step)
    owner = getattr(step, "__self__", step)
    things = [cell.cell_contents for cell in getattr(function, "__closure__", None) or () if _is_filled(cell)]
    things += list(getattr(owner, "__dict__", {}).values())
    code, names = getattr(function, "__code__", None), getattr(function, "__globals__", {})
    things += [names[name] for name in getattr(code, "co_names", ()) if name in names]
    yield from {id(each): each for each in things if isinstance(each, Optimizer)}.values()


def _is_filled(cell: Any) -> bool:
    try:
        cell.cell_contents  # noqa: B018
    except ValueError:
        return False
    return True
