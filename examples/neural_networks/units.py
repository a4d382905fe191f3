"""What one unit can do, what it can not, and what a layer of them can."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

import layerwise as lw
from layerwise.formulas import train_perceptron
from layerwise.plots import decision_boundary, lines, new_panels, style
from layerwise.random import generator
from neural_networks.example import example, same


@example
def perceptron() -> Axes:
    """How many mistakes does the perceptron make before it is done?"""
    margins, mistakes, bounds = np.geomspace(0.02, 0.5, 9), [], []
    for number, margin in enumerate(margins):
        rng = generator(0, "perceptron", step=number)
        x = rng.uniform(-1, 1, size=(4000, 2))
        side = x @ [0.6, 0.8]
        x, side = x[np.abs(side) >= margin][:300], side[np.abs(side) >= margin][:300]
        run = train_perceptron(x, side > 0)
        assert run.separated
        mistakes.append(sum(run.mistakes))
        bounds.append((1 + (x**2).sum(axis=1).max()) / margin**2)  # R² with the constant input of the bias

    w, b = np.zeros(2), 0.0  # the last one again, in bare NumPy
    while True:
        before = w.copy()
        for x_n, y_n in zip(x, side > 0, strict=True):
            error = y_n - float(x_n @ w + b > 0)
            w, b = w + error * x_n, b + error
        if (w == before).all():
            break
    same("weights and bias", [*w, b], [*run.w, run.b])
    print(f"  margin {margins[0]:.2f}: {mistakes[0]} mistakes; margin {margins[-1]:.2f}: {mistakes[-1]}")
    title = "Mistakes stay far below Novikoff's bound R²/γ²"
    curves = {"made": mistakes, "R²/γ², the most that can be": bounds}
    labels = ("margin γ (units of x, logarithmic)", "mistakes in all (logarithmic)")
    return lines(margins, curves, title=title, labels=labels, log="xy")


@example
def xor() -> Axes:
    """No line parts XOR; how do four hidden units do it?"""
    x, y = lw.data.load("xor", n=1000).train
    angles, offsets = np.linspace(0, 2 * np.pi, 120), np.linspace(-1.5, 1.5, 121)
    right = [((x @ [np.cos(angle), np.sin(angle)])[:, None] > offsets[None, :]) == y[:, None] for angle in angles]
    best = max(each.mean(axis=0).max() for each in right)
    net = lw.Network(lw.Linear(2, 4), lw.Tanh(), lw.Linear(4, 1), seed=0, dtype="float64")
    lw.fit(net, (x, y[:, None]), loss=lw.BCEWithLogitsLoss(), optimizer=lw.Adam(lr=0.05), epochs=200)
    by_hand = np.tanh(x @ net[0].weight.T + net[0].bias) @ net[2].weight.T + net[2].bias
    same("outputs of the network", by_hand, net(x))
    accuracy = ((net(x)[:, 0] > 0) == y).mean()
    print(f"  the best of {len(angles) * len(offsets):,} lines is right on {best:.0%}, the network on {accuracy:.1%}")

    title = f"Dashed: where each hidden unit is 0. {accuracy:.1%} right"
    ax = decision_boundary(net, x, y, classes=["same sign", "different sign"], title=title)
    across = np.array(ax.get_xlim())
    for (w1, w2), b in zip(net[0].weight, net[0].bias, strict=True):
        ax.plot(across, -(w1 * across + b) / w2, color=style.INK, linewidth=1.2, linestyle=(0, (5, 3)), zorder=5)
    return ax


@example
def boundaries() -> Axes:
    """How many hidden units does a spiral need?"""
    data = lw.data.load("spiral", n=600, seed=0)
    panels = new_panels(3, 12.0, 4.6)
    for ax, width in zip(panels, (2, 8, 32), strict=True):
        hidden = [lw.Linear(2, width), lw.Tanh(), lw.Linear(width, width), lw.Tanh()]
        net = lw.Network(*hidden, lw.Linear(width, 2), seed=2)
        lw.fit(net, data.train, loss=lw.CrossEntropyLoss(), optimizer=lw.Adam(lr=0.02), epochs=150, batch_size=32)
        x, y = data.test
        accuracy = (net(x).argmax(axis=1) == y).mean()
        print(f"  two hidden layers of {width:2} units, {net.theta.size:5,} parameters: {accuracy:.1%} on new points")
        title = f"2 x {width} hidden units: {accuracy:.0%} of new points"
        decision_boundary(net, x, y, classes=data.classes, ax=ax, title=title)
    return panels[0]


@example
def universal_approximation() -> Axes:
    """A network can follow any curve; does training find it?"""
    x = np.linspace(0, 1, 400)[:, None]
    target = np.sin(2 * np.pi * x)
    built = _steps(x, target, 32)
    worst = {"32 steps, built by hand": np.abs(built - target).max()}
    net = lw.Network(lw.Linear(1, 8), lw.Tanh(), lw.Linear(8, 1), seed=0, dtype="float64")
    optimizer, loss = lw.Adam(lr=0.01), lw.MSELoss()
    lw.fit(net, (x, target), loss=loss, optimizer=optimizer, epochs=4000, batch_size=400, progress=False)
    worst["8 tanh units, trained"] = np.abs(net(x) - target).max()
    for words, error in worst.items():
        print(f"  {words}: largest error {error:.3f} on [0, 1]")
    same("the trained curve", np.tanh(x @ net[0].weight.T + net[0].bias) @ net[2].weight.T + net[2].bias, net(x))
    wide = np.linspace(-0.5, 1.5, 800)[:, None]
    print(f"  outside, at x = 1.5: {net([[1.5]])[0, 0]:.2f}, where sin 2πx is 0.00; the theorem promised nothing there")
    curves = {"sin 2πx": np.sin(2 * np.pi * wide), "32 steps": _steps(wide, target, 32), "8 tanh units": net(wide)}
    ax = lines(
        wide[:, 0], {name: values[:, 0] for name, values in curves.items()}, labels=("x", "y"),
        title="Both follow the curve on [0, 1], where they were made for it",
    )  # fmt: skip
    ax.axvspan(0, 1, color=style.ACCENT_TINT, zorder=0)
    return ax


def _steps(x: np.ndarray, target: np.ndarray, pieces: int) -> np.ndarray:
    """One hidden layer of step units: each adds the height to the next piece, at the edge where that begins."""
    edges = np.arange(pieces) / pieces
    heights = np.sin(2 * np.pi * (edges + 0.5 / pieces))
    jumps = np.diff(heights, prepend=0)
    return np.heaviside(x - edges, 1) @ jumps[:, None]
