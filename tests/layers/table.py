"""The table behind the conformance tests: every layer, with the shapes it is tried at and its twin in PyTorch."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from tests.layers.torch_containers import concatenate, parallel, residual, selected
from tests.layers.torch_modules import positional_embedding, self_attention, sinusoidal_positions

import layerwise as lw
from layerwise.layers import LAYERS, Layer
from layerwise.random import generator


class Row(NamedTuple):
    """make: a fresh layer. shapes: of its input, the batch first. twin: the same from the module torch.nn.

    words: how many words the input chooses from, for a layer that looks up whole numbers; it has no gradient at x.
    """

    label: str
    make: Callable[[], Layer]
    shapes: list[tuple[int, ...]]
    twin: Callable[[Any], Any]
    words: int = 0

    def x(self, shape: tuple[int, ...], dtype: type = np.float64) -> np.ndarray:
        """An input: numbers of this type, or words."""
        if not self.words:
            return numbers(shape, dtype=dtype)
        return generator(5, "words", layer=str(shape)).integers(self.words, size=shape)


def _widths(d: int) -> list[tuple[int, ...]]:
    """Six shapes with d features: one sample, odd counts, and more axes before the features."""
    return [(1, d), (2, d), (5, d), (9, d), (1, 1, d), (3, 2, d)]


ROWS_OF_CLASSES = [(1, 1), (1, 5), (4, 1), (3, 7), (6, 4), (2, 3, 5)]
ANY = [(1, 1), (1, 5), (4, 1), (3, 7), (2, 3, 5), (2, 1, 3, 2)]

SEQUENCES = [(1, 1, 3), (1, 7, 3), (2, 4, 3), (5, 2, 3), (3, 5, 3), (4, 1, 3)]
"""N sequences of T steps with three features each."""


def _recurrent(label: str, name: str, *settings: Any, output: str = "sequence", **named: Any) -> Row:
    """A recurrent layer; its twin answers with the outputs alone, all of them or those of the last steps."""

    def twin(nn: Any) -> Any:
        def forward(self: Any, x: Any) -> Any:
            h, states = base.forward(self, x)
            h_n = states[0] if isinstance(states, tuple) else states
            directions = 2 if self.bidirectional else 1
            return h if output == "sequence" else h_n[-directions:].transpose(0, 1).reshape(len(x), -1)

        base = getattr(nn, name)
        return type(name, (base,), {"forward": forward})(*settings, batch_first=True, **named)

    return Row(label, lambda: getattr(lw, name)(*settings, output=output, **named), SEQUENCES, twin)


BATCHES = [(2, 3), (3, 3), (5, 3), (8, 3), (4, 3), (9, 3)]

SQUARES = [(1, 3, 3, 3), (2, 3, 4, 5), (3, 3, 5, 3), (1, 3, 6, 4), (2, 3, 3, 7), (4, 3, 5, 5)]
"""Images of three channels, no side below 3: one image, odd sides, high ones and wide ones."""
SIGNALS = [(1, 3, 3), (2, 3, 4), (3, 3, 5), (1, 3, 8), (5, 3, 3), (2, 3, 7)]


def _channels(c: int) -> list[tuple[int, ...]]:
    """The same images with c channels."""
    return [(n, c, h, w) for n, _, h, w in SQUARES]


def _convolution(label: str, *settings: Any, **named: Any) -> Row:
    """Conv2d and its twin with the same settings."""
    return Row(
        f"Conv2d-{label}",
        lambda: lw.Conv2d(*settings, **named),
        _channels(settings[0]),
        lambda nn: nn.Conv2d(*settings, **named),
    )


TABLE = [
    Row("Linear", lambda: lw.Linear(4, 3), _widths(4), lambda nn: nn.Linear(4, 3)),
    Row("Linear-square", lambda: lw.Linear(3, 3), _widths(3), lambda nn: nn.Linear(3, 3)),
    Row("Linear-one", lambda: lw.Linear(1, 1), _widths(1), lambda nn: nn.Linear(1, 1)),
    Row("Linear-no-bias", lambda: lw.Linear(5, 2, bias=False), _widths(5), lambda nn: nn.Linear(5, 2, bias=False)),
    Row("Linear-he", lambda: lw.Linear(2, 6, init="he_normal"), _widths(2), lambda nn: nn.Linear(2, 6)),
    Row("Sigmoid", lw.Sigmoid, ANY, lambda nn: nn.Sigmoid()),
    Row("Tanh", lw.Tanh, ANY, lambda nn: nn.Tanh()),
    Row("ReLU", lw.ReLU, ANY, lambda nn: nn.ReLU()),
    Row("LeakyReLU", lw.LeakyReLU, ANY, lambda nn: nn.LeakyReLU()),
    Row("LeakyReLU-steep", lambda: lw.LeakyReLU(0.5), ANY, lambda nn: nn.LeakyReLU(0.5)),
    Row("ELU", lw.ELU, ANY, lambda nn: nn.ELU()),
    Row("ELU-deep", lambda: lw.ELU(2.5), ANY, lambda nn: nn.ELU(2.5)),
    Row("GELU", lw.GELU, ANY, lambda nn: nn.GELU()),
    Row("GELU-tanh", lambda: lw.GELU("tanh"), ANY, lambda nn: nn.GELU("tanh")),
    Row("SiLU", lw.SiLU, ANY, lambda nn: nn.SiLU()),
    Row("Softplus", lw.Softplus, ANY, lambda nn: nn.Softplus()),
    Row("Softplus-sharp", lambda: lw.Softplus(3), ANY, lambda nn: nn.Softplus(3)),
    Row("Identity", lw.Identity, ANY, lambda nn: nn.Identity()),
    Row("Softmax", lw.Softmax, ROWS_OF_CLASSES, lambda nn: nn.Softmax(dim=-1)),
    Row("LogSoftmax", lw.LogSoftmax, ROWS_OF_CLASSES, lambda nn: nn.LogSoftmax(dim=-1)),
    Row("Dropout", lw.Dropout, ANY, lambda nn: nn.Dropout()),
    Row("Dropout-none", lambda: lw.Dropout(0.0), ANY, lambda nn: nn.Dropout(0.0)),
    Row("Dropout-all", lambda: lw.Dropout(1), ANY, lambda nn: nn.Dropout(1)),
    Row("BatchNorm1d", lambda: lw.BatchNorm1d(3), BATCHES, lambda nn: nn.BatchNorm1d(3)),
    Row(
        "BatchNorm1d-plain",
        lambda: lw.BatchNorm1d(3, affine=False),
        BATCHES,
        lambda nn: nn.BatchNorm1d(3, affine=False),
    ),
    Row("BatchNorm2d", lambda: lw.BatchNorm2d(3), SQUARES, lambda nn: nn.BatchNorm2d(3)),
    Row(
        "BatchNorm2d-plain",
        lambda: lw.BatchNorm2d(3, affine=False),
        [(1, 3, 1, 2), (2, 3, 1, 1), (1, 3, 2, 2), (3, 3, 2, 1), (2, 3, 3, 2), (1, 3, 3, 3)],
        lambda nn: nn.BatchNorm2d(3, affine=False),
    ),
    _convolution("one", 1, 1, 1),
    _convolution("three", 3, 3, 3, padding=1),
    _convolution("no-bias", 2, 4, 3, bias=False),
    _convolution("oblong", 2, 3, (2, 3), stride=(1, 2), padding=(1, 0)),
    _convolution("stride", 3, 2, 3, 2, 1),
    _convolution("same", 2, 3, (2, 4), padding="same"),
    _convolution("same-dilated", 2, 2, 3, padding="same", dilation=(2, 1)),
    _convolution("valid", 2, 2, 2, padding="valid"),
    _convolution("dilation", 2, 3, 2, dilation=2),
    _convolution("groups", 4, 6, 2, padding=1, groups=2),
    _convolution("depthwise", 3, 6, 3, 2, 1, groups=3),
    Row("Conv1d", lambda: lw.Conv1d(3, 4, 3), SIGNALS, lambda nn: nn.Conv1d(3, 4, 3)),
    Row(
        "Conv1d-stride",
        lambda: lw.Conv1d(3, 2, 2, stride=2, padding=1, dilation=2),
        SIGNALS,
        lambda nn: nn.Conv1d(3, 2, 2, stride=2, padding=1, dilation=2),
    ),
    Row(
        "Conv1d-same",
        lambda: lw.Conv1d(3, 3, 4, padding="same", groups=3, bias=False),
        SIGNALS,
        lambda nn: nn.Conv1d(3, 3, 4, padding="same", groups=3, bias=False),
    ),
    Row("MaxPool2d", lambda: lw.MaxPool2d(2), SQUARES, lambda nn: nn.MaxPool2d(2)),
    Row("MaxPool2d-same", lambda: lw.MaxPool2d(3, 1, 1), SQUARES, lambda nn: nn.MaxPool2d(3, 1, 1)),
    Row(
        "MaxPool2d-oblong",
        lambda: lw.MaxPool2d((2, 3), stride=(1, 2), padding=(0, 1)),
        SQUARES,
        lambda nn: nn.MaxPool2d((2, 3), stride=(1, 2), padding=(0, 1)),
    ),
    Row("MaxPool2d-dilation", lambda: lw.MaxPool2d(2, 1, 1, 2), SQUARES, lambda nn: nn.MaxPool2d(2, 1, 1, 2)),
    Row(
        "MaxPool2d-ceil",
        lambda: lw.MaxPool2d(2, 3, 1, ceil_mode=True),
        SQUARES,
        lambda nn: nn.MaxPool2d(2, 3, 1, ceil_mode=True),
    ),
    Row("AvgPool2d-ceil", lambda: lw.AvgPool2d(2, 3, 1, True), SQUARES, lambda nn: nn.AvgPool2d(2, 3, 1, True)),
    Row("AvgPool2d", lambda: lw.AvgPool2d(2), SQUARES, lambda nn: nn.AvgPool2d(2)),
    Row(
        "AvgPool2d-inside",
        lambda: lw.AvgPool2d(3, 1, 1, count_include_pad=False),
        SQUARES,
        lambda nn: nn.AvgPool2d(3, 1, 1, count_include_pad=False),
    ),
    Row("AvgPool2d-padding", lambda: lw.AvgPool2d((2, 3), 2, 1), SQUARES, lambda nn: nn.AvgPool2d((2, 3), 2, 1)),
    Row("AdaptiveAvgPool2d", lambda: lw.AdaptiveAvgPool2d(1), SQUARES, lambda nn: nn.AdaptiveAvgPool2d(1)),
    Row("AdaptiveAvgPool2d-same", lambda: lw.AdaptiveAvgPool2d(3), SQUARES, lambda nn: nn.AdaptiveAvgPool2d(3)),
    Row(
        "AdaptiveAvgPool2d-oblong",
        lambda: lw.AdaptiveAvgPool2d((2, 5)),
        SQUARES,
        lambda nn: nn.AdaptiveAvgPool2d((2, 5)),
    ),
    Row(
        "AdaptiveAvgPool2d-keep",
        lambda: lw.AdaptiveAvgPool2d((None, 2)),
        SQUARES,
        lambda nn: nn.AdaptiveAvgPool2d((None, 2)),
    ),
    Row("LayerNorm", lambda: lw.LayerNorm(3), _widths(3), lambda nn: nn.LayerNorm(3)),
    Row("LayerNorm-scale", lambda: lw.LayerNorm(3, bias=False), _widths(3), lambda nn: nn.LayerNorm(3, bias=False)),
    Row(
        "LayerNorm-plain",
        lambda: lw.LayerNorm(3, elementwise_affine=False),
        _widths(3),
        lambda nn: nn.LayerNorm(3, elementwise_affine=False),
    ),
    Row("Embedding", lambda: lw.Embedding(5, 3), ANY, lambda nn: nn.Embedding(5, 3), words=5),
    Row("Embedding-one", lambda: lw.Embedding(1, 1), ANY, lambda nn: nn.Embedding(1, 1), words=1),
    Row(
        "Embedding-padding",
        lambda: lw.Embedding(9, 2, padding_idx=8),
        ANY,
        lambda nn: nn.Embedding(9, 2, padding_idx=8),
        words=8,  # a padding row that is in use has a slope that backward leaves out on purpose
    ),
    Row("PositionalEmbedding", lambda: lw.PositionalEmbedding(7, 3), SEQUENCES, positional_embedding(7, 3)),
    Row("SinusoidalPositions", lambda: lw.SinusoidalPositions(3, 7), SEQUENCES, sinusoidal_positions(7, 3)),
    Row("RMSNorm", lambda: lw.RMSNorm(3), _widths(3), lambda nn: nn.RMSNorm(3)),
    Row(
        "RMSNorm-plain",
        lambda: lw.RMSNorm(3, 0.1, elementwise_affine=False),
        _widths(3),
        lambda nn: nn.RMSNorm(3, 0.1, elementwise_affine=False),
    ),
    Row("MultiheadAttention", lambda: lw.MultiheadAttention(3, 1), SEQUENCES, self_attention(3, 1)),
    Row(
        "MultiheadAttention-causal",
        lambda: lw.MultiheadAttention(4, 2, causal=True),
        [(n, t, 4) for n, t, _ in SEQUENCES],
        self_attention(4, 2, causal=True),
    ),
    Row(
        "MultiheadAttention-no-bias",
        lambda: lw.MultiheadAttention(6, 3, bias=False),
        [(n, t, 6) for n, t, _ in SEQUENCES],
        self_attention(6, 3, bias=False),
    ),
    Row(
        "MultiheadAttention-dropout",
        lambda: lw.MultiheadAttention(2, 2, 0.4, causal=True),
        [(n, t, 2) for n, t, _ in SEQUENCES],
        self_attention(2, 2, 0.4, causal=True),
    ),
    Row("Select", lambda: lw.Select(1), [(1, 2), (4, 3), (5, 2), (3, 7), (2, 3, 4), (1, 1, 2)], selected(-1, 1)),
    Row(
        "Select-last-step",
        lambda: lw.Select(-1, dim=1),
        [(*s, 2) for s in _widths(3) if len(s) == 2] + [(1, 1, 1), (2, 1, 3)],
        selected(1, -1),
    ),
    _recurrent("RNN", "RNN", 3, 3),
    _recurrent("RNN-relu", "RNN", 3, 4, 2, "relu", bidirectional=True),
    _recurrent("RNN-last", "RNN", 3, 2, output="last"),
    _recurrent("LSTM", "LSTM", 3, 3),
    _recurrent("LSTM-one", "LSTM", 3, 1, bias=False),
    _recurrent("LSTM-deep", "LSTM", 3, 4, 3),
    _recurrent("LSTM-both", "LSTM", 3, 2, 2, bidirectional=True),
    _recurrent("LSTM-both-last", "LSTM", 3, 2, 2, bidirectional=True, output="last"),
    _recurrent("LSTM-dropout", "LSTM", 3, 4, 2, dropout=0.4),
    _recurrent("GRU", "GRU", 3, 3),
    _recurrent("GRU-both", "GRU", 3, 2, 2, bias=False, bidirectional=True),
    _recurrent("GRU-last", "GRU", 3, 5, 2, output="last"),
    Row("Flatten", lw.Flatten, ANY, lambda nn: nn.Flatten()),
    Row(
        "Sequential",
        lambda: lw.Sequential(lw.Linear(3, 4), lw.Tanh(), lw.Sequential(lw.Linear(4, 3), lw.Dropout(0.2))),
        _widths(3),
        lambda nn: nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Sequential(nn.Linear(4, 3), nn.Dropout(0.2))),
    ),
    Row(
        "Residual",
        lambda: lw.Residual(lw.Linear(3, 4), lw.Tanh(), lw.Linear(4, 3)),
        _widths(3),
        lambda nn: residual(nn, nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 3)),
    ),
    Row(
        "Residual-shortcut",
        lambda: lw.Residual(lw.Linear(3, 4), lw.Tanh(), shortcut=lw.Linear(3, 4, bias=False)),
        _widths(3),
        lambda nn: residual(nn, nn.Linear(3, 4), nn.Tanh(), shortcut=nn.Linear(3, 4, bias=False)),
    ),
    Row(
        "Residual-in-residual",
        lambda: lw.Residual(lw.Residual(lw.Linear(3, 3), lw.SiLU()), shortcut=lw.Sequential(lw.Linear(3, 3))),
        _widths(3),
        lambda nn: residual(nn, residual(nn, nn.Linear(3, 3), nn.SiLU()), shortcut=nn.Sequential(nn.Linear(3, 3))),
    ),
    Row(
        "Residual-images",
        lambda: lw.Residual(lw.Conv2d(3, 4, 3, 2, 1), lw.Tanh(), shortcut=lw.Conv2d(3, 4, 1, 2, bias=False)),
        SQUARES,
        lambda nn: residual(nn, nn.Conv2d(3, 4, 3, 2, 1), nn.Tanh(), shortcut=nn.Conv2d(3, 4, 1, 2, bias=False)),
    ),
    Row(
        "Parallel",
        lambda: lw.Parallel(lw.Linear(3, 2), lw.Tanh(), lw.Sequential(lw.Linear(3, 4), lw.SiLU())),
        [shape for shape in _widths(3) if len(shape) < 4],
        lambda nn: parallel(
            nn, nn.Linear(3, 2), nn.Tanh(), nn.Sequential(nn.Linear(3, 4), nn.SiLU()), combine=concatenate(-1)
        ),
    ),
    Row(
        "Parallel-channels",
        lambda: lw.Parallel(lw.Tanh(), lw.Linear(3, 3)),
        [(1, 1, 1, 3), (2, 1, 4, 3), (3, 2, 1, 3), (1, 3, 3, 3), (5, 2, 2, 3), (2, 5, 1, 3)],
        lambda nn: parallel(nn, nn.Tanh(), nn.Linear(3, 3), combine=concatenate(1)),
    ),
    Row(
        "Parallel-add",
        lambda: lw.Parallel(lw.Linear(3, 2), lw.Linear(3, 2, bias=False), lw.Linear(3, 2), combine="add"),
        _widths(3),
        lambda nn: parallel(nn, nn.Linear(3, 2), nn.Linear(3, 2, bias=False), nn.Linear(3, 2), combine=sum),
    ),
    Row(
        "Parallel-multiply",
        lambda: lw.Parallel(lw.Linear(3, 3), lw.Sigmoid(), lw.Identity(), combine="multiply"),
        _widths(3),
        lambda nn: parallel(nn, nn.Linear(3, 3), nn.Sigmoid(), nn.Identity(), combine=math.prod),
    ),
]
CASES = [(row, shape) for row in TABLE for shape in row.shapes]
CASE_NAMES = [f"{row.label}-{'x'.join(map(str, shape))}" for row, shape in CASES]


def registered() -> set[str]:
    """The layers that the library itself registers; a test's own classes do not count."""
    return {name for name, cls in LAYERS.items() if cls.__module__.startswith("layerwise.")}


