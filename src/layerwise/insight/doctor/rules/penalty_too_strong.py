"""The penalty outweighs the loss: the weights shrink until the answer is a constant."""

from __future__ import annotations

import numpy as np

from layerwise.insight.doctor.changes import unpenalised
from layerwise.insight.doctor.examination import Examination, quiet
from layerwise.insight.doctor.experiments import by_trial
from layerwise.insight.doctor.finding import Cure, Evidence, Finding
from layerwise.insight.doctor.rule import Rule


def find(examination: Examination) -> Finding | None:
    patient = examination.patient
    if not examination.is_behind or unpenalised(patient) is None:
        return None
    trial = examination.trial("no penalty", unpenalised)
    if trial is None or not trial.helps:
        return None
    ratio = _ratio(examination)
    strength = patient.optimizer.weight_decay if patient.regularizer is None else patient.regularizer
    return Finding(
        "penalty-too-strong",
        examination.severity,
        f"The penalty pulls {ratio:.3g} times as hard at the first weights as the loss does, and shrinks them to an "
        f"answer that is nearly constant. Without it the network learns: skill {trial.after:.2f}, not "
        f"{trial.before:.2f}.",
        Evidence("length of the penalty's gradient over that of the loss, at the start", ratio, 1.0, "balance at"),
        f"the penalty: {strength!r}",
        (Cure("a strength that is ten or a hundred times lower"), Cure("no penalty, until the network learns")),
        "likely",
        experiment=by_trial(examination, "no penalty", unpenalised),
    )


def _ratio(examination: Examination) -> float:
    """How hard the penalty pulls beside the loss."""
    patient, net = examination.patient, examination.start
    net.zero_grad()
    quiet(lambda: net.backpropagate(examination.x, examination.target, patient.loss, step=0))
    own = float(np.linalg.norm(net.grad))
    weights = net.theta * net.decay_mask
    pull = patient.optimizer.weight_decay * weights
    if patient.regularizer is not None:
        pull = pull + patient.regularizer(weights)[1]
    net.zero_grad()
    return float(np.linalg.norm(pull)) / max(own, 1e-300)


RULE = Rule(
    "penalty-too-strong",
    "after",
    "where a run with a penalty or weight decay has failed, the same run without; the two gradients",
    "the run fails with it and learns without",
    "at the end of every penalised run the two gradients balance, so that their ratio says little: the trial decides",
    find,
    explains=("plateau", "underfitting", "vanishing", "rate-too-low", "no-signal", "saddle"),
)
