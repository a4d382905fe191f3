"""Losses of sequences: one answer at every step, (N, T, K), is as many samples; their weight is their sequence's."""

from __future__ import annotations

import numpy as np
import pytest
from tests.refusals import refused

import layerwise as lw
from layerwise.errors import DataError, KindError, ShapeError
from layerwise.formulas import log_softmax
from layerwise.random import generator

N, T, K = 3, 5, 4
LABEL_LOSSES = [
    lambda: lw.CrossEntropyLoss(),
    lambda: lw.CrossEntropyLoss([0.5, 0.0, 2.0, 1.0]),
    lambda: lw.CrossEntropyLoss(ignore_index=2),
    lambda: lw.CrossEntropyLoss([0.5, 1.0, 2.0, 1.0], ignore_index=2, label_smoothing=0.1),
    lambda: lw.NLLLoss([0.5, 1.0, 2.0, 1.0], ignore_index=2),
]
EQUAL_LOSSES = [lw.MSELoss, lw.L1Loss, lw.HuberLoss, lw.BCEWithLogitsLoss]
each_label_loss = pytest.mark.parametrize("make", LABEL_LOSSES)
each_equal_loss = pytest.mark.parametrize("make", EQUAL_LOSSES)


def rng(purpose):
    return generator(31, purpose)


Z = log_softmax(rng("z").normal(size=(N, T, K)))[0]  # logits, and log-probabilities as well
Y = rng("y").integers(K, size=(N, T))
Q = rng("q").dirichlet(np.ones(K), size=(N, T))
WEIGHT = np.array([0.5, 2.0, 0.0])


@each_label_loss
def test_labels_of_steps_are_labels_of_samples(make):
    value, backward = make()(Z, Y)
    flat, flat_backward = make()(Z.reshape(-1, K), Y.ravel())
    assert value == pytest.approx(flat, rel=1e-14)
    np.testing.assert_allclose(backward(), flat_backward().reshape(N, T, K), rtol=1e-14)


@each_label_loss
def test_a_weight_is_that_of_every_step_of_the_sequence(make):
    value, backward = make()(Z, Y, WEIGHT)
    flat, flat_backward = make()(Z.reshape(-1, K), Y.ravel(), np.repeat(WEIGHT, T))
    assert value == pytest.approx(flat, rel=1e-14)
    np.testing.assert_allclose(backward(), flat_backward().reshape(N, T, K), rtol=1e-14)


@each_label_loss
def test_two_sequences_with_a_weight_each(make):
    """As many sequences as make a weight of (2, 1), which no broadcast may take for one of all steps."""
    value, backward = make()(Z[:2], Y[:2], WEIGHT[:2])
    flat, flat_backward = make()(Z[:2].reshape(-1, K), Y[:2].ravel(), np.repeat(WEIGHT[:2], T))
    assert value == pytest.approx(flat, rel=1e-14)
    np.testing.assert_allclose(backward(), flat_backward().reshape(2, T, K), rtol=1e-14)


@each_label_loss
def test_labels_of_pixels_are_labels_of_samples(make):
    """Two axes between the samples and the classes, as in an image with a class at every pixel."""
    z, y = log_softmax(rng("pixels").normal(size=(2, 3, 5, K)))[0], rng("classes").integers(K, size=(2, 3, 5))
    value, backward = make()(z, y, [0.5, 2.0])
    flat, flat_backward = make()(z.reshape(-1, K), y.ravel(), np.repeat([0.5, 2.0], 15))
    assert value == pytest.approx(flat, rel=1e-14)
    np.testing.assert_allclose(backward(), flat_backward().reshape(z.shape), rtol=1e-14)


@each_label_loss
def test_parts_with_the_denominator_of_the_whole_add_up(make):
    loss = make()
    whole, denominator = loss(Z, Y, WEIGHT)[0], loss.denominator(Z, Y, WEIGHT)
    parts = [loss(Z[n : n + 1], Y[n : n + 1], WEIGHT[n : n + 1], denominator=denominator)[0] for n in range(N)]
    assert sum(parts) == pytest.approx(whole, rel=1e-14)


