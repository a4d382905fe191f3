"""Adam after the end: the gradient is almost 0, its running square too, and their quotient still is a full step."""

from __future__ import annotations

from copy import deepcopy

import numpy as np

from layerwise.insight.doctor.examination import Examination
from layerwise.insight.doctor.experiments import by_trial
from layerwise.insight.doctor.finding import Cure, Evidence, Finding
from layerwise.insight.doctor.patient import Patient
from layerwise.insight.doctor.rule import Rule
from layerwise.optimizers import Adam, RMSprop

RISE = 1e6
DONE = 1e-6


def find(examination: Examination) -> Finding | None:
    patient = examination.patient
    if examination.course is None or not isinstance(patient.optimizer, Adam | RMSprop) or patient.schedule is not None:
        return None
    losses = np.array(examination.course.record.losses)
    if len(losses) < 100 or not np.isfinite(losses).all():
        return None
    smooth = np.array([np.median(part) for part in np.array_split(losses, min(100, len(losses) // 5))])
    least = int(smooth.argmin())
    after = float(smooth[least:].max())
    if not (0 < smooth[least] < DONE * losses[0] and after > RISE * smooth[least]):
        return None
    return Finding(
        "adam-after-the-end",
        "sick",
        f"The loss had come down to {smooth[least]:.2g}, and rose again to {after:.2g} at a constant rate: where "
        f"the gradient is almost 0, {type(patient.optimizer).__name__} divides it by the root of its own square and "
        "makes a full step all the same.",
        Evidence("rise of the loss after its minimum", after / float(smooth[least]), 1.0, "of a run that stays"),
        f"the optimizer: {patient.optimizer!r}, at a constant rate",
        (
            Cure("a rate that falls to 0: schedule=lw.CosineAnnealingLR(T_max=epochs)"),
            Cure("a larger ε: eps=1e-4", {"optimizer.eps": 1e-4}),
            Cure("stop when the loss is low enough: lw.EarlyStopping(...)"),
        ),
        "certain",
        experiment=by_trial(examination, "ε times 10,000", _larger_eps),
    )


def _larger_eps(patient: Patient) -> Patient | None:
    optimizer = deepcopy(patient.optimizer)
    if not isinstance(optimizer, Adam | RMSprop):
        return None
    optimizer.eps = max(optimizer.eps, 1e-8) * 1e4
    return patient.otherwise(optimizer=optimizer)


RULE = Rule(
    "adam-after-the-end",
    "after",
    "the losses of the run, smoothed by medians, under Adam and RMSprop at a constant rate",
    "down to a millionth of the first, and then up again by more than a million",
    "the smallest loss of noisy data is far above a millionth of the first: this far down the task was solved",
    find,
    explains=("rate-too-high", "diverged"),
)
