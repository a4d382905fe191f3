"""PyTorch compiled: forward pass, gradient and update as one graph, where that can be.

Measured on a busy machine, microseconds a step on W1 and W2: this whole step by `torch.func` 220 and 1,340; forward
pass and loss compiled, with `backward()` and the optimizer outside, 680 and 1,700; a compiled function that calls
`backward()`, which breaks the graph there, 660 and 1,930; the same with compiled autograd 2,270 and 3,110. On W5 the
whole step took 7,800, the compiled forward pass 8,500. So the whole step is compiled, but for an LSTM: the compiler
takes its kernel as it is, and the gradient by `torch.func` then goes another way than autograd's, which costs W4 37,500
against 11,000.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.contenders import Trainee, look_up
from benchmarks.contenders.torch_eager_ import about, converter, read, training_step
from benchmarks.contenders.torch_network import network
from benchmarks.workloads import Workload
from layerwise.extras import require
from layerwise.types import Array

MODE = "default"  # measured: the other modes are within the noise of it on a CPU


def build(workload: Workload, weights: dict[str, Array]) -> Trainee:
    torch = require("torch", extra="bench", purpose="Timing against torch.compile")
    net, loss = network(torch, workload, weights)
    form = _forward_only if "LSTM" in workload.kinds else _whole_step
    step = form(torch, workload, net, loss)
    return Trainee(step, converter(torch), read, about={**about(torch), "mode": MODE})


def _whole_step(torch: Any, workload: Workload, net: Any, loss: Any) -> Callable[[Any, Any], Any]:
    """One graph for everything."""
    parameters = {name: value.detach().clone() for name, value in net.named_parameters()}
    update = look_up(UPDATES, workload.optimizer, "torch.compile")(torch, parameters, workload.lr)

    def cost(parameters: dict[str, Any], x: Any, t: Any) -> Any:
        return loss(torch.func.functional_call(net, parameters, (x,)), t)

    gradient_and_cost = torch.func.grad_and_value(cost)

    def whole(x: Any, t: Any) -> Any:
        gradients, value = gradient_and_cost(parameters, x, t)
        update(gradients)
        return value

    compiled = torch.compile(whole, mode=MODE)

    def step(x: Any, t: Any) -> Any:
        with torch.no_grad():
            return compiled(x, t)

    return step


def _forward_only(torch: Any, workload: Workload, net: Any, loss: Any) -> Callable[[Any, Any], Any]:
    """Forward pass and loss compiled, and with them their way back; the optimizer is the eager contender's."""
    return training_step(torch, workload, net, torch.compile(lambda x, t: loss(net(x), t), mode=MODE))


def _sgd(torch: Any, parameters: dict[str, Any], lr: float) -> Callable[[dict[str, Any]], None]:
    def update(gradients: dict[str, Any]) -> None:
        for name, theta in parameters.items():
            theta.sub_(lr * gradients[name])

    return update


def _adam(torch: Any, parameters: dict[str, Any], lr: float) -> Callable[[dict[str, Any]], None]:
    """torch.optim.Adam's update at its defaults, written out, since the optimizer itself breaks the graph."""
    first = {name: torch.zeros_like(theta) for name, theta in parameters.items()}
    second = {name: torch.zeros_like(theta) for name, theta in parameters.items()}
    steps = torch.zeros(())

    def update(gradients: dict[str, Any]) -> None:
        steps.add_(1)
        rate = lr / (1 - 0.9**steps)
        root = (1 - 0.999**steps).sqrt()
        for name, theta in parameters.items():
            g, m, v = gradients[name], first[name], second[name]
            m.mul_(0.9).add_(g, alpha=0.1)
            v.mul_(0.999).addcmul_(g, g, value=0.001)
            theta.sub_(rate * m / (v.sqrt() / root + 1e-8))

    return update


UPDATES: dict[str, Any] = {"SGD": _sgd, "Adam": _adam}
