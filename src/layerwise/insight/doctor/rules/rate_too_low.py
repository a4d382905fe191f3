"""The learning rate is too low, or the updates too few: the network is still where it began."""

from __future__ import annotations

from layerwise.insight.doctor.changes import longer, rate
from layerwise.insight.doctor.examination import Examination
from layerwise.insight.doctor.experiments import by_trial
from layerwise.insight.doctor.finding import Cure, Evidence, Finding
from layerwise.insight.doctor.rule import Rule
from layerwise.insight.doctor.rules.rate_too_high import find as too_high

FACTORS = (10.0, 100.0, 1e3)
STILL = 0.01
TIMES = 10


def find(examination: Examination) -> Finding | None:
    if not examination.is_behind or examination.course is None or examination.course.record.error is not None:
        return None
    patient = examination.patient
    if patient.optimizer.lr == 0 and patient.schedule is None and patient.step is None:
        return _none(examination)
    if too_high(examination) is not None:
        return None
    for factor in FACTORS:
        trial = examination.trial(f"rate times {factor:g}", rate(factor))
        if trial is not None and trial.helps:
            return _finding(examination, factor, trial.before, trial.after)
    after = examination.after_more(TIMES)
    if after is not None and after.helps:
        return _finding(examination, 0, after.before, after.after)
    return _still(examination) if _moved(examination) < STILL else None


def _finding(examination: Examination, factor: float, before: float, after: float) -> Finding:
    assert examination.course is not None
    record, lr = examination.course.record, examination.patient.optimizer.lr
    moved = _moved(examination)
    if factor:
        what, cure = f"a rate of {lr * factor:.3g} in place of {lr:.3g}", rate(factor)
    else:
        what, cure = f"{TIMES} times as many updates", longer(TIMES)
    return Finding(
        "rate-too-low",
        examination.severity,
        f"The network has hardly moved in {record.updates:,} updates (all its weights together by {moved:.2g} of "
        f"their size): the rate {lr:.3g} is too low, or the updates are too few. With {what} it learns: skill "
        f"{after:.2f}, not {before:.2f}.",
        Evidence("change of the weights over the run, beside their size", moved, None),
        f"the optimizer: {examination.patient.optimizer!r}, epochs={examination.patient.epochs}",
        (
            Cure(
                f"a rate of {lr * (factor or 10):.3g}, or what lw.find_lr finds", {"optimizer.lr": lr * (factor or 10)}
            ),
            Cure("more epochs, or smaller batches"),
        ),
        "likely",
        experiment=by_trial(examination, f"rate times {factor:g}" if factor else what, cure),
    )


def _still(examination: Examination) -> Finding:
    """A network that stands where it began; how much further it has to go, no trial has shown."""
    assert examination.course is not None
    return Finding(
        "rate-too-low",
        examination.severity,
        f"The network stands where it began: in {examination.course.record.updates:,} updates all its weights "
        f"together have moved by {_moved(examination):.2g} of their size. The rate "
        f"{examination.patient.optimizer.lr:.3g} is far too low, or no gradient comes to them.",
        Evidence("change of the weights over the run, beside their size", _moved(examination), None),
        f"the optimizer: {examination.patient.optimizer!r}",
        (Cure("the rate that lw.find_lr finds"), Cure("Adam, whose steps have the length of the rate")),
        "likely",
    )


def _none(examination: Examination) -> Finding:
    """A rate of 0, by which nothing moves."""
    return Finding(
        "rate-too-low",
        "sick",
        "The learning rate is 0: no weight moves.",
        Evidence("change of the weights over the run, beside their size", _moved(examination), None),
        f"the optimizer: {examination.patient.optimizer!r}",
        (Cure("a rate above 0, such as what lw.find_lr finds"),),
        "certain",
    )


def _moved(examination: Examination) -> float:
    """How far theta has gone, beside its length at the start."""
    start, end = examination.start.theta.astype(float), examination.net.theta
    size = float((start**2).sum()) ** 0.5
    return float(((end - start) ** 2).sum()) ** 0.5 / size if size > 0 else 0.0


RULE = Rule(
    "rate-too-low",
    "after",
    "where the run has failed and did not break off, the same run with 10, 100 and 1000 times the rate, and with "
    "ten times the updates; how far the weights have moved",
    "the run failed, and learns with one of them; or all weights together have moved by less than 1 % of their "
    "size; or the rate is 0",
    "how far a network has to go is not known before: no bound on the rate holds for all, and the trial decides",
    find,
    explains=("plateau", "underfitting", "start-loss"),
)
