"""Recurrent formulas beside the textbook's equations; gradients, parity and purity come from the registry."""

from __future__ import annotations

import numpy as np
import pytest
from tests.formulas.samples import cases, upstream_for
from tests.support.slopes import assert_slope, slope

from layerwise.formulas import gru, gru_step, linear, lstm, registry, rnn
from layerwise.random import generator

N, T, D, H, K = 3, 5, 4, 2, 3
rng = generator(0, "recurrent formulas")
x = rng.normal(size=(N, T, D))
h0, c0 = rng.normal(size=(2, N, H))
NAMES = ["rnn", "lstm", "gru"]
STEPS = ["lstm_step"]


def sigma(z):
    return 1 / (1 + np.exp(-z))


def test_the_textbooks_rnn():
    """h_t = tanh(W_hh h_{t-1} + W_xh x_t + b_h), y_t = W_hy h_t + b_y, sample by sample and step by step."""
    W_xh, W_hh, W_hy = rng.normal(size=(H, D)), rng.normal(size=(H, H)), rng.normal(size=(K, H))
    b_ih, b_hh, b_y = rng.normal(size=H), rng.normal(size=H), rng.normal(size=K)
    b_h = b_ih + b_hh
    value, _ = rnn(x, h0, W_xh, W_hh, b_ih, b_hh)
    y, _ = linear(value.h.reshape(-1, H), W_hy, b_y)
    for n in range(N):
        h = h0[n]
        for t in range(T):
            h = np.tanh(W_hh @ h + W_xh @ x[n, t] + b_h)
            np.testing.assert_allclose(value.h[n, t], h, rtol=1e-13)
            np.testing.assert_allclose(y.reshape(N, T, K)[n, t], W_hy @ h + b_y, rtol=1e-12)
        np.testing.assert_array_equal(value.h_n[n], value.h[n, -1])


def test_the_textbooks_lstm():
    """One matrix and one bias for each gate, on [h_{t-1}, x_t]: PyTorch's form is these, cut and piled up."""
    W_f, W_i, W_C, W_o = rng.normal(size=(4, H, H + D))
    b_f, b_i, b_C, b_o = rng.normal(size=(4, H))
    piled, biases = np.concatenate([W_i, W_f, W_C, W_o]), np.concatenate([b_i, b_f, b_C, b_o])
    W_hh, W_ih = piled[:, :H], piled[:, H:]
    b_ih = rng.normal(size=4 * H)
    value, _ = lstm(x, h0, c0, W_ih, W_hh, b_ih, biases - b_ih)
    for n in range(N):
        h, C = h0[n], c0[n]
        for t in range(T):
            both = np.concatenate([h, x[n, t]])
            f = sigma(W_f @ both + b_f)
            i = sigma(W_i @ both + b_i)
            candidate = np.tanh(W_C @ both + b_C)
            C = f * C + i * candidate
            o = sigma(W_o @ both + b_o)
            h = o * np.tanh(C)
            for part, plain in zip(value[3:], (f, i, candidate, o, C), strict=True):
                np.testing.assert_allclose(part[n, t], plain, rtol=1e-12)
            np.testing.assert_allclose(value.h[n, t], h, rtol=1e-12)
        np.testing.assert_allclose(value.c_n[n], C, rtol=1e-12)


def test_the_reset_gate_of_a_gru_stands_after_the_product():
    """PyTorch's form; with the reset gate before the product, as in the paper, the numbers are others."""
    W_ih, W_hh = rng.normal(size=(3 * H, D)), rng.normal(size=(3 * H, H))
    b = rng.normal(size=3 * H)
    value, _ = gru(x[:, :1], h0, W_ih, W_hh, b, np.zeros(3 * H))
    r, u, n = value.reset[:, 0], value.update[:, 0], value.candidate[:, 0]
    from_x = x[:, 0] @ W_ih[2 * H :].T + b[2 * H :]
    np.testing.assert_allclose(n, np.tanh(from_x + r * (h0 @ W_hh[2 * H :].T)), rtol=1e-12)
    assert np.abs(n - np.tanh(from_x + (r * h0) @ W_hh[2 * H :].T)).max() > 0.01
    np.testing.assert_allclose(value.h[:, 0], (1 - u) * n + u * h0, rtol=1e-12)


