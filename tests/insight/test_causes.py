"""Causes that show beside the argument, the value or the upstream gradient: each made by hand, each with its name."""

from __future__ import annotations

import numpy as np
import pytest

from layerwise.insight import diagnose
from layerwise.random import generator

rng = generator(0, "causes tests")
X, DY = rng.normal(size=(5, 6)), rng.normal(size=(5, 6))
IMAGES = rng.normal(size=(2, 3, 4, 4))
STEPS = rng.normal(size=(2, 5, 3))
MASK = X > 0

MADE = {
    "mask missing": (DY, DY * MASK, {"at": X}),
    "mask missing, with a factor": (2 * DY, DY * MASK, {}),
    "mask of the wrong array": (np.where(DY > 0, DY, 0), DY * MASK, {"at": X, "upstream": DY}),
    "a way missing": (3 * DY**2, 3 * DY**2 + DY, {"upstream": DY}),
    "a way too many": (3 * DY**2 + DY, 3 * DY**2, {"upstream": DY}),
    "mean not taken out": (DY, DY - DY.mean(axis=1, keepdims=True), {}),
    "way through the spread missing": (DY, DY - X * (DY * X).mean(axis=1, keepdims=True), {"at": X}),
    "shared term missing": (X * DY, X * DY - X * (X * DY).sum(axis=1, keepdims=True), {"value": X}),
    "argument for value": (DY * (1 - X**2), DY * (1 - np.tanh(X) ** 2), {"at": X, "upstream": DY}),
    "one time step late": (np.roll(STEPS, 1, axis=1) * (np.arange(5) > 0)[:, None], STEPS, {}),
    "sum missing": (IMAGES[0].sum(axis=(1, 2)), IMAGES.sum(axis=(0, 2, 3)), {"upstream": IMAGES}),
}


@pytest.mark.parametrize("name", MADE)
def test_each_cause_has_its_name(name):
    analytic, numeric, known = MADE[name]
    found = diagnose(analytic, numeric, **known)
    assert found.kind == name.partition(",")[0]
    assert not found.vague


def test_what_only_describes_the_numbers_is_vague():
    assert diagnose(X**3 - 2, X).vague
