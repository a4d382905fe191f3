"""Mistakes of learners, seeded into formulas by one change of their text, over all kinds of layers and losses.

Each stands with the layer that it is seen in, the array that comes out wrong, and the causes that name it right. The
first is the one that is meant.
"""

from __future__ import annotations

import inspect
import sys
import textwrap
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

import layerwise as lw
from layerwise import formulas
from layerwise.random import generator


def numbers(*shape: int) -> np.ndarray:
    return generator(3, "seeded faults", layer=str(shape)).normal(size=shape)


class Fault(NamedTuple):
    """In `formula`, `old` is written as `new`; `array` of `subject(*arguments)` is then wrong, because of `causes`."""

    formula: str
    old: str
    new: str
    subject: Callable[[], Any]
    arguments: tuple[Any, ...]
    array: str
    causes: tuple[str, ...]


def fault(
    formula: str, old: str, new: str, subject: Callable[[], Any], arguments: Any, array: str, *causes: str
) -> Fault:
    return Fault(formula, old, new, subject, arguments if isinstance(arguments, tuple) else (arguments,), array, causes)


ROWS = numbers(5, 4)
SEQUENCE = numbers(3, 4, 9)
IMAGES = numbers(2, 3, 5, 5)
PATCHES = numbers(2, 3, 4, 4)
LABELS = np.array([0, 2, 1, 1, 0])
SQUARE = lambda: lw.Linear(4, 4)  # noqa: E731
SAMPLES = "5 times too small"

