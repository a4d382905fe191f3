"""Penalties: by hand, by slope, and as PyTorch differentiates them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from tests.refusals import refused
from tests.slopes import assert_slope, slope

import layerwise as lw
from layerwise.errors import KindError, SettingError
from layerwise.random import generator
from layerwise.regularizers import REGULARIZERS

BY_HAND = {"L1": (1.5, [-0.5, 0.0, 0.5]), "L2": (2.5, [-2.0, 0.0, 1.0])}
each_name = pytest.mark.parametrize("name", BY_HAND)


def test_every_registered_penalty_has_a_row():
    assert set(BY_HAND) == {name for name, cls in REGULARIZERS.items() if cls.__module__.startswith("layerwise.")}


@each_name
def test_by_hand(name):
    value, gradient = REGULARIZERS[name](0.5)(np.array([-2.0, 0.0, 1.0]))
    assert (type(value), value) == (float, BY_HAND[name][0])
    np.testing.assert_array_equal(gradient, BY_HAND[name][1])


@pytest.mark.parametrize("strength", [0.0, 1e-4, 3.0])
@each_name
def test_gradients_are_the_slopes(name, strength, tally):
    penalty, w = (
        REGULARIZERS[name](strength),
        generator(0, "w").uniform(0.1, 2, size=9) * [1, -1, 1, 1, -1, 1, 1, -1, 1],
    )
    assert_slope(penalty(w)[1], slope(lambda: penalty(w)[0], w))
    tally.add("gradient checks")


@pytest.mark.torch
@each_name
def test_as_torch_differentiates(name):
    torch = pytest.importorskip("torch")
    w = generator(1, "w").normal(size=50)
    w[3] = 0.0  # the kink of L1, where both say 0
    tensor = torch.from_numpy(w.copy()).requires_grad_()
    theirs = 0.1 * (tensor.abs().sum() if name == "L1" else (tensor**2).sum())
    theirs.backward()
    value, gradient = REGULARIZERS[name](0.1)(w)
    assert value == pytest.approx(theirs.item(), rel=1e-12)
    np.testing.assert_allclose(gradient, tensor.grad.numpy(), rtol=1e-12)


@each_name
def test_types_inputs_and_nan(name):
    penalty, w = REGULARIZERS[name](0.1), generator(1, "w").normal(size=5).astype(np.float32)
    w.flags.writeable = False
    assert penalty(w)[1].dtype == np.float32
    value, gradient = penalty(np.array([1.0, np.nan]))
    assert math.isnan(value)
    assert np.isnan(gradient[1])
    assert np.isfinite(gradient[0])
    assert penalty(np.zeros(0))[0] == 0


@each_name
def test_biases_are_spared_by_the_mask_of_a_network(name):
    net = lw.Network(lw.Linear(2, 3), lw.Tanh(), lw.Linear(3, 1), dtype="float64")
    _, gradient = REGULARIZERS[name](0.1)(net.theta * net.decay_mask)
    assert not gradient[net.decay_mask == 0].any()
    assert net.decay_mask.sum() == 2 * 3 + 3 * 1


@each_name
def test_spec_and_repr(name):
    penalty = REGULARIZERS[name](0.25)
    assert REGULARIZERS.spec(penalty) == {"name": name, "strength": 0.25}
    assert repr(REGULARIZERS.build({"name": name, "strength": 0.25})) == repr(penalty) == f"{name}(0.25)"


@pytest.mark.parametrize(("value", "error"), [
    (-1e-9, SettingError), (math.nan, SettingError), (math.inf, SettingError), (10**400, SettingError),
    ("0.1", KindError), (True, KindError), (None, KindError),
], ids=["negative", "nan", "inf", "huge", "text", "bool", "None"])  # fmt: skip
@each_name
def test_strengths_that_do_not_fit(name, value, error, tally):
    refused(tally, error, "strength", lambda: REGULARIZERS[name](value))
