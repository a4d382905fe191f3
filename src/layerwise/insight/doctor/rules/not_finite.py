"""An operation that leaves the range of the numbers: the logarithm of 0, e to a large number, a division by 0."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from contextlib import suppress
from copy import deepcopy
from itertools import islice

import numpy as np

from layerwise.errors import LayerwiseError
from layerwise.insight.doctor.examination import Examination
from layerwise.insight.doctor.finding import Cure, Evidence, Finding
from layerwise.insight.doctor.patient import Patient
from layerwise.insight.doctor.rule import Rule
from layerwise.network import Network, Snapshot
from layerwise.training import Listener, Run, StepEnded
from layerwise.training.non_finite import NonFinite, first_non_finite
from layerwise.training.samples import Batch

_FRAGILE = re.compile(r"\blog\w*\(|\bexp\w*\(|\bsqrt\(| / |\*\* ?-|\bpower\(|reciprocal")
USUAL = 1e4


def find(examination: Examination) -> Finding | None:
    assert examination.course is not None
    error = examination.course.record.error
    if error is None:
        return None
    found, size = _first(examination, getattr(error, "step", 0))
    if found is None or size > USUAL or not _FRAGILE.search(found.text or _source(examination, found)):
        return None
    return Finding(
        "not-finite",
        "sick",
        f"{found.short[0].upper()}{found.short[1:]}. The numbers before it are of usual size: it is the operation "
        "that has no answer there.",
        Evidence("largest weight before that step", size, None),
        found.source or f"layer {found.where}",
        (Cure(found.advice), Cure("losses on logits: CrossEntropyLoss(), BCEWithLogitsLoss()")),
        "certain",
    )


def _first(examination: Examination, step: int) -> tuple[NonFinite | None, float]:
    """The first operation that fails around the step that broke off, and the largest weight then.

    A run breaks off by the loss of a batch, before its update; by the loss after it, where an epoch ends; or a step
    late, where only the gradient had left the range, and the weights with it.
    """
    for back in (1, 2):
        found, size = _before(examination, step - back)
        if found is not None:
            return found, size
    return _after(examination, step)


def _before(examination: Examination, made: int) -> tuple[NonFinite | None, float]:
    """What fails on the batches that come after so many updates."""
    run = examination.patient.run()
    try:
        if made > 0:
            run.advance(made)
        found = _tried(run.net, list(islice(_next(run), 4)), examination.patient, max(made, 0))
    except LayerwiseError:
        return None, 0.0
    return found, float(np.abs(run.net.theta).max())


def _after(examination: Examination, step: int) -> tuple[NonFinite | None, float]:
    """What fails after an update that the run has not come through."""
    keep = _Keep(step)
    with suppress(LayerwiseError):
        examination.patient.run([keep]).advance(step)
    if keep.after is None:
        return None, 0.0
    net = deepcopy(examination.start)
    net.restore(keep.after)
    found = _tried(net, [*keep.batches, examination.some], examination.patient, step)
    return found, float(np.abs(net.theta).max())


class _Keep(Listener):
    """Keeps the network as it is after a step, and the batches of the last steps."""

    def __init__(self, step: int) -> None:
        self.step = step
        self.after: Snapshot | None = None
        self.batches: list[Batch] = []

    def step_ended(self, event: StepEnded) -> None:
        self.batches = [event.batch, *self.batches[:3]]
        if event.step == self.step:
            self.after = event.run.net.snapshot()


def _next(run: Run) -> Iterator[Batch]:
    """The batches that come next."""
    position = run.position
    return run.source.batches(position.epoch, position.samples, position.first_pass)


def _tried(net: Network, batches: list[Batch], patient: Patient, step: int) -> NonFinite | None:
    for batch in batches:
        with np.errstate(all="ignore"):
            found = first_non_finite(net, batch.x, batch.target, patient.loss, step=step)
        if found is not None:
            return found
    return None


def _source(examination: Examination, found: NonFinite) -> str:
    """The text of a formula of the learner's own whose lines can not be told apart."""
    parts = {layer.address: layer.forward for _, layer in examination.start.chain.walk()}
    formula = parts.get(found.where, examination.patient.loss.formula)
    try:
        return inspect.getsource(formula)
    except (OSError, TypeError):
        return ""


RULE = Rule(
    "not-finite",
    "after",
    "where a run broke off, the first operation whose result is not finite, in the step that broke it off",
    "a logarithm, an exponential, a root, a power or a division, where no weight is larger than 10,000",
    "where weights have grown without bound, products overflow too, and the rate is the cause; a logarithm of 0 "
    "needs no large weight",
    find,
    explains=("diverged", "rate-too-high", "exploding"),
)
