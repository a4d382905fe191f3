"""Against learning by heart: penalties, dropout, and the floor that noise puts under the loss."""

from __future__ import annotations

import itertools

import numpy as np
from matplotlib.axes import Axes

import layerwise as lw
from layerwise import formulas
from layerwise.plots import lines, new_panels, style
from layerwise.random import generator
from neural_networks.example import example, same


@example
def sparsity() -> Axes:
    """Of 20 inputs 3 matter: which penalty makes the other weights exactly 0?"""
    rng = generator(0, "sparsity")
    x = rng.normal(size=(400, 20))
    y = x[:, :3] @ [[2.0], [-1.5], [1.0]] + 0.3 * rng.normal(size=(400, 1))
    chosen = {
        "L2": lw.L2(0.3),
        "L1, by its gradient": lw.L1(0.3),
        "L1, proximal": lw.L1(0.3, proximal=True),
    }
    weights = {}
    for name, penalty in chosen.items():
        net = lw.Network(lw.Linear(20, 1, bias=False), seed=0, dtype="float64")
        w = net[0].weight.copy()
        lw.fit(net, (x, y), loss=lw.MSELoss(), optimizer=lw.GradientDescent(lr=0.05), epochs=300, batch_size=400,
               regularizer=penalty)  # fmt: skip
        weights[name] = net[0].weight[0]
        print(f"  {name}: {int((weights[name][3:] == 0).sum())} of 17 useless weights are exactly 0")
    for _ in range(300):  # the last one again, in bare NumPy
        w -= 0.05 * 2 * (x @ w.T - y).T @ x / len(x)
        w = np.sign(w) * np.maximum(np.abs(w) - 0.05 * 0.3, 0)
    same("weights of the proximal run", w[0], weights["L1, proximal"])
    ax = lines(
        np.arange(1, 21), {name: np.abs(each) for name, each in weights.items()},
        labels=("weight", "size |w| (logarithmic from 0.0001)"),
        title="Only the proximal step reaches 0: from weight 4 on it is 0",
    )  # fmt: skip
    ax.set_yscale("symlog", linthresh=1e-4)
    ax.set_yticks([0, 1e-4, 1e-3, 1e-2, 0.1, 1], ["0", "0.0001", "0.001", "0.01", "0.1", "1"])
    ax.set_xticks([1, 2, 3, 5, 10, 15, 20])
    ax.minorticks_off()
    for line, marker in zip(ax.lines, style.MARKERS, strict=False):
        line.set(linestyle="none", marker=marker, markersize=5)
    style.key(ax, list(ax.lines))
    return ax


@example
def dropout() -> Axes:
    """All sixteen masks at once: is the mean of training the value of evaluation?"""
    h, v, p = np.array([2.0, 4.0, 6.0, 8.0]), np.array([1.0, -1.0, 1.0, -1.0]), 0.5
    masks = np.array(list(itertools.product([0.0, 1.0], repeat=4)))
    scaled = masks * h / (1 - p) @ v
    plain = masks * h @ v
    same("scaled in training", scaled, [formulas.dropout(h, mask, p)[0] @ v for mask in masks])
    print(f"  scaled in training: mean {scaled.mean():+.2f}, evaluation {h @ v:+.2f}")
    print(f"  scaled in evaluation: mean {plain.mean():+.2f}, evaluation {(1 - p) * h @ v:+.2f}")
    bent = np.maximum(scaled, 0)
    print(f"  behind a ReLU: mean {bent.mean():.2f}, evaluation {max(h @ v, 0):.2f}")
    panels = new_panels(2, 10.0, 4.0)
    for ax, values, exact, title in (
        (panels[0], scaled, h @ v, "The sum: mean and evaluation agree"),
        (panels[1], bent, max(h @ v, 0), "Behind a ReLU they do not"),
    ):
        style.dress(ax, title, "mask", "value")
        ax.bar(range(1, 17), np.sort(values), color=style.mix(style.NEGATIVE, style.SURFACE, 0.55))
        mean = ax.axhline(values.mean(), color=style.INK, linewidth=1.6, label=f"mean of 16 masks: {values.mean():.2f}")
        value = ax.axhline(
            exact, color=style.POSITIVE, linewidth=2.4, linestyle=(0, (3, 3)), label=f"evaluation: {exact:.2f}"
        )
        ax.set_xticks([1, 4, 8, 12, 16])
        ax.set_xlabel("the sixteen masks, by their value")
        style.key(ax, [mean, value])
    return panels[0]


@example
def loss_floor() -> Axes:
    """A tenth of the labels is wrong: how low may an honest loss be?"""
    floor, _ = formulas.entropy(np.array([0.9, 0.1]), base=np.e)
    same("entropy of a flip", -(0.9 * np.log(0.9) + 0.1 * np.log(0.1)), floor)
    data = lw.data.load("moons", n=400, noise=0.1, seed=0, validation=0.4)
    parts = []
    for step, (x, y) in enumerate((data.train, data.validation)):
        flipped = generator(0, "flip", step=step).permutation(len(y)) < len(y) // 10
        parts.append((x, np.where(flipped, 1 - y, y)))
    net = lw.Network(lw.Linear(2, 64), lw.ReLU(), lw.Linear(64, 64), lw.ReLU(), lw.Linear(64, 2), seed=0)
    history = lw.fit(
        net, parts[0], loss=lw.CrossEntropyLoss(), optimizer=lw.Adam(lr=0.01), epochs=250, batch_size=32,
        validation=parts[1],
    )  # fmt: skip
    train, validation = np.array(history["train_loss"]), np.array(history["val_loss"])
    below = int((train < floor).argmax())
    print(f"  floor {floor:.3f} nats; training passes below it in epoch {below + 1} and ends at {train[-1]:.3f}")
    best = int(validation.argmin())
    print(f"  validation is least, {validation[best]:.3f}, in epoch {best + 1} and ends at {validation[-1]:.3f}")
    curves = {"training": train, "validation": validation}
    title = "Below the floor the network learns the wrong labels by heart"
    ax = lines(np.arange(1, 251), curves, title=title, labels=("epoch", "cross-entropy (nats, logarithmic)"), log="y")
    ax.axhline(floor, color=style.INK_SOFT, linewidth=1.2)
    ax.annotate(f"floor {floor:.3f}", (250, floor), xytext=(0, -3), textcoords="offset points", ha="right", va="top",
                color=style.INK_SOFT, fontsize=style.LABEL)  # fmt: skip
    return ax
