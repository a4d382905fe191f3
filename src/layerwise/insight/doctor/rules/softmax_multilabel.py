"""Softmax over labels of which several may hold: its outputs share one 1 among them."""

from __future__ import annotations

import numpy as np

from layerwise.insight.doctor.changes import with_layers
from layerwise.insight.doctor.examination import Examination
from layerwise.insight.doctor.experiments import by_trial
from layerwise.insight.doctor.finding import Cure, Evidence, Finding
from layerwise.insight.doctor.heads import last_of
from layerwise.insight.doctor.rule import Rule
from layerwise.layers import LogSoftmax, Sigmoid, Softmax
from layerwise.losses import CrossEntropyLoss


def find(examination: Examination) -> Finding | None:
    patient = examination.patient
    target = _rows(patient.train if examination.refusal is not None else (None, examination.data.target))
    layer = last_of(patient.net.layers)
    if target is None or not (isinstance(layer, Softmax | LogSoftmax) or isinstance(patient.loss, CrossEntropyLoss)):
        return None
    sums = target.sum(axis=1)
    share = float((np.abs(sums - 1) > 0.5).mean())
    if share == 0:
        return None
    return Finding(
        "softmax-multilabel",
        "sick",
        f"{share:.0%} of the rows of the target have none or several labels of {target.shape[1]} (on average "
        f"{sums.mean():.3g}), and a softmax gives each row probabilities whose sum is 1: it can say one label only.",
        Evidence("mean sum of a row of the target", float(sums.mean()), 1.0, "sum of a row of the output"),
        f"layer {layer.address}: {layer!r}" if isinstance(layer, Softmax) else f"the loss: {patient.loss!r}",
        (
            Cure("end with the Linear layer, and take BCEWithLogitsLoss(): each label for itself"),
            Cure("Sigmoid() in place of the softmax, with BCELoss()"),
        ),
        "certain",
        experiment=None
        if examination.refusal is not None
        else by_trial(examination, "Sigmoid() in its place", with_layers(lambda layers: [*layers[:-1], Sigmoid()])),
    )


def _rows(train: object) -> np.ndarray | None:
    """Targets (N, K) of 0 and 1, K > 1; None for others."""
    try:
        target = np.asarray(train[1])  # type: ignore[index]
    except (TypeError, ValueError, IndexError):
        return None
    ok = target.ndim == 2 and target.shape[1] > 1 and target.dtype.kind in "biuf"
    return target.astype(np.float64) if ok and np.isin(target, (0, 1)).all() else None


RULE = Rule(
    "softmax-multilabel",
    "before",
    "the sums of the rows of the target, and whether a softmax stands over them",
    "a row of 0 and 1 whose sum is not 1",
    "an identity: the rows of a softmax sum to 1",
    find,
    explains=("plateau", "loss-misfit", "underfitting", "start-loss"),
    of_refusals=True,
)
