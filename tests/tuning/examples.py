"""A search that takes a second."""

from __future__ import annotations

from layerwise.training.experiment import Experiment

VARY = {"lr": "1e-3..1e-1:log", "hidden": "4|8"}


def experiment(**changes: object) -> Experiment:
    """Two moons, a small network, nine epochs."""
    table = {
        "data": {"name": "moons"},
        "layers": [
            {"name": "Linear", "in_features": 2, "out_features": 8},
            {"name": "Tanh"},
            {"name": "Linear", "in_features": 8, "out_features": 2},
        ],
        "loss": {"name": "CrossEntropyLoss"},
        "optimizer": {"name": "Adam", "lr": 0.01},
        "epochs": 9,
    }
    return Experiment.from_table(table | changes)
