"""Limited computation: slower models are named where they are better than all faster ones."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

import layerwise as lw
from layerwise.comparison.contest.limited import told, worth_waiting_for


def scores() -> dict[str, Any]:
    x = np.random.default_rng(0).normal(size=(60, 2))
    result = lw.compare(x, x[:, 0], models=["linear", "tree", "neighbours"], folds=2, configurations=1, why=False)
    reached = {"dummy": (0.0, 1.0), "linear": (0.1, 0.6), "tree": (0.2, 0.605), "neighbours": (0.3, 0.4)}
    return {
        name: replace(result.scores[name], untuned_seconds=time, untuned=score)
        for name, (time, score) in reached.items()
    }


def test_a_model_must_be_better_than_all_faster_ones_by_the_region() -> None:
    found = scores()
    assert [each.model for each in worth_waiting_for(found, rising=True, region=0.01)] == ["linear"]
    assert [each.model for each in worth_waiting_for(found, rising=True, region=0.001)] == ["linear", "tree"]
    assert [each.model for each in worth_waiting_for(found, rising=False, region=0.01)] == ["linear", "neighbours"]


def test_what_is_told() -> None:
    x = np.random.default_rng(0).normal(size=(60, 2))
    result = lw.compare(x, x[:, 0], models=["linear"], folds=2, configurations=1, why=False)
    assert told(result).startswith("If computation is limited (one fit, untuned): a linear model takes ")
    assert told(result).endswith("and no slower one is better by more than the region.")
