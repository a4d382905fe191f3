"""Evaluation keeps nothing for a way back: its peak memory does not grow with the depth."""

import tracemalloc

import numpy as np

import layerwise as lw


def peak(depth):
    layers = [layer for _ in range(depth) for layer in (lw.Linear(64, 64), lw.Tanh())]
    net = lw.Network(*layers)
    x = np.zeros((2000, 64), dtype=np.float32)
    net(x)
    tracemalloc.start()
    net(x)
    size = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return size


def test_a_deep_network_needs_no_more_than_a_shallow_one():
    assert peak(20) < 1.2 * peak(2)
