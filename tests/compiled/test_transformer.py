"""Twins of a transformer's parts: where they share the work, and where the ends of their loops do not fit."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from layerwise import formulas

pytest.importorskip("numba")

from layerwise.compiled import transformer_kernels as kernels
from layerwise.compiled import twins, workers

TWINS = {name.rpartition(".")[2]: twin for name, twin in twins().items()}
SIZES = [(1, 1, 1, 1), (2, 7, 3, 5), (3, 16, 2, 8), (2, 17, 1, 9), (1, 33, 2, 16), (5, 50, 2, 17), (2, 65, 1, 3)]


def numbers(*shape, dtype=np.float32, seed=0):
    return np.random.default_rng([seed, *shape]).normal(size=shape).astype(dtype)


def attention_arguments(N, T, heads, d, causal, padded=False, p=0.0, dtype=np.float32):
    D = heads * d
    mask = np.tri(T, dtype=bool)[None, None] if causal else np.ones((1, 1, 1, 1), bool)
    if padded:
        mask = mask & (np.arange(T) < np.random.default_rng(1).integers(1, T + 1, size=(N, 1)))[:, None, None]
    dropout = np.ones((1, 1, 1, 1), dtype)
    if p:
        dropout = ((np.random.default_rng(2).random((N, heads, T, T)) >= p) / (1 - p)).astype(dtype)
    weights = numbers(3 * D, D, dtype=dtype) / D**0.5, numbers(3 * D, dtype=dtype)
    last = numbers(D, D, dtype=dtype, seed=1) / D**0.5, numbers(D, dtype=dtype, seed=1)
    return numbers(N, T, D, dtype=dtype), *weights, *last, heads, mask, dropout


def assert_attention(arguments, rtol, atol):
    dy = numbers(*arguments[0].shape, dtype=arguments[0].dtype, seed=9)
    (value, backward), (right, right_backward) = (
        function(*arguments) for function in (TWINS["multihead_attention"], formulas.multihead_attention)
    )
    for found, expected in zip([*value, *backward(dy)], [*right, *right_backward(dy)], strict=True):
        assert found.dtype == expected.dtype
        np.testing.assert_allclose(found, expected, rtol=rtol, atol=atol * max(1, np.abs(expected).max()))
    dx, *gradients = backward(dy, False)
    assert dx is None
    for found, expected in zip(gradients, backward(dy)[1:], strict=True):
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("causal", "padded", "p"), [*itertools.product([False, True], [False, True], [0.0, 0.4]), (True, False, 1e-9)]
)
def test_attention_of_any_size_under_any_mask(size, causal, padded, p):
    assert_attention(attention_arguments(*size, causal, padded, p, np.float64), rtol=1e-11, atol=1e-13)
    assert_attention(attention_arguments(*size, causal, padded, p), rtol=1e-4, atol=2e-6)


def test_attention_with_a_mask_for_each_head():
    arguments = list(attention_arguments(2, 5, 3, 4, False, dtype=np.float64))
    arguments[6] = np.random.default_rng(3).random((1, 3, 5, 5)) < 0.5
    assert_attention(arguments, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("place", range(5))
@pytest.mark.parametrize("causal", [False, True])
def test_nan_goes_where_the_formula_lets_it_go(place, causal):
    arguments = list(attention_arguments(2, 9, 2, 4, causal))
    arguments[place].flat[3] = np.nan
    dy = numbers(*arguments[0].shape)
    (value, backward), (right, right_backward) = (
        function(*arguments) for function in (TWINS["multihead_attention"], formulas.multihead_attention)
    )
    for found, expected in zip([*value, *backward(dy)], [*right, *right_backward(dy)], strict=True):
        np.testing.assert_array_equal(np.isnan(found), np.isnan(expected))


def test_nan_on_the_way_back_goes_where_the_formula_lets_it_go():
    arguments = attention_arguments(2, 9, 2, 4, True)
    dy = numbers(*arguments[0].shape)
    dy[1, 4, 2] = np.nan
    for function in (TWINS["multihead_attention"], formulas.multihead_attention):
        gradients = [np.isnan(each) for each in function(*arguments)[1](dy)]
        assert all(each.any() for each in gradients)
    for found, expected in zip(gradients, TWINS["multihead_attention"](*arguments)[1](dy), strict=True):
        np.testing.assert_array_equal(found, np.isnan(expected))


@pytest.mark.parametrize("change", [lambda x: x[..., :-1], lambda x: x[0], lambda x: x.astype(np.float64)])
def test_what_the_loops_can_not_take_goes_to_the_formula(change):
    arguments = list(attention_arguments(2, 5, 2, 4, True))
    arguments[0] = change(arguments[0])
    answers = []
    for function in (TWINS["multihead_attention"], formulas.multihead_attention):
        try:
            answers.append(function(*arguments)[0].y)
        except ValueError as error:
            answers.append(str(error))
    np.testing.assert_array_equal(*answers)


@pytest.mark.parametrize("name", ["multihead_attention", "gelu"])
def test_bits_do_not_depend_on_the_number_of_threads(name):
    arguments = attention_arguments(7, 30, 2, 8, True) if name != "gelu" else (numbers(700, 300),)
    found = []
    for count in (1, 2, 3):
        workers.use_threads(count)
        try:
            value, backward = TWINS[name](*arguments)
            y = value if name == "gelu" else value.y
            gradients = backward(numbers(*y.shape, seed=5))
            found.append([y, *(gradients if isinstance(gradients, tuple) else (gradients,))])
        finally:
            workers.use_threads(None)
    for other in found[1:]:
        for one, two in zip(found[0], other, strict=True):
            assert one.tobytes() == two.tobytes()


def test_gelu_over_its_range():
    x = np.linspace(-15, 15, 200_001, dtype=np.float32)
    (y, backward), (right, right_backward) = TWINS["gelu"](x), formulas.gelu(x.astype(np.float64))
    np.testing.assert_allclose(y, right, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(backward(np.ones_like(x)), right_backward(np.ones(len(x))), rtol=1e-6, atol=1e-6)


def test_exp_to_the_last_bits():
    from numba import njit

    exp32 = kernels.exp32

    @njit
    def all_of(x, y):
        for i in range(len(x)):
            y[i] = exp32(x[i])

    x = np.concatenate([np.linspace(-86.9, 0, 100_001), [-88, -1e30, -np.inf, np.nan]]).astype(np.float32)
    y = np.empty_like(x)
    all_of(x, y)
    np.testing.assert_allclose(y[:-4], np.exp(x[:-4].astype(np.float64)), rtol=3e-7)
    np.testing.assert_array_equal(y[-4:], [0, 0, 0, np.nan])


@pytest.mark.parametrize("shape", [(1, 1), (3, 7), (5, 64), (2, 3, 65), (40, 300)])
@pytest.mark.parametrize("name", ["layer_norm", "rms_norm"])
def test_normalisation_of_rows_of_any_length(name, shape):
    x, gamma, beta, dy = numbers(*shape), numbers(shape[-1]), numbers(shape[-1], seed=1), numbers(*shape, seed=2)
    parameters = (gamma, beta) if name == "layer_norm" else (gamma,)
    wide = [each.astype(np.float64) for each in (x, *parameters)]
    y, backward = TWINS[name](x, *parameters, 1e-5)
    right, right_backward = getattr(formulas, name)(*wide, 1e-5)
    np.testing.assert_allclose(y, right, rtol=1e-4, atol=1e-5)
    if shape[-1] > 1:  # a row of one number has no slope, and what stands there is rounding
        for found, expected in zip(backward(dy), right_backward(dy.astype(np.float64)), strict=True):
            np.testing.assert_allclose(found, expected, rtol=1e-4, atol=2e-5)


def test_embedding_adds_up_what_comes_back():
    index, W = np.random.default_rng(0).integers(50, size=(30, 40)), numbers(50, 9)
    y, backward = TWINS["embedding"](index, W, 7)
    _, right_backward = formulas.embedding(index, W.astype(np.float64), 7)
    np.testing.assert_array_equal(y, W[index])
    dy = numbers(*y.shape)
    np.testing.assert_allclose(backward(dy), right_backward(dy.astype(np.float64)), rtol=1e-4, atol=1e-5)
    assert not backward(dy)[7].any()
