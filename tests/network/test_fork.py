"""What ways of the same x know of each other: nothing; and what is known of padding behind them."""

from __future__ import annotations

import copy

import numpy as np
import pytest
from tests.network.silent import Silent

import layerwise as lw
from layerwise.compiled import workers
from layerwise.layers import Pass
from layerwise.network import plan as plans
from layerwise.random import generator

N, T = 6, 5
LENGTHS = [np.array([5, 2, 3, 5, 1, 4]), np.array([2, 4, 3, 1, 5, 4])]
X = np.stack(
    [np.where(np.arange(T) < each[:, None], generator(0, "words").integers(1, 6, (N, T)), 0) for each in LENGTHS], -1
)
"""(N, T, 2): two sequences of words a sample, each with a padding of its own."""


def words(column, masks, *layers):
    padding = {"padding_idx": 0, "masks": True} if masks else {}
    return lw.Sequential(lw.Select(column), lw.Embedding(6, 4, **padding), *layers)


def last():
    return lw.LSTM(4, 3, output="last")


def network(*layers):
    return lw.Network(*layers, seed=1, dtype="float64")


def with_weights_of(net, *layers):
    twin = network(*layers)
    twin.theta = net.theta
    return twin


def test_padding_in_one_branch_hides_nothing_in_the_next():
    net = network(lw.Parallel(words(0, True, last()), words(1, False, last())))
    x = np.array([[[1, 2], [0, 3], [0, 4]]])
    changed = x.copy()
    changed[0, 2, 1] = 5
    np.testing.assert_array_equal(net(x)[:, :3], net(changed)[:, :3])
    assert np.abs(net(x)[:, 3:] - net(changed)[:, 3:]).min() > 1e-6


@pytest.mark.parametrize("masks", [(True, False), (False, True), (True, True)])
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize("tap", [None, Silent()])
def test_each_branch_answers_as_alone_in_any_order(masks, order, tap):
    ways = [words(column, masks[column], last()) for column in order]
    alone = np.concatenate([way(X) for way in ways], axis=1)
    y, _ = lw.Network(lw.Parallel(*ways)).forward(X, tap=tap)
    np.testing.assert_allclose(y, alone, rtol=1e-5, atol=1e-6)


def test_a_shortcut_knows_nothing_of_the_row_nor_the_row_of_it():
    for masks in ((True, False), (False, True)):
        ways = [words(column, mask, last()) for column, mask in enumerate(masks)]
        expected = ways[0](X) + ways[1](X)
        found = lw.Network(lw.Residual(*ways[0], shortcut=ways[1]))(X)
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("masks", [(True, True), (True, False), (False, True)])
def test_behind_branches_a_step_is_padding_where_it_is_in_all_of_them(masks):
    net = network(lw.Parallel(words(0, masks[0]), words(1, masks[1])), lw.GRU(8, 3, output="last"))
    bare = with_weights_of(net, lw.Parallel(words(0, False), words(1, False)), lw.GRU(8, 3, output="last"))
    lengths = np.maximum(*LENGTHS) if all(masks) else None
    np.testing.assert_allclose(net(X), bare(X, lengths=lengths), rtol=1e-12)
    for n in range(N):  # a sample's own, whoever else is computed with it
        np.testing.assert_allclose(net(X)[[n]], net(X[[n]]), rtol=1e-12)


def test_what_was_told_before_holds_in_the_branches_and_behind():
    net = network(lw.Parallel(words(0, True), words(1, True)), lw.GRU(8, 3, output="last"))
    told = np.array([3, 3, 2, 1, 5, 4])
    pass_ = Pass(lengths=told)
    net.chain.forward(X, pass_)
    assert (pass_.mask, pass_.lengths is told) == (None, True)
    mask = np.arange(T) < told[:, None]
    pass_ = Pass(mask=mask)
    net.chain.forward(X, pass_)
    assert pass_.mask is mask
    np.testing.assert_array_equal(net(X, lengths=told), net(X, mask=mask))


def test_masks_of_sequences_of_different_lengths_end_with_their_branches():
    net = network(
        lw.Parallel(
            words(0, True, last()), lw.Sequential(lw.Select(0, dim=1), lw.Embedding(6, 4, 0, masks=True), last())
        )
    )
    pass_ = Pass()
    net.chain.forward(X, pass_)
    assert pass_.mask is None


@pytest.mark.parametrize("masks", [(True, True), (True, False)])
def test_branches_in_a_batch_that_is_cut(masks, monkeypatch):
    pytest.importorskip("numba")
    monkeypatch.setattr(plans, "WORTH_PARTS", 1)
    inner = lw.Parallel(*(words(column, mask, lw.MultiheadAttention(4, 2)) for column, mask in enumerate(masks)))
    fresh = network(lw.Sequential(inner), lw.LSTM(8, 3, output="last"), lw.BatchNorm1d(3))  # which is never cut
    found = []
    for threads in (1, 2, 3):
        workers.use_threads(threads)
        try:
            for tap in (None, Silent()):
                net = copy.deepcopy(fresh)
                y, backward = net.forward(X, training=True, step=0, tap=tap)
                backward(generator(1, "dy").normal(size=y.shape))
                found.append((y, net.grad, fresh(X)))
        finally:
            workers.use_threads(None)
    for each in found[1:]:
        for one, other in zip(each, found[0], strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("marked", [(True, True), (True, False), (False, True), (False, False)])
def test_behind_a_shortcut_a_step_is_padding_if_it_is_on_both_ways(marked):
    first, other = (lw.Embedding(6, 3, padding_idx=0, masks=each) for each in marked)
    net = lw.Network(lw.Residual(first, shortcut=other), lw.LSTM(3, 4, output="last"), dtype="float64")
    x = np.array([[1, 2, 0, 0]])
    short = np.array_equal(net(x), net(x[:, :2]))
    assert short == all(marked)
