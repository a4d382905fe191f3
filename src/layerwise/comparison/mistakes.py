"""The test samples that a network gets most wrong, with what is needed to look at them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from layerwise.data import Dataset, Preparation
from layerwise.formulas import log_softmax
from layerwise.types import Array
from layerwise.wording import quantity

WORST = 3
"""How many of them are told in a terminal."""
_MOST = 24
"""How many are kept."""
_FEATURES = 4


@dataclass(frozen=True)
class Mistake:
    """One sample of the test part.

    row: its place in the test part. true, answer: class names, or quantities in words. sure: the probability that the
    network gave its answer; None for quantities. image: (H, W) for images. features: a few columns in raw units, those
    furthest from usual.
    """

    row: int
    true: str
    answer: str
    sure: float | None
    image: Array | None
    features: tuple[tuple[str, str], ...]


def worst_classes(data: Dataset, logits: Array, predicted: Array) -> tuple[Mistake, ...]:
    """The wrong answers with the highest loss, which are those that gave the true class the least probability."""
    x, y = data.test
    # The loss itself, not 1 - p: probabilities near 0 would tie.
    log_probabilities, _ = log_softmax(logits.astype(np.float64))
    loss = -log_probabilities[np.arange(len(y)), y]
    wrong = np.flatnonzero(predicted != y)
    order = wrong[np.argsort(-loss[wrong], kind="stable")][:_MOST]
    return tuple(
        Mistake(
            int(row),
            data.classes[y[row]],
            data.classes[predicted[row]],
            float(np.exp(log_probabilities[row, predicted[row]])),
            _image(data, x[row]),
            () if data.image_shape else unusual(data.preparation, x[row]),
        )
        for row in order
    )


def worst_quantities(data: Dataset, truth: Array, answers: Array) -> tuple[Mistake, ...]:
    """The answers furthest from the truth. truth, answers: (N,) in the units of the target."""
    order = np.argsort(-np.abs(answers - truth), kind="stable")[:_MOST]
    return tuple(
        Mistake(
            int(row),
            quantity(truth[row]),
            quantity(answers[row]),
            None,
            _image(data, data.test.x[row]),
            () if data.image_shape else unusual(data.preparation, data.test.x[row]),
        )
        for row in order
    )


def _image(data: Dataset, x: Array) -> Array | None:
    """The image (H, W) of one sample, brightness from 0 to 1."""
    if data.image_shape is None:
        return None
    image = x.reshape(data.image_shape)[0].astype(np.float64)
    highest = float(data.train.x.max())
    return np.clip(image / highest, 0, 1) if highest > 0 else np.zeros_like(image)


def unusual(preparation: Preparation, x: Array) -> tuple[tuple[str, str], ...]:
    """The columns of a sample that lie furthest from the usual, with their raw values; all, if there are few."""
    values = preparation.raw(x)
    if len(values) <= _FEATURES:
        return tuple(values)
    distance, start = [], 0
    for column in preparation.columns:
        # A column of texts counts as usual: its 0 and 1 say nothing of how rare a category is.
        distance.append(0.0 if column.categories else abs(float(x.ravel()[start])))
        start += len(column.features)
    furthest = sorted(range(len(values)), key=lambda place: -distance[place])[:_FEATURES]
    return tuple(values[place] for place in furthest)
