"""The description of a dataset: complete, narrow, and safe to print."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from layerwise.data import load, names, read_csv


@pytest.mark.parametrize("name", ["spiral", "digits", "wine", "breast_cancer", "diabetes"])
def test_the_description_fits_80_columns_and_says_what_it_must(name):
    data = load(name)
    text = data.describe()
    assert max(map(len, text.splitlines())) <= 80
    words = " ".join(text.split())
    for wanted in (data.name, data.task, f"{len(data.train.x):,} training", data.source, data.terms):
        assert wanted in words


def test_the_majority_share_is_told():
    assert "always answering 'benign' is right for 62.7 %" in " ".join(load("breast_cancer").describe().split())


def test_the_target_of_regression_is_told_in_its_unit():
    assert "mean 152.1, spread 77.01 (standard deviation), 25 to 346 points" in load("diabetes").describe()


def test_control_characters_of_a_file_do_not_reach_the_terminal(tmp_path):
    path = tmp_path / "bad.csv"
    path.write_text("a\x1b[31m,y\n" + "".join(f"{i},{'pq'[i % 2]}\n" for i in range(20)))
    assert "\x1b" not in read_csv(path, "y").describe()


def test_a_dataset_is_frozen_and_a_part_unpacks():
    data = load("xor")
    x, y = data.train
    assert x is data.train.x
    assert y is data.train.y
    with pytest.raises(dataclasses.FrozenInstanceError):
        data.name = "other"


def test_the_cards_tell_the_truth():
    for card in names():
        if not card.offline or card.samples > 10_000:
            continue
        data = load(card.name)
        assert card.task == data.task
        assert card.samples == sum(len(part.x) for part in (data.train, data.validation, data.test))
        assert card.features == len(data.features)
        assert card.classes == len(data.classes)
        assert np.isfinite(data.train.x).all()
