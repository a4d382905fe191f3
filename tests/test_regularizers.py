"""Penalties: by hand, by slope, and as PyTorch differentiates them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from tests.support.refusals import refused
from tests.support.slopes import assert_slope, slope

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


@each_name
def test_whole_numbers_and_lists_are_computed_as_floats(name):
    for weights in ([-2, 0, 1], np.array([-2, 0, 1], np.int8)):
        value, gradient = REGULARIZERS[name](0.5)(weights)
        assert value == BY_HAND[name][0]
        np.testing.assert_array_equal(gradient, BY_HAND[name][1])
    value, _ = REGULARIZERS[name](0.5)(np.array([-128], np.int8))  # |-128| and 128² are no int8
    assert value == {"L1": 64, "L2": 8192}[name]


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


# --- the proximal step ---------------------------------------------------------------------------------------------


def test_shrink_by_hand():
    penalty = lw.L1(0.5, proximal=True)
    assert penalty.proximal
    np.testing.assert_allclose(penalty.shrink(np.array([2.0, 0.04, 0.0, -0.05, -1.0]), 0.1), [1.95, 0, 0, 0, -0.95])
    w = np.array([2.0, -1e-9])
    np.testing.assert_array_equal(penalty.shrink(w, 0.0), w)
    assert penalty.shrink(w.astype(np.float32), 0.1).dtype == np.float32


def test_shrink_is_the_smallest_of_all():
    """It minimises |u - w|²/2 + η λ |u|: no u on a fine grid is better."""
    penalty, grid = lw.L1(0.7, proximal=True), np.linspace(-3, 3, 60_001)
    for w in generator(0, "w").uniform(-2, 2, size=20):
        best = grid[np.argmin((grid - w) ** 2 / 2 + 0.5 * 0.7 * np.abs(grid))]
        assert penalty.shrink(np.array([w]), 0.5)[0] == pytest.approx(best, abs=1e-4)


def test_proximal_or_not_is_a_setting():
    assert not lw.L1(0.25).proximal
    penalty = lw.L1(0.25, proximal=True)
    assert REGULARIZERS.spec(penalty) == {"name": "L1", "strength": 0.25, "proximal": True}
    assert repr(REGULARIZERS.build(REGULARIZERS.spec(penalty))) == repr(penalty) == "L1(0.25, proximal=True)"
    value, gradient = penalty(np.array([-2.0, 0.0]))  # the penalty itself is the same
    assert value == 0.5
    np.testing.assert_array_equal(gradient, [-0.25, 0.0])


def test_what_has_no_proximal_step_says_so(tally):
    assert not lw.L2(0.1).proximal
    refused(tally, SettingError, ("L2(0.1)", "no proximal step"), lambda: lw.L2(0.1).shrink(np.ones(2), 0.1))
    refused(tally, KindError, "proximal must be True or False, got 1 (int)", lambda: lw.L1(0.1, proximal=1))


@pytest.mark.parametrize(("optimizer", "strength"), [
    (lambda: lw.GradientDescent(lr=0.05), 0.3),
    (lambda: lw.SGD(lr=0.01, momentum=0.9), 0.3 / (1 - 0.9)),  # momentum lengthens the steps, not the threshold
], ids=["gradient descent", "momentum"])  # fmt: skip
@pytest.mark.parametrize("seed", [0, 1, 2, 3])
def test_only_proximal_steps_reach_exact_zeros(seed, optimizer, strength):
    """20 features, of which 17 are useless: sub-gradient steps zero none of their weights, proximal steps all."""
    rng = generator(seed, "sparse")
    x = rng.normal(size=(400, 20))
    y = x[:, :3] @ np.array([[2.0], [-1.5], [1.0]]) + 0.5 + 0.3 * rng.normal(size=(400, 1))
    zeros = {}
    for proximal in (False, True):
        net = lw.Network(lw.Linear(20, 1), seed=seed, dtype="float64")
        penalty = lw.L1(strength if proximal else 0.3, proximal=proximal)
        lw.fit(net, (x, y), loss=lw.MSELoss(), optimizer=optimizer(), epochs=300, batch_size=400, regularizer=penalty,
               seed=seed, progress=False)  # fmt: skip
        zeros[proximal] = net[0].weight[0] == 0
        assert net[0].bias[0] == pytest.approx(0.5, abs=0.1)  # the bias is spared
        np.testing.assert_allclose(net[0].weight[0, :3], [1.85, -1.35, 0.85], atol=0.1)  # λ/2 nearer to 0
    assert zeros[False].sum() == 0
    np.testing.assert_array_equal(zeros[True], np.arange(20) >= 3)


def test_the_proximal_end_is_that_of_the_lasso():
    """The optimum of scikit-learn, whose cost is half of ours: the same weights, and the same of them 0."""
    linear_model = pytest.importorskip("sklearn.linear_model")
    rng = generator(0, "lasso")
    x = rng.normal(size=(60, 12))
    y = x @ rng.normal(size=(12, 1)) + rng.normal(size=(60, 1))
    net = lw.Network(lw.Linear(12, 1), dtype="float64")
    lw.fit(net, (x, y), loss=lw.MSELoss(), optimizer=lw.GradientDescent(lr=0.1), epochs=1500, batch_size=60,
           regularizer=lw.L1(1.0, proximal=True), progress=False)  # fmt: skip
    theirs = linear_model.Lasso(alpha=0.5, tol=1e-12, max_iter=100_000).fit(x, y[:, 0])
    np.testing.assert_allclose(net[0].weight[0], theirs.coef_, atol=1e-7)
    np.testing.assert_array_equal(net[0].weight[0] == 0, theirs.coef_ == 0)
    assert 0 < (theirs.coef_ == 0).sum() < 12


@pytest.mark.parametrize(("value", "error"), [
    (-1e-9, SettingError), (math.nan, SettingError), (math.inf, SettingError), (10**400, SettingError),
    ("0.1", KindError), (True, KindError), (None, KindError),
], ids=["negative", "nan", "inf", "huge", "text", "bool", "None"])  # fmt: skip
@each_name
def test_strengths_that_do_not_fit(name, value, error, tally):
    refused(tally, error, "strength", lambda: REGULARIZERS[name](value))
