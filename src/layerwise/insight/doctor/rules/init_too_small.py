"""First weights that are too small: the signal fades from layer to layer, and all rows look alike at the end."""

from __future__ import annotations

import math

from layerwise.insight.doctor.changes import fresh_weights
from layerwise.insight.doctor.examination import Examination
from layerwise.insight.doctor.experiments import by_trial
from layerwise.insight.doctor.finding import Cure, Evidence, Finding
from layerwise.insight.doctor.gains import gains, scaled_inputs
from layerwise.insight.doctor.rule import Rule

GAIN = 0.2
LEFT = 0.01


def find(examination: Examination) -> Finding | None:
    if not examination.is_behind:
        return None
    steps = gains(examination.start, scaled_inputs(examination))
    hidden = dict(list(steps.items())[:-1]) or steps
    if not hidden or min(hidden.values()) > GAIN:
        return None
    name, gain = min(hidden.items(), key=lambda each: each[1])
    left = math.prod(gain for gain in hidden.values() if gain < 1)
    trial = examination.trial("fresh weights", fresh_weights)
    helps = trial is not None and trial.helps
    if not helps and not (examination.has_failed and left < LEFT):
        return None
    words = ""
    if trial is not None and trial.helps:
        words = f" With fresh weights the network learns: skill {trial.after:.2f}, not {trial.before:.2f}."
    return Finding(
        "init-too-small",
        examination.severity,
        f"The first weights are too small: {name} makes the signal {gain:.3g} times as large, all hidden layers "
        f"together {left:.2g} times, and what is left of it at the output is nearly the same for all rows.{words}",
        Evidence(f"growth of the signal in {name}", gain, 1.0, "about"),
        f"the first weights of {name}",
        (Cure("variance 2/fan-in before ReLU (init='he_normal'), 1/fan-in before tanh; or leave init out"),),
        "likely",
        experiment=by_trial(examination, "first weights of the library", fresh_weights),
    )


RULE = Rule(
    "init-too-small",
    "after",
    "how many times each layer with weights enlarges the signal, on inputs scaled to size 1",
    "a hidden layer with 0.2 or less, in a run that is behind and learns with fresh weights; or all of them "
    "together with a hundredth or less, in a run that failed",
    "the usual draws have a gain of 0.6 to 1.4. A last layer may begin at 0",
    find,
    explains=("vanishing", "plateau", "rate-too-low", "underfitting", "saddle"),
)
