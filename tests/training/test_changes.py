"""Choices on top of an experiment."""

from __future__ import annotations

import pytest

from layerwise.errors import SettingError
from layerwise.training.changes import Changes, with_hidden
from layerwise.training.experiment import Experiment

LINEAR = {"name": "Linear", "in_features": 4, "out_features": 8, "init": "he_normal"}
EXPERIMENT = Experiment(
    data={"name": "iris"},
    layers=[LINEAR, {"name": "ReLU"}, {"name": "Dropout", "p": 0.2}, {**LINEAR, "in_features": 8, "out_features": 3}],
    loss={"name": "CrossEntropyLoss"},
    optimizer={"name": "Adam", "lr": 0.1},
    schedule={"name": "CosineAnnealingLR", "T_max": 20},
)


def changed(*entries: str, of: Experiment = EXPERIMENT, **choices: object) -> Experiment:
    return Changes(entries=entries, **choices).to_experiment(of)  # type: ignore[arg-type]


def test_no_changes_change_nothing() -> None:
    assert changed() == EXPERIMENT


def test_a_schedule_as_long_as_the_run_stays_so() -> None:
    assert changed(epochs=7).schedule == {"name": "CosineAnnealingLR", "T_max": 7}
    assert changed("epochs=7").schedule == {"name": "CosineAnnealingLR", "T_max": 7}
    assert changed("schedule.T_max=5", epochs=7).schedule == {"name": "CosineAnnealingLR", "T_max": 5}
    assert changed("schedule=none", epochs=7).schedule is None


def test_another_optimizer_comes_with_its_own_settings() -> None:
    assert changed(optimizer="sgd").optimizer == {"name": "SGD"}
    assert changed(optimizer="SGD", lr=0.5).optimizer == {"name": "SGD", "lr": 0.5}
    assert changed("optimizer.lr=0.25", lr=0.5).optimizer["lr"] == 0.25


@pytest.mark.parametrize(
    ("entry", "value"),
    [
        ("0.5", 0.5),
        ("3", 3),
        ("true", True),
        ('"text"', "text"),
        ("text", "text"),
        ("[1, 2]", [1, 2]),
        ('{name = "L2"}', {"name": "L2"}),
    ],
)
def test_values_are_those_of_toml(entry: str, value: object) -> None:
    found = changed(f"early_stopping.patience={entry}").listeners
    assert found == [{"name": "EarlyStopping", "patience": value}]


def test_early_stopping_is_a_listener_under_its_own_name() -> None:
    first = changed("early_stopping.patience=3")
    again = changed("early_stopping.monitor=val_loss", of=first)
    assert again.listeners == [{"patience": 3, "monitor": "val_loss", "name": "EarlyStopping"}]
    assert changed("listeners.0.patience=7", of=first).listeners == [{"name": "EarlyStopping", "patience": 7}]
    assert changed("early_stopping=none", of=first).listeners is None


def test_lists_are_entered_by_number() -> None:
    assert changed("layers.2.p=0.5").layers[2] == {"name": "Dropout", "p": 0.5}
    assert len(changed("layers.2=none").layers) == 3


def test_hidden_widths_keep_what_stands_between() -> None:
    rows = changed(hidden=(16, 5)).layers
    assert [row["name"] for row in rows] == ["Linear", "ReLU", "Dropout", "Linear", "ReLU", "Dropout", "Linear"]
    sizes = [(row["in_features"], row["out_features"]) for row in rows if row["name"] == "Linear"]
    assert sizes == [(4, 16), (16, 5), (5, 3)]


def test_norms_behind_hidden_layers_are_as_wide() -> None:
    layers = [
        {"name": "Linear", "in_features": 2, "out_features": 4}, {"name": "BatchNorm1d", "num_features": 4},
        {"name": "LayerNorm", "normalized_shape": 4}, {"name": "Linear", "in_features": 4, "out_features": 3},
    ]  # fmt: skip
    rows = with_hidden(layers, [7, 5])
    assert [row.get("num_features") for row in rows] == [None, 7, None, None, 5, None, None]
    assert [row.get("normalized_shape") for row in rows] == [None, None, 7, None, None, 5, None]
    assert layers[1]["num_features"] == layers[2]["normalized_shape"] == 4


def test_hidden_widths_beside_a_shortcut() -> None:
    shortcut = {"name": "Linear", "in_features": 4, "out_features": 3}
    (row,) = with_hidden([{"name": "Residual", "layers": EXPERIMENT.layers, "shortcut": shortcut}], [16, 5])
    assert row == {"name": "Residual", "layers": changed(hidden=(16, 5)).layers, "shortcut": shortcut}


def test_hidden_widths_need_a_plain_row() -> None:
    with pytest.raises(SettingError, match="plain row"):
        with_hidden([{"name": "Residual", "layers": [LINEAR, LINEAR], "shortcut": None}], [3])
    with pytest.raises(SettingError, match="plain row"):
        with_hidden([LINEAR], [3])
    with pytest.raises(SettingError, match="plain row"):
        with_hidden([LINEAR, {"name": "Sequential", "layers": []}, LINEAR], [3])


def test_the_experiment_itself_is_left_alone() -> None:
    before = EXPERIMENT.to_toml()
    changed("layers.2.p=0.5", "optimizer.lr=9.0", hidden=(3,), epochs=2)
    assert before == EXPERIMENT.to_toml()
