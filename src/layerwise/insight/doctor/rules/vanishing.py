"""Vanishing gradients: each layer, or each step back in time, leaves a fraction, and the first learn nothing."""

from __future__ import annotations

from layerwise.insight.doctor.changes import steeper
from layerwise.insight.doctor.depth import way_back
from layerwise.insight.doctor.examination import Examination
from layerwise.insight.doctor.experiments import by_trial
from layerwise.insight.doctor.finding import Cure, Evidence, Finding
from layerwise.insight.doctor.rule import Rule

SHARE = 1e-2
FAR = 1e-4


def find(examination: Examination) -> Finding | None:
    if not examination.is_behind:
        return None
    way = way_back(examination)
    if way is None or not way.ratio < SHARE:
        return None
    trial = examination.trial("gradients that come through", steeper)
    helps = trial is not None and trial.helps
    if not helps and not (examination.has_failed and way.ratio < FAR):
        return None
    through = f"{way.layers} layers" if way.slope is None else f"{way.steps} steps of time"
    words = ""
    if trial is not None and trial.helps:
        words = f" Where it comes through, the network learns: skill {trial.after:.2f}, not {trial.before:.2f}."
    return Finding(
        "vanishing",
        examination.severity if helps else "warning",
        f"The gradient fades on its way back through {through}: at the first it is {way.ratio:.2g} of what it is at "
        f"the last (RMS per number).{words}",
        Evidence("gradient at the first layer or step over that at the last", way.ratio, 1.0, "about"),
        "the activations, the depth, or the recurrence",
        (
            Cure("ReLU() or GELU() in place of Sigmoid() and Tanh(), with init='he_normal'"),
            Cure("Residual(...) around the layers, or normalisation between them"),
            Cure("LSTM or GRU in place of RNN"),
        ),
        "likely" if helps else "possible",
        experiment=by_trial(examination, "activations and recurrence that let gradients through", steeper),
    )


RULE = Rule(
    "vanishing",
    "after",
    "the gradient at the output of every layer with weights, and at every step of a recurrence; where the run has "
    "failed, the same run with ReLU for sigmoid and tanh, and LSTM for RNN",
    "the first has less than a hundredth of the last, the run failed, and it learns with the change; less than "
    "1e-4 in a run that failed is a warning without it",
    "σ' is 1/4 at the most, so that four sigmoid layers leave less than 1/256. An LSTM at its start forgets half "
    "in each step and learns all the same: the share alone is no disease",
    find,
    explains=("plateau", "underfitting", "rate-too-low"),
)
