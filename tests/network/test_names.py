"""The walk through a network: every layer at each of its places, under the names that torch has for them."""

from __future__ import annotations

import numpy as np

import layerwise as lw
from layerwise.network.names import named_buffers, named_parameters, with_buffers


def network():
    shared = lw.Linear(2, 2, bias=False)
    inner = lw.Residual(lw.BatchNorm1d(2), shared, shortcut=lw.Identity())
    return shared, inner, lw.Sequential(shared, lw.Sequential(lw.Tanh(), inner))


def test_a_walk_sees_all_layers_with_the_prefix_of_their_names():
    shared, inner, chain = network()
    walk = list(chain.walk())
    assert [prefix for prefix, _ in walk] == ["", "0.", "1.", "1.0.", "1.1.", "1.1.0.", "1.1.1.", "1.1.shortcut."]
    assert walk[0][1] is chain
    assert walk[4][1] is inner
    assert walk[1][1] is walk[6][1] is shared
    assert list(shared.walk("here.")) == [("here.", shared)]


def test_names_are_the_prefix_and_the_layers_own():
    _, inner, chain = network()
    assert [name for name, _ in named_parameters(chain)] == ["0.weight", "1.1.0.weight", "1.1.0.bias", "1.1.1.weight"]
    assert [name for name, _ in named_buffers(chain)] == [
        "1.1.0.running_mean",
        "1.1.0.running_var",
        "1.1.0.num_batches_tracked",
    ]
    assert list(with_buffers(chain)) == [("1.1.0.", inner[0])]
    assert list(chain.all_parameters()) == [each for _, each in named_parameters(chain)]


def test_of_several_places_the_first_gives_the_address():
    shared, inner, chain = network()
    lw.Network(chain)
    assert (shared.address, inner.address, inner[0].address) == ("0.0", "0.1.1", "0.1.1.0")
    late = lw.Linear(2, 2)
    lw.Network(lw.Sequential(lw.Tanh(), late), late)
    assert late.address == "0.1"


def test_buffers_are_cast_and_counts_stay_whole():
    _, inner, chain = network()
    for dtype in (np.float64, np.float32):
        chain.cast_buffers(dtype)
        kinds = {name: each.dtype for name, each in inner[0].buffers.items()}
        assert kinds == {"running_mean": dtype, "running_var": dtype, "num_batches_tracked": np.int64}
