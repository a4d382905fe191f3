"""ReLU on the logits: half of them are exactly 0 at the start, and where all of a row are, no gradient comes back."""

from __future__ import annotations

import numpy as np

from layerwise.insight.doctor.changes import with_layers
from layerwise.insight.doctor.examination import Examination
from layerwise.insight.doctor.experiments import by_trial
from layerwise.insight.doctor.finding import Cure, Evidence, Finding
from layerwise.insight.doctor.heads import head_of, takes_logits
from layerwise.insight.doctor.rule import Rule


def find(examination: Examination) -> Finding | None:
    output, loss = examination.output, examination.patient.loss
    head = head_of(examination.start, output)
    if head.low != 0 or head.high != np.inf or examination.task.kind == "quantities":
        return None
    if not takes_logits(loss, output, examination.target):
        return None
    zeros = float((output == 0).mean())
    if not (zeros > 0 or type(head.layer).__name__ == "ReLU"):
        return None  # softplus and the like, which reach 0 nowhere
    return Finding(
        "relu-on-logits",
        "sick",
        f"{head.layer!r} stands on the logits: {zeros:.0%} of them are exactly 0, none can be negative, and where all "
        "of a row are 0 no gradient comes back.",
        Evidence("share of logits that are exactly 0", zeros, 0.0, "without it"),
        head.words,
        (Cure(f"leave {head.layer!r} out: {loss!r} takes logits of any sign"),),
        "certain",
        experiment=by_trial(examination, f"without {head.layer!r}", with_layers(lambda layers: layers[:-1])),
    )


RULE = Rule(
    "relu-on-logits",
    "before",
    "the range of the last layer, the share of logits that are exactly 0, and whether the loss takes logits",
    "a last layer that gives 0 and nothing below, before a loss on logits",
    "logits need both signs; a share of exact zeros has no other cause",
    find,
    explains=("plateau", "dead-units", "start-loss", "underfitting", "output-range"),
)