def test_a_step_of_the_textbooks_gru():
    """State, gates and candidate, each from rows of its own: a matrix and two biases for r, for u and for n."""
    own = generator(1, "recurrent formulas")
    W_ih, W_hh, (b_ih, b_hh) = own.normal(size=(3, H, D)), own.normal(size=(3, H, H)), own.normal(size=(2, 3, H))
    step, _ = gru_step(x[:, 0], h0, W_ih.reshape(-1, D), W_hh.reshape(-1, H), b_ih.ravel(), b_hh.ravel())
    r, u = (sigma(x[:, 0] @ W_ih[k].T + b_ih[k] + h0 @ W_hh[k].T + b_hh[k]) for k in (0, 1))
    n = np.tanh(x[:, 0] @ W_ih[2].T + b_ih[2] + r * (h0 @ W_hh[2].T + b_hh[2]))
    for part, plain in zip(step, ((1 - u) * n + u * h0, r, u, n), strict=True):
        np.testing.assert_allclose(part, plain, rtol=1e-12)


def each_case(names):
    found = {f"{name}-{number}": (name, case) for name in names for number, case in enumerate(cases(registry[name]))}
    return pytest.mark.parametrize(("name", "case"), found.values(), ids=found)


def last_states(name, value):
    """The parts of a value besides h that may have a gradient: the states at the end, or the cell of one step."""
    return [value.c] if name.endswith("_step") else [value.h_n, value.c_n] if name == "lstm" else [value.h_n]


@each_case([*NAMES, *STEPS])
def test_gradients_from_the_last_states(name, case, tally):
    """backward takes the gradients at h_n and c_n besides that at h; all together are the slope."""
    arguments = {key: np.array(each) if isinstance(each, np.ndarray) else each for key, each in case.arguments.items()}
    function = registry[name].function
    value, backward = function(**arguments)
    dh, *dstates = [upstream_for(part, seed) for seed, part in enumerate([value[0], *last_states(name, value)])]

    def cost():
        value, _ = function(**arguments)
        parts = [value[0], *last_states(name, value)]
        return float(sum((part * upstream).sum() for part, upstream in zip(parts, [dh, *dstates], strict=True)))

    gradients = backward(dh, *dstates)
    for argument, gradient in zip(registry[name].differentiable, gradients, strict=True):
        assert_slope(gradient, slope(cost, arguments[argument]))
    tally.check(name, len(gradients))


