"""The first experiment that suits a dataset: it learns, and its sizes follow the data."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

import layerwise as lw
from layerwise.data import names
from layerwise.metrics import majority_share, r2
from layerwise.training.evaluation import predict
from layerwise.training.experiment import Experiment
from layerwise.training.suited import suited


def run(experiment: Experiment) -> tuple[lw.Network, lw.History]:
    """Train it from nothing."""
    net = experiment.network()
    return net, experiment.train(net, experiment.load_data(), progress=False)


OFFLINE = [card for card in names() if card.samples < 10_000]


@pytest.mark.parametrize("card", OFFLINE, ids=lambda card: card.name)
def test_a_suited_experiment_learns_every_dataset_that_is_here(card: Any) -> None:
    """A tenth of its length is enough to leave the simplest answer behind."""
    data = lw.data.load(card.name)
    experiment = suited(data, {"name": card.name})
    assert Experiment.from_toml(experiment.to_toml()) == experiment
    short = max(2, experiment.epochs // 10)
    net, history = run(msgspec.structs.replace(experiment, epochs=short))
    x, y = data.validation
    output = predict(net, x)
    assert history["train_loss"][-1] < history["train_loss"][0]
    if data.classes:
        right = lw.metrics.accuracy(output, y)
        baseline = majority_share(y)
        assert right > baseline + 0.5 * (1 - baseline), f"{right:.3f} against {baseline:.3f}"
    else:
        assert r2(output, y) > 0.2


def test_the_sizes_follow_the_data() -> None:
    def widths(name: str, **options: Any) -> list[int]:
        experiment = suited(lw.data.load(name, **options), {"name": name, **options})
        return [row["out_features"] for row in experiment.layers if row["name"] == "Linear"]

    assert widths("spiral", classes=5) == [64, 64, 64, 5]
    assert widths("digits") == [128, 128, 10]
    images = suited(lw.data.load("digits", flat=False), {"name": "digits", "flat": False})
    assert images.layers[0] == {"name": "Flatten"}
    assert run(msgspec.structs.replace(images, epochs=1))[1].epochs == 1
    table = lw.data.load("diabetes")
    regression = suited(table, {"name": "diabetes"})
    (row,) = regression.layers
    assert [each["out_features"] for each in row["layers"] if each["name"] == "Linear"] == [128, 128, 1]
    assert row["shortcut"] == {"name": "Linear", "in_features": 10, "out_features": 1, "init": "zeros"}
    assert not regression.network()(table.test.x).any()  # it begins with the mean
    assert regression.loss == {"name": "MSELoss"}
    assert (regression.regularizer, regression.listeners) == (
        {"name": "L2", "strength": 10 / len(table.train.x)},
        None,
    )
    curve, spiral = (suited(lw.data.load(name), {"name": name}) for name in ("sine", "spiral"))
    assert curve.listeners == [{"name": "EarlyStopping", "patience": 21}]
    assert spiral.listeners is curve.regularizer is spiral.regularizer is images.regularizer is None
