"""Batch normalisation remembers: what, how much, and when."""

import copy
import pickle

import numpy as np
import pytest

import layerwise as lw
from layerwise.errors import DataError, ShapeError
from layerwise.random import generator

BATCHES = [generator(3, "batches", step=step).normal(step, 2, size=(4 + step, 3)) for step in range(6)]


def learnt(layer, batches=BATCHES):
    """A network of one layer in float64 that has learnt from every batch once."""
    net = lw.Network(layer, dtype="float64")
    for x in batches:
        y, backward = net.forward(x, training=True)
        backward(np.ones_like(y))
    return net


@pytest.mark.torch
@pytest.mark.parametrize("momentum", [0.1, 0.5, 1.0, None])
def test_running_statistics_are_those_of_torch(momentum):
    torch = pytest.importorskip("torch")
    twin = torch.nn.Sequential(torch.nn.BatchNorm1d(3, momentum=momentum)).double()
    for x in BATCHES:
        twin(torch.as_tensor(x))
    net = learnt(lw.BatchNorm1d(3, momentum=momentum))
    state = twin.state_dict()
    assert list(net.state_dict()) == list(state)
    for name, array in net.state_dict().items():
        np.testing.assert_allclose(array, state[name].numpy(), rtol=1e-12)
    x = BATCHES[0]
    np.testing.assert_allclose(net(x), twin.eval()(torch.as_tensor(x)).detach().numpy(), rtol=1e-10)


def test_a_pass_that_is_not_learnt_from_is_not_remembered():
    net = lw.Network(lw.BatchNorm1d(3))
    before = net.state_dict()
    net.forward(BATCHES[0], training=True)
    net(BATCHES[0])
    for name, array in net.state_dict().items():
        np.testing.assert_array_equal(array, before[name])


def test_calling_backward_twice_remembers_once():
    net = lw.Network(lw.BatchNorm1d(3))
    y, backward = net.forward(BATCHES[0], training=True)
    backward(np.ones_like(y))
    once = net.state_dict()
    backward(np.ones_like(y))
    for name, array in net.state_dict().items():
        np.testing.assert_array_equal(array, once[name])
    assert once["0.num_batches_tracked"] == 1


@pytest.mark.parametrize(("batches", "share"), [(3, 0.271), (10, 0.651), (44, 0.990)])
def test_how_much_of_the_truth_the_running_mean_knows(batches, share):
    x = np.full((8, 1), 5.0) + np.linspace(-1, 1, 8)[:, None]
    net = learnt(lw.BatchNorm1d(1), [x] * batches)
    assert net.buffers()["0.running_mean"][0] / 5 == pytest.approx(share, abs=1e-3)


def test_the_same_sample_in_other_company():
    net = lw.Network(lw.BatchNorm1d(1), dtype="float64")
    first, _ = net.forward(np.array([[3.0], [1], [2], [6]]), training=True)
    second, _ = net.forward(np.array([[3.0], [10], [11], [12]]), training=True)
    assert (round(first[0, 0], 2), round(second[0, 0], 2)) == (0.0, -1.70)


@pytest.mark.parametrize("twin_of", [copy.deepcopy, lambda net: pickle.loads(pickle.dumps(net)), copy.copy])
def test_a_copy_remembers_for_itself(twin_of):
    net = learnt(lw.BatchNorm1d(3))
    twin = twin_of(net)
    before = net.state_dict()
    y, backward = twin.forward(BATCHES[0], training=True)
    backward(np.ones_like(y))
    for name, array in net.state_dict().items():
        np.testing.assert_array_equal(array, before[name])
    assert twin.buffers()["0.num_batches_tracked"] == net.buffers()["0.num_batches_tracked"] + 1


def test_saved_and_loaded(tmp_path):
    net = learnt(lw.BatchNorm1d(3))
    net.save(tmp_path / "net.safetensors")
    loaded = lw.load(tmp_path / "net.safetensors")
    np.testing.assert_array_equal(loaded(BATCHES[1]), net(BATCHES[1]))


def test_without_running_statistics_evaluation_uses_the_batch():
    net = lw.Network(lw.BatchNorm1d(3, track_running_stats=False))
    assert not net.buffers()
    np.testing.assert_allclose(net(BATCHES[2]).mean(axis=0), 0, atol=1e-6)


@pytest.mark.parametrize("rows", [0, 1])
def test_a_training_batch_without_variance_is_refused(rows, tally):
    net = lw.Network(lw.BatchNorm1d(3))
    tally.add("bad input")
    with pytest.raises(DataError, match=f"at least two samples in a training batch, got {rows}"):
        net.forward(np.ones((rows, 3)), training=True)


def test_images_are_refused_with_the_shape(tally):
    tally.add("bad input")
    with pytest.raises(ShapeError, match=r"BatchNorm1d\(3\) expects a batch \(N, 3\), got shape \(2, 3, 4\)"):
        lw.BatchNorm1d(3)(np.ones((2, 3, 4)))
