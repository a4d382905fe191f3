"""Signals in deep networks: vanishing gradients, first weights, normalisation."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

import layerwise as lw
from layerwise import formulas
from layerwise.plots import lines, new_panels, style
from layerwise.random import generator
from neural_networks.example import example, same


@example
def vanishing_gradients() -> Axes:
    """Ten layers of sigmoids: what is left of the gradient at the first?"""
    for weight in (1.0, 4.0, 8.0):
        ratio = _left_by_ten(weight)
        print(f"  ten in a row of weight {weight:g}, each at its steepest: {ratio:.4g} = ({weight:g}/4)^10 is left")
    curves = {}
    for name, (layer, gain) in {
        "sigmoid": (lw.Sigmoid, 1.0), "tanh": (lw.Tanh, 1.0), "ReLU": (lw.ReLU, np.sqrt(2))
    }.items():  # fmt: skip
        curves[name] = np.median([_gradients(layer, gain, seed) for seed in range(20)], axis=0)
        print(f"  {name}: first over last layer {curves[name][0] / curves[name][-1]:.1e} (median of 20 seeds)")
    return lines(
        np.arange(1, 11), curves, log="y", labels=("layer", "size of dW (logarithmic)"),
        title="Sigmoids lose most of the gradient in every layer",
    )  # fmt: skip


def _left_by_ten(weight: float) -> float:
    """The gradient at the input of ten sigmoids in a row: every factor is w σ'(z), and σ' is 1/4 at most, at 0."""
    chain = lw.Network(*[layer for _ in range(10) for layer in (lw.Linear(1, 1, init="zeros"), lw.Sigmoid())])
    chain.theta = np.tile([weight, -weight / 2], 10)  # the bias puts a sigmoid of 1/2 at its steepest
    _, backward = chain.forward(np.array([[0.5]]))
    return float(backward(np.ones((1, 1))).item())


def _gradients(activation: type[lw.Layer], gain: float, seed: int) -> list[float]:
    """The norm of dW in each of ten layers of 32 units."""
    init = {"name": "normal", "std": gain / np.sqrt(32)}
    layers = [each for _ in range(10) for each in (lw.Linear(32, 32, init=init), activation())]
    net = lw.Network(*layers, seed=seed, dtype="float64")
    rng = generator(seed, "vanishing")
    y, backward = net.forward(rng.normal(size=(64, 32)), training=True)
    backward(rng.normal(size=y.shape) / len(y))
    return [float(np.linalg.norm(net.gradients()[f"{2 * layer}.weight"])) for layer in range(10)]


@example
def initialization() -> Axes:
    """One number is tuned, σ of the first weights: which σ keeps the signal level for 50 layers?"""
    right = np.sqrt(2 / 256)
    curves = {f"{std:.4g}": _signal(std) for std in (0.01, 0.08, right, 0.1)}
    curves["0.08, normalised"] = _signal(0.08, normalised=True)
    for name, sizes in curves.items():
        print(f"  σ = {name}: after 10 layers {sizes[10] / sizes[0]:.2g}, after 50 layers {sizes[50] / sizes[0]:.2g}")
    rng = generator(0, "signal")
    x = rng.normal(size=(4, 256))
    net = lw.Network(lw.Linear(256, 256, init="he_normal"), lw.ReLU(), dtype="float64")
    same("one layer", np.maximum(x @ net[0].weight.T + net[0].bias, 0), net(x))
    ax = lines(
        np.arange(51), {f"σ = {name}": each for name, each in curves.items()}, log="y",
        labels=("layer", "root mean square of the signal (logarithmic)"),
        title=f"σ = √(2/256) = {right:.4f} keeps the signal; a tenth off is ruin",
    )  # fmt: skip
    ax.set_ylim(1e-3, 1e3)  # σ = 0.01 is far below after three layers
    return ax


def _signal(std: float, normalised: bool = False) -> list[float]:
    """The root mean square of the signal in front of and behind each of 50 layers of 256 ReLU units."""
    rng = generator(0, "signal")
    signal = rng.normal(size=(128, 256))
    sizes = [1.0]
    for _ in range(50):
        z = signal @ rng.normal(0, std, size=(256, 256)).T
        if normalised:
            z = formulas.batch_norm(z, np.full(256, np.sqrt(2)), np.zeros(256), 1e-5)[0].y
        signal = np.maximum(z, 0)
        sizes.append(float(np.sqrt((signal**2).mean())))
    return sizes


@example
def batch_normalization() -> Axes:
    """The same sample in other company: does it get the same answer?"""
    layer = lw.Network(lw.BatchNorm1d(1), dtype="float64")
    panels = new_panels(2, 10.0, 4.0)
    for batch in ([1.0, 2.0, 3.0, 6.0], [3.0, 10.0, 11.0, 12.0]):
        x = np.array(batch)[:, None]
        y, _ = layer.forward(x, training=True)
        same(f"batch {batch}", (x - x.mean()) / np.sqrt(x.var() + 1e-5), y)
        print(f"    3 becomes {y[batch.index(3.0), 0]:.2f} in training; {layer([[3.0]])[0, 0]:.2f} in evaluation")
    rng = generator(0, "batches")
    known = []
    for _ in range(60):
        _, backward = layer.forward(5 + 2 * rng.normal(size=(32, 1)), training=True)
        backward(np.zeros((32, 1)))  # the running mean moves once a batch is learnt from
        known.append(layer.buffers()["0.running_mean"].item())
    count = np.arange(1, 61)
    share = 5 * (1 - 0.9**count)
    print(f"  known of the mean after 3, 10 and 44 batches: {', '.join(f'{1 - 0.9**n:.0%}' for n in (3, 10, 44))}")
    curves = {"running mean": known, "5 (1 - 0.9ⁿ)": share}
    lines(count, curves, title="The running mean comes late", labels=("batches seen, n", "running mean"), ax=panels[1])
    panels[1].axhline(5, color=style.INK_SOFT, linewidth=1)
    grid = np.linspace(-2, 14, 80)
    curves = {}
    for batch in ([1.0, 2.0, 3.0, 6.0], [3.0, 10.0, 11.0, 12.0]):
        curves[f"in {{{', '.join(f'{each:g}' for each in batch)}}}"] = (grid - np.mean(batch)) / np.std(batch)
    lines(grid, curves, title="In training the batch decides", labels=("x", "normalised x"), ax=panels[0])
    panels[0].axvline(3, color=style.INK_SOFT, linewidth=1)
    return panels[0]
