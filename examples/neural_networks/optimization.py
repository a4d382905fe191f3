"""How theta moves: momentum and Adam in a ravine, schedules, the learning rate, real local minima."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

import layerwise as lw
from layerwise.plots import lines, new_panels, style
from layerwise.random import generator
from neural_networks.example import example, same


@example
def ravine() -> Axes:
    """Does Adam make a narrow valley round?"""
    turn = np.array([[1, -1], [1, 1]]) / np.sqrt(2)
    valleys = {"along the axes": np.eye(2), "turned by 45°": turn}
    panels = new_panels(2, 10.0, 4.6)
    for ax, (name, rotation) in zip(panels, valleys.items(), strict=True):
        curvature = rotation @ np.diag([1.0, 100.0]) @ rotation.T
        start = rotation @ [1.0, 1.0]
        paths = {
            words: _descend(optimizer, curvature, start)
            for words, optimizer in {
                "gradient descent": lw.GradientDescent(lr=0.019),
                "momentum": lw.Momentum(lr=0.01, gamma=0.9),
                "Adam": lw.Adam(lr=0.1),
            }.items()
        }
        counts = {words: len(path) - 1 for words, path in paths.items()}
        print(f"  {name}: " + ", ".join(f"{words} {count}" for words, count in counts.items()) + " updates")
        _draw_valley(ax, curvature, paths, f"{name}, Adam {counts['Adam']} updates")
    path = [start]  # gradient descent again, in bare NumPy
    while path[-1] @ curvature @ path[-1] / 2 >= 1e-4:
        path.append(path[-1] - 0.019 * curvature @ path[-1])
    same("path of gradient descent", path, paths["gradient descent"])
    beyond = _descend(lw.GradientDescent(lr=0.021), curvature, start, most=100)
    print(f"  gradient descent at 0.021, above 2 / 100: {np.abs(beyond[-1]).max():.0f} after 100 updates, and growing")
    return panels[0]


def _descend(optimizer: lw.optimizers.Optimizer, curvature: np.ndarray, start: np.ndarray, most: int = 1000):
    """Where theta goes on ½ θᵀ A θ, until that is below 1e-4."""
    theta = start.copy()
    path = [theta.copy()]
    while theta @ curvature @ theta / 2 >= 1e-4 and len(path) <= most:
        optimizer.step(theta, curvature @ theta)
        path.append(theta.copy())
    return np.array(path)


def _draw_valley(ax: Axes, curvature: np.ndarray, paths: dict[str, np.ndarray], title: str) -> None:
    across = np.linspace(-1.6, 1.6, 200)
    plane = np.stack(np.meshgrid(across, across), axis=-1)
    height = np.einsum("ijk,kl,ijl->ij", plane, curvature, plane) / 2
    for number, (name, path) in enumerate(paths.items()):
        lines(path[:, 0], {name: path[:, 1]}, labels=("θ1", "θ2"), ax=ax)
        colour = style.CLASSES[number]
        ax.lines[-1].set(color=colour, linewidth=1.3, marker=style.MARKERS[number], markersize=2.5)
    ax.contour(
        across, across, height, levels=[0.05, 0.5, 2, 8, 25, 60], colors=style.LINE_STRONG, linewidths=0.8, zorder=1
    )
    ax.grid(False)
    ax.set(xlim=(-1.6, 1.6), ylim=(-1.6, 1.6), aspect="equal")
    ax.set_title(title, loc="left", fontsize=style.TITLE)
    style.key(ax, list(ax.lines))


@example
def schedules() -> Axes:
    """The same run under five schedules: which one ends best?"""
    data, epochs = lw.data.load("digits", seed=0), 12
    steps = epochs * -(-len(data.train.x) // 64)
    chosen = {
        "constant": None,
        "step: ÷ 10 at 8": lw.StepLR(step_size=8, gamma=0.1),
        "exponential": lw.ExponentialLR(gamma=0.8),
        "cosine": lw.CosineAnnealingLR(T_max=epochs),
        "one cycle": lw.OneCycleLR(max_lr=0.02, total_steps=steps),
    }
    t = np.arange(epochs)
    by_hand = 0.01 * (1 + np.cos(np.pi * t / epochs)) / 2
    same("cosine rates", by_hand, [chosen["cosine"](0.01, each) for each in range(epochs)])
    panels = new_panels(2, 10.0, 4.4)
    rates, curves = {}, {}
    for name, schedule in chosen.items():
        net = lw.Network(lw.Linear(64, 64), lw.ReLU(), lw.Linear(64, 10), seed=0)
        history = lw.fit(
            net, data.train, loss=lw.CrossEntropyLoss(), optimizer=lw.Adam(lr=0.01), epochs=epochs,
            validation=data.validation, schedule=schedule,
        )  # fmt: skip
        rates[name], curves[name] = history["lr"], history["val_loss"]
        print(f"  {name:16} validation loss {curves[name][-1]:.3f}, accuracy {history['val_accuracy'][-1]:.1%}")
    lines(t + 1, rates, title="Learning rate", labels=("epoch", "rate at the end of the epoch"), ax=panels[0])
    lines(t + 1, curves, title="Validation loss", labels=("epoch", "cross-entropy (nats, logarithmic)"),
          log="y", ax=panels[1])  # fmt: skip
    return panels[0]


@example
def learning_rate() -> Axes:
    """Which learning rate? One short test, and a check of its advice."""
    data = lw.data.load("digits", seed=0)
    loss = lw.CrossEntropyLoss()

    def fresh() -> lw.Network:
        return lw.Network(lw.Linear(64, 64), lw.ReLU(), lw.Linear(64, 10), seed=0)

    found = lw.find_lr(fresh(), data.train, loss=loss, optimizer=lw.SGD(momentum=0.9))
    print(f"  {found.reason}")
    rates = found.lr * np.array([1 / 30, 1 / 3, 1, 30])
    for rate in rates:
        net = fresh()
        lw.fit(net, data.train, loss=loss, optimizer=lw.SGD(lr=rate, momentum=0.9), epochs=3)
        print(f"  rate {rate:.2g}: loss {loss(net(data.validation.x), data.validation.y)[0]:.3f} after 3 epochs")
    ax = lines(
        found.rates, {"loss": found.losses}, log="x", title="The loss stands still, falls, and rises again",
        labels=("learning rate (logarithmic)", "training loss, smoothed (nats)"),
    )  # fmt: skip
    ax.axvspan(found.low, found.high, color=style.ACCENT_TINT, zorder=0)
    ax.axvline(found.lr, color=style.ACCENT, linewidth=1.4, linestyle=(0, (2, 2)))
    ax.annotate(
        f"advice: {found.lr:.2g}", (found.lr, found.losses.max()), xytext=(-6, 0), textcoords="offset points",
        ha="right", va="top", color=style.ACCENT, fontsize=style.LABEL,
    )  # fmt: skip
    return ax


XOR = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]])
ODD = np.array([[0.0], [1], [1], [0]])


@example
def local_minima() -> Axes:
    """Forty starts of the smallest network for XOR: how many arrive? Are the others in minima?"""
    starts = generator(0, "local minima")
    W1, b1 = starts.normal(size=(40, 2, 2)), np.zeros((40, 1, 2))
    W2, b2 = starts.normal(size=(40, 1, 2)), np.zeros((40, 1, 1))
    net = lw.Network(lw.Linear(2, 2), lw.Sigmoid(), lw.Linear(2, 1), dtype="float64")
    net.theta = np.concatenate([each[0].ravel() for each in (W1, b1, W2, b2)])

    def step() -> np.ndarray:
        """One step of gradient descent with rate 1 for all forty; returns their losses (40,)."""
        a = 1 / (1 + np.exp(-(XOR @ W1.transpose(0, 2, 1) + b1)))
        z = a @ W2.transpose(0, 2, 1) + b2
        dz = (1 / (1 + np.exp(-z)) - ODD) / 4
        da = dz @ W2 * a * (1 - a)
        for parameter, gradient in (
            (W1, da.transpose(0, 2, 1) @ XOR),
            (b1, da.sum(axis=1, keepdims=True)),
            (W2, dz.transpose(0, 2, 1) @ a),
            (b2, dz.sum(axis=1, keepdims=True)),
        ):
            parameter -= gradient
        return (np.logaddexp(0, z) - ODD * z).mean(axis=(1, 2))

    history = [step() for _ in range(200)]
    recorded = lw.fit(
        net, (XOR, ODD), loss=lw.BCEWithLogitsLoss(), optimizer=lw.GradientDescent(lr=1.0), epochs=200, batch_size=4
    )
    same("losses of the first start", [each[0] for each in history], recorded["train_loss"])
    history += [step() for _ in range(9800)]
    end = history[-1]
    for name, value in {"0": 0.0, "(ln 2) / 2": np.log(2) / 2, "(2 ln 1.5 + ln 3) / 4": _ONE_RIGHT}.items():
        print(f"  at {value:.3f} = {name}: {int((np.abs(end - value) < 0.01).sum())} of 40")
    stuck = np.abs(end - np.log(2) / 2) < 0.01
    falling, largest = (history[-1000] - end)[stuck], np.abs(W1[stuck]).max(axis=(1, 2))
    print(f"  of those at (ln 2) / 2, {int((falling > 0).sum())} of {len(falling)} still fall,", end=" ")
    print(f"by {falling.min():.0e} or more in 1,000 updates, and their largest weights,")
    print(f"  {largest.min():.1f} to {largest.max():.1f} by now, grow: this is a valley, no minimum")
    places = np.unique(np.geomspace(1, 10_000, 200).astype(int)) - 1
    ax = lines(
        places + 1, {"one start": np.array(history)[places, 0]}, log="xy",
        labels=("update (logarithmic)", "cross-entropy (nats, logarithmic)"),
        title="XOR with two hidden units: some starts sink towards (ln 2) / 2, and no further",
    )  # fmt: skip
    ax.plot(places + 1, np.array(history)[places], color=style.INK_SOFT, linewidth=0.7, alpha=0.6)
    ax.axhline(np.log(2) / 2, color=style.POSITIVE, linewidth=1.4, linestyle=(0, (5, 2)))
    ax.lines[0].remove()
    ax.annotate("(ln 2) / 2", (1, np.log(2) / 2), xytext=(0, -3), textcoords="offset points", va="top",
                color=style.POSITIVE, fontsize=style.LABEL)  # fmt: skip
    return ax


_ONE_RIGHT = (2 * np.log(1.5) + np.log(3)) / 4
"""The loss with one point right and the other three at two thirds."""
