"""A stack of linear layers, which is one matrix."""

from __future__ import annotations

from functools import reduce

import numpy as np

from layerwise.checks import positive, whole_number
from layerwise.data import Dataset
from layerwise.errors import SettingError
from layerwise.insight.side_by_side.result import Arm, SideBySide
from layerwise.insight.side_by_side.trial import Trial, arms_of, task, trial
from layerwise.layers import Linear
from layerwise.network import Network, mlp
from layerwise.optimizers import Adam
from layerwise.types import Array
from layerwise.wording import percent


def linear_stack(
    *,
    data: str | Dataset = "circles",
    depth: int = 3,
    width: int = 16,
    lr: float = 0.01,
    epochs: int = 40,
    batch_size: int = 32,
    seeds: int = 5,
) -> SideBySide:
    """Train one linear layer, a stack of them, and the same stack with tanh between.

    data: classes, by name or as a dataset of rows of numbers; rings, unless given, which no line parts. depth: hidden
    layers of the stacks. The number that decides is the accuracy on the test rows. The evidence is how far the trained
    stack is from the one matrix that its layers multiply to: rounding.
    """
    learnt, lr = task(data), positive("lr", lr)
    if not learnt.data.classes:
        raise SettingError(f"{learnt.data.name} has no classes, and the number that decides is an accuracy")
    depth, width, epochs = whole_number("depth", depth), whole_number("width", width), whole_number("epochs", epochs)
    layers = f"{depth + 1} layers"
    choices = {
        "1 linear layer": ((), "Identity"),
        f"{layers}, linear": ((width,) * depth, "Identity"),
        f"{layers} with tanh": ((width,) * depth, "Tanh"),
    }
    differences: list[float] = []

    def run(name: str, seed: int) -> Trial:
        hidden, activation = choices[name]
        net = mlp(learnt.inputs, *hidden, learnt.outputs, activation=activation, seed=seed, dtype="float64")
        made = trial(net, learnt, Adam(lr=lr), epochs=epochs, batch_size=batch_size, seed=seed)
        if hidden and activation == "Identity":
            differences.append(_distance(made.net, learnt.data.test.x))
        return made

    def accuracy(made: Trial) -> float:
        return learnt.test(made.net)["accuracy"]

    arms = arms_of(choices, str, run, accuracy, seeds)
    return SideBySide(
        title=f"A stack of linear layers is one matrix ({learnt.data.name})",
        arms=arms,
        x=np.arange(epochs + 1),
        x_label="epoch",
        y_label="training loss",
        measure="accuracy on the test rows",
        verdict=_verdict(arms[0], arms[1], arms[2], max(differences)),
        most=True,
        evidence={"largest difference between the stack and its one matrix": max(differences)},
    )


def one_matrix(net: Network) -> tuple[Array, Array]:
    """The weight (K, D) and bias (K,) of the one linear layer that a stack of them is.

    W = W_L ... W_1, and the biases are carried along: b = W_L (... (W_2 b_1 + b_2) ...) + b_L. Layers that are no
    `Linear` are taken for the identity, which they must be.

    >>> net = Network(Linear(3, 5), Linear(5, 2), dtype="float64")
    >>> W, b = one_matrix(net)
    >>> x = np.ones((1, 3))
    >>> bool(np.allclose(net(x), x @ W.T + b))
    True
    """
    pairs = [(layer.weight, layer.bias) for layer in net if isinstance(layer, Linear)]
    if not pairs:
        raise SettingError("the network has no linear layer, so there is no matrix")
    return reduce(lambda below, above: (above[0] @ below[0], above[0] @ below[1] + above[1]), pairs)


def _distance(net: Network, x: Array) -> float:
    W, b = one_matrix(net)
    return float(np.abs(net(x) - (x @ W.T + b)).max())


def _verdict(one: Arm, stack: Arm, bent: Arm, difference: float) -> str:
    gain = stack.median - one.median
    told = f"{stack.name}: right for {percent(stack.median)} of the test rows, {one.name} for {percent(one.median)}"
    if gain > 0.05:
        told += ", which training has found and one layer could have"
    told += f"; the stack differs from its one matrix by at most {difference:.1g}."
    if bent.median > stack.median + 0.05:
        return f"{told} With tanh between the same layers it is {percent(bent.median)}."
    return f"{told} With tanh it is {percent(bent.median)}: a line is enough for these data."
