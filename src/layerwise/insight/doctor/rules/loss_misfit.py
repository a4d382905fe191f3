"""The loss does not fit the targets: yes-or-no losses on other numbers, labels where there is no class for them."""

from __future__ import annotations

import numpy as np

from layerwise.errors import DataError, KindError, LayerwiseError, ShapeError
from layerwise.insight.doctor.examination import Examination
from layerwise.insight.doctor.finding import Cure, Evidence, Finding
from layerwise.insight.doctor.heads import head_of, last_of
from layerwise.insight.doctor.rule import Rule

_SIZES = (1.0, 10.0, 100.0, 1000.0)


def find(examination: Examination) -> Finding | None:
    refusal, loss = examination.refusal, examination.patient.loss
    if refusal is not None:
        return _refused(examination)
    if examination.is_of_the_library(loss):
        return None  # which refuses what it is not made for
    rows, head = examination.output[:32].astype(np.float64), head_of(examination.start, examination.output)
    least = [
        _least(examination, np.clip(np.full(rows.shape, size * sign), head.low, head.high))
        for size in _SIZES
        for sign in (1, -1)
    ]
    lowest = min(least)
    if not (lowest < -1e-6 and lowest < 2 * min(least[:4]) < 0):
        return None
    target = np.asarray(examination.target, np.float64)
    return _finding(
        f"{type(loss).__name__} falls without end, {lowest:.4g} where the outputs are large: there is no best "
        f"answer to these targets, which go from {target.min():.4g} to {target.max():.4g}.",
        Evidence("loss for outputs of size 1000", lowest, 0.0, "no loss of this kind falls below"),
        f"the loss: {loss!r}",
    )


def _least(examination: Examination, output: np.ndarray) -> float:
    try:
        with np.errstate(all="ignore"):
            value = examination.patient.loss(output, examination.target[: len(output)])[0]
    except LayerwiseError:
        return np.inf
    return float(value) if np.isfinite(value) else np.inf


def _refused(examination: Examination) -> Finding | None:
    """What the library does not train: the loss has refused the targets."""
    refusal, loss = examination.refusal, examination.patient.loss
    words, target = str(refusal), np.asarray(examination.patient.train[1])
    outputs = last_of(examination.patient.net.layers).output_shape(None)
    of_shapes = isinstance(refusal, ShapeError) and "compares equal shapes" in words and target.ndim == 1
    of_targets = any(each in words for each in ("target", "label", "log-probabilities", "distribution"))
    if not of_shapes and not (
        isinstance(refusal, DataError | KindError) and of_targets and type(loss).__name__ in words
    ):
        return None
    if of_shapes and outputs == (1,):
        return None
    if "label" in words and "outside" in words:
        return None
    return _finding(
        f"The library refuses to train: {words}",
        Evidence("targets that the loss takes", 0.0, 1.0, "wanted"),
        f"the loss: {loss!r}, and the targets",
    )


def _finding(sentence: str, evidence: Evidence, suspect: str) -> Finding:
    return Finding(
        "loss-misfit",
        "sick",
        sentence,
        evidence,
        suspect,
        (
            Cure(
                "take the loss that is made for such targets: MSELoss() for quantities, BCEWithLogitsLoss() for 0 and "
                "1, CrossEntropyLoss() for labels"
            ),
            Cure("bring the targets into the form that this loss takes"),
        ),
        "certain",
    )


RULE = Rule(
    "loss-misfit",
    "before",
    "the targets, and the loss at outputs of growing size, as far as the last layer can give them",
    "the library refuses the targets; a loss of the learner's own falls below 0 and on without end",
    "a loss without a lower bound has no minimum: the better the training, the further the outputs run away",
    find,
    explains=("plateau", "diverged", "not-finite", "output-range", "start-loss", "underfitting"),
    of_refusals=True,
)
