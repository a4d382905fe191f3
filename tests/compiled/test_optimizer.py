"""The twins of optimizer updates walk the path of the readable ones."""

from __future__ import annotations

import numpy as np
import pytest

import layerwise as lw
from layerwise.compiled import fast, use_compiled
from layerwise.errors import FileError
from layerwise.random import generator

pytest.importorskip("numba")

MAKERS = {
    "gradient descent": lambda: lw.GradientDescent(lr=0.1),
    "sgd": lambda: lw.SGD(lr=0.1),
    "sgd with decay": lambda: lw.SGD(lr=0.1, weight_decay=0.1),
    "sgd with momentum": lambda: lw.SGD(lr=0.1, momentum=0.9, dampening=0.25),
    "sgd with Nesterov": lambda: lw.SGD(lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.1),
    "adam": lambda: lw.Adam(lr=0.1),
    "adam with decay": lambda: lw.Adam(lr=0.1, betas=(0.8, 0.9), eps=1e-3, weight_decay=0.1),
    "adamw": lambda: lw.AdamW(lr=0.1, weight_decay=0.2),
    "adamw, weights only": lambda: lw.AdamW(lr=0.1, weight_decay=0.2, decay="weights"),
}


def path(make, dtype, on):
    """Twenty steps from one start with one noise, the rate changing on the way; all places and the final state."""
    rng = generator(0, "optimizer path")
    theta = rng.normal(size=37).astype(dtype)
    mask = (np.arange(37) < 20).astype(dtype)
    optimizer, places = make(), []
    use_compiled(on)
    try:
        for step in range(20):
            grad = (theta * np.arange(37) + rng.normal(size=37)).astype(dtype)
            kept = grad.copy()
            optimizer.step(theta, grad, lr=0.1 / (1 + step), decay=mask if optimizer.spares_biases else None)
            np.testing.assert_array_equal(grad, kept)
            places.append(theta.copy())
    finally:
        use_compiled(True)
    return np.array(places), optimizer.state_dict()


@pytest.mark.parametrize(("dtype", "rtol"), [(np.float64, 1e-12), (np.float32, 1e-4)])
@pytest.mark.parametrize("name", MAKERS)
def test_the_twin_walks_the_same_path(name, dtype, rtol):
    make = MAKERS[name]
    update = type(make()).update
    assert fast(update) is not update, "there is no twin, so this test would compare a thing with itself"
    ours, state = path(make, dtype, on=True)
    right, right_state = path(make, dtype, on=False)
    assert ours.dtype == dtype
    assert np.abs(np.diff(right, axis=0)).max() > 0
    np.testing.assert_allclose(ours, right, rtol=rtol, atol=rtol)
    assert state.keys() == right_state.keys()
    for slot, array in state.items():
        np.testing.assert_allclose(array, right_state[slot], rtol=rtol, atol=rtol)
        assert np.asarray(array).dtype == np.asarray(right_state[slot]).dtype


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("t", [1, 2, 10, 1000, 100_000])
def test_one_step_of_adam_differs_in_its_last_bits_only(dtype, t):
    """The twin moves the corrections of m̂ and v̂ into two scalars, so the two round at other places: each rounds some
    eight times on its way from m and v, by half a unit in the last place at most, and no difference is taken that
    could enlarge it. From theta = 0 a step is what theta becomes, without a rounding more."""
    rng = generator(0, "one step of adam", step=t)
    m, v = (scale * rng.normal(size=5000) for scale in (1.0, 3.0))
    grad = rng.normal(size=5000).astype(dtype)
    found = []
    for on in (True, False):
        optimizer, theta = lw.Adam(lr=0.1), np.zeros(5000, dtype)
        optimizer.load_state_dict({"t": t, "m": m.astype(dtype), "v": (v * v).astype(dtype)})
        use_compiled(on)
        try:
            optimizer.step(theta, grad)
        finally:
            use_compiled(True)
        found.append((theta, optimizer.state["m"], optimizer.state["v"]))
    (ours, *state), (right, *right_state) = found
    for one, other in zip(state, right_state, strict=True):
        np.testing.assert_array_equal(one, other)
    np.testing.assert_array_max_ulp(ours, right, maxulp=8)


def test_nan_in_a_gradient_comes_through():
    optimizer, theta = lw.Adam(), np.zeros(3)
    optimizer.step(theta, np.array([np.nan, 1.0, np.inf]))
    assert np.isnan(theta[[0, 2]]).all()
    assert theta[1] == pytest.approx(-1e-3, rel=1e-6, abs=0)


def test_a_subclass_with_an_update_of_its_own_is_left_alone():
    class Still(lw.Adam):
        def update(self, theta, grad, lr, decay):
            pass

    theta = np.ones(3)
    Still().step(theta, np.ones(3))
    np.testing.assert_array_equal(theta, 1)


@pytest.mark.parametrize("dtype", [np.float16, np.longdouble, ">f8"])
def test_types_that_cannot_be_compiled_go_through_the_formula(dtype):
    theta = np.ones(3, dtype)
    lw.Adam(lr=0.5).step(theta, np.ones(3, dtype))
    np.testing.assert_allclose(theta.astype(float), 0.5, rtol=1e-3, atol=0)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.longdouble, ">f8"])
@pytest.mark.parametrize("make", [lw.Adam, lw.SGD, lambda: lw.SGD(momentum=0.5)])
def test_a_gradient_of_another_type_goes_through_the_formula(make, dtype):
    theta, expected = np.ones(3), np.ones(3)
    make().step(theta, np.full(3, 0.5, dtype))
    make().step(expected, np.full(3, 0.5))
    np.testing.assert_allclose(theta, expected, rtol=1e-6, atol=0)


def test_a_state_that_does_not_fit_theta_is_refused_and_not_read_beyond_its_end():
    with pytest.raises(FileError, match="arrays of one shape"):
        lw.Adam().load_state_dict({"t": 5, "m": np.zeros(100_000), "v": np.zeros(3)})
    optimizer = lw.Adam()
    optimizer.step(np.ones(1000), np.ones(1000))
    optimizer.state["v"] = np.zeros(3)
    with pytest.raises(ValueError, match="broadcast"):
        optimizer.step(np.ones(1000), np.ones(1000))
