"""`lw.doctor`: examine a setup before, during and after training, on copies."""

from __future__ import annotations

from typing import Any

from layerwise.insight.doctor.course import train as trained
from layerwise.insight.doctor.examination import Examination
from layerwise.insight.doctor.finding import Finding
from layerwise.insight.doctor.patient import Patient, Step
from layerwise.insight.doctor.ranking import ranked
from layerwise.insight.doctor.report import Report
from layerwise.insight.doctor.rule import looked, rules
from layerwise.losses import Loss
from layerwise.network import Network
from layerwise.optimizers import Optimizer
from layerwise.regularizers import Regularizer
from layerwise.schedules import Schedule


def doctor(
    net: Network,
    train: Any,
    *,
    loss: Loss,
    optimizer: Optimizer,
    epochs: int = 20,
    batch_size: int = 64,
    validation: Any = None,
    sample_weight: Any = None,
    schedule: Schedule | None = None,
    regularizer: Regularizer | None = None,
    clip_norm: float | None = None,
    clip_value: float | None = None,
    seed: int = 0,
    threads: int | None = None,
    evaluate_train: bool = False,
    step: Step | None = None,
) -> Report:
    """Train a copy, and say what is wrong: before the first step, during the run, and after it.

    It takes what `lw.fit` takes; network and optimizer stay as they are.
    step: a function step(net, x, target) of the learner's own that makes one update; it then trains in place of the
        library, and is compared with the exact update of this loss and optimizer.
    The rest is as for `lw.fit`.
    Raises what `lw.fit` raises for arguments that fit no setup; what a rule explains is a finding.
    Sources of the rules stand with them, in `insight/doctor/rules/`; docs/doctor.md has them all with their thresholds.

    >>> import numpy as np
    >>> import layerwise as lw
    >>> x = np.random.default_rng(0).normal(size=(60, 2))
    >>> net = lw.Network(lw.Linear(2, 8), lw.Tanh(), lw.Linear(8, 1), lw.Softmax())
    >>> y = (x[:, :1] > 0).astype(float)
    >>> report = lw.doctor(net, (x, y), loss=lw.BCELoss(), optimizer=lw.Adam(lr=0.02), epochs=20)
    >>> report.findings[0].code, report.findings[0].severity
    ('softmax-of-one', 'sick')
    >>> print(report.findings[0].cures[0])
    put Sigmoid() in its place, for yes or no; for a quantity, no activation at all
    >>> report.findings[0].confirm().confirmed
    True
    """
    patient = Patient(
        net, train, loss, optimizer, epochs, batch_size, validation, sample_weight, schedule, regularizer,
        clip_norm, clip_value, seed, threads, evaluate_train, step,
    )  # fmt: skip
    return examined(patient)


def examined(patient: Patient) -> Report:
    """Go through the three phases."""
    before = Examination(patient)
    if before.refusal is not None:
        findings = [
            found for rule in rules().values() if rule.of_refusals and (found := looked(rule, before)) is not None
        ]
        if not findings:
            raise before.refusal
        return Report(ranked(findings, rules()))
    findings = _found(before, ("before",))
    after = Examination(patient, trained(patient), before)
    findings += _found(after, ("during", "after"))
    return Report(ranked(findings, rules()), summary(after))


def _found(examination: Examination, phases: tuple[str, ...]) -> list[Finding]:
    found = (looked(rule, examination) for rule in rules().values() if rule.phase in phases)
    return [finding for finding in found if finding is not None]


def summary(examination: Examination) -> str:
    """What was looked at."""
    assert examination.course is not None
    record = examination.course.record
    reach = f"{examination.reachable:.2f} for simple methods on rows that they have not seen"
    return (
        f"Looked at {len(rules())} rules and {record.updates:,} updates. Skill on training rows "
        f"{examination.skill:.2f} (0 by chance, 1 all right), {reach}."
    )
