"""A trial: the patient and a changed one, trained equally long from the same start. The cheapest proof of a cause."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from layerwise.errors import LayerwiseError
from layerwise.insight.doctor.course import Course, train
from layerwise.insight.doctor.patient import Patient
from layerwise.types import Array

MOST, FEWEST = 1200, 400
"""Updates of a trial at the most; of a large network fewer."""
_WORK = 1e9
"""Parameters times rows times steps of a sequence that a trial may take, in all its updates."""
FEW_ROWS = 16
HEART_UPDATES = 200

Measure = Callable[[Patient, Course], float]


@dataclass(frozen=True)
class Trial:
    """before, after: the skill without and with the change, after so many updates."""

    before: float
    after: float
    updates: int

    @property
    def gain(self) -> float:
        """How much the change has brought."""
        return self.after - self.before

    @property
    def helps(self) -> bool:
        """Whether the changed one learns and the unchanged one does not: by more than two like runs differ by chance,
        and by a half of what was left to learn, or five times as much."""
        left = 1 - self.before
        return self.gain > 0.15 and (self.gain > 0.5 * left or self.after > 5 * max(self.before, 0.0))


def updates_of(patient: Patient, x: Array, made: int) -> int:
    """How many updates a trial makes: those of the run, within what its size allows."""
    steps = x.shape[1] if x.ndim == 3 or patient.net.takes_indices else 1
    size = patient.net.theta.size * min(patient.batch_size, len(x)) * steps
    return int(np.clip(made, 30, np.clip(_WORK / max(size, 1), FEWEST, MOST)))


def outcome(patient: Patient, updates: int, measure: Measure) -> float:
    """The skill of a patient after so many updates; -1 where it diverges or can not be trained at all."""
    try:
        course = train(patient.otherwise(epochs=max(patient.epochs, updates)), updates)
        return -1.0 if course.record.error is not None else measure(patient, course)
    except LayerwiseError:
        return -1.0


def few(x: Array, target: Array, truth: Array, seed: int) -> tuple[Array, Array]:
    """Some rows for learning by heart: no two with the same input, classes as even as may be."""
    _, first = np.unique(x.reshape(len(x), -1), axis=0, return_index=True)
    rows = np.sort(first)
    key = truth.reshape(len(truth), -1)[rows, 0]
    turns = np.zeros(len(rows))
    for value in np.unique(key):
        turns[key == value] = np.arange((key == value).sum())
    chosen = np.sort(rows[np.argsort(turns, kind="stable")[:FEW_ROWS]])
    return x[chosen], target[chosen]


def heart(patient: Patient, x: Array, target: Array) -> Patient:
    """The patient with one small batch as all its data."""
    return patient.otherwise(
        train=(x, target), validation=None, sample_weight=None, schedule=None, epochs=HEART_UPDATES, batch_size=len(x)
    )
