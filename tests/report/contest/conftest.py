"""A comparison with everything in it: two classes, three models, names of columns such as tables have."""

from __future__ import annotations

import numpy as np
import pytest

import layerwise as lw
from layerwise.comparison import Comparison
from layerwise.comparison.contest import network_model


@pytest.fixture(scope="session")
def result() -> Comparison:
    x = np.random.default_rng(0).normal(size=(220, 3))
    table = {"a<b": x[:, 0], "c & d": np.exp(2 * x[:, 1]), "plain": x[:, 2]}
    y = np.where(x[:, 0] + 0.3 * x[:, 2] > 0, "yes", "no")
    settings = {"folds": 3, "repeats": 1, "configurations": 1, "seeds": 1, "budget_seconds": 2000}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(network_model, "_MOST_EPOCHS", 15)  # a page looks the same with a network that has learnt less
        return lw.compare(table, y, models=["linear", "tree", "network"], **settings)
