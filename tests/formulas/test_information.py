"""Information: zeros and infinities, the identities between the measures, and what SciPy and scikit-learn say."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.refusals import refused

from layerwise.errors import DataError, KindError, SettingError, ShapeError
from layerwise.formulas import (
    conditional_entropy,
    cross_entropy_between,
    entropy,
    joint_distribution,
    kl_divergence,
    mutual_information,
    softmax,
)
from layerwise.random import generator

BASES = (2.0, math.e, 10.0)
each_base = pytest.mark.parametrize("base", BASES)


def distribution(rng, *shape, zeros=0.3):
    """Probabilities that sum to 1 over all of the shape, some of them exactly 0."""
    weights = rng.exponential(size=shape) * (rng.random(shape) > zeros)
    weights.flat[0] += 0.1
    return weights / weights.sum()


tables = st.builds(
    lambda seed, k, m: distribution(generator(seed, "tables"), k, m),
    st.integers(0, 2**32),
    st.integers(1, 6),
    st.integers(1, 6),
)
pairs = st.builds(
    lambda seed, k: (distribution(generator(seed, "p"), k), distribution(generator(seed, "q"), k, zeros=0)),
    st.integers(0, 2**32),
    st.integers(1, 8),
)
quick = settings(max_examples=100, deadline=None)


def H(p, base=2.0):
    return float(entropy(np.ravel(p), base)[0])


@each_base
def test_as_scipy(base):
    from scipy.stats import entropy as theirs

    rng = generator(0, "scipy")
    p, q = (rng.dirichlet(np.ones(6), size=20) for _ in range(2))
    p[0] = [0, 0, 1, 0, 0, 0]
    p[1, :2] = 0
    p[1] /= p[1].sum()
    np.testing.assert_allclose(entropy(p, base)[0], theirs(p, axis=1, base=base), rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(kl_divergence(p, q, base)[0], theirs(p, q, axis=1, base=base), rtol=1e-11)


def test_mutual_information_as_sklearn():
    from sklearn.metrics import mutual_info_score

    rng = generator(1, "labels")
    for n, k, m in [(1, 1, 1), (10, 2, 2), (100, 5, 3), (1000, 7, 20)]:
        x = rng.integers(k, size=n)
        y = (x + rng.integers(m, size=n)) % m
        ours = mutual_information(joint_distribution(x, y), math.e)
        assert ours == pytest.approx(mutual_info_score(x, y), abs=1e-12)


def test_a_fair_coin_is_one_bit_and_eight_equal_cases_are_three():
    assert H([0.5, 0.5]) == 1
    assert H(np.full(8, 1 / 8)) == 3
    assert H([1.0, 0.0]) == 0
    assert H([0.5, 0.5], math.e) == pytest.approx(math.log(2), rel=1e-15)


@quick
@given(pairs)
def test_cross_entropy_is_entropy_plus_divergence(pair):
    p, q = pair
    together = H(p) + kl_divergence(p, q, 2.0)[0]
    assert cross_entropy_between(p, q, 2.0)[0] == pytest.approx(together, rel=1e-12, abs=1e-12)
    assert cross_entropy_between(p, p, 2.0)[0] == pytest.approx(H(p), rel=1e-12, abs=1e-15)
    assert kl_divergence(p, q, 2.0)[0] >= -1e-12
    assert kl_divergence(p, p, 2.0)[0] == 0


@quick
@given(tables)
def test_mutual_information_three_ways(joint):
    information = mutual_information(joint, 2.0)
    p_x, p_y = joint.sum(axis=1), joint.sum(axis=0)
    near = pytest.approx(information, abs=1e-12)
    assert H(p_x) - conditional_entropy(joint, 2.0) == near
    assert H(p_y) - conditional_entropy(joint.T, 2.0) == near
    assert H(p_x) + H(p_y) - H(joint) == near
    assert mutual_information(joint.T, 2.0) == near
    assert -1e-12 <= information <= min(H(p_x), H(p_y)) + 1e-12
    assert mutual_information(np.outer(p_x, p_y), 2.0) == pytest.approx(0, abs=1e-12)


@quick
@given(tables)
def test_the_chain_rule(joint):
    assert H(joint) == pytest.approx(H(joint.sum(axis=0)) + conditional_entropy(joint, 2.0), abs=1e-12)
    # H(X | Y) is also the mean, over the values of Y, of the entropy of X given that value.
    p_y = joint.sum(axis=0)
    given_y = sum(share * H(joint[:, k] / share) for k, share in enumerate(p_y) if share > 0)
    assert conditional_entropy(joint, 2.0) == pytest.approx(given_y, abs=1e-12)


@quick
@given(tables, st.integers(1, 4))
def test_a_function_of_x_tells_no_more_than_x(joint, values):
    """The data-processing inequality, on the map that keeps x modulo a number."""
    processed = np.zeros((values, joint.shape[1]))
    np.add.at(processed, np.arange(len(joint)) % values, joint)
    assert mutual_information(processed, 2.0) <= mutual_information(joint, 2.0) + 1e-12


@each_base
def test_the_base_is_only_a_unit(base):
    joint = distribution(generator(3, "base"), 4, 5)
    for measure in (conditional_entropy, mutual_information):
        assert measure(joint, base) * math.log(base) == pytest.approx(measure(joint, math.e), rel=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_zeros_give_exact_limits_and_no_warning(dtype):
    zero, one = np.array([0, 1], dtype=dtype), np.array([1, 0], dtype=dtype)
    with np.errstate(all="raise"):
        assert entropy(zero, 2.0)[0] == 0
        assert kl_divergence(zero, zero, 2.0)[0] == 0
        assert cross_entropy_between(zero, zero, 2.0)[0] == 0
        for measure in (kl_divergence, cross_entropy_between):
            value, backward = measure(zero, one, 2.0)
            assert value == np.inf
            dp, dq = backward(dtype(1))
            assert dp.dtype == dq.dtype == dtype
            np.testing.assert_array_equal(dq, [0, -np.inf])
            assert not np.isnan(dp).any()
            dp, dq = measure(zero, zero, 2.0)[1](dtype(1))
            np.testing.assert_array_equal(dq[0], 0)
            assert dp[0] == 0


def test_a_negative_number_adds_nothing_as_if_it_were_0():
    p, q = np.array([-0.1, 1.0]), np.array([0.5, 0.5])
    H, backward = entropy(p, 2.0)
    assert (H, backward(1.0)[0]) == (0, 0)
    D, backward = kl_divergence(p, q, 2.0)
    assert (D, backward(1.0)[0][0]) == (1, 0)


def test_the_gradient_of_the_entropy_behind_a_softmax_is_finite_at_probability_0():
    p, through_softmax = softmax(np.array([[800.0, 0.0, -800.0]]))
    assert p[0, 2] == 0
    _, backward = entropy(p, 2.0)
    assert np.isfinite(through_softmax(backward(np.ones(1)))).all()


def test_joint_distribution_counts_pairs():
    joint = joint_distribution(["b", "a", "b", "b"], [[0, 1], [0, 1], [0, 2], [0, 1]])
    np.testing.assert_array_equal(joint, [[0.25, 0], [0.5, 0.25]])


@pytest.mark.parametrize(("call", "error", "words"), [
    (lambda: entropy(np.ones(1), 1.0), SettingError, ("base must be above 1", "1.0")),
    (lambda: entropy(np.ones(1), -2), SettingError, "base must be above 1"),
    (lambda: entropy(np.ones(1), math.nan), SettingError, "base must be a finite number"),
    (lambda: kl_divergence(np.ones(1), np.ones(1), "e"), KindError, "base must be a number"),
    (lambda: mutual_information([0.5, 0.5], 2), ShapeError, ("table (K, L)", "(2,)")),
    (lambda: mutual_information(np.zeros((0, 2)), 2), ShapeError, "(0, 2)"),
    (lambda: mutual_information([[1.5, -0.5]], 2), DataError, ("no negative probability", "-0.5")),
    (lambda: mutual_information([[3, 1], [1, 3]], 2), DataError, ("sum to 1, got 8", "divide counts")),
    (lambda: conditional_entropy([[math.nan, 1.0]], 2), DataError, "joint holds nan at row 0, column 0"),
    (lambda: conditional_entropy([["a"]], 2), KindError, "joint must hold real numbers, got text"),
    (lambda: joint_distribution([0, 1], [0, 1, 2]), ShapeError, "equally long, got 2 and 3"),
    (lambda: joint_distribution([], []), ShapeError, "one value for each sample"),
    (lambda: joint_distribution([[1], [1, 2]], [0, 1]), ShapeError, "x is ragged"),
    (lambda: joint_distribution([0.5, math.inf], [0, 1]), DataError, "x holds inf at row 1"),
])  # fmt: skip
def test_what_is_no_distribution_is_refused(call, error, words, tally):
    refused(tally, error, words, call)
