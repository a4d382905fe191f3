"""K sigmoids where one class of K is asked for: the outputs do not compete, and a softmax on them is nearly flat."""

from __future__ import annotations

import numpy as np

from layerwise.insight.doctor.changes import with_layers
from layerwise.insight.doctor.examination import Examination
from layerwise.insight.doctor.experiments import by_trial
from layerwise.insight.doctor.finding import Cure, Evidence, Finding
from layerwise.insight.doctor.heads import head_of, takes_logits
from layerwise.insight.doctor.rule import Rule


def find(examination: Examination) -> Finding | None:
    if examination.task.kind != "labels":
        return None
    output, loss = examination.output, examination.patient.loss
    head, K = head_of(examination.start, output), output.shape[-1]
    if K < 2 or head.sums_to_one or not (head.low >= -1e-6 and head.high <= 1 + 1e-6):
        return None
    if not takes_logits(loss, output, examination.target) and not examination.is_of_the_library(loss):
        measured, floor, of = examination.loss_of(examination.start), float(np.log(K)), f"ln {K} ="
    else:
        measured, floor, of = (
            examination.loss_of(examination.net),
            float(np.log(np.e + K - 1) - 1),
            "it can not fall below",
        )
    return Finding(
        "sigmoids-for-one-of-k",
        "sick",
        f"{head.layer!r} squeezes each of the {K} outputs into 0 to 1 for itself, where one class of {K} is asked for: "
        "they do not compete, and no output can stand far above the others.",
        Evidence("loss", measured, floor, of),
        head.words,
        (
            Cure("end with the Linear layer, and let CrossEntropyLoss() take the logits"),
            Cure("Softmax() over the classes with a loss on probabilities"),
        ),
        "certain",
        experiment=by_trial(examination, f"without {head.layer!r}", with_layers(lambda layers: layers[:-1])),
    )


RULE = Rule(
    "sigmoids-for-one-of-k",
    "before",
    "the range of the last layer, and whether the targets are one label of K",
    "the last layer maps every number into 0 to 1 by itself, K > 1, and the loss asks for one class",
    "an identity of the layer; a softmax over numbers from 0 to 1 leaves a loss of ln(e + K - 1) - 1 at the least",
    find,
    explains=("plateau", "vanishing", "rate-too-low", "underfitting", "saturated-units", "start-loss"),
)