@each_case(["lstm"])
def test_each_of_two_last_states_may_have_a_gradient_alone(name, case):
    """The way back is linear: alone and alone add up to both together."""
    value, backward = lstm(**case.arguments)
    dh, dh_n, dc_n = (upstream_for(part, seed) for seed, part in enumerate([value.h, value.h_n, value.c_n]))
    alone = backward(dh, dh_n), backward(0 * dh, None, dc_n)
    for one, other, both in zip(*alone, backward(dh, dh_n, dc_n), strict=True):
        np.testing.assert_allclose(one + other, both, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("name", NAMES)
def test_padding_has_no_gradient_even_behind_a_state_that_is_no_number(name):
    arguments = dict(cases(registry[name])[4].arguments) | {"lengths": np.array([1, 4, 3]), "reverse": False}
    arguments["x"] = arguments["x"].copy()
    arguments["x"][0, 0] = np.nan
    value, backward = registry[name].function(**arguments)
    dx, *_ = backward(upstream_for(value.h))
    assert np.isnan(value.h_n[0]).any()
    np.testing.assert_array_equal(dx[0, 1:], 0)
    assert np.isfinite(dx[1:]).all()


@each_case(NAMES)
def test_the_gradient_at_the_input_can_be_left_out(name, case):
    value, backward = registry[name].function(**case.arguments)
    dh = upstream_for(value.h)
    _, *with_dx = backward(dh)
    dx, *without = backward(dh, input_gradient=False)
    assert dx is None
    for one, other in zip(with_dx, without, strict=True):
        assert one.tobytes() == other.tobytes()


@each_case(NAMES)
def test_padding_changes_nothing_whatever_stands_there(name, case):
    """Promise G6: each sequence alone, cut at its end, gives the same; NaN behind its end is never read."""
    arguments = dict(case.arguments)
    lengths = arguments["lengths"]
    if lengths is None:
        return
    x, states = arguments["x"].copy(), [key for key in ("h0", "c0") if key in arguments]
    padding = np.arange(x.shape[1]) >= lengths[:, None]
    x[padding] = np.nan
    function = registry[name].function
    value, backward = function(**arguments | {"x": x})
    dh = upstream_for(value.h)
    dh[padding] = np.nan  # and no gradient comes from there either
    dx, *others = backward(dh)
    assert not dx[padding].any()
    sums = [0.0] * len(others)
    for n, length in enumerate(lengths):
        alone = {key: arguments[key][[n]] for key in states}
        alone_value, alone_backward = function(**arguments | alone | {"x": x[[n], :length], "lengths": None})
        for part, alone_part in zip(value, alone_value, strict=True):
            same = part[[n], :length] if part.ndim == 3 else part[[n]]
            np.testing.assert_allclose(same, alone_part, rtol=1e-12, atol=1e-14)
            assert part.ndim == 2 or not part[n, length:].any()
        alone_dx, *alone_others = alone_backward(dh[[n], :length])
        np.testing.assert_allclose(dx[[n], :length], alone_dx, rtol=1e-12, atol=1e-14)
        for number, gradient in enumerate(alone_others[: len(states)]):
            np.testing.assert_allclose(others[number][[n]], gradient, rtol=1e-12, atol=1e-14)
        sums = [total + gradient for total, gradient in zip(sums, alone_others, strict=True)]
    for total, gradient in zip(sums[len(states) :], others[len(states) :], strict=True):
        np.testing.assert_allclose(gradient, total, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("name", NAMES)
def test_in_reverse_is_the_turned_sequence_forward(name):
    case = next(case for case in cases(registry[name]) if case.arguments["lengths"] is None)
    arguments = case.arguments | {"x": rng.normal(size=(1, T, case.arguments["x"].shape[2]))}
    function = registry[name].function
    forward, _ = function(**arguments | {"reverse": False, "x": arguments["x"][:, ::-1]})
    reverse, _ = function(**arguments | {"reverse": True})
    np.testing.assert_allclose(reverse.h, forward.h[:, ::-1], rtol=1e-13)
    np.testing.assert_array_equal(reverse.h_n, reverse.h[:, 0])


@pytest.mark.parametrize("name", NAMES)
def test_a_chunk_begins_where_the_one_before_has_ended(name):
    arguments = dict(cases(registry[name])[2].arguments)
    arguments["x"] = rng.normal(size=(3, 9, 1))
    function = registry[name].function
    whole, _ = function(**arguments)
    first, _ = function(**arguments | {"x": arguments["x"][:, :4]})
    states = {"h0": first.h_n} | ({"c0": first.c_n} if name == "lstm" else {})
    second, _ = function(**arguments | states | {"x": arguments["x"][:, 4:]})
    np.testing.assert_allclose(np.concatenate([first.h, second.h], axis=1), whole.h, rtol=1e-12, atol=0)


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_batch(name):
    arguments = dict(cases(registry[name])[3].arguments)
    arguments |= {key: arguments[key][:0] for key in ("x", "h0", "c0", "lengths") if key in arguments}
    value, backward = registry[name].function(**arguments)
    dx, *others = backward(value.h)
    assert value.h.shape == (0, 5, 1)
    assert dx.shape == arguments["x"].shape
    assert not any(each.any() for each in others)
