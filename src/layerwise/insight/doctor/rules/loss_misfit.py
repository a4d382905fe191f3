"""The loss does not fit the targets: yes-or-no losses on other numbers, labels where there is no class for them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from layerwise.errors import DataError, KindError, LayerwiseError, ShapeError
from layerwise.insight.doctor.examination import Examination
from layerwise.insight.doctor.finding import Cure, Evidence, Finding
from layerwise.insight.doctor.heads import Head, head_of, last_of
from layerwise.insight.doctor.rule import Rule
from layerwise.types import Array

_SIZES = (1.0, 10.0, 100.0, 1000.0)
MOST = 8
ROWS = 16


def find(examination: Examination) -> Finding | None:
    refusal, loss = examination.refusal, examination.patient.loss
    if refusal is not None:
        return _refused(examination)
    if examination.is_of_the_library(loss):
        return None  # which refuses what it is not made for
    head, target = head_of(examination.start, examination.output), examination.target
    lowest = min((_lowest(examination, rows, head) for rows in _alike(target)), default=0.0)
    if lowest >= 0:
        return None
    numbers = np.asarray(target, np.float64)
    return _finding(
        f"{type(loss).__name__} falls without end, to {lowest:.4g} as the outputs go on: there is no best "
        f"answer to these targets, which go from {numbers.min():.4g} to {numbers.max():.4g}.",
        Evidence("loss at outputs near their end", lowest, 0.0, "no loss of this kind falls below"),
        f"the loss: {loss!r}",
    )


def _alike(target: Array) -> list[Array]:
    """Rows of the first few different targets, each kind together: what one gains another would lose."""
    keys = target.reshape(len(target), -1)
    different = np.unique(keys, axis=0)[:MOST]
    return [np.flatnonzero((keys == each).all(axis=1))[:ROWS] for each in different]


def _lowest(examination: Examination, rows: Array, head: Head) -> float:
    """How low the loss of some rows falls as their outputs go to either end; 0 where it comes to rest, or is above."""
    shape = (len(rows), *examination.output.shape[1:])
    found = 0.0
    for end, sign in ((head.high, 1), (head.low, -1)):
        wide = head.high - head.low if np.isfinite(head.high - head.low) else 1.0
        line = [sign * size for size in _SIZES] if np.isinf(end) else [end - sign * wide / 10**k for k in (1, 2, 4, 6)]
        losses = [_loss(examination, np.full(shape, value), rows) for value in line]
        falls = all(after < before for before, after in pairwise(losses))
        if falls and losses[-1] < -1e-6 and losses[-1] < 2 * min(losses[0], 0.0):
            found = min(found, losses[-1])
    return found


def _loss(examination: Examination, output: Array, rows: Array) -> float:
    try:
        with np.errstate(all="ignore"):
            value = examination.patient.loss(output, examination.target[rows])[0]
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
