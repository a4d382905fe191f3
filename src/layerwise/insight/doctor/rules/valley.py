"""Stuck in a valley that runs to infinity: the loss creeps towards a number above 0, and the weights grow for ever."""

from __future__ import annotations

import math

import numpy as np

from layerwise.insight.doctor.examination import Examination
from layerwise.insight.doctor.finding import Cure, Evidence, Finding
from layerwise.insight.doctor.rule import Rule

VALUES = {
    "(ln 2)/2": (math.log(2) / 2, "two of four points right, and two at one half"),
    "(2 ln 1.5 + ln 3)/4": ((2 * math.log(1.5) + math.log(3)) / 4, "one of four points right, and three at two thirds"),
}
CLOSE = 0.05


def find(examination: Examination) -> Finding | None:
    if not examination.is_stuck or len(np.unique(examination.x.reshape(len(examination.x), -1), axis=0)) > 8:
        return None
    loss, grown = examination.loss_of(examination.net), _grown(examination)
    for name, (value, words) in VALUES.items():
        if not (0 < loss - value < CLOSE * value or abs(loss - value) < 0.005 * value) or grown < 1.2:
            continue
        return Finding(
            "valley",
            "sick",
            f"The loss stands at {loss:.4f}, just above {name} = {value:.4f}: {words}. The weights are {grown:.3g} "
            "times as large as at the start and still grow: this is no minimum but a valley that runs to infinity, "
            "and more updates do not lead out of it.",
            Evidence("loss at the end", loss, value, f"{name} ="),
            "the number of hidden units, and the first weights",
            (
                Cure("more hidden units: of XOR with three, 39 of 40 starts come through, with eight all"),
                Cure("another seed"),
            ),
            "likely",
        )
    return None


def _grown(examination: Examination) -> float:
    start = float(np.linalg.norm(examination.start.theta))
    return float(np.linalg.norm(examination.net.theta)) / start if start > 0 else math.inf


RULE = Rule(
    "valley",
    "after",
    "the loss of a run that stands still on up to eight points, and the growth of its weights",
    "at most 5 % above (ln 2)/2 or (2 ln 1.5 + ln 3)/4, and weights 1.2 times as large as at the start",
    "these are the limits of the two valleys of XOR with two hidden units: the loss comes near them from above, "
    "and the weights have to grow for it",
    find,
    explains=("plateau", "underfitting", "saddle", "rate-too-low"),
)
