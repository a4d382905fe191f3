"""What the experiment of `layerwise train` reaches on a set that no straight line can part."""

from __future__ import annotations

import pytest

import layerwise as lw
from layerwise.training.evaluation import predict
from layerwise.training.suited import suited


@pytest.mark.parametrize("seed", range(10))
def test_both_arms_of_the_spiral_are_learnt(seed):
    """At least 99 % in training and 97 % in test, from every seed."""
    data = lw.data.load("spiral", seed=seed)
    experiment = suited(data, {"name": "spiral"}, seed)
    net = experiment.network()
    experiment.train(net, data, progress=False)
    right = {name: lw.metrics.accuracy(predict(net, part.x), part.y)
             for name, part in (("training", data.train), ("test", data.test))}  # fmt: skip
    assert right["training"] >= 0.99
    assert right["test"] >= 0.97
