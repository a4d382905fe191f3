"""Softmax in the last layer, and again in the loss; or a sigmoid in both."""

from __future__ import annotations

import numpy as np

from layerwise.insight.doctor.changes import with_layers
from layerwise.insight.doctor.examination import Examination
from layerwise.insight.doctor.experiments import by_trial
from layerwise.insight.doctor.finding import Cure, Evidence, Finding
from layerwise.insight.doctor.heads import Head, head_of, takes_logits
from layerwise.insight.doctor.rule import Rule
from layerwise.losses import BCEWithLogitsLoss


def find(examination: Examination) -> Finding | None:
    output, loss = examination.output, examination.patient.loss
    head, K = head_of(examination.start, output), output.shape[-1]
    if isinstance(loss, BCEWithLogitsLoss) and head.low >= -1e-6 and head.high <= 1 + 1e-6:
        return _sigmoids(examination, head)
    if not (head.sums_to_one and K > 1 and takes_logits(loss, output, examination.target)):
        return None
    return _finding(
        examination,
        head,
        f"{head.layer!r} makes probabilities, and {loss!r} takes a softmax of them once more: of {K} outputs from 0 to "
        "1 the best gets e/(e + K - 1), and the loss can not fall below ln(e + K - 1) - 1.",
        Evidence("loss", examination.loss_of(examination.start), float(np.log(np.e + K - 1) - 1), "its floor"),
    )


def _sigmoids(examination: Examination, head: Head) -> Finding:
    return _finding(
        examination,
        head,
        f"{head.layer!r} makes probabilities, and {examination.patient.loss!r} takes a sigmoid of them once more: the "
        "answer lies between σ(0) = 0.5 and σ(1) = 0.731, and is never a no.",
        Evidence("largest probability that can come out", float(1 / (1 + np.exp(-head.high))), 1.0, "wanted for a yes"),
    )


def _finding(examination: Examination, head: Head, sentence: str, evidence: Evidence) -> Finding:
    return Finding(
        "softmax-twice",
        "sick",
        sentence,
        evidence,
        head.words,
        (
            Cure(f"leave {head.layer!r} out: this loss takes logits"),
            Cure(
                "keep it, and take a loss on probabilities: NLLLoss() behind LogSoftmax(), BCELoss() behind Sigmoid()"
            ),
        ),
        "certain",
        experiment=by_trial(examination, f"without {head.layer!r}", with_layers(lambda layers: layers[:-1])),
    )


RULE = Rule(
    "softmax-twice",
    "before",
    "whether outputs are probabilities, and whether the loss is one on logits: then a constant added to a row "
    "changes nothing",
    "both are so: probabilities, and a loss on logits",
    "an identity: the floor ln(e + K - 1) - 1 is exact; LogSoftmax before such a loss changes nothing and is no "
    "mistake",
    find,
    explains=("plateau", "vanishing", "rate-too-low", "underfitting", "start-loss"),
)
