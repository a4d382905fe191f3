"""Which part of a network is to blame: each layer is checked alone, at the very x that it was given.

A wrong gradient in one layer spoils all that comes back behind it. So where a network fails its check, every use of a
layer, and the loss, is a function of its own, with a random gradient at its value: those that fail are the causes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from layerwise.insight.array_check import Checked, Settings, check_array
from layerwise.insight.gradient_report import ArrayCheck
from layerwise.insight.mismatch import Mismatch
from layerwise.losses import Loss
from layerwise.network import Network
from layerwise.network.uses import Use, watched
from layerwise.random import generator
from layerwise.types import Array

LOSS = "output, from the loss"
"""The name of the gradient that the loss gives."""


def causes(
    net: Network, x: Array, target: Any, loss: Loss | None, settings: Settings
) -> tuple[list[ArrayCheck], dict[str, str]]:
    """The wrong gradients of parts that are wrong by themselves, and in words whose part each of them is.

    A layer made of layers is asked only where those inside it are right.
    """
    found: list[ArrayCheck] = []
    culprits: dict[str, str] = {}
    for use in watched(net.chain, x, settings.seed)[0]:
        if any(culprit.startswith(f"{use.where}.") for culprit in culprits):
            continue
        wrong = [check for check in check_use(net, use, settings) if not check.ok]
        if wrong:
            found += wrong
            culprits[use.where] = f"{use.where} ({type(use.layer).__name__})"
    if loss is not None:
        check = check_loss(net, x, target, loss, settings)
        if not check.ok:
            found.append(check)
            culprits["loss"] = f"the loss ({type(loss).__name__})"
    return found, culprits


def check_use(net: Network, use: Use, settings: Settings) -> Iterator[ArrayCheck]:
    """The gradients of one layer at its input and its parameters, with a random gradient at its output."""
    x = use.x.copy()
    y, backward = use.again(x, settings.seed)
    upstream = generator(settings.seed, "upstream", layer=use.where).normal(size=y.shape)
    names = {f"{use.address}.{name}": parameter for name, parameter in use.layer.parameters.items()}
    at_input = "x" if use.where == "0" else f"input of {use.where}"

    def gradients(dy: Array) -> dict[str, Array]:
        net.zero_grad()
        dx = backward(dy.copy())
        every = net.gradients()
        found = {name: every[name].copy() for name in names}
        if dx is not None and x.dtype.kind == "f":
            found[at_input] = np.array(dx)
        return found

    def evaluate() -> Array:
        return use.again(x, settings.seed)[0]

    claimed = gradients(upstream)
    of = Checked(evaluate, upstream, sizes(x, y), gradients, _over_time(use, y, claimed.get(at_input)))
    frozen = use.layer.frozen()
    if at_input in claimed:
        yield check_array(at_input, x, claimed[at_input], of, settings)
    for name, parameter in names.items():
        still = np.zeros(parameter.shape, dtype=bool)
        if name.rpartition(".")[2] in frozen:
            still[frozen[name.rpartition(".")[2]]] = True
        yield check_array(name, parameter.value, claimed[name], of, settings, still)


def _over_time(use: Use, h: Array, dx: Array | None) -> dict[str, list[tuple[Array, Mismatch]]]:
    """What the weights of a recurrent layer get where its backward pass takes the wrong time step, or one alone.

    dz_t is not seen from outside. Where there are at least as many features as gates, it follows from dx_t = dz_t W_ih.
    """
    if dx is None or not {"weight_ih_l0", "weight_hh_l0"} <= set(use.layer.parameters) or h.ndim != 3:
        return {}
    W_ih, W_hh = (use.layer.parameters[name].value for name in ("weight_ih_l0", "weight_hh_l0"))
    if W_ih.shape[1] < W_ih.shape[0] or h.shape[2] != W_hh.shape[1]:
        return {}
    x = use.x
    dz = dx @ np.linalg.pinv(W_ih)  # (N, T, gates)
    word = "takes h_t where h_(t-1) belongs: what went into step t is the state before it"
    late = [(np.einsum("ntg,nth->gh", dz, h), Mismatch("one time step late", word))]
    shifted = []
    for name, step in (("late", 1), ("early", -1)):
        moved = np.roll(x, -step, axis=1)
        moved[:, -1 if step == 1 else 0] = 0
        sentence = f"takes x of the step {'after' if step == 1 else 'before'} t where x_t belongs"
        shifted.append((np.einsum("ntg,ntd->gd", dz, moved), Mismatch(f"one time step {name}", sentence)))
    one = []
    for step, which in ((0, "first"), (-1, "last")):
        words = f"is what the {which} time step alone contributes: all {x.shape[1]} of them add up"
        one.append((dz[:, step].sum(axis=0), Mismatch("sum over time forgotten", words)))
        shifted.append((dz[:, step].T @ x[:, step], one[-1][1]))
    names = {"weight_hh_l0": late, "weight_ih_l0": shifted, "bias_ih_l0": one, "bias_hh_l0": one}
    return {f"{use.address}.{name}": suspicions for name, suspicions in names.items()}


def check_loss(net: Network, x: Array, target: Any, loss: Loss, settings: Settings) -> ArrayCheck:
    """The gradient that the loss gives at the network's output."""
    y = np.array(net.forward(x, training=True, step=0, seed=settings.seed)[0])
    _, backward = loss(y, target)
    claimed = np.array(backward())

    def evaluate() -> Array:
        return np.asarray(loss(y, target)[0])

    return check_array(LOSS, y, claimed, Checked(evaluate, np.ones(()), sizes(y, y)), settings)


def sizes(x: Array, y: Array) -> dict[str, int]:
    """What a factor may be, by name."""
    counts = {"the number of samples": len(x)} if x.ndim else {}
    if y.ndim:
        counts["the number of outputs"] = y.size // max(len(y), 1)
    if x.ndim == 3:
        counts["the number of time steps"] = x.shape[1]
    if x.ndim:
        counts["the number of features"] = x.shape[-1]
    if x.ndim == 4:
        counts["the number of pixels"] = x.shape[2] * x.shape[3]
    return counts
