"""An operation that leaves the range of the numbers: the logarithm of 0, e to a large number, a division by 0."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
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

    A run breaks off before an update, by the loss of its batch, or after one, where an epoch ends.
    """
    patient = examination.patient
    keep = _Keep(step)
    run = patient.run([keep])
    try:
        if step > 1:
            run.advance(step - 1)
        found = _tried(run.net, list(islice(_next(run), 4)), patient, step - 1)
        if found is None:
            run.advance(1)
    except LayerwiseError:
        found = None
    if found is not None:
        return found, float(np.abs(run.net.theta).max())
    if keep.after is None:
        return None, 0.0
    net = examination.start
    before = net.snapshot()
    net.restore(keep.after)
    size = float(np.abs(net.theta).max())
    found = _tried(net, [*keep.batches, examination.some], patient, step)
    net.restore(before)
    return found, size


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
