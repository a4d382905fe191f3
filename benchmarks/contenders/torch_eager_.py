"""PyTorch as most people run it: eager mode, gradients set to None, the optimizer of `torch.optim`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.contenders import Trainee
from benchmarks.contenders.torch_network import network
from benchmarks.workloads import Workload
from layerwise.extras import require
from layerwise.types import Array

# Measured on W2: fused 1.0, foreach 1.10, the plain loop 1.20, torch's own choice 1.17. On W1's SGD there is no
# difference beyond the noise, so that one keeps torch's own choice.
FASTEST: dict[str, dict[str, Any]] = {"Adam": {"fused": True}, "SGD": {}}


def build(workload: Workload, weights: dict[str, Array]) -> Trainee:
    torch = require("torch", extra="bench", purpose="Timing against PyTorch")
    net, loss = network(torch, workload, weights)
    step = training_step(torch, workload, net, lambda x, t: loss(net(x), t))

    def take(array: Any, places: Array) -> Any:
        return array.index_select(0, torch.from_numpy(places))  # array[places] takes longer

    return Trainee(step, converter(torch), read, {**about(torch), "optimizer": _fastest(workload)}, take)


def training_step(
    torch: Any, workload: Workload, net: Any, cost: Callable[[Any, Any], Any]
) -> Callable[[Any, Any], Any]:
    """One step of the plain loop, with the fastest form of the optimizer."""
    optimizer = getattr(torch.optim, workload.optimizer)(net.parameters(), lr=workload.lr, **_fastest(workload))

    def step(x: Any, t: Any) -> Any:
        optimizer.zero_grad(set_to_none=True)
        value = cost(x, t)
        value.backward()
        optimizer.step()
        return value

    return step


def _fastest(workload: Workload) -> dict[str, Any]:
    return FASTEST.get(workload.optimizer, {})


def converter(torch: Any) -> Any:
    """Copies a batch into tensors."""
    return lambda x, t: (torch.from_numpy(x.copy()), torch.from_numpy(t.copy()))


def read(loss: Any) -> float:
    """The number in a loss; PyTorch on a CPU has finished each step when it returns."""
    return float(loss.detach())


def about(torch: Any) -> dict[str, Any]:
    return {"torch": torch.__version__, "threads": torch.get_num_threads()}
