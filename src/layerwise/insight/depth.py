"""How activations and gradients change on their way through a network, from one pass each way."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from layerwise.insight.layer_history import rms
from layerwise.insight.recorder import Recorder
from layerwise.losses import Loss
from layerwise.network import Network


@dataclass(frozen=True)
class Depth:
    """One layer on the way.

    address: "0", "3.1". layer: its name, with settings. activation: RMS of its output. signal: RMS of the gradient of
    the cost at that output. gradients: RMS of the gradient by each of its parameters, by name.
    """

    address: str
    layer: str
    activation: float
    signal: float
    gradients: dict[str, float]


def through_depth(net: Network, x: Any, target: Any, loss: Loss) -> list[Depth]:
    """Every layer from the input to the output, on one batch in training mode. The network stays as it was.

    x, target: as for `net.backpropagate`. Sizes are per number, so that wide layers do not look stronger than narrow
    ones. Source: Glorot and Bengio, Understanding the difficulty of training deep feedforward networks, AISTATS 2010.

    >>> import numpy as np, layerwise as lw
    >>> layers = [layer for _ in range(6) for layer in (lw.Linear(8, 8), lw.Sigmoid())]
    >>> net, x = lw.Network(*layers, lw.Linear(8, 2)), np.random.default_rng(0).normal(size=(32, 8))
    >>> found = through_depth(net, x, np.arange(32) % 2, lw.CrossEntropyLoss())
    >>> [each.address for each in found][:3], found[0].signal < 0.01 * found[-1].signal     # it vanishes
    (['0', '1', '2'], True)
    """
    net, recorder = deepcopy(net), Recorder()
    net.zero_grad()
    net.backpropagate(x, target, loss, tap=recorder)
    gradients = net.gradients()
    names = {prefix.removesuffix("."): repr(layer) for prefix, layer in net.chain.walk()}
    return [
        Depth(
            address,
            names.get(address.partition("#")[0], ""),
            rms(output),
            rms(recorder.gradients[address]) if address in recorder.gradients else float("nan"),
            {name: rms(value) for name, value in gradients.items() if name.rpartition(".")[0] == address},
        )
        for address, output in recorder.activations.items()
    ]
