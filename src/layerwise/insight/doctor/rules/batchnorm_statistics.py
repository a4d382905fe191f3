"""Statistics of batch normalisation that do not hold in evaluation: too few updates, batches of one class, of one "
"row."""

from __future__ import annotations

import numpy as np

from layerwise.errors import DataError, LayerwiseError
from layerwise.insight.doctor.examination import Examination, quiet
from layerwise.insight.doctor.finding import Confirmation, Cure, Evidence, Finding
from layerwise.insight.doctor.rule import Rule
from layerwise.types import Array

_CURES = (
    Cure("larger batches, shuffled"),
    Cure("LayerNorm, which needs no batch"),
    Cure("momentum=0.1, and enough updates for the running statistics to settle"),
)

TIMES = 3.0


def find(examination: Examination) -> Finding | None:
    if not any(layer.mixes_samples for _, layer in examination.patient.net.chain.walk()):
        return None
    if examination.refusal is not None:
        return _refused(examination)
    training, evaluation = _modes(examination)
    skills = [examination.task.skill(each, examination.target) for each in (training, evaluation)]
    losses = [_loss(examination, each) for each in (training, evaluation)]
    worse = skills[0] > 0.3 and skills[0] - skills[1] > 0.25
    if not worse and not (losses[1] > TIMES * losses[0] and losses[1] > 0.15 * (examination.baseline or np.inf)):
        return None
    return Finding(
        "batchnorm-statistics",
        "sick" if worse else "warning",
        f"On the same rows the network does well with the statistics of the batch (skill {skills[0]:.2f}, loss "
        f"{losses[0]:.3g}) and badly with the running ones that evaluation uses ({skills[1]:.2f}, {losses[1]:.3g}).",
        Evidence("skill in evaluation mode", skills[1], skills[0], "in training mode, same rows"),
        "; ".join(f"layer {layer.address}: {layer!r}" for _, layer in examination.patient.net.chain.walk()
                  if layer.mixes_samples),
        _CURES,
        "certain",
        experiment=lambda: Confirmation("same rows, both modes", "skill", skills[1], skills[0], skills[0] > skills[1]),
    )  # fmt: skip


def _modes(examination: Examination) -> tuple[Array, Array]:
    """The outputs for the same rows, in batches as the run had them, and in evaluation mode."""
    x, net = examination.x, examination.net
    size = max(2, min(examination.patient.batch_size, len(x)))
    parts = [part for part in np.array_split(x, max(1, len(x) // size)) if len(part) > 1]
    outputs = quiet(lambda: [net.forward(part, training=True, input_gradient=False, step=0)[0] for part in parts])
    return np.concatenate(outputs), quiet(lambda: net(x))


def _loss(examination: Examination, output: Array) -> float:
    try:
        return quiet(lambda: examination.patient.loss(output, examination.target)[0])
    except LayerwiseError:
        return np.inf


def _refused(examination: Examination) -> Finding | None:
    """A batch of one, of which the library takes no variance."""
    if not isinstance(examination.refusal, DataError) or "at least two samples" not in str(examination.refusal):
        return None
    return Finding(
        "batchnorm-statistics",
        "sick",
        f"A batch of one row has no variance: normalised by itself it is 0, and every output is β, whatever x is. The "
        f"library refuses to train: {examination.refusal}",
        Evidence("rows of the smallest batch", 1.0, 2.0, "at the least"),
        f"batch_size={examination.patient.batch_size}",
        _CURES[:2],
        "certain",
    )


RULE = Rule(
    "batchnorm-statistics",
    "after",
    "the same training rows in both modes, in batches as the run had them",
    "a skill of 0.3 or more in training mode, and 0.25 less in evaluation mode; a loss three times as large there, "
    "and not small, is a warning; a batch of one row is refused",
    "dropout makes training mode the worse of the two: a network that is better there lives on the statistics of "
    "its batch",
    find,
    explains=("overfitting", "underfitting", "plateau", "mode-wrong", "rate-too-high", "rate-too-low"),
    of_refusals=True,
)