@pytest.mark.torch
@each_label_loss
def test_labels_as_torch_computes(make):
    torch = pytest.importorskip("torch")
    loss = make()
    settings = {"ignore_index": loss.ignore_index} | (
        {} if loss.weight is None else {"weight": torch.tensor(loss.weight, dtype=torch.float64)}
    )
    if isinstance(loss, lw.CrossEntropyLoss):
        settings["label_smoothing"] = loss.label_smoothing
    z = torch.from_numpy(Z.copy()).requires_grad_()
    right = getattr(torch.nn, type(loss).__name__)(**settings)(z.transpose(1, 2), torch.from_numpy(Y))
    right.backward()
    value, backward = loss(Z, Y)
    assert value == pytest.approx(right.item(), rel=1e-12)
    np.testing.assert_allclose(backward(), z.grad.numpy(), rtol=1e-10, atol=1e-12)


def test_probabilities_at_every_step():
    loss = lw.CrossEntropyLoss(label_smoothing=0.2)
    value, backward = loss(Z, Q)
    flat, flat_backward = loss(Z.reshape(-1, K), Q.reshape(-1, K))
    assert value == pytest.approx(flat, rel=1e-14)
    np.testing.assert_allclose(backward(), flat_backward().reshape(N, T, K), rtol=1e-14)
    assert loss.accuracy(Z, Q) == loss.accuracy(Z.reshape(-1, K), Q.reshape(-1, K))


@each_equal_loss
def test_elements_of_all_steps_count_the_same(make):
    target = (Q > 0.3).astype(float)
    value, backward = make()(Z, target)
    flat, flat_backward = make()(Z.reshape(-1, K), target.reshape(-1, K))
    assert value == pytest.approx(flat, rel=1e-14)
    np.testing.assert_allclose(backward(), flat_backward().reshape(N, T, K), rtol=1e-14)
    weighted, _ = make()(Z, target, WEIGHT)
    assert weighted == pytest.approx(make()(Z.reshape(-1, K), target.reshape(-1, K), np.repeat(WEIGHT, T))[0])


@pytest.mark.parametrize("make", [*LABEL_LOSSES, lw.MSELoss])
def test_no_sequences_have_a_gradient_of_no_elements(make):
    target = Y[:0] if make is not lw.MSELoss else Z[:0]
    value, backward = make()(Z[:0], target, denominator=1.0)
    assert (value, backward().shape) == (0.0, (0, T, K))
    weighted, _ = make()(Z[:0], target, WEIGHT[:0], denominator=1.0)
    assert weighted == 0.0


@pytest.mark.parametrize("make", LABEL_LOSSES)
def test_a_mean_over_no_sequences_is_an_error(make, tally):
    refused(tally, DataError, "got 0 samples of total weight 0", lambda: make()(Z[:0], Y[:0]))


def test_padding_counts_nowhere():
    y = Y.copy()
    y[0, 3:], y[2, 1:] = -100, -100
    loss = lw.CrossEntropyLoss()
    kept = y >= 0
    assert loss.denominator(Z, y) == kept.sum()
    assert loss(Z, y)[0] == pytest.approx(loss(Z[kept], y[kept])[0], rel=1e-14)
    assert loss.accuracy(Z, y) == loss.accuracy(Z[kept], y[kept])
    assert not loss(Z, y)[1]()[~kept].any()
    assert loss.answers(y) == kept.sum()


def test_each_step_is_an_answer():
    """Those of probabilities are as many as the steps, also where a label of that number would be ignored."""
    assert lw.CrossEntropyLoss().answers(Q) == lw.CrossEntropyLoss().answers(Y) == lw.NLLLoss().answers(Y) == N * T
    assert lw.CrossEntropyLoss().answers(np.full((N, T, K), -100.0)) == N * T
    assert lw.MSELoss().answers(Z) == N * T * K


def test_what_does_not_fit_is_told(tally):
    loss = lw.CrossEntropyLoss()
    refused(tally, ShapeError, ("labels of shape (3, 5)", "got (3,)"), lambda: loss(Z, Y[:, 0]))
    refused(tally, ShapeError, ("labels of shape (3, 5)", "got (3, 4)"), lambda: loss(Z, Y[:, 1:]))
    refused(tally, KindError, ("whole numbers", "float64"), lambda: loss(Z, Y.astype(float)))
    refused(
        tally,
        DataError,
        "label 9 in row 1, step 2",
        lambda: loss(Z, np.where(np.arange(15) == 7, 9, Y.ravel()).reshape(N, T)),
    )
    refused(tally, DataError, "label 4 in row 0, step 1", lambda: loss(Z, np.tile([0, 4, 1, 2, 3], (N, 1))))
    refused(tally, ShapeError, "(3, 5, 4)", lambda: lw.MSELoss()(Z, Z[:, :, 0]))
