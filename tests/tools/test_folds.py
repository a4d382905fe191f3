"""The comparison on folds: nothing of a test fold is learnt from, and the verdict is what it says."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.append(str(Path(__file__).parents[2]))  # the tools are no part of the package

import layerwise as lw
from layerwise.data.dataset import Part
from tools import folds


@pytest.mark.parametrize("name", ["iris", "diabetes"])
def test_every_sample_is_tested_once_and_never_learnt_from_then(name):
    raw = lw.data.load(name, scale=False)
    whole = np.concatenate([part.y for part in (raw.train, raw.validation, raw.test)])
    parts = folds.folds(raw, 2)
    assert len(parts) == folds.FOLDS
    assert sum(len(data.test.x) for data in parts) == len(whole)
    for data in parts:
        assert len(data.train.x) + len(data.test.x) == len(whole)
        assert not len(data.validation.x)
        np.testing.assert_allclose(data.train.x.mean(axis=0), 0, atol=1e-5)
        np.testing.assert_allclose(data.train.x.std(axis=0), 1, rtol=1e-4)
    if raw.classes:
        np.testing.assert_array_equal(np.sort(np.concatenate([data.test.y for data in parts])), np.sort(whole))
        assert all(np.bincount(data.test.y).tolist() == [5, 5, 5] for data in parts)
    else:
        np.testing.assert_allclose(parts[0].train.y.mean(), 0, atol=1e-5)


def test_the_test_fold_decides_nothing():
    """Other numbers in the test fold change neither the preparation nor the weights."""
    data = lw.data.load("iris", scale=False)
    x, y = data.train
    rows = np.arange(len(x))
    changed = x.copy()
    changed[rows[80:]] += 100
    one, other = (folds.prepared(data, each, y, rows[:80], rows[80:]) for each in (x, changed))
    np.testing.assert_array_equal(one.train.x, other.train.x)
    assert not np.array_equal(one.test.x, other.test.x)


def test_both_are_scored_alike():
    x, y = lw.data.load("iris").train
    data = folds.prepared(lw.data.load("iris"), x, y, np.arange(90), np.arange(90, len(x)))
    assert folds.score(data, np.eye(3)[data.test.y]) == 1.0
    assert folds.score_of_theirs(data, (20,), 1e-4, seed=0) > 0.8
    regression = lw.data.load("diabetes")
    part = Part(regression.test.x, regression.test.y)
    assert folds.score(regression, part.y) == 1.0


@pytest.mark.parametrize(("ours", "theirs", "holds"), [
    ([0.9, 0.8, 1.0], [0.9, 0.8, 1.0], True),
    ([0.9, 0.8, 1.0], [0.5, 0.5, 0.5], True),
    ([0.5, 0.5, 0.5], [0.6, 0.7, 0.65], False),
    ([0.6, 0.5, 0.5], [0.5, 0.5, 0.65], True),  # -0.017 with a standard error of 0.073
])  # fmt: skip
def test_the_verdict(ours, theirs, holds):
    assert folds.holds(ours, theirs) is holds
    draw = {"ours": ours, "grid": {"any": theirs}, "seconds": 1.0}
    draws = {str(each): draw for each in (folds.CHOSEN_ON, *folds.COMPARED_ON)}
    assert ("| yes |" if holds else "| **no** |") in folds.section({"iris": draws})


def test_what_is_compared_was_chosen_on_other_folds():
    """The configuration is the best of the first draw, also where another one is better on the others."""
    assert not {folds.CHOSEN_ON, *folds.OURS_CHOSEN_ON} & set(folds.COMPARED_ON)
    first = {"ours": [0.1, 0.2], "grid": {"a": [0.8, 0.9], "b": [0.7, 0.8]}, "seconds": 1.0}
    other = {"ours": [0.5, 0.6], "grid": {"a": [0.4, 0.5], "b": [0.9, 1.0]}, "seconds": 1.0}
    draws = {str(folds.CHOSEN_ON): first} | {str(draw): other for draw in folds.COMPARED_ON}
    chosen, theirs, ours, hindsight = folds.pooled(draws)
    assert chosen == "a"
    assert theirs == [0.4, 0.5] * len(folds.COMPARED_ON)
    assert ours == [0.5, 0.6] * len(folds.COMPARED_ON)
    assert hindsight == [0.9, 1.0] * len(folds.COMPARED_ON)


RECORD = json.loads((Path(folds.__file__).parents[1] / "docs" / "results.json").read_text())["beside scikit-learn"]


@pytest.mark.parametrize("name", folds.SETS)
def test_the_record_holds(name):
    """The figures that were measured last: within one standard error of scikit-learn's MLP, or better."""
    _, theirs, ours, _ = folds.pooled(RECORD[name])
    assert len(ours) == folds.FOLDS * len(folds.COMPARED_ON)
    assert folds.holds(ours, theirs)
