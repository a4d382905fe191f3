"""JAX: the whole update under one `jit`, its state donated, nothing waited for until the round ends."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.contenders import Trainee, look_up
from benchmarks.contenders.jax_network import network
from benchmarks.workloads import Workload
from layerwise.extras import require
from layerwise.types import Array

# One vector of parameters spares a tiny network the passing of many arrays (W1: 24 against 33 microseconds), and
# costs a larger one dearly (W2: 2,200 against 1,200). Each gets the faster form.
FLAT_BELOW = 10_000


def build(workload: Workload, weights: dict[str, Array]) -> Trainee:
    jax = require("jax", extra="bench", purpose="Timing against JAX")
    ravel_pytree = importlib.import_module("jax.flatten_util").ravel_pytree
    jax.config.update("jax_platforms", "cpu")
    forward, cost = network(jax, workload)
    start = {name: jax.numpy.asarray(value) for name, value in weights.items()}
    flat = sum(value.size for value in weights.values()) < FLAT_BELOW
    parameters, named = ravel_pytree(start) if flat else (start, lambda same: same)
    state, apply = look_up(_UPDATES, workload.optimizer, "JAX")(jax, parameters, workload.lr)

    def objective(parameters: Any, x: Any, t: Any) -> Any:
        return cost(forward(named(parameters), x), t)

    def whole(state: Any, x: Any, t: Any) -> tuple[Any, Any]:
        value, gradient = jax.value_and_grad(objective)(state[0], x, t)
        return apply(state, gradient), value

    compiled = jax.jit(whole, donate_argnums=0)

    def step(x: Any, t: Any) -> Any:
        nonlocal state
        state, value = compiled(state, x, t)
        return value

    def convert(x: Array, t: Array) -> tuple[Any, Any]:
        # JAX counts in 32 bits unless told otherwise, so labels and symbols are brought there first.
        return tuple(jax.numpy.array(each.astype(np.int32) if each.dtype.kind == "i" else each) for each in (x, t))

    def read(value: Any) -> float:
        jax.block_until_ready((state, value))
        return float(value)

    return Trainee(step, convert, read, about={"jax": jax.__version__, "threads": os.cpu_count(), "flat": flat})


def _sgd(jax: Any, parameters: Any, lr: float) -> tuple[Any, Callable[..., Any]]:
    def apply(state: Any, gradient: Any) -> Any:
        return (jax.tree.map(lambda theta, g: theta - lr * g, state[0], gradient),)

    return (parameters,), apply


def _adam(jax: Any, parameters: Any, lr: float) -> tuple[Any, Callable[..., Any]]:
    def apply(state: Any, gradient: Any) -> Any:
        theta, first, second, steps = state
        steps = steps + 1
        first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, first, gradient)
        second = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, second, gradient)
        rate, scale = lr / (1 - 0.9**steps), 1 / (1 - 0.999**steps)
        theta = jax.tree.map(lambda p, m, v: p - rate * m / (jax.numpy.sqrt(v * scale) + 1e-8), theta, first, second)
        return theta, first, second, steps

    # Two trees of their own: one buffer can not be donated twice.
    first = jax.tree.map(jax.numpy.zeros_like, parameters)
    second = jax.tree.map(jax.numpy.zeros_like, parameters)
    return (parameters, first, second, jax.numpy.zeros((), jax.numpy.int32)), apply


_UPDATES: dict[str, Any] = {"SGD": _sgd, "Adam": _adam}
