"""What a layer knows: bits of the input and of the target in its activity."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

import layerwise as lw
from layerwise.formulas import joint_distribution, mutual_information
from layerwise.insight import layer_information
from layerwise.plots import lines, new_panels, style
from layerwise.random import generator
from neural_networks.example import example, same


@example
def mutual_information_of_xor() -> Axes:
    """Two fair bits and their XOR: what does each bit tell of it?"""
    x1, x2 = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    y = x1 ^ x2
    sources = {
        "x1": x1, "x2": x2, "x1 and x2": np.stack([x1, x2], axis=1),
        "OR": x1 | x2, "AND": x1 & x2, "OR and AND": np.stack([x1 | x2, x1 & x2], axis=1),
    }  # fmt: skip
    bits = {name: mutual_information(joint_distribution(each, y), base=2) for name, each in sources.items()}
    for name, value in bits.items():
        print(f"  {name} tells {value:.3f} bits of XOR")
    p = np.array([[1, 0], [1, 2]]) / 4  # rows OR = 0, 1; columns XOR = 0, 1
    margins = p.sum(axis=1, keepdims=True) * p.sum(axis=0)
    by_hand = sum(p[i, j] * np.log2(p[i, j] / margins[i, j]) for i, j in np.argwhere(p))
    same("I(OR; XOR)", by_hand, bits["OR"])
    (ax,) = new_panels(1, 6.4, 3.6)
    style.dress(ax, "Nothing and nothing is one bit", "known", "information on x1 XOR x2 (bits)")
    colours = [style.NEGATIVE] * 3 + [style.POSITIVE] * 3
    ax.bar(list(bits), list(bits.values()), color=colours, width=0.6)
    for place, value in enumerate(bits.values()):
        ax.annotate(f"{value:.2f}", (place, value), xytext=(0, 3), textcoords="offset points", ha="center",
                    color=style.INK, fontsize=style.LABEL)  # fmt: skip
    ax.set_ylim(0, 1.15)
    return ax


@example
def bins() -> Axes:
    """I(X;T) of a layer, in finer and finer bins: what does the estimate end at?"""
    x = generator(0, "bins").normal(size=(1000, 2))
    y = (x[:, 0] * x[:, 1] > 0).astype(int)
    widths = np.geomspace(1.0, 1e-4, 25)
    curves = {}
    for name, units in (("2 tanh units", 2), ("16 tanh units", 16)):
        net = lw.Network(lw.Linear(2, units), lw.Tanh(), seed=0, dtype="float64")
        estimates = [layer_information(x, net(x), y, width=width) for width in widths]
        curves[name] = [each.input_bits for each in estimates]
        print(f"  {name}: {curves[name][0]:.2f} bits in bins of 1, {curves[name][-1]:.2f} in bins of 0.0001")
    _, counts = np.unique(np.floor(net(x) / widths[0]), axis=0, return_counts=True)
    same("entropy of the cells", -(counts / 1000 * np.log2(counts / 1000)).sum(), curves["16 tanh units"][0])
    ax = lines(
        widths, curves, log="x", labels=("width of the bins (units of the activity)", "estimate of I(X;T) (bits)"),
        title="Fine bins count the samples, not the network",
    )  # fmt: skip
    ax.invert_xaxis()
    ax.axhline(np.log2(1000), color=style.INK_SOFT, linewidth=1)
    ax.annotate("log2 1000 = 9.97", (1e-4, np.log2(1000)), xytext=(0, -5), textcoords="offset points", ha="right",
                va="top",                color=style.INK_SOFT, fontsize=style.LABEL)  # fmt: skip
    return ax
