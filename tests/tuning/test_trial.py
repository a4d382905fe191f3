"""A trial: trained in pieces as in one go, judged on the validation part, and failed in words."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest
from tests.tuning.examples import experiment

import layerwise as lw
from layerwise.training.evaluation import evaluate
from layerwise.training.experiment import Experiment
from layerwise.tuning.trial import Task, Trial, advanced, experiment_of, run_of


def task(folder: Path, settings: dict[str, str], until: int, base: Experiment | None = None, name: str = "t") -> Task:
    table = msgspec.json.encode((base or experiment()).to_table())
    return Task(Trial(0, settings), table, until, 9, str(folder / f"{name}.safetensors"))


def test_pieces_have_the_bits_of_one_go_and_of_training_alone(tmp_path: Path) -> None:
    settings = {"lr": "0.02", "hidden": "4"}
    whole = advanced(task(tmp_path, settings, 9, name="whole"))
    first = task(tmp_path, settings, 2, name="parts")
    part = advanced(first)
    rest = advanced(replace(first, trial=part, epochs=9))
    assert (rest.loss, rest.accuracy) == (whole.loss, whole.accuracy)
    assert [epochs for epochs, _ in rest.curve] == [2, 9]

    table = experiment_of(first)
    data, net = table.load_data(), table.network()
    table.train(net, data, progress=False)
    run, _ = run_of(replace(first, trial=rest, epochs=9))
    np.testing.assert_array_equal(run.net.theta, net.theta)
    found = evaluate(net, *data.validation, lw.CrossEntropyLoss())
    assert (rest.loss, rest.accuracy) == (found["loss"], found["accuracy"])


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"optimizer": "SGD", "lr": "1e30"}, "diverged at step"),
        ({"optimizer": "Adem"}, "Did you mean 'Adam'"),
        ({"batch_size": "0"}, "batch_size must be at least 1"),
        ({"dtype": "int8"}, "dtype"),
    ],
)
def test_a_trial_fails_in_words(tmp_path: Path, settings: dict[str, str], words: str) -> None:
    found = advanced(task(tmp_path, settings, 3))
    assert words in found.failure
    assert (found.epochs, found.loss) == (0, math.inf)