def numbers(shape: tuple[int, ...], purpose: str = "x", dtype: type = np.float64) -> np.ndarray:
    """Reproducible values between 0.02 and 2 in size: no kink of a layer is within reach of a small step."""
    rng = generator(5, purpose, layer=str(shape))
    sign = np.where(rng.random(shape) < 0.5, -1, 1)
    return (sign * rng.uniform(0.02, 2, size=shape)).astype(dtype)


def draws(row: Row) -> bool:
    """Whether a training pass draws a mask, which PyTorch would draw otherwise: the formula is compared instead."""
    return row.label in ("Dropout", "Sequential", "MultiheadAttention-dropout", "LSTM-dropout")


def both_sides(
    torch: Any, row: Row, shape: tuple[int, ...], dtype: type, training: bool
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """(ours, PyTorch's) from the same weights: the output, its gradients by name, and the state after the pass."""
    net = lw.Network(row.make(), seed=2, dtype=np.dtype(dtype).name)
    twin = torch.nn.Sequential(row.twin(torch.nn)).to(getattr(torch, np.dtype(dtype).name)).train(training)
    twin.load_state_dict({name: torch.from_numpy(np.array(array)) for name, array in net.state_dict().items()})
    x = row.x(shape, dtype)
    tensor = torch.from_numpy(x.copy()).requires_grad_(not row.words)
    y, backward = net.forward(x, training=training)
    theirs = twin(tensor)
    dx = backward(numbers(y.shape, "dy", dtype))
    theirs.backward(torch.from_numpy(numbers(tuple(theirs.shape), "dy", dtype)))
    pairs = {"output": (y, theirs.detach().numpy())}
    if not row.words:
        pairs["input gradient"] = dx, tensor.grad.numpy()
    for (name, gradient), parameter in zip(net.gradients().items(), twin.parameters(), strict=True):
        pairs[f"gradient of {name}"] = gradient, parameter.grad.numpy()
    state = twin.state_dict()
    return pairs | {name: (array, state[name].numpy()) for name, array in net.state_dict().items()}


def repeatable(row: Row) -> tuple[int, ...] | None:
    """The smallest shape, of two samples or more if there is one, that the layer gives back as it came, or None."""
    kept = [shape for shape in row.shapes if row.make()(row.x(shape)).shape == shape]
    return min(kept, key=lambda shape: (shape[0] < 2, math.prod(shape)), default=None)
