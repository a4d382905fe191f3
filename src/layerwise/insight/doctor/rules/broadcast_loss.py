"""(N, 1) against (N,): NumPy spreads them over each other into (N, N), and every row is pulled to the mean of all."""

from __future__ import annotations

import numpy as np

from layerwise.errors import ShapeError
from layerwise.insight.doctor.examination import Examination
from layerwise.insight.doctor.finding import Cure, Evidence, Finding
from layerwise.insight.doctor.heads import last_of
from layerwise.insight.doctor.probes.loss_laws import loss_laws
from layerwise.insight.doctor.rule import Rule


def find(examination: Examination) -> Finding | None:
    if examination.refusal is not None:
        return _refused(examination)
    if examination.is_of_the_library(examination.patient.loss):
        return None
    laws = loss_laws(examination.patient.loss, examination.output, examination.target)
    if laws is None or not laws.ignores_pairs:
        return None
    shapes = f"{examination.output.shape} and {examination.target.shape}"
    return _finding(
        f"The loss is the same whichever target is given to which row: output and target of shapes {shapes} are spread "
        "over each other, each with each. The best answer is then the mean of the targets for every row, and the loss "
        "ends at their variance.",
        Evidence("loss with the targets dealt to other rows", laws.crossed, laws.whole, "with their own"),
        f"the loss: {examination.patient.loss!r}, and the shape of the targets",
        "certain",
    )


def _refused(examination: Examination) -> Finding | None:
    """Layerwise refuses shapes that NumPy would spread."""
    refusal = examination.refusal
    if not isinstance(refusal, ShapeError) or "compares equal shapes" not in str(refusal):
        return None
    target, outputs = (
        np.asarray(examination.patient.train[1]),
        last_of(examination.patient.net.layers).output_shape(None),
    )
    if outputs == (1,) and (target.ndim == 1 or target.shape[-1] == 1):
        return _finding(
            f"The library refuses to train: {refusal}",
            Evidence("dimensions of the target", float(target.ndim), 2.0, "of the output"),
            "the shape of the targets",
            "certain",
        )
    return None


def _finding(sentence: str, evidence: Evidence, suspect: str, sure: str) -> Finding:
    cures = (Cure("give the target the shape of the output: target.reshape(-1, 1)"), Cure("output.ravel() in the loss"))
    return Finding("broadcast-loss", "sick", sentence, evidence, suspect, cures, sure)


RULE = Rule(
    "broadcast-loss",
    "before",
    "the loss of some rows, as they are and with their targets dealt to other rows",
    "both are equal to five digits, and are not the mean of the losses of the rows one by one",
    "a mean over pairs of output and target obeys neither: an identity",
    find,
    explains=("plateau", "underfitting", "no-signal", "input-ignored", "rate-too-low", "sum-not-mean"),
    of_refusals=True,
)
