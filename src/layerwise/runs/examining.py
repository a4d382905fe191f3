"""From what a user typed to the doctor's report: a run's folder, an experiment, a dataset or a table."""

from __future__ import annotations

from layerwise.insight.doctor import Patient, Report, examined
from layerwise.runs.start import Start, start
from layerwise.training.changes import Changes


def examination_of(what: str, target: str | None, changes: Changes) -> Report:
    """Repeat the training of a run, or make it for the first time, on copies, and say what is wrong with it.

    what, target, changes: as for `layerwise train`. Nothing is written, and the test part is not touched.
    Raises what `start` raises, and what `lw.fit` raises where no rule explains it.
    """
    return examined(patient_of(start(what, target, changes)))


def patient_of(ready: Start) -> Patient:
    """The setup of a run, for the doctor. Listeners, such as early stopping, are left out: the whole run is "
    "looked at."""
    setup, table, data = ready.setup, ready.experiment, ready.data
    return Patient(
        setup.net,
        data.train,
        setup.loss,
        setup.optimizer,
        table.epochs,
        table.batch_size,
        data.validation if len(data.validation.x) else None,
        None,
        setup.schedule,
        setup.regularizer,
        table.clip_norm,
        table.clip_value,
        table.seed,
        table.threads,
        table.evaluate_train,
    )
