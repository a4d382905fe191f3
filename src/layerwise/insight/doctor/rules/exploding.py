"""Exploding gradients: each layer, or each step back in time, multiplies them."""

from __future__ import annotations

from layerwise.insight.doctor.changes import clipped
from layerwise.insight.doctor.depth import way_back
from layerwise.insight.doctor.examination import Examination
from layerwise.insight.doctor.experiments import by_trial
from layerwise.insight.doctor.finding import Cure, Evidence, Finding
from layerwise.insight.doctor.rule import Rule

TIMES = 100.0
FAR = 1000.0


def find(examination: Examination) -> Finding | None:
    if not examination.is_behind or examination.patient.clip_norm is not None:
        return None
    way = way_back(examination)
    if way is None or not way.ratio > TIMES:
        return None
    trial = examination.trial("clipped gradients", clipped)
    helps = trial is not None and trial.helps
    broke_off = examination.course is not None and examination.course.record.error is not None
    if not helps and not broke_off:
        return None
    through = f"{way.layers} layers" if way.slope is None else f"{way.steps} steps of time"
    words = " The run left the range of the numbers."
    if trial is not None and trial.helps:
        words = f" Clipped, the network learns: skill {trial.after:.2f}, not {trial.before:.2f}."
    return Finding(
        "exploding",
        examination.severity,
        f"The gradient grows on its way back through {through}: at the first it is {way.ratio:.3g} times what it is "
        f"at the last.{words}",
        Evidence("gradient at the first layer or step over that at the last", way.ratio, 1.0, "about"),
        "the first weights, the depth, or the recurrence",
        (
            Cure("clip_norm=1.0", {"clip_norm": 1.0}),
            Cure("smaller first weights; an orthogonal recurrence; LSTM or GRU in place of RNN"),
            Cure("a lower learning rate"),
        ),
        "likely" if helps or way.ratio > FAR else "possible",
        experiment=by_trial(examination, "clip_norm=1.0", clipped),
    )


RULE = Rule(
    "exploding",
    "after",
    "the gradient at the output of every layer with weights, and at every step of a recurrence; where the run has "
    "failed, the same run with clipped gradients",
    "the first has more than a hundred times the last, and the run failed and learns where gradients are clipped, "
    "or broke off",
    "a ratio between layers, not a size: sizes differ from loss to loss",
    find,
    explains=("diverged", "plateau", "dead-units", "saturated-units", "rate-too-high"),
)
