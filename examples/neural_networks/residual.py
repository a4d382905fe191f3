"""A way around each layer: what it does to the gradient of a deep network."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

import layerwise as lw
from layerwise.insight import Recorder
from layerwise.plots import lines
from layerwise.random import generator
from neural_networks.example import example, same


@example
def residual() -> Axes:
    """Fifty layers: what is left of the gradient at the first, with and without a way around each?"""
    x = generator(0, "residual").normal(size=(64, 32))
    dy = generator(0, "upstream").normal(size=(64, 32))
    curves = {}
    for name, wrap in {
        "plain": lambda: [lw.Linear(32, 32), lw.Tanh()],
        "x + f(x)": lambda: [lw.Residual(lw.Linear(32, 32), lw.Tanh())],
        "x + f(norm(x))": lambda: [lw.Residual(lw.LayerNorm(32), lw.Linear(32, 32), lw.Tanh())],
    }.items():
        blocks = [wrap() for _ in range(50)]
        net = lw.Network(*[layer for block in blocks for layer in block], seed=0, dtype="float64")
        recorder = Recorder()
        _, backward = net.forward(x, tap=recorder)
        first = backward(dy)
        width = len(blocks[0])
        behind = [np.linalg.norm(recorder.gradients[str(width * block - 1)]) for block in range(1, 51)]
        curves[name] = np.array([np.linalg.norm(first), *behind])
        print(f"  {name}: first over last {curves[name][0] / curves[name][-1]:.2g}")
    one = lw.Network(lw.Residual(lw.Linear(32, 32), lw.Tanh()), seed=0, dtype="float64")
    f = np.tanh(x @ one.parameters()["0.0.weight"].T + one.parameters()["0.0.bias"])
    dx = dy + dy * (1 - f**2) @ one.parameters()["0.0.weight"]
    same("one block, backward", dx, one.forward(x)[1](dy))
    print(f"  ten sigmoids at their steepest: {_row(around=False):.2g}, with a way around each {_row(around=True):.2g}")
    return lines(
        np.arange(51), curves, log="y", title="The sum keeps the gradient; normalisation slows its growth",
        labels=("behind block", "size of the gradient (logarithmic)"),
    )  # fmt: skip


def _row(around: bool) -> float:
    """The gradient through ten units of weight 1; the bias of each puts its sigmoid at 1/2, where it is steepest."""
    value = gradient = np.ones((1, 1))
    for _ in range(10):
        row = [lw.Linear(1, 1, init="zeros"), lw.Sigmoid()]
        unit = lw.Network(*([lw.Residual(*row)] if around else row), dtype="float64")
        unit.theta = [1.0, -value.item()]
        value, backward = unit.forward(value)
        gradient = backward(gradient)
    return gradient.item()
