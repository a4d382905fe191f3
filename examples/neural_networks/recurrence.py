"""What a network keeps of a sequence, and for how long."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

import layerwise as lw
from layerwise import formulas
from layerwise.plots import lines
from layerwise.random import generator
from neural_networks.example import example, same


@example
def forget_gate() -> Axes:
    """Back through twenty steps of an LSTM's cell: what is left of the gradient?"""
    steps = np.arange(31)
    curves = {}
    for bias in (0.0, 1.0, 2.0, 4.0):
        f = 1 / (1 + np.exp(-bias))
        curves[f"b_f = {bias:g}"] = f**steps
        b = np.array([0.0, bias, 0.0, 0.0])  # input gate, forget gate, candidate, output gate
        _, backward = formulas.lstm(
            np.zeros((1, 20, 1)), np.zeros((1, 1)), np.zeros((1, 1)), np.zeros((4, 1)), np.zeros((4, 1)), b, 0 * b
        )
        _, _, dc0, *_ = backward(np.zeros((1, 20, 1)), None, np.ones((1, 1)))
        same(f"forget bias {bias:g}, the product of twenty gates", f**20, dc0.item())
        print(f"    each gate is {f:.3f}, and {f**20:.2g} is left")
    half = 0.5 ** (1 / 20)
    print(f"  one half is left with a bias of {np.log(half / (1 - half)):.2f}")
    title = "Half forgotten at each step: after twenty, a millionth is left"
    return lines(steps, curves, log="y", title=title, labels=("steps back", "gradient at the cell (logarithmic)"))


SEEDS, EPOCHS = 3, 12


@example
def memory() -> Axes:
    """One of the first six bits is marked: which network still knows it after twenty?"""
    kinds = {"RNN": (lw.RNN, None), "LSTM, b_f = 0": (lw.LSTM, 0.0), "LSTM, b_f = 3": (lw.LSTM, 3.0)}
    x_new, y_new = _marked_bits(500, "new bits")
    curves = {}
    for name, (kind, forget_bias) in kinds.items():
        losses, learnt = [], 0
        for seed in range(SEEDS):
            layer = kind(2, 4, output="last")
            net = lw.Network(layer, lw.Linear(4, 2), seed=seed, dtype="float64")
            if forget_bias is not None:
                layer.bias_ih_l0 = layer.bias_ih_l0 + np.repeat([0, forget_bias, 0, 0], 4)
            history = lw.fit(
                net, _marked_bits(1024, "bits"), loss=lw.CrossEntropyLoss(), optimizer=lw.Adam(lr=0.03), epochs=EPOCHS,
                batch_size=64, clip_norm=1.0,
            )  # fmt: skip
            losses.append(history["train_loss"])
            learnt += int((net(x_new).argmax(axis=1) == y_new).mean() > 0.99)
        curves[name] = np.median(losses, axis=0)
        print(f"  {name}: {learnt} of {SEEDS} seeds learn it, {net.theta.size} parameters")
    same("the LSTM, step by step", _step_by_step(layer, x_new[:5]), layer(x_new[:5]))
    ax = lines(
        np.arange(1, EPOCHS + 1), curves, title=f"Who begins by keeping can learn what to keep (median of {SEEDS})",
        labels=("epoch", "cross-entropy (nats)"),
    )  # fmt: skip
    ax.set_ylim(0, 0.8)
    return ax


def _marked_bits(n: int, purpose: str) -> tuple[np.ndarray, np.ndarray]:
    """Sequences of twenty bits, -1 or 1, with a mark at one of the first six; and the marked bit."""
    draw = generator(0, purpose)
    bits, place = draw.integers(2, size=(n, 20)), draw.integers(6, size=n)
    mark = np.arange(20) == place[:, None]
    return np.stack([2.0 * bits - 1, mark], axis=2), bits[np.arange(n), place]


def _step_by_step(layer: lw.LSTM, x: np.ndarray) -> np.ndarray:
    """The last hidden state, by the textbook's equations."""
    W = np.hstack([layer.weight_hh_l0, layer.weight_ih_l0]).astype(float)
    W_i, W_f, W_C, W_o = np.split(W, 4)
    b_i, b_f, b_C, b_o = np.split((layer.bias_ih_l0 + layer.bias_hh_l0).astype(float), 4)
    h, C = np.zeros((len(x), 4)), np.zeros((len(x), 4))
    for t in range(x.shape[1]):
        both = np.hstack([h, x[:, t]])
        i, f, o = (1 / (1 + np.exp(-(both @ W.T + b))) for W, b in ((W_i, b_i), (W_f, b_f), (W_o, b_o)))
        C = f * C + i * np.tanh(both @ W_C.T + b_C)
        h = o * np.tanh(C)
    return h
