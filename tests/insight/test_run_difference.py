"""Two runs by what differs only: every setting that does, the first number that does, and how far."""

from __future__ import annotations

import numpy as np
import pytest
from tests.support.refusals import refused
from tests.support.tally import Tally

import layerwise as lw
from layerwise.errors import DataError
from layerwise.insight.run_difference import difference_of
from layerwise.training.experiment import Experiment

TABLE = {
    "data": {"name": "moons", "n": 60},
    "layers": [{"name": "Linear", "in_features": 2, "out_features": 2}],
    "loss": {"name": "CrossEntropyLoss"},
    "optimizer": {"name": "SGD", "lr": 0.1},
    "epochs": 5,
}


def run(**changes: object) -> tuple[dict, lw.History]:
    experiment = Experiment.from_table(TABLE | changes)
    return experiment.to_table(), experiment.build().train(experiment.load_data())


def test_equal_runs_never_part() -> None:
    (table, one), (_, two) = run(), run()
    found = difference_of(one, two, (table, table))
    assert (found.settings, found.parted, found.name) == ((), None, "val_loss")
    assert str(found) == "no setting differs: every number is the same"
    np.testing.assert_array_equal(found.difference, 0)


def test_a_rate_that_is_changed_late_parts_them_late() -> None:
    (table, one), (other, two) = run(), run(schedule={"name": "StepLR", "step_size": 3, "gamma": 0.1})
    found = difference_of(one, two, (table, other))
    assert found.parted == 4
    assert found.settings == (
        ("schedule.gamma", "-", "0.1"), ("schedule.name", "-", "StepLR"), ("schedule.step_size", "-", "3"),
    )  # fmt: skip
    np.testing.assert_array_equal(found.difference, np.array(two["val_loss"]) - np.array(one["val_loss"]))


def test_settings_inside_lists_have_paths() -> None:
    found = difference_of(
        {"x": [1.0]}, {"x": [2.0]}, ({"layers": [{"a": 1}, {"b": [1, 2]}]}, {"layers": [{"a": 1}, {"b": [1, 3]}]}), "x"
    )
    assert found.settings == (("layers.1.b", "[1, 2]", "[1, 3]"),)


def test_runs_of_two_lengths_are_compared_as_far_as_both_go() -> None:
    found = difference_of({"train_loss": [3.0, 2.0, 1.0]}, {"train_loss": [3.0, 2.5]})
    assert (found.parted, found.difference.tolist()) == (2, [0.0, 0.5])


def test_nan_on_both_sides_is_no_difference() -> None:
    assert difference_of({"x": [np.nan, 1.0]}, {"x": [np.nan, 1.0]}, name="x").parted is None


@pytest.mark.parametrize("name", [None, "x"])
def test_mistakes(name: str | None, tally: Tally) -> None:
    refused(tally, DataError, "no numbers", lambda: difference_of({"a": [1.0]}, {"b": [1.0]}, name=name))
