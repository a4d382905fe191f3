"""A plateau: the loss stands at a number that says what the network does."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from layerwise.insight.doctor.examination import Examination
from layerwise.insight.doctor.finding import Cure, Evidence, Finding
from layerwise.insight.doctor.rule import Rule

CLOSE = 0.01


def find(examination: Examination) -> Finding | None:
    if not examination.has_failed:
        return None
    loss = examination.loss_of(examination.net)
    if not math.isfinite(loss):
        return None
    for value, name, words in fingerprints(examination):
        if value > 0 and abs(loss - value) < CLOSE * value:
            return Finding(
                "plateau",
                "sick",
                f"The loss stands at {loss:.4g}, which is {name}: {words}",
                Evidence("loss at the end", loss, value, f"{name} ="),
                "what keeps the input from the output, or the gradient from the weights",
                (Cure("look at the layers, the rate and the scale of the data: lw.find_lr, one batch by heart"),),
                "possible",
            )
    return None


def fingerprints(examination: Examination) -> Iterator[tuple[float, str, str]]:
    """Known values of a loss, each with its name and its meaning."""
    K = examination.output.shape[-1]
    if examination.task.kind == "labels":
        yield math.log(np.e + K - 1) - 1, f"ln(e + {K} - 1) - 1", "the floor of a softmax that is taken twice."
        yield math.log(K), f"ln {K}", f"all {K} classes get the same probability, so the network knows nothing."
        if examination.baseline is not None:
            yield examination.baseline, "the entropy of the labels", "it knows how common the classes are, and no more."
    elif examination.task.kind == "yes-no":
        yield math.log(2), "ln 2", "every answer is one half, so the network knows nothing."
        if examination.baseline is not None:
            yield examination.baseline, "the entropy of the targets", "it knows how common a yes is, and no more."
    else:
        target = np.asarray(examination.target, np.float64)
        variance, square = float(target.var(axis=0).mean()), float(np.square(target).mean())
        yield variance, "Var(y)", "it answers the mean of the targets to every row."
        yield square, "E[y²]", "it answers 0 to every row, or something as small beside the targets."


RULE = Rule(
    "plateau",
    "after",
    "the loss at the end of a run that failed, beside numbers that are known exactly: ln K; ln(e + K - 1) - 1; the "
    "entropy of the labels; ln 2; Var(y); E[y²]",
    "within 1 %",
    "these are the losses of answers that look at no input, and of a softmax taken twice; it is a sign, and told "
    "after a cause",
    find,
)
