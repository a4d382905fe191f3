"""The table behind the conformance tests: every layer, with the shapes it is tried at and its twin in PyTorch."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

import layerwise as lw
from layerwise.layers import LAYERS, Layer
from layerwise.random import generator


class Row(NamedTuple):
    """make: a fresh layer. shapes: of its input, the batch first. twin: the same from the module torch.nn."""

    label: str
    make: Callable[[], Layer]
    shapes: list[tuple[int, ...]]
    twin: Callable[[Any], Any]


def _widths(d: int) -> list[tuple[int, ...]]:
    """Six shapes with d features: one sample, odd counts, and more axes before the features."""
    return [(1, d), (2, d), (5, d), (9, d), (1, 1, d), (3, 2, d)]


ROWS_OF_CLASSES = [(1, 1), (1, 5), (4, 1), (3, 7), (6, 4), (2, 3, 5)]
ANY = [(1, 1), (1, 5), (4, 1), (3, 7), (2, 3, 5), (2, 1, 3, 2)]

SEQUENCES = [(1, 1, 3), (1, 4, 3), (2, 1, 3), (3, 5, 3), (5, 2, 3), (2, 7, 3)]


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
    Row("LayerNorm", lambda: lw.LayerNorm(3), _widths(3), lambda nn: nn.LayerNorm(3)),
    Row(
        "LayerNorm-plain",
        lambda: lw.LayerNorm(3, elementwise_affine=False),
        _widths(3),
        lambda nn: nn.LayerNorm(3, elementwise_affine=False),
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
    return row.label in ("Dropout", "LSTM-dropout", "Sequential")


def both_sides(
    torch: Any, row: Row, shape: tuple[int, ...], dtype: type, training: bool
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """(ours, PyTorch's) from the same weights: the output, its gradients by name, and the state after the pass."""
    net = lw.Network(row.make(), seed=2, dtype=np.dtype(dtype).name)
    twin = torch.nn.Sequential(row.twin(torch.nn)).to(getattr(torch, np.dtype(dtype).name)).train(training)
    twin.load_state_dict({name: torch.from_numpy(np.array(array)) for name, array in net.state_dict().items()})
    x = numbers(shape, dtype=dtype)
    tensor = torch.from_numpy(x.copy()).requires_grad_()
    y, backward = net.forward(x, training=training)
    theirs = twin(tensor)
    dx = backward(numbers(y.shape, "dy", dtype))
    theirs.backward(torch.from_numpy(numbers(tuple(theirs.shape), "dy", dtype)))
    pairs = {"output": (y, theirs.detach().numpy()), "input gradient": (dx, tensor.grad.numpy())}
    for (name, gradient), parameter in zip(net.gradients().items(), twin.parameters(), strict=True):
        pairs[f"gradient of {name}"] = gradient, parameter.grad.numpy()
    state = twin.state_dict()
    return pairs | {name: (array, state[name].numpy()) for name, array in net.state_dict().items()}


def repeatable(row: Row) -> tuple[int, ...] | None:
    """The smallest shape, of two samples or more if there is one, that the layer gives back as it came, or None."""
    kept = [shape for shape in row.shapes if row.make()(np.ones(shape)).shape == shape]
    return min(kept, key=lambda shape: (shape[0] < 2, math.prod(shape)), default=None)
