"""Painted points: classes and quantities, and each sentence for points that can not be used."""

from __future__ import annotations

import math

import numpy as np
import pytest

from layerwise.data import load, painted
from layerwise.errors import DataError, KindError, SettingError, ShapeError
from layerwise.training.experiment import Experiment

POINTS = [[0.1 * i, (-1.0) ** i] for i in range(30)]
NAMES = ["blue" if i % 2 else "orange" for i in range(30)]


def test_points_and_their_classes_stay_together():
    data = painted(POINTS, NAMES, scale=False)
    assert data.classes == ("blue", "orange")
    assert data.features == ("x1", "x2")
    for x, y in (data.train, data.validation, data.test):
        np.testing.assert_array_equal(y, (x[:, 1] > 0).astype(int))
    found = np.concatenate([data.train.x, data.validation.x, data.test.x])
    np.testing.assert_array_equal(np.sort(found[:, 0]), np.array(POINTS, dtype=np.float32)[:, 0])


def test_whole_numbers_name_classes_too():
    data = painted(np.array(POINTS), np.array([7, 3, 5] * 10))
    assert data.classes == ("3", "5", "7")


def test_a_quantity_can_be_painted():
    data = painted(POINTS, [2.0 * x for x, _ in POINTS], task="regression", scale=False)
    assert data.task == "regression"
    np.testing.assert_allclose(data.train.y[:, 0], 2 * data.train.x[:, 0], rtol=1e-6)


def test_scaling_is_learnt_on_the_training_part():
    data = painted(np.array(POINTS) * 600, NAMES)
    np.testing.assert_allclose(data.train.x.mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(data.train.x.std(axis=0), 1, rtol=1e-5)


def test_load_and_an_experiment_take_them():
    table = {"name": "painted", "points": POINTS, "labels": NAMES, "validation": 0.2}
    experiment = Experiment(data=table, layers=[], loss={}, optimizer={}, seed=3)
    one, two = experiment.load_data(), load(**table, seed=3)
    direct = painted(POINTS, NAMES, seed=3, validation=0.2)
    assert one.train.x.tobytes() == two.train.x.tobytes() == direct.train.x.tobytes()


@pytest.mark.parametrize(
    ("points", "labels", "options", "error", "message"),
    [
        ([1, 2, 3], [0, 1, 0], {}, ShapeError, r"points must be \(N, D\).*got shape \(3,\)"),
        ([], [], {}, ShapeError, "points must be"),
        ([[1, 2], [3]], [0, 1], {}, ShapeError, "points is ragged"),
        ([["a", "b"]], [0], {}, KindError, "points must hold real numbers, got text"),
        ([[1, math.nan]], [0], {}, DataError, "points holds nan at row 0, column 1"),
        (POINTS, NAMES[:5], {}, ShapeError, r"labels must be \(30,\), one for each point, got shape \(5,\)"),
        (POINTS, [[name] for name in NAMES], {}, ShapeError, r"got shape \(30, 1\)"),
        (POINTS, ["blue"] * 30, {}, DataError, "2 to 100 different values, got 1"),
        (POINTS, [f"p{i}" for i in range(30)], {}, DataError, "the class 'p0' has 1 sample"),
        (POINTS, [0.5] * 30, {}, KindError, "got 0.5: for a quantity say task='regression'"),
        (POINTS, [None, *NAMES[1:]], {}, DataError, r"the label of point 0 \(counted from 0\).*got None"),
        (POINTS, ["", *NAMES[1:]], {}, DataError, "the label of point 0 .*got ''"),
        (POINTS, np.array([1, *NAMES[1:]], dtype=object), {}, KindError, "all names or all whole numbers"),
        (POINTS, NAMES, {"task": "regression"}, KindError, "labels must hold real numbers, got text"),
        (POINTS, [math.inf] * 30, {"task": "regression"}, DataError, "labels holds inf at row 0"),
        (POINTS, NAMES, {"task": "cluster"}, SettingError, "task 'cluster' is not known"),
        (POINTS, NAMES, {"test": 1}, SettingError, "test must lie in"),
        (POINTS, NAMES, {"seed": "x"}, KindError, "seed must be a whole number"),
    ],
)
def test_what_can_not_be_used_is_refused(points, labels, options, error, message, tally):
    with pytest.raises(error, match=message):
        painted(points, labels, **options)
    tally.add("bad input")
