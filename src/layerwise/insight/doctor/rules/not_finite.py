"""An operation that leaves the range of the numbers: the logarithm of 0, e to a large number, a division by 0."""

from __future__ import annotations

import inspect
import re
from itertools import islice

import numpy as np

from layerwise.errors import LayerwiseError
from layerwise.insight.doctor.examination import Examination
from layerwise.insight.doctor.finding import Cure, Evidence, Finding
from layerwise.insight.doctor.rule import Rule
from layerwise.training import Run
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
    """The first operation that fails in the step that broke off, or on the batches after it, and the largest weight."""
    patient = examination.patient
    try:
        run = patient.run()
        if step > 1:
            run.advance(step - 1)
        for batch in _batches(run):
            with np.errstate(all="ignore"):
                found = first_non_finite(run.net, batch.x, batch.target, patient.loss, step=step - 1)
            if found is not None:
                return found, float(np.abs(run.net.theta).max())
    except LayerwiseError:
        return None, 0.0
    return None, 0.0


def _source(examination: Examination, found: NonFinite) -> str:
    """The text of a formula of the learner's own whose lines can not be told apart."""
    parts = {layer.address: layer.forward for _, layer in examination.start.chain.walk()}
    formula = parts.get(found.where, examination.patient.loss.formula)
    try:
        return inspect.getsource(formula)
    except (OSError, TypeError):
        return ""


def _batches(run: Run) -> list[Batch]:
    """The batch that comes next, and then others of the epoch."""
    position = run.position
    return list(islice(run.source.batches(position.epoch, position.samples, position.first_pass), 4))


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
