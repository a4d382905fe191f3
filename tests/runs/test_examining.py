"""From what a user typed to the doctor's report."""

from __future__ import annotations

import pytest

from layerwise.errors import SettingError
from layerwise.runs.examining import examination_of, patient_of
from layerwise.runs.start import start
from layerwise.training.changes import Changes

SHORT = ("layers.0.out_features=8", "layers.3.in_features=8", "layers.3.out_features=8", "layers.6.in_features=8")


def test_the_patient_is_the_setup_of_the_run():
    ready = start("iris", None, Changes(epochs=3, seed=4))
    patient = patient_of(ready)
    assert (patient.epochs, patient.seed, patient.batch_size) == (3, 4, ready.experiment.batch_size)
    assert patient.train is ready.data.train
    assert patient.validation is ready.data.validation
    assert (patient.regularizer, patient.schedule) == (ready.setup.regularizer, ready.setup.schedule)


def test_a_dataset_is_examined_with_a_users_choices():
    report = examination_of("iris", None, Changes(epochs=30, lr=0.02, entries=SHORT))
    assert report.ok, str(report)
    sick = examination_of("iris", None, Changes(epochs=4, entries=(*SHORT, "optimizer.lr=1e-7")))
    assert sick.codes[0] == "rate-too-low"


def test_what_can_not_be_meant_is_refused():
    with pytest.raises(SettingError, match="no dataset 'irsi'"):
        examination_of("irsi", None, Changes())
