"""Every formula as PyTorch says it: the one table behind the golden arrays and the live parity tests.

Each row takes the module torch and the formula's arguments as tensors, and returns the value. Nothing here imports
torch, so that a missing row is found without it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def _mean_squared_error(torch, prediction, y, weight, denominator):
    terms = torch.nn.functional.mse_loss(prediction, y, reduction="none")
    return (weight * terms).sum() / denominator


def _cross_entropy(torch, z, y, weight, denominator):
    terms = torch.nn.functional.cross_entropy(z, y, reduction="none")
    return (weight[:, 0] * terms).sum() / denominator


def _binary_cross_entropy(torch, z, y, weight, denominator):
    terms = torch.nn.functional.binary_cross_entropy_with_logits(z, y, reduction="none")
    return (weight * terms).sum() / denominator


def _dropout(torch, x, mask, p):
    """PyTorch draws its masks itself; written out, with the same mask, it is this."""
    return torch.where(mask, x / (1 - p), 0 * x) if p < 1 else 0 * x


TWINS: dict[str, Callable[..., Any]] = {
    "sigmoid": lambda torch, x: torch.sigmoid(x),
    "tanh": lambda torch, x: torch.tanh(x),
    "relu": lambda torch, x: torch.relu(x),
    "softmax": lambda torch, x: torch.softmax(x, dim=-1),
    "log_softmax": lambda torch, x: torch.log_softmax(x, dim=-1),
    "linear": lambda torch, x, W, b: torch.nn.functional.linear(x, W, b),
    "dropout": _dropout,
    "mean_squared_error": _mean_squared_error,
    "cross_entropy_with_logits": _cross_entropy,
    "binary_cross_entropy_with_logits": _binary_cross_entropy,
    "l1_penalty": lambda torch, w, strength: strength * torch.linalg.vector_norm(w, ord=1),
    "l2_penalty": lambda torch, w, strength: strength * w.square().sum(),
}

PRODUCTS = {"linear"}
"""Formulas with matrix products, whose float32 sums may be taken in another order: they get the wider tolerance."""


def run(torch: Any, formula: Any, arguments: dict[str, Any], upstream: Any) -> tuple[Any, dict[str, Any]]:
    """PyTorch's value and its gradients by name, as arrays, for one set of arguments."""
    tensors = {name: torch.as_tensor(each) if hasattr(each, "dtype") else each for name, each in arguments.items()}
    for name in formula.differentiable:
        tensors[name] = tensors[name].clone().requires_grad_()
    value = TWINS[formula.name](torch, **tensors)
    value.backward(torch.as_tensor(upstream))
    return value.detach().numpy(), {name: tensors[name].grad.numpy() for name in formula.differentiable}
