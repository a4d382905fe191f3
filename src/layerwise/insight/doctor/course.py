"""A course of training: a patient's copy trained for so many updates, and the record of it."""

from __future__ import annotations

from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass

import numpy as np

from layerwise.errors import DivergedError, LayerwiseError
from layerwise.insight.doctor.patient import Patient
from layerwise.insight.doctor.probes.update_check import forgetful
from layerwise.insight.doctor.record import Record, Watch, look
from layerwise.network import Network
from layerwise.training import Run, evaluate


@dataclass(frozen=True)
class Course:
    """What came of it. net: as it then is; after a divergence, the best that the run had kept. run: as it stands."""

    net: Network
    record: Record
    run: Run


def train(patient: Patient, updates: int | None = None) -> Course:
    """Train a copy: so many updates, or all epochs. What broke it off, a divergence or a refusal, is in the record."""
    if patient.step is not None:
        return _by_the_learner(patient, updates)
    watch = Watch()
    run = patient.run([watch])
    try:
        run.advance(updates)
    except LayerwiseError as error:
        watch.record.error = error
    return Course(run.net, watch.record, run)


def _by_the_learner(patient: Patient, updates: int | None) -> Course:
    """The same batches in the same order, each for one call of the learner's own step."""
    assert patient.step is not None
    with np.errstate(all="ignore"), forgetful(patient.step):
        return _steps(patient, updates)


def _steps(patient: Patient, updates: int | None) -> Course:
    assert patient.step is not None
    run, record = patient.run(), Record()
    net = deepcopy(patient.net)
    for epoch in range(run.epochs):
        for batch in run.source.batches(epoch, 0, net.passes):
            before = {name: each.copy() for name, each in net.parameters().items()}
            record.losses.append(run.loss(net(batch.x), batch.target, batch.weight)[0])
            patient.step(net, batch.x, batch.target)
            record.updates += 1
            record.steps.append(record.updates)
            if record.updates & (record.updates - 1) == 0:
                record.looks.append(look(record.updates, net, before))
            if not np.isfinite(net.theta).all():
                record.error = DivergedError(f"diverged at step {record.updates}", record.updates)
                return Course(net, record, run)
            if record.updates == updates:
                return Course(net, record, run)
        record.epochs.setdefault("train_loss", []).append(float(np.mean(record.losses[-(run.source.steps or 1) :])))
        if run.validation is not None:
            with suppress(ArithmeticError):
                found = evaluate(net, run.validation.x, run.validation.target, run.loss, run.validation.weight)
                for name, value in found.items():
                    record.epochs.setdefault(f"val_{name}", []).append(value)
    return Course(net, record, run)
