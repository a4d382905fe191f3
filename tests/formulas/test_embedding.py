"""Embeddings: rows that are looked up, and vectors for positions."""

import numpy as np
import pytest

from layerwise.formulas import embedding, sinusoidal_positions
from layerwise.random import generator


def test_a_look_up_is_the_product_with_one_hot_rows():
    rng = generator(0, "embedding")
    index, W, dy = rng.integers(6, size=(4, 3)), rng.normal(size=(6, 5)), rng.normal(size=(4, 3, 5))
    onehot = np.eye(6)[index]
    y, backward = embedding(index, W)
    np.testing.assert_array_equal(y, onehot @ W)
    np.testing.assert_allclose(backward(dy), np.einsum("ntv,ntd->vd", onehot, dy), rtol=1e-12)


def test_the_padding_row_is_looked_up_and_not_learnt():
    W = generator(1, "embedding").normal(size=(4, 2))
    index = np.array([[3, 1, 3]])
    dy = generator(2, "embedding").normal(size=(1, 3, 2))
    (y, backward), (_, plain) = embedding(index, W, 3), embedding(index, W)
    np.testing.assert_array_equal(y[0, 0], W[3])
    np.testing.assert_array_equal(backward(dy)[:3], plain(dy)[:3])
    np.testing.assert_array_equal(backward(dy)[3], 0)
    assert plain(dy)[3].all()


@pytest.mark.torch
@pytest.mark.parametrize("padding_idx", [0, 2, 5])
def test_padding_is_torchs(padding_idx):
    torch = pytest.importorskip("torch")
    rng = generator(3, "embedding")
    index, W, dy = rng.integers(6, size=(4, 9)), rng.normal(size=(6, 5)), rng.normal(size=(4, 9, 5))
    tensor = torch.from_numpy(W.copy()).requires_grad_()
    theirs = torch.nn.functional.embedding(torch.from_numpy(index), tensor, padding_idx)
    theirs.backward(torch.from_numpy(dy))
    y, backward = embedding(index, W, padding_idx)
    np.testing.assert_array_equal(y, theirs.detach().numpy())
    np.testing.assert_allclose(backward(dy), tensor.grad.numpy(), rtol=1e-10)


def test_no_index_at_all_gives_no_gradient():
    y, backward = embedding(np.zeros((0, 3), int), np.ones((4, 2)))
    assert y.shape == (0, 3, 2)
    np.testing.assert_array_equal(backward(y), np.zeros((4, 2)))


@pytest.mark.parametrize("D", [1, 2, 5, 8])
def test_sinusoidal_positions_are_the_sines_and_cosines_of_the_paper(D):
    P = sinusoidal_positions(7, D)
    for t in range(7):
        for d in range(D):
            angle = t / 10_000 ** ((d - d % 2) / D)
            assert P[t, d] == pytest.approx(np.cos(angle) if d % 2 else np.sin(angle), abs=1e-15)


def test_a_step_of_positions_turns_every_pair_by_the_same_angle_everywhere():
    P = sinusoidal_positions(40, 6)
    pairs = P[:, 0::2] * 1j + P[:, 1::2]  # cos + i sin
    turns = pairs[5:] / pairs[:-5]
    np.testing.assert_allclose(turns, np.broadcast_to(turns[0], turns.shape), rtol=1e-12)
