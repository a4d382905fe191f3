"""Real sets that come with scikit-learn: small, offline, and loaded in milliseconds."""

from __future__ import annotations

from typing import Any

import numpy as np

from layerwise.data.assemble import Choices, Feature, Target, image_dataset, table_dataset
from layerwise.data.dataset import Card, Dataset

_UCI = "CC BY 4.0."

BUNDLED = {
    card.name: card
    for card in (
        Card(
            "digits",
            "classification",
            1797,
            64,
            10,
            "handwritten digits, grey images of 8 x 8 pixels",
            "UCI Machine Learning Repository, E. Alpaydin and C. Kaynak, 1998 (the test part of the original).",
            _UCI,
        ),
        Card(
            "iris",
            "classification",
            150,
            4,
            3,
            "iris flowers of three species by the size of their leaves, in cm",
            "UCI Machine Learning Repository, R. A. Fisher, 1936.",
            _UCI,
        ),
        Card(
            "wine",
            "classification",
            178,
            13,
            3,
            "wines of three growers of one region by their chemistry",
            "UCI Machine Learning Repository, S. Aeberhard and M. Forina, 1992.",
            _UCI,
        ),
        Card(
            "breast_cancer",
            "classification",
            569,
            30,
            2,
            "tumours of the breast, malignant or benign, by the shape of their cell nuclei",
            "UCI Machine Learning Repository, W. Wolberg, O. Mangasarian, N. Street and W. Street, 1993.",
            _UCI,
        ),
        Card(
            "diabetes",
            "regression",
            442,
            10,
            0,
            "how far diabetes has gone on a year after age, sex, body and blood were measured",
            "B. Efron, T. Hastie, I. Johnstone and R. Tibshirani, Least Angle Regression, 2004.",
            "Published by the authors for free use; no licence is stated.",
        ),
    )
}


def load_bundled(name: str, choices: Choices) -> Dataset:
    """One of the sets above, in its original units before scaling."""
    card = BUNDLED[name]
    raw = _read(name)
    target = _target(name, raw)
    if name == "digits":
        return image_dataset(card, raw.images, target, choices, white=16)
    columns = [Feature(str(name), raw.data[:, number]) for number, name in enumerate(raw.feature_names)]
    return table_dataset(card, columns, target, choices, scale=choices.scale)


def _read(name: str) -> Any:
    from sklearn import datasets  # seconds to import, so only here

    if name == "diabetes":
        return datasets.load_diabetes(scaled=False)
    return getattr(datasets, f"load_{name}")()


def _target(name: str, raw: Any) -> Target:
    if name == "diabetes":
        return Target("progression", raw.target.astype(np.float64), unit="points")
    column = {"digits": "digit", "iris": "species", "wine": "grower", "breast_cancer": "diagnosis"}[name]
    return Target(column, raw.target.astype(np.int64), tuple(str(each) for each in raw.target_names))
