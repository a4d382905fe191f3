"""A worked example of a run: its weights, its optimizer's state and its rate, in the words of its table."""

from __future__ import annotations

import numpy as np
import pytest

from layerwise.cli import main
from layerwise.errors import DataError, SettingError
from layerwise.runs.explaining import explained, weight_in
from layerwise.runs.folder import RunFolder, found
from layerwise.runs.start import resumed
from layerwise.training import checkpoint


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> RunFolder:
    path = tmp_path_factory.mktemp("explaining") / "iris"
    settings = ["--epochs", "2", "--hidden", "5", "--batch-size", "30", "--no-progress", "--out", str(path)]
    assert main(["train", "iris", *settings]) == 0
    return found(path)


def test_it_is_the_next_update_of_the_run(folder):
    example = explained(folder, [3, 5])
    state, data = checkpoint.read(folder.checkpoint), resumed(folder).data
    np.testing.assert_array_equal(example.x, data.train.x[[3, 5]])
    np.testing.assert_array_equal(example.parameters["0.weight"], state.weights["0.weight"])
    optimizer = next(each for each in example.operations if each.address == "optimizer")
    m = next(line.values["m"] for line in optimizer.lines if "m" in line.values)
    np.testing.assert_array_equal(m, state.optimizer["m"])
    assert optimizer.arguments["lr"] > 0


def test_a_step_is_reached_by_repeating_the_run(folder):
    run = resumed(folder).setup.run(resumed(folder).data)
    run.advance(3)
    example = explained(folder, [0], step=3)
    np.testing.assert_array_equal(example.parameters["0.weight"], run.net.parameters()["0.weight"])
    first = explained(folder, [0], step=0)
    np.testing.assert_array_equal(first.parameters["0.weight"], resumed(folder).net.parameters()["0.weight"])
    with pytest.raises(SettingError, match=r"over after \d+ updates: there is no step 900"):
        explained(folder, [0], step=900)


def test_it_speaks_the_words_of_the_table(folder):
    example = explained(folder, [1], part="test")
    text = " ".join(str(example).split())
    assert "sample 1 of the test part: sepal length (cm)" in text
    assert "the truth is '" in text
    assert "versicolor" in text


def test_rows_and_weights_that_there_are_not(folder):
    with pytest.raises(DataError, match=r"the test part of iris has the samples 0 to \d+, got 5000"):
        explained(folder, [5000], part="test")
    with pytest.raises(SettingError, match=r"such as 0\.weight\[2,1\]"):
        weight_in("0.weight")
    assert weight_in(" 0.out_proj.weight[ 2 , -1]") == ("0.out_proj.weight", (2, -1))


def test_one_sample_alone_is_refused_by_batch_normalisation(tmp_path):
    experiment = tmp_path / "norm.toml"
    experiment.write_text(
        'layers = [{name = "Linear", in_features = 2, out_features = 4}, {name = "BatchNorm1d", num_features = 4}, '
        '{name = "Linear", in_features = 4, out_features = 2}]\nloss = {name = "CrossEntropyLoss"}\n'
        'optimizer = {name = "Adam"}\ndata = {name = "moons"}\nepochs = 1\n',
        encoding="utf-8",
    )
    run = tmp_path / "norm"
    assert main(["train", str(experiment), "--no-progress", "--out", str(run)]) == 0
    with pytest.raises(SettingError, match="--sample 7,8"):
        explained(found(run), [7])
    assert len(explained(found(run), [7, 8]).x) == 2
