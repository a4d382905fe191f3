"""What of a network there is to look at."""

from __future__ import annotations

import numpy as np

import layerwise as lw


def test_a_network_shows_its_layers_and_tables_of_them():
    net = lw.Network(lw.Linear(2, 8), lw.Tanh(), lw.Linear(8, 1), seed=0)
    assert len(net) == 3
    assert [type(layer).__name__ for layer in net] == ["Linear", "Tanh", "Linear"]
    assert net[1] is net.layers[1]
    assert repr(net) == "Network(Linear(2, 8), Tanh(), Linear(8, 1), seed=0, dtype='float32')"
    assert "33" in net.summary()
    assert len(net.shapes(np.zeros((5, 2))).passages) == 6
