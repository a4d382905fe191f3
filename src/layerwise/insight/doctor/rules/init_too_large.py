"""First weights that are too large: the loss begins far above that of a network that knows nothing."""

from __future__ import annotations

from layerwise.insight.doctor.changes import fresh_weights
from layerwise.insight.doctor.examination import Examination
from layerwise.insight.doctor.experiments import by_trial
from layerwise.insight.doctor.finding import Cure, Evidence, Finding
from layerwise.insight.doctor.gains import gains, scaled_inputs
from layerwise.insight.doctor.rule import Rule

GAIN = 4.0
FAR = 20.0
HUGE = 30.0


def find(examination: Examination) -> Finding | None:
    steps = gains(examination.start, scaled_inputs(examination))
    if not steps:
        return None
    name, gain = max(steps.items(), key=lambda each: each[1])
    if gain < GAIN:
        return None
    loss, expected = _start(examination), examination.baseline
    far = expected is not None and loss > FAR * expected
    trial = examination.trial("fresh weights", fresh_weights) if examination.is_behind else None
    helps = trial is not None and trial.helps
    if not (far or helps or (examination.is_behind and gain > HUGE)):
        return None
    words = ""
    if trial is not None and helps:
        words = f" With fresh weights the network learns: skill {trial.after:.2f}, not {trial.before:.2f}."
    evidence = (
        Evidence("loss at the start, on scaled inputs", loss, expected, "of a network that knows nothing")
        if far
        else Evidence(f"growth of the signal in {name}", gain, 1.0, "about")
    )
    return Finding(
        "init-too-large",
        examination.severity if helps else "warning",
        f"The first weights are too large: {name} makes the signal {gain:.3g} times as large, where about 1 keeps "
        f"it.{words}",
        evidence,
        f"the first weights of {name}",
        (
            Cure("variance 2/fan-in before ReLU (init='he_normal'), 1/fan-in before tanh; or leave init out"),
            Cure("normalise between the layers (LayerNorm, BatchNorm1d)"),
        ),
        "likely",
        experiment=by_trial(examination, "first weights of the library", fresh_weights),
    )


def _start(examination: Examination) -> float:
    return examination.loss_of(examination.start, scaled_inputs(examination), examination.target)


RULE = Rule(
    "init-too-large",
    "after",
    "how many times each layer with weights enlarges the signal, on inputs scaled to size 1, and the loss at the start",
    "one layer by 4 or more, and a run that is behind and learns with fresh weights; a warning where the loss "
    "starts at 20 times that of a constant answer, or a run is behind and a layer enlarges the signal 30 times",
    "the usual draws have a gain of 0.6 to 1.4; N(0, 1) with a fan-in of 784 has 28. Scaled inputs keep this rule "
    "apart from that of unscaled ones",
    find,
    explains=("start-loss", "saturated-units", "dead-units", "exploding", "diverged", "plateau", "rate-too-high",
              "vanishing", "underfitting", "rate-too-low"),
)  # fmt: skip
