"""Weights go to PyTorch and come back through safetensors files, batch normalisation included (promise P5)."""

from __future__ import annotations

import numpy as np
import pytest

import layerwise as lw
from layerwise import storage
from layerwise.random import generator

pytestmark = pytest.mark.torch


def network():
    """A network that has seen three batches, so that its running statistics are not the first ones."""
    net = lw.mlp(4, 6, 5, 3, activation="tanh", batch_norm=True, dropout=0.2, seed=7)
    for step in range(3):
        y, backward = net.forward(batch(step), training=True)
        backward(np.ones_like(y))
    return net


def batch(step):
    return generator(0, "batch", step=step).normal(1, 2, size=(8, 4)).astype(np.float32)


def twin(torch):
    nn = torch.nn
    layers = [nn.Linear(4, 6, bias=False), nn.BatchNorm1d(6), nn.Tanh(), nn.Dropout(0.2)]
    layers += [nn.Linear(6, 5, bias=False), nn.BatchNorm1d(5), nn.Tanh(), nn.Dropout(0.2), nn.Linear(5, 3)]
    return nn.Sequential(*layers).eval()


def same_answers(torch, net, theirs):
    for name, array in net.state_dict().items():
        assert theirs.state_dict()[name].numpy().tobytes() == array.tobytes(), name
    x = batch(9)
    np.testing.assert_allclose(net(x), theirs(torch.from_numpy(x)).detach().numpy(), rtol=1e-5, atol=1e-6)


def test_from_layerwise_to_torch(tmp_path):
    torch = pytest.importorskip("torch")
    from safetensors.torch import load_file

    net, theirs = network(), twin(torch)
    net.save(tmp_path / "net.safetensors")
    theirs.load_state_dict(load_file(tmp_path / "net.safetensors"))
    same_answers(torch, net, theirs)
    assert int(theirs.state_dict()["1.num_batches_tracked"]) == 3


def test_from_torch_to_layerwise(tmp_path):
    torch = pytest.importorskip("torch")
    from safetensors.torch import save_file

    theirs, net = twin(torch).train(), network()
    for step in range(4):
        theirs(torch.from_numpy(batch(step)))
    save_file(theirs.state_dict(), tmp_path / "theirs.safetensors")
    net.load_state_dict(storage.read(tmp_path / "theirs.safetensors").arrays)
    same_answers(torch, net, theirs.eval())
    assert net.buffers()["1.num_batches_tracked"] == 4