FAULTS = [
    # Dense layers.
    fault("linear", "dz.T @ x", "x.T @ dz", SQUARE, ROWS, "0.weight", "transposed"),
    fault("linear", "dz.sum(axis=0)", "dz[0]", SQUARE, ROWS, "0.bias", "sum missing"),
    fault("linear", "dz.sum(axis=0)", "dz.mean(axis=0)", SQUARE, ROWS, "0.bias", SAMPLES),
    fault("linear", "dz.T @ x", "dz[:1].T @ x[:1]", SQUARE, ROWS, "0.weight", "sum over the batch forgotten"),
    fault("linear", "dz.T @ x", "dz.T @ x / len(x)", SQUARE, ROWS, "0.weight", SAMPLES),
    fault("linear", "dx = dz @ W", "dx = -dz @ W", SQUARE, ROWS, "x", "sign flipped"),
    fault("linear", "dx = dz @ W", "dx = dz @ W.T", SQUARE, ROWS, "x", "transposed inside"),
    fault("linear", "dz.T @ x", "dz[:-1].T @ x[:-1]", SQUARE, ROWS, "0.weight", "last sample left out"),
    # Activations.
    fault("relu", "dy * step", "dy", lw.ReLU, ROWS, "x", "mask missing"),
    fault("relu", "dy * step", "dy * (1 - step)", lw.ReLU, ROWS, "x", "mask inverted"),
    fault("relu", "dy * step", "dy * (dy > 0)", lw.ReLU, ROWS, "x", "mask of the wrong array"),
    fault("relu", "dy * step", "step", lw.ReLU, ROWS, "x", "right only for a uniform upstream gradient"),
    fault(
        "leaky_relu",
        "negative_slope * (1 - step)",
        "(1 - step)",
        lambda: lw.LeakyReLU(0.5),
        ROWS,
        "x",
        "wrong where x < 0",
    ),
    fault("sigmoid", "dy * y * (1 - y)", "dy * x * (1 - x)", lw.Sigmoid, ROWS, "x", "argument for value"),
    fault(
        "sigmoid",
        "dy * y * (1 - y)",
        "y * (1 - y)",
        lw.Sigmoid,
        ROWS,
        "x",
        "right only for a uniform upstream gradient",
    ),
    fault("tanh", "1 - y * y", "1 - x * x", lw.Tanh, ROWS, "x", "argument for value"),
    fault("tanh", "1 - y * y", "1 - np.tanh(y) ** 2", lw.Tanh, ROWS, "x", "slope at the output"),
    fault("tanh", "dy * (1", "dy.mean() * (1", lw.Tanh, ROWS, "x", "right only for a uniform upstream gradient"),
    fault("elu", "dy * slope", "-dy * slope", lw.ELU, ROWS, "x", "sign flipped"),
    fault("gelu", "dy * (Phi + x * phi)", "2 * dy * (Phi + x * phi)", lw.GELU, ROWS, "x", "2 times too large"),
    fault("silu", "dy * s * (1", "dy / 2 * s * (1", lw.SiLU, ROWS, "x", "2 times too small"),
    fault("softplus", "dy * s", "s", lw.Softplus, ROWS, "x", "right only for a uniform upstream gradient"),
    fault(
        "softmax",
        "p * (dp - (p * dp).sum(axis=-1, keepdims=True))",
        "p * dp",
        lw.Softmax,
        ROWS,
        "x",
        "shared term missing",
    ),
    fault(
        "softmax",
        "p * (dp - (p * dp).sum(axis=-1, keepdims=True))",
        "p * (1 - p) * dp",
        lw.Softmax,
        ROWS,
        "x",
        "diagonal only",
    ),
    fault("log_softmax", "p * dy.sum(axis=-1, keepdims=True)", "p * dy", lw.LogSoftmax, ROWS, "x", "diagonal only"),
    fault("dropout", "dy * mask * scale", "dy * scale", lw.Dropout, ROWS, "x", "mask missing"),
    fault("dropout", "dy * mask * scale", "dy * mask", lw.Dropout, ROWS, "x", "2 times too small"),
    # Normalisation.
    fault(
        "batch_norm",
        "(dx_hat - dx_hat.mean(axis=samples, keepdims=True) - x_hat * along)",
        "(dx_hat - x_hat * along)",
        lambda: lw.BatchNorm1d(4),
        ROWS,
        "x",
        "mean not taken out",
    ),
    fault("batch_norm", " - x_hat * along", "", lambda: lw.BatchNorm1d(4), ROWS, "x", "way through the spread missing"),
    fault(
        "batch_norm",
        "dbeta = dy.sum(axis=samples)",
        "dbeta = dy[0].sum(axis=(1, 2))",
        lambda: lw.BatchNorm2d(3),
        IMAGES,
        "0.bias",
        "sum missing",
    ),
    fault(
        "layer_norm",
        " - dx_hat.mean(axis=-1, keepdims=True)",
        "",
        lambda: lw.LayerNorm(4),
        ROWS,
        "x",
        "mean not taken out",
    ),
    fault(
        "layer_norm",
        "(dy * x_hat).sum(axis=samples)",
        "(dy * x_hat).mean(axis=samples)",
        lambda: lw.LayerNorm(4),
        ROWS,
        "0.weight",
        SAMPLES,
    ),
    fault(
        "rms_norm",
        " - x_hat * (dx_hat * x_hat).mean(axis=-1, keepdims=True)",
        "",
        lambda: lw.RMSNorm(4),
        ROWS,
        "x",
        "way through the spread missing",
        "shared term missing",
    ),
    # Convolution and pooling.
    fault(
        "conv2d",
        "dz.sum(axis=(0, 2, 3))",
        "dz.sum(axis=(2, 3))[0]",
        lambda: lw.Conv2d(3, 4, 3),
        IMAGES,
        "0.bias",
        "sum missing",
    ),
    fault(
        "conv2d",
        "dz.sum(axis=(0, 2, 3))",
        "dz.mean(axis=(0, 2, 3))",
        lambda: lw.Conv2d(3, 4, 3),
        IMAGES,
        "0.bias",
        "18 times too small",
    ),
    fault("conv2d", "return dx, dW, db", "return -dx, dW, db", lambda: lw.Conv2d(3, 4, 3), IMAGES, "x", "sign flipped"),
    fault(
        "conv1d",
        "dkernels[:, :, 0]",
        "dkernels[:, :, 0, ::-1]",
        lambda: lw.Conv1d(3, 4, 3),
        numbers(2, 3, 7),
        "0.weight",
        "reversed",
    ),
    fault(
        "max_pool2d",
        "np.where(won, passed[..., None, None], 0)",
        "np.broadcast_to(passed[..., None, None], won.shape)",
        lambda: lw.MaxPool2d(2),
        PATCHES,
        "x",
        "mask missing",
    ),
    fault("avg_pool2d", "(dy / M)", "(dy)", lambda: lw.AvgPool2d(2), PATCHES, "x", "4 times too large"),
    fault(
        "adaptive_avg_pool2d",
        "dmeans[:, :, h, None] / (row.stop - row.start)",
        "dmeans[:, :, h, None]",
        lambda: lw.AdaptiveAvgPool2d(1),
        PATCHES,
        "x",
        "4 times too large",
    ),
    # Words, positions, attention.
    fault(
        "embedding",
        "dW[rows[learnt]] = sums[learnt]",
        "dW[index] = dy",
        lambda: lw.Embedding(4, 3),
        np.array([[1, 1, 1], [0, 2, 3]]),
        "0.weight",
        "wrong in one row",
    ),
    fault(
        "add_positions",
        "dy.sum(axis=0)",
        "dy[0]",
        lambda: lw.PositionalEmbedding(4, 9),
        SEQUENCE,
        "0.weight",
        "sum missing",
        "sum over the batch forgotten",
    ),
    fault(
        "attention",
        "scale * (dscores @ k)",
        "dscores @ k",
        lambda: lw.MultiheadAttention(4, 1),
        numbers(2, 3, 4),
        "0.in_proj_weight",
        "wrong in some rows",
        "a factor per row",
    ),
    fault(
        "multihead_attention",
        "dx = drows",
        "dx = -drows",
        lambda: lw.MultiheadAttention(4, 2),
        numbers(2, 3, 4),
        "x",
        "sign flipped",
    ),
    # Recurrent layers.
    fault(
        "rnn_step", "dz.T @ h_prev", "dz.T @ h", lambda: lw.RNN(9, 3), SEQUENCE, "0.weight_hh_l0", "one time step late"
    ),
    fault(
        "rnn",
        "dx[:, t] = np",
        "dx[:, t - 1] = np",
        lambda: lw.RNN(9, 3),
        SEQUENCE,
        "x",
        "one time step early",
        "shifted",
    ),
    fault("rnn", "dh[:, t] + dh_next", "dh[:, t]", lambda: lw.RNN(9, 3), SEQUENCE, "x", "no way back through time"),
    fault(
        "rnn",
        "db_hh += db_hh_t",
        "db_hh = db_hh_t",
        lambda: lw.RNN(9, 3),
        SEQUENCE,
        "0.bias_hh_l0",
        "sum over time forgotten",
        "sum missing",
    ),
    fault(
        "lstm_step",
        "dz.T @ h_prev",
        "dz.T @ h",
        lambda: lw.LSTM(9, 2),
        SEQUENCE,
        "0.weight_hh_l0",
        "one time step late",
    ),
    fault(
        "lstm",
        "dh[:, t] + dh_next",
        "dh[:, t - 1] + dh_next",
        lambda: lw.LSTM(9, 2),
        SEQUENCE,
        "x",
        "one time step late",
    ),
    fault(
        "gru",
        "dx[:, t] = np.where(real[:, t], dx_t, 0)",
        "dx[:, t] = -dx_t",
        lambda: lw.GRU(9, 2),
        SEQUENCE,
        "x",
        "sign flipped",
    ),
    # Layers made of layers, and what changes shapes.
    fault(
        "fan_out",
        "dy + (0 if dother is None else dother)",
        "dother",
        lambda: lw.Residual(SQUARE()),
        ROWS,
        "x",
        "a way missing",
    ),
    fault(
        "reshape",
        "dy.reshape(x.shape)",
        "dy.reshape(x.shape[::-1]).T.reshape(x.shape)",
        lw.Flatten,
        PATCHES,
        "x",
        "other order",
    ),
    # Losses.
    fault(
        "mean_squared_error",
        "(2 * dC",
        "(dC",
        lw.MSELoss,
        (numbers(5, 3), -numbers(5, 3)),
        "output",
        "2 times too small",
    ),
    fault(
        "mean_absolute_error",
        "(dC * weight / denominator)",
        "(dC * weight)",
        lw.L1Loss,
        (numbers(5, 3), -numbers(5, 3)),
        "output",
        "15 times too large",
    ),
    fault(
        "cross_entropy_with_logits",
        "dC * weight / denominator",
        "dC * weight",
        lw.CrossEntropyLoss,
        (numbers(5, 3), LABELS),
        "output",
        "5 times too large",
    ),
    fault(
        "cross_entropy_with_logits",
        "p[rows, y] -= 1",
        "pass",
        lw.CrossEntropyLoss,
        (numbers(5, 3), LABELS),
        "output",
        "wrong once in each row",
    ),
    fault(
        "binary_cross_entropy_with_logits",
        "(p - y)",
        "(y - p)",
        lw.BCEWithLogitsLoss,
        (numbers(5, 1), (numbers(5, 1) > 0) * 1.0),
        "output",
        "sign flipped",
    ),
]


def seeded(each: Fault, monkeypatch: Any) -> None:
    """Put the fault where all that computes will find it."""
    right = formulas.registry[each.formula].function
    source = textwrap.dedent(inspect.getsource(right))
    source = source[source.index("\ndef ") + 1 :]
    assert source.count(each.old) >= 1, f"{each.formula} has no {each.old!r}"
    module = sys.modules[right.__module__]
    scope = dict(vars(module))
    exec(compile(source.replace(each.old, each.new), f"<{each.formula} with a fault>", "exec"), scope)
    wrong = scope[each.formula]
    for place in [each for name, each in sys.modules.items() if name.startswith("layerwise.formulas") and each]:
        if vars(place).get(each.formula) is right:
            monkeypatch.setattr(place, each.formula, wrong)
    for kind in (*lw.layers.LAYERS.values(), *lw.losses.LOSSES.values()):
        if getattr(kind, "formula", None) is right:
            monkeypatch.setattr(kind, "formula", staticmethod(wrong))
