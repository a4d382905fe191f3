"""The last layer can not reach the targets: a sigmoid for prices, a ReLU for numbers below 0."""

from __future__ import annotations

import numpy as np

from layerwise.insight.doctor.changes import with_layers
from layerwise.insight.doctor.examination import Examination
from layerwise.insight.doctor.experiments import by_trial
from layerwise.insight.doctor.finding import Cure, Evidence, Finding
from layerwise.insight.doctor.heads import Head, head_of
from layerwise.insight.doctor.rule import Rule
from layerwise.losses import BCELoss, BCEWithLogitsLoss
from layerwise.wording import quantity


def find(examination: Examination) -> Finding | None:
    if examination.refusal is not None:
        return _no_probabilities(examination)
    head, loss = head_of(examination.start, examination.output), examination.patient.loss
    if examination.course is None and isinstance(loss, BCELoss) and (head.low < -1e-6 or head.high > 1 + 1e-6):
        return _misses(examination, head, "probabilities from 0 to 1")
    if isinstance(loss, BCEWithLogitsLoss) and head.low >= -1e-6 and head.high != np.inf:
        return None  # a sigmoid twice, which has its own rule
    if isinstance(loss, BCEWithLogitsLoss) and (head.low >= -1e-6 or head.high <= 1e-6):
        return _misses(examination, head, "logits of both signs")
    if examination.task.kind != "quantities":
        return None
    target = np.asarray(examination.data.target, np.float64)
    slack = 1e-6 * max(1.0, float(np.abs(target).max(initial=0)))
    outside = (target < head.low - slack) | (target > head.high + slack)
    share = float(outside.mean())
    if share == 0:
        return None
    beyond = np.where(target < head.low, target - head.low, np.where(target > head.high, target - head.high, 0.0))
    least = float(np.square(beyond).mean())
    return Finding(
        "output-range",
        "sick" if share > 0.05 else "warning",
        f"{head.layer!r} gives {_interval(head)}, and {share:.0%} of the targets lie outside it (they go from "
        f"{quantity(float(target.min()))} to {quantity(float(target.max()))}). The squared error can not fall below "
        f"{quantity(least)}.",
        Evidence("share of targets outside the range", share, 0.0, "wanted"),
        head.words,
        (Cure(f"leave {head.layer!r} out, so that any number can come out"), Cure("scale the targets into its range")),
        "certain",
        experiment=by_trial(examination, f"without {head.layer!r}", with_layers(lambda layers: layers[:-1])),
    )


def _misses(examination: Examination, head: Head, wanted: str) -> Finding:
    return Finding(
        "output-range",
        "sick",
        f"{examination.patient.loss!r} wants {wanted}, and {head.layer!r} gives {_interval(head)}.",
        Evidence("lowest number that can come out", head.low, 0.0, "wanted"),
        head.words,
        (
            Cure("end with the Linear layer, and take BCEWithLogitsLoss()"),
            Cure("end with Sigmoid(), and take BCELoss()"),
        ),
        "certain",
    )


def _no_probabilities(examination: Examination) -> Finding | None:
    """What the library refuses at the first look, since outputs are no probabilities."""
    loss, net = examination.patient.loss, examination.patient.net
    if not isinstance(loss, BCELoss) or "expects probabilities" not in str(examination.refusal):
        return None
    outputs = (net.layers[-1].output_shape(None) or (1,))[-1]
    return _misses(examination, head_of(net, np.zeros((1, int(outputs or 1)))), "probabilities from 0 to 1")


def _interval(head: Head) -> str:
    if head.low == -np.inf and head.high == np.inf:
        return "any number"
    if head.high == np.inf:
        return f"{quantity(head.low)} and more"
    return (
        f"{quantity(head.high)} and less" if head.low == -np.inf else f"{quantity(head.low)} to {quantity(head.high)}"
    )


RULE = Rule(
    "output-range",
    "before",
    "the range of the last layer, and the targets",
    "a share above 0 of the targets lies outside it; above 5 % it is a disease, below a warning",
    "no training can move an output out of the range of its layer: the least loss is known before the first step",
    find,
    explains=("plateau", "saturated-units", "underfitting", "dead-units", "start-loss", "targets-unscaled"),
    of_refusals=True,
)
