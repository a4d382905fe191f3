"""Points that a user has painted, or has in hand as arrays, as a Dataset."""

from __future__ import annotations

from typing import Any

import numpy as np

from layerwise.arrays import any_array, real_array, require_finite
from layerwise.checks import one_of
from layerwise.data.assemble import Choices, Feature, Target, table_dataset
from layerwise.data.dataset import Card, Dataset
from layerwise.data.tables.values import MISSING, is_gap
from layerwise.data.tables.words import shown
from layerwise.errors import DataError, KindError, ShapeError
from layerwise.types import Array

MOST_CLASSES = 100


def painted(
    points: Any,
    labels: Any,
    *,
    task: str = "classification",
    seed: int = 0,
    validation: float | None = None,
    test: float | None = None,
    scale: bool = True,
) -> Dataset:
    """Turn points and what is known of each into a dataset: features x1, x2, ... and the target.

    points: (N, D) numbers. labels: one a point; for task="classification" names or whole numbers, whose sorted values
    are the classes (each needs three points at least, one for each part), for "regression" numbers.
    seed: of the split. validation, test: fractions of the points (0.1 and 0.2). scale: whether features, and the
    target of regression, are standardised by the training part; False leaves them as painted.
    Errors: `ShapeError`, `KindError` and `DataError` for points and labels, `SettingError` for the rest.

    >>> points = [[0.1 * i, (-1) ** i] for i in range(30)]
    >>> data = painted(points, ["blue" if i % 2 else "orange" for i in range(30)])
    >>> data.classes, data.train.x.shape
    (('blue', 'orange'), (20, 2))
    """
    one_of("task", task, ("classification", "regression"))
    choices = Choices(seed=seed, validation=validation, test=test, scale=scale)
    x = real_array("points", points, np.float64)
    if x.ndim != 2 or not x.size:
        raise ShapeError(f"points must be (N, D) with one row for each point, got shape {x.shape}")
    require_finite("points", x)
    y = any_array("labels", labels)
    if y.shape != (len(x),):
        raise ShapeError(f"labels must be ({len(x)},), one for each point, got shape {y.shape}")
    target = _classes(y) if task == "classification" else _quantity(y)
    card = Card(
        name="painted",
        task=task,
        samples=len(x),
        features=x.shape[1],
        classes=len(target.classes),
        description=f"{len(x):,} points given by hand",
        source="Whoever gave the points.",
        terms="Those of whoever gave the points.",
    )
    columns = {f"x{number + 1}": x[:, number] for number in range(x.shape[1])}
    return table_dataset(card, [Feature(*column) for column in columns.items()], target, choices, scale=scale)


def _classes(labels: Array) -> Target:
    if labels.dtype.kind not in "biuUO":
        raise KindError(
            f"labels must be names or whole numbers, got {shown(labels[0].item())}: "
            "for a quantity say task='regression'"
        )
    for row, label in enumerate(labels.tolist()):
        if not isinstance(label, str | int) or is_gap(label) or str(label).strip() in MISSING:
            raise DataError(
                f"the label of point {row} (counted from 0) must be a name or a whole number, got {label!r}"
            )
    if labels.dtype.kind == "O" and len({type(label) for label in labels}) > 1:
        raise KindError("labels must be all names or all whole numbers, got both")
    names, values = np.unique(labels, return_inverse=True)
    if not 2 <= len(names) <= MOST_CLASSES:
        raise DataError(f"labels must have 2 to {MOST_CLASSES} different values, got {len(names)}")
    return Target("class", values.astype(np.int64), tuple(str(name) for name in names.tolist()))


def _quantity(labels: Array) -> Target:
    values = real_array("labels", labels, np.float64)
    require_finite("labels", values)
    return Target("y", values)
