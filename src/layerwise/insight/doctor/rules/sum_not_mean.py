"""A sum over the batch where a mean is meant: the loss, and with it the step, grows with the batch."""

from __future__ import annotations

import numpy as np

from layerwise.errors import LayerwiseError
from layerwise.insight.doctor.changes import rate
from layerwise.insight.doctor.examination import Examination
from layerwise.insight.doctor.experiments import by_trial
from layerwise.insight.doctor.finding import Cure, Evidence, Finding
from layerwise.insight.doctor.probes.loss_laws import loss_laws
from layerwise.insight.doctor.rule import Rule


def find(examination: Examination) -> Finding | None:
    update = examination.update
    if update is not None and update.kind == "sum":
        return _of_the_step(examination, update.factor)
    loss = examination.patient.loss
    if examination.is_of_the_library(loss):
        return None
    laws, slope = loss_laws(loss, examination.output, examination.target), _slope_factor(examination)
    size = min(examination.patient.batch_size, len(examination.data.x))
    if laws is not None and laws.is_sum:
        words = f"of {laws.rows} rows the loss is {laws.whole:.4g}, {laws.rows} times the mean of their losses"
        evidence = Evidence(
            "loss of a batch over the mean of its rows", laws.whole / laws.singles, float(laws.rows), "rows:"
        )
    elif slope is not None:
        words = f"the gradient of the loss is {slope:.4g} times its slope, as many times as the batch has rows"
        evidence = Evidence("gradient of the loss over its slope", slope, slope, "rows:")
    else:
        return None
    return Finding(
        "sum-not-mean",
        "sick" if examination.has_failed else "note",
        f"The loss adds up over the batch instead of taking the mean: {words}. The gradient of a batch of {size} is "
        f"{size} times as long, and so is the rate: {examination.patient.optimizer.lr:.3g} counts as "
        f"{examination.patient.optimizer.lr * size:.3g} in plain gradient descent.",
        evidence,
        f"the loss: {loss!r}",
        (Cure("divide the sum by the number of rows"), Cure(f"a rate {size} times lower, for batches of this size")),
        "certain",
        experiment=by_trial(examination, f"the rate divided by {size}", rate(1 / size)),
    )


def _slope_factor(examination: Examination) -> float | None:
    """The number of rows, where the gradient of the loss is so many times its slope; None elsewhere."""
    output, target = examination.output[:7].astype(np.float64), examination.target[:7]
    loss, direction = examination.patient.loss, np.cos(np.arange(output.size)).reshape(output.shape)
    try:
        with np.errstate(all="ignore"):
            claimed = float((loss(output, target)[1]() * direction).sum())
            above, below = (loss(output + sign * 1e-5 * direction, target)[0] for sign in (1, -1))
    except (LayerwiseError, ValueError):
        return None
    measured = (above - below) / 2e-5
    n = len(output)
    return float(n) if n > 1 and abs(claimed - n * measured) < 1e-3 * abs(claimed) else None


def _of_the_step(examination: Examination, factor: float) -> Finding:
    return Finding(
        "sum-not-mean",
        "sick" if examination.has_failed else "note",
        f"The step is {factor:.6g} times the exact one, as many times as the batch has rows: the gradients of the "
        "rows are added up, and not divided by their number.",
        Evidence("length of the step over that of the exact one", factor, 1.0, "exact"),
        "the function step",
        (Cure("divide by the number of rows, len(x)"), Cure("a rate that is as many times lower")),
        "certain",
    )


RULE = Rule(
    "sum-not-mean",
    "after",
    "the loss of a batch, of its rows one by one, and of the batch twice over; the step beside the exact one",
    "the loss of n rows is n times the mean of theirs, and doubles with the batch (five digits)",
    "an identity of every sum, which no mean obeys. Where training goes well all the same it is a note",
    find,
    explains=("start-loss", "diverged", "exploding", "rate-too-high", "dead-units", "saturated-units", "gradient-wrong",
              "update-wrong"),
)  # fmt: skip
