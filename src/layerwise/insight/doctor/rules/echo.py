"""Echo: in a series the answer for tomorrow is the value of today."""

from __future__ import annotations

import numpy as np

from layerwise.insight.doctor.examination import MANY, Examination, quiet
from layerwise.insight.doctor.finding import Cure, Evidence, Finding
from layerwise.insight.doctor.rule import Rule
from layerwise.types import Array


def find(examination: Examination) -> Finding | None:
    series = _series(examination)
    if series is None or examination.skill < 0.3:
        return None  # of an answer that says little there is nothing to compare
    truth, last, answers = series
    persistence = float(np.square(truth - last).mean())
    error = float(np.square(truth - answers).mean())
    skill = 1 - error / persistence
    now, before = _correlation(answers, truth), _correlation(answers, last)
    if not (skill <= 0.05 and before > now and before > 0.5):
        return None
    return Finding(
        "echo",
        "warning",
        f"The answers go with the last known value ({before:.3f}) more than with the one that was asked for "
        f"({now:.3f}), and they are no better than repeating it: the network echoes.",
        Evidence("squared error", error, persistence, "of repeating the last value"),
        "the task: the next value of a series",
        (
            Cure("learn the difference to the last value, and judge by the skill beside repeating it"),
            Cure("more history or other series, if the differences hold something to learn"),
        ),
        "likely",
    )


def _series(examination: Examination) -> tuple[Array, Array, Array] | None:
    """Truth, last known value and answers, where the data are windows of a series in which that value is an input."""
    held = examination.run.validation
    part = examination.data if held is None or len(held) < 30 else held
    x, target = np.asarray(part.x[:MANY]), np.asarray(part.target[:MANY], np.float64)
    if examination.task.kind != "quantities" or target.ndim != 2 or target.shape[1] != 1 or len(x) < 30:
        return None
    rows, y = x.reshape(len(x), -1).astype(np.float64), target[:, 0]
    if examination.start.takes_indices or rows.std() == 0 or y.std() == 0:
        return None
    columns = rows[1:] - rows[1:].mean(axis=0)
    before = y[:-1] - y[:-1].mean()
    size = np.linalg.norm(columns, axis=0) * np.linalg.norm(before)
    together = np.where(size > 0, before @ columns / np.where(size > 0, size, 1.0), 0.0)
    column = int(together.argmax())
    if together[column] < 0.999:
        return None
    slope = before @ columns[:, column] / (columns[:, column] @ columns[:, column])
    last = y[:-1].mean() + slope * (rows[:, column] - rows[1:, column].mean())
    answers = quiet(lambda: examination.net(x))
    ok = answers.shape == target.shape and np.isfinite(answers).all() and answers.std() > 0
    return (y, last, answers[:, 0].astype(np.float64)) if ok else None


def _correlation(a: Array, b: Array) -> float:
    return float(np.corrcoef(a, b)[0, 1]) if a.std() > 0 and b.std() > 0 else 0.0


RULE = Rule(
    "echo",
    "after",
    "whether an input of each row is the target of the row before; then the answers beside the last value and "
    "beside the truth",
    "correlation 0.999 between that input and the last target; a skill of 0.3 on training rows; answers that go "
    "more with the last value than with the truth, and at most 5 % better than repeating it",
    "persistence is what a forecast has to beat; on rows of no series no input is the last target",
    find,
    explains=("underfitting", "overfitting", "plateau"),
)
