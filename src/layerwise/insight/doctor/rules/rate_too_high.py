"""The learning rate is too high: beyond 2/λmax every step overshoots by more than it gains."""

from __future__ import annotations

import numpy as np

from layerwise.errors import LayerwiseError
from layerwise.insight.doctor.changes import rate
from layerwise.insight.doctor.examination import Examination
from layerwise.insight.doctor.experiments import by_trial
from layerwise.insight.doctor.finding import Cure, Evidence, Finding
from layerwise.insight.doctor.probes.curvature import curvature
from layerwise.insight.doctor.rule import Rule
from layerwise.insight.doctor.trial import Trial
from layerwise.optimizers import SGD, Momentum

FACTORS = (0.1, 0.01, 1e-3, 1e-4)
COLLAPSE = 3.0


def find(examination: Examination) -> Finding | None:
    if not examination.is_behind or examination.patient.step is not None:
        return None
    collapsed = _collapsed(examination)
    for factor in FACTORS:
        trial = examination.trial(f"rate times {factor:g}", rate(factor))
        if trial is not None and trial.helps:
            lower = examination.trial(f"rate times {factor / 10:g}", rate(factor / 10))
            if lower is not None and lower.after > trial.after:  # a rate that only just does is no good advice
                factor, trial = factor / 10, lower
            return _finding(examination, factor, trial)
        if trial is not None and trial.gain < 0 <= trial.before:
            break  # lower rates learn less: they are not what is missing
    if collapsed is not None:
        return _late(examination, *collapsed)
    return _beyond(examination)


def _finding(examination: Examination, factor: float, trial: Trial) -> Finding:
    lr = examination.patient.optimizer.lr
    limit = _limit(examination)
    words = f" With {lr * factor:.3g} the same network learns: skill {trial.after:.2f} in place of {trial.before:.2f}."
    if limit is not None and lr > limit:
        words = (
            f" At the start the largest curvature is such that every rate above {limit:.3g} overshoots (2/λmax).{words}"
        )
        evidence = Evidence("rate", lr, limit, "limit 2/λmax")
    else:
        evidence = Evidence("skill", trial.before, trial.after, f"with a rate of {lr * factor:.3g}")
    return Finding(
        "rate-too-high",
        examination.severity,
        f"The learning rate {lr:.3g} is too high here.{words}",
        evidence,
        f"the optimizer: {examination.patient.optimizer!r}",
        (
            Cure(f"a rate of {lr * factor:.3g}, or what lw.find_lr finds", {"optimizer.lr": lr * factor}),
            Cure("scaled inputs and targets, or normalisation between the layers, which allow higher rates"),
        ),
        "likely",
        experiment=by_trial(examination, f"rate times {factor:g}", rate(factor)),
    )


def _beyond(examination: Examination) -> Finding | None:
    """A run that broke off, or that no trial was made of, whose rate is beyond the limit of plain descent."""
    assert examination.course is not None
    if examination.trials and examination.course.record.error is None:
        return None
    lr, limit = examination.patient.optimizer.lr, _limit(examination)
    if limit is None or lr <= limit:
        return None
    return Finding(
        "rate-too-high",
        examination.severity,
        f"The learning rate {lr:.3g} is beyond 2/λmax = {limit:.3g}, the rate above which each step overshoots "
        "along the direction of largest curvature at the start.",
        Evidence("rate", lr, limit, "limit 2/λmax"),
        f"the optimizer: {examination.patient.optimizer!r}",
        (
            Cure(f"a rate below {limit:.3g}", {"optimizer.lr": limit / 2}),
            Cure("scaled inputs, which lower the curvature"),
        ),
        "likely",
    )


def _limit(examination: Examination) -> float | None:
    """The rate above which plain descent, or that with momentum μ, diverges: 2/λmax, 2 (1 + μ)/λmax. None for "
    "others."""
    optimizer = examination.patient.optimizer
    if type(optimizer).__name__ == "GradientDescent":
        factor = 1.0
    elif isinstance(optimizer, SGD):
        factor = 1 + optimizer.momentum
    elif isinstance(optimizer, Momentum):
        factor = 1 + optimizer.gamma
    else:
        return None
    try:
        found = curvature(examination.start, examination.x, examination.target, examination.patient.loss)
    except LayerwiseError:
        return None
    return None if found is None or not found.largest > 0 else factor * found.limit


def _collapsed(examination: Examination) -> tuple[float, float] | None:
    """The best and the last loss of a run that had learnt and has lost it again."""
    assert examination.course is not None
    losses = np.array(examination.course.record.losses)
    if len(losses) < 50 or examination.baseline is None or not np.isfinite(losses).all():
        return None
    smooth = np.array([np.median(part) for part in np.array_split(losses, min(20, len(losses) // 5))])
    best, last = float(smooth.min()), float(smooth[-1])
    return (best, last) if last > COLLAPSE * best and best < 0.6 * examination.baseline <= 0.9 * last / 0.9 else None


def _late(examination: Examination, best: float, last: float) -> Finding:
    lr = examination.patient.optimizer.lr
    return Finding(
        "rate-too-high",
        examination.severity,
        f"The loss had come down to {best:.3g} and is back at {last:.3g}: the rate {lr:.3g}, which did at first, is "
        "too high for the steeper places that come later.",
        Evidence("loss at the end", last, best, "at its lowest"),
        f"the optimizer: {examination.patient.optimizer!r}",
        (
            Cure("a rate that falls: schedule=lw.CosineAnnealingLR(T_max=epochs)"),
            Cure("go back to the best epoch: lw.EarlyStopping(...)"),
        ),
        "likely",
    )


RULE = Rule(
    "rate-too-high",
    "after",
    "where the run has failed, the same run with a tenth of the rate, and less; for plain descent the largest "
    "eigenvalue of the Hessian at the start, by the method of Lanczos; losses that fell and rose again",
    "the run failed, and learns with a lower rate; or it broke off with a rate above 2/λmax; or the loss is more "
    "than three times its lowest, and back at that of a constant answer",
    "along the direction of largest curvature a step multiplies what is left by 1 - ηλ: beyond 2/λmax it grows. "
    "Some runs stand above that limit at the start and settle, so that the trial decides",
    find,
    explains=("dead-units", "saturated-units", "diverged", "exploding", "plateau", "underfitting", "start-loss",
              "not-finite", "input-ignored", "imbalance"),
)  # fmt: skip
