"""Imbalance: a rare class is never answered, and the accuracy looks fine."""

from __future__ import annotations

import numpy as np

from layerwise.insight.doctor.examination import Examination, quiet
from layerwise.insight.doctor.finding import Cure, Evidence, Finding
from layerwise.insight.doctor.rule import Rule

RARE = 0.2
COMMON = 0.75


def find(examination: Examination) -> Finding | None:
    task = examination.task
    truth = task.truth(np.asarray(examination.some.target))
    if task.kind == "quantities" or (task.kind == "yes-no" and truth.reshape(len(truth), -1).shape[1] > 1):
        return None
    answers = quiet(lambda: task.answers(examination.net(examination.x)))
    values, counts = np.unique(truth, return_counts=True)
    shares = counts / counts.sum()
    if len(values) < 2 or len(values) > 20 or shares.max() < COMMON or truth.size < 40:
        return None
    never = [
        value for value, share in zip(values, shares, strict=True) if share < RARE and not (answers == value).any()
    ]
    if not never or not (answers == values[shares.argmax()]).mean() > 0.98:
        return None
    right = float((answers == truth).mean())
    balanced = float(np.mean([(answers == value)[truth == value].mean() for value in values]))
    return Finding(
        "imbalance",
        "warning",
        f"The accuracy of {right:.2f} is the share of the commonest class ({shares.max():.2f}): the network answers it "
        f"always, and {'class' if len(never) == 1 else 'classes'} {', '.join(str(int(each)) for each in never[:5])} "
        "never.",
        Evidence("balanced accuracy", balanced, 1 / len(values), "of one answer for all"),
        "the data, and the weights of the classes in the loss",
        (
            Cure("CrossEntropyLoss(weight=[...]) with weights that are larger for the rare classes, or sample_weight="),
            Cure("draw rare rows more often; judge by balanced accuracy or recall"),
        ),
        "likely",
    )


RULE = Rule(
    "imbalance",
    "after",
    "the shares of the classes, and which of them the network answers",
    "one class has three quarters of the rows or more, over 98 % of the answers name it, and a class below a fifth is "
    "never answered; no more than 20 classes",
    "recall 0 at an accuracy equal to the share of the commonest class: the two numbers together have no better "
    "reading",
    find,
    explains=("plateau", "no-signal", "underfitting"),
)
