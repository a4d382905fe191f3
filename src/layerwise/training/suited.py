"""What suits a dataset: a sound first experiment, chosen by its size and task."""

from __future__ import annotations

import math

from layerwise.data import Dataset
from layerwise.layers import Flatten, Linear
from layerwise.network import Residual
from layerwise.network.mlp import mlp_layers
from layerwise.network.spec import rows_of
from layerwise.training.experiment import Experiment, Table

_UPDATES, _UPDATES_OF_QUANTITIES = 2400, 800
"""How many updates a small dataset gets: enough for a network of this size to settle; for the quantities of a table, to
stop before it follows their noise."""


def suited(data: Dataset, source: Table, seed: int = 0) -> Experiment:
    """A sound first experiment for a dataset: a network with two or three hidden layers, Adam, and a falling rate.

    The widths, the dropout and the length follow from the number of samples and features; in the plane, where borders
    may be intricate (a checkerboard), a third layer learns them sooner. Tables get an L2 penalty that counts as much as
    a few samples, and so fades as they grow: small ones need it most. Quantities end by early stopping in the plane,
    and after fewer updates elsewhere, where a shortcut leads from the features straight to the answer (`Residual`):
    much of a table is linear, and the hidden layers then learn the rest. Both ways begin at 0, the mean.
    """
    samples, features = len(data.train.x), int(data.train.x[0].size)
    plane = features <= 3
    large = samples > 10_000
    hidden = (64, 64, 64) if plane else (256, 128) if large else (128, 128)
    batch_size = 128 if large else 32
    classification = data.task == "classification"
    updates = _UPDATES if classification or plane else _UPDATES_OF_QUANTITIES
    epochs = 8 if large else min(400, math.ceil(updates / math.ceil(samples / batch_size)))
    outputs = len(data.classes) if classification else 1
    patient = {"name": "EarlyStopping", "patience": max(20, epochs // 10)}
    pull = (5 if classification else 10) / samples
    layers = mlp_layers(features, *hidden, outputs, activation="relu", dropout=0.0 if plane else 0.2)
    if not classification and not plane:
        layers[-1] = Linear(hidden[-1], outputs, init="zeros")
        layers = [Residual(*layers, shortcut=Linear(features, outputs, init="zeros"))]
    if data.train.x.ndim > 2:
        layers = [Flatten(), *layers]
    return Experiment(
        data=source,
        layers=rows_of(layers),
        loss={"name": "CrossEntropyLoss" if classification else "MSELoss"},
        optimizer={"name": "Adam", "lr": 1e-2 if plane else 2e-3},
        schedule={"name": "CosineAnnealingLR", "T_max": epochs},
        regularizer=None if plane or data.image_shape else {"name": "L2", "strength": pull},
        listeners=[patient] if plane and not classification else None,
        epochs=epochs,
        batch_size=batch_size,
        seed=seed,
    )
