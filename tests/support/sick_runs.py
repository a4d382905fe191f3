"""Small runs that the doctor's samples are made of: healthy as they stand, each in the words of `lw.fit`."""

from __future__ import annotations

from typing import Any

import numpy as np

import layerwise as lw

Run = dict[str, Any]


def layers(features: int, *hidden: int, outputs: int, activation: Any = lw.ReLU, **init: Any) -> list[Any]:
    """Linear layers with an activation between them."""
    widths = (features, *hidden)
    row: list[Any] = []
    for before, after in zip(widths, hidden, strict=False):
        row += [lw.Linear(before, after, **init), activation()]
    return [*row, lw.Linear(widths[-1], outputs, **init)]


def clouds(rows: int = 150, classes: int = 3, features: int = 4, seed: int = 0) -> tuple[Any, Any]:
    """Rows around the centre of their class, shuffled; nearest neighbours tell most of them."""
    rng = np.random.default_rng(seed)
    t = rng.integers(0, classes, rows)
    centres = np.random.default_rng(7).normal(0.0, 1.2, (classes, features))
    return centres[t] + rng.normal(0.0, 0.6, (rows, features)), t


def labels(**changes: Any) -> Run:
    """One class of three, told by four features."""
    x, t = clouds()
    run: Run = {
        "net": lw.Network(*layers(4, 16, outputs=3), seed=1),
        "train": (x[:100], t[:100]),
        "validation": (x[100:], t[100:]),
        "loss": lw.CrossEntropyLoss(),
        "optimizer": lw.Adam(lr=0.02),
        "epochs": 15,
        "batch_size": 20,
    }
    return run | changes


def yes_no(**changes: Any) -> Run:
    """Yes or no, told by four features."""
    x, t = clouds(classes=2)
    y = t.reshape(-1, 1).astype(np.float32)
    run = labels(net=lw.Network(*layers(4, 16, outputs=1), seed=1), loss=lw.BCEWithLogitsLoss())
    return run | {"train": (x[:100], y[:100]), "validation": (x[100:], y[100:])} | changes


def quantities(**changes: Any) -> Run:
    """A number that is nearly a sum of four features, and bent a little."""
    rng = np.random.default_rng(3)
    x = rng.normal(size=(150, 4))
    y = x @ np.array([[1.0], [-0.8], [0.5], [0.3]]) + 0.3 * x[:, :1] ** 2 + 0.1 * rng.normal(size=(150, 1))
    y = (y - y.mean()) / y.std()
    run = labels(net=lw.Network(*layers(4, 16, outputs=1), seed=1), loss=lw.MSELoss())
    return run | {"train": (x[:100], y[:100]), "validation": (x[100:], y[100:])} | changes


def without_relation(**changes: Any) -> Run:
    """Labels that the features say nothing about."""
    rng = np.random.default_rng(5)
    x, t = rng.normal(size=(150, 6)), rng.integers(0, 2, 150)
    net = lw.Network(*layers(6, 16, outputs=2), seed=1)
    return labels(net=net, train=(x[:100], t[:100]), validation=(x[100:], t[100:])) | changes
