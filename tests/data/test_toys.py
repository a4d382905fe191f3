"""Toy sets: points where the formula says, balanced classes, the seed and the noise as documented."""

from __future__ import annotations

import numpy as np
import pytest

from layerwise.data import load
from layerwise.data.toys import TOYS
from layerwise.errors import DataError, KindError, SettingError
from layerwise.random import generator


def made(name, n=600, noise=0.0, classes=2, seed=0):
    return TOYS[name].make(n, noise, classes, generator(seed, "t"))


@pytest.mark.parametrize("name", TOYS)
def test_classes_are_balanced_and_all_points_finite(name):
    data = load(name, n=401, seed=2)
    y = np.concatenate([data.train.y, data.validation.y, data.test.y])
    counts = np.bincount(y)
    assert counts.max() - counts.min() <= 1
    assert len(counts) == len(data.classes)
    assert np.isfinite(data.train.x).all()
    assert data.features == ("x1", "x2")


def test_circles_lie_on_their_radii():
    x, y = made("circles")
    np.testing.assert_allclose(np.hypot(*x.T), np.where(y == 0, 1, 0.5))


def test_xor_is_the_sign_of_the_product():
    x, y = made("xor")
    np.testing.assert_array_equal(y, (x[:, 0] * x[:, 1] < 0).astype(int))
    assert np.abs(x).max() <= 1


def test_blobs_stand_around_a_circle():
    x, y = made("blobs", classes=4)
    np.testing.assert_allclose(x[y == 1], [[0, 1]] * 150, atol=1e-15)


def test_moons_are_half_circles():
    x, y = made("moons")
    np.testing.assert_allclose(np.hypot(*x[y == 0].T), 1)
    np.testing.assert_allclose(np.hypot(*(x[y == 1] - [1, 0.5]).T), 1)
    assert (x[y == 0][:, 1] >= 0).all()
    assert (x[y == 1][:, 1] <= 0.5).all()


def test_arms_of_the_spiral_are_one_arm_turned():
    x, y = made("spiral", classes=5)
    t = np.hypot(*x.T)
    angle = np.arctan2(x[:, 1], x[:, 0])
    turned = angle - 3 * np.pi * t - 2 * np.pi * y / 5
    np.testing.assert_allclose(np.cos(turned), 1)
    assert t.min() >= 0.1
    assert t.max() < 1


def test_fields_of_the_checkerboard_have_equal_shares_and_turns():
    x, y = made("checkerboard", n=1600)
    field = np.floor((x + 1) * 2).astype(int)
    np.testing.assert_array_equal(y, field.sum(axis=1) % 2)
    np.testing.assert_array_equal(np.unique(field, axis=0, return_counts=True)[1], [100] * 16)
    assert np.abs(x).max() <= 1


def test_rings_lie_on_their_radii():
    x, y = made("rings", classes=4)
    np.testing.assert_allclose(np.hypot(*x.T), (y + 1) / 4)
    assert load("rings").classes == ("ring 0", "ring 1", "ring 2")


@pytest.mark.parametrize("name", TOYS)
def test_the_noise_has_the_spread_it_is_given(name):
    calm, noisy = made(name, n=20_000), made(name, n=20_000, noise=0.3)
    np.testing.assert_array_equal(calm[1], noisy[1])
    assert (noisy[0] - calm[0]).std() == pytest.approx(0.3, rel=0.02)


@pytest.mark.parametrize("name", TOYS)
def test_same_seed_same_bits_other_seed_other_points(name):
    first, again, other = load(name, seed=5), load(name, seed=5), load(name, seed=6)
    assert first.train.x.tobytes() == again.train.x.tobytes()
    assert first.train.y.tobytes() == again.train.y.tobytes()
    assert first.train.x.tobytes() != other.train.x.tobytes()


def test_the_points_stay_in_the_coordinates_of_the_formula():
    data = load("circles", noise=0.0)
    radii = np.hypot(*data.train.x.T)
    np.testing.assert_allclose(radii, np.where(data.train.y == 0, 1, 0.5), rtol=1e-6)


@pytest.mark.parametrize(("name", "classes"), [("blobs", 10), ("spiral", 5), ("rings", 5)])
def test_more_classes_can_be_asked_for(name, classes):
    data = load(name, classes=classes)
    assert len(data.classes) == classes
    assert set(data.test.y) == set(range(classes))


@pytest.mark.parametrize(
    ("name", "options", "error", "message"),
    [
        ("moons", {"n": 0}, SettingError, "n must be at least 1, got 0"),
        ("moons", {"n": 4}, DataError, "the class 'upper' has 2 samples"),
        ("moons", {"n": 1.5}, KindError, "n must be a whole number, got 1.5"),
        ("moons", {"n": 10**9}, SettingError, "n must be at most 1,000,000"),
        ("moons", {"noise": -1}, SettingError, "noise must be 0 or more, got -1"),
        ("moons", {"noise": float("inf")}, SettingError, "noise must be a finite number"),
        ("moons", {"noise": 1e9}, SettingError, "noise must be at most 1000"),
        ("moons", {"noise": "much"}, KindError, "noise must be a number, got 'much'"),
        ("moons", {"classes": 3}, SettingError, "moons has two classes: leave out classes=3"),
        ("spiral", {"classes": 6}, SettingError, "spiral can have at most 5 classes, got 6"),
        ("spiral", {"classes": 1}, SettingError, "classes must be at least 2, got 1"),
        ("spiral", {"flat": False}, SettingError, "leave out flat=False"),
        ("spiral", {"seed": -1}, SettingError, "seed must be at least 0, got -1"),
        ("spiral", {"seed": [1]}, KindError, "seed must be a whole number"),
        ("spiral", {"scale": 1}, KindError, "scale must be True or False, got 1"),
    ],
)
def test_wrong_options_are_refused(name, options, error, message, tally):
    with pytest.raises(error, match=message):
        load(name, **options)
    tally.add("bad input")
