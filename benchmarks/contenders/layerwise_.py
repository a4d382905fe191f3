"""Layerwise: the plain documented loop, with nothing a user would not write."""

from __future__ import annotations

from typing import Any

import layerwise as lw
from benchmarks.contenders import Trainee
from benchmarks.contenders.products_ import blas
from benchmarks.workloads import Workload
from layerwise.types import Array


def build(workload: Workload, weights: dict[str, Array]) -> Trainee:
    net = lw.Network.from_spec({"layers": workload.layers, "dtype": "float32"})
    net.load_state_dict(weights)
    loss = getattr(lw, workload.loss)()
    optimizer = getattr(lw, workload.optimizer)(lr=workload.lr)

    def step(x: Array, t: Array) -> Any:
        net.zero_grad()
        value = net.backpropagate(x, t, loss)
        optimizer.step(net.theta, net.grad)
        return value

    return Trainee(step, convert=lambda x, t: (x, t), read=float, about={"layerwise": lw.__version__, **blas()})
