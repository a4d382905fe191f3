"""Random networks over all kinds of layers, each beside what a user of PyTorch would write for it.

A network is drawn by its number alone: pieces that fit behind each other, with a loss and an optimizer. The twin has
our weights, our masks of dropout, and names its modules as we name our layers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import cycle, islice
from typing import Any

import numpy as np
from tests.layers.table import TABLE as LAYER_ROWS
from tests.layers.torch_containers import concatenate, parallel, residual, selected
from tests.layers.torch_modules import positional_embedding, self_attention, sinusoidal_positions
from tests.optimizers.paths import PATHS

import layerwise as lw
from layerwise.random import generator

COUNT = 20
ROUTES = [name for name, route in PATHS.items() if not route.spared and route.schedule is None and "lr-0" not in name]
OPTIMIZERS = sorted({name.partition("-")[0] for name in ROUTES})
LOSSES = ("MSELoss", "L1Loss", "HuberLoss", "BCEWithLogitsLoss", "BCELoss", "CrossEntropyLoss", "NLLLoss")


ACTIVATIONS = ("Sigmoid", "Tanh", "ReLU", "LeakyReLU", "ELU", "GELU", "SiLU", "Softplus", "Softmax", "Identity")


class Masked:
    """Where our masks of dropout are handed to the twin: in the order in which they are drawn."""

    def __init__(self) -> None:
        self.masks: list[np.ndarray] = []

    def module(self, p: float) -> Callable[[Any], Any]:
        def make(nn: Any) -> Any:
            import torch

            masks = self.masks

            class Dropout(nn.Module):
                def forward(self, x):
                    return x * torch.from_numpy(masks.pop(0)).to(x.dtype) / (1 - p)

            return Dropout()

        return make


@dataclass
class Drawn:
    """A network with its data, and how to make its twin."""

    layers: list[Any]
    twins: list[Callable[[Any], Any]]
    x: np.ndarray
    loss: str
    target: np.ndarray
    route: str
    masks: Masked = field(default_factory=Masked)
    activations: Iterator[str] = field(default_factory=lambda: cycle(ACTIVATIONS))
    start: np.ndarray | None = None
    """theta, as the network was made."""

    def net(self) -> lw.Network:
        return lw.Network(*self.layers, seed=1, dtype="float64")

    def twin(self, torch: Any) -> Any:
        return torch.nn.Sequential(*(make(torch.nn) for make in self.twins)).double().train()


def drawn(number: int) -> Drawn:
    """The network of this number."""
    rng = generator(number, "explained networks")
    kind = ("dense", "images", "sequences", "words")[number % 4]
    routes = [name for name in ROUTES if name.partition("-")[0] == OPTIMIZERS[number // 2 % len(OPTIMIZERS)]]
    loss, route = LOSSES[number % len(LOSSES)], routes[int(rng.integers(len(routes)))]
    made = Drawn([], [], np.zeros(0), loss, np.zeros(0), route)
    made.activations = islice(cycle(ACTIVATIONS), number // 2, None)
    N = int(rng.integers(2, 5))
    width = {"dense": _dense, "images": _images, "sequences": _sequences, "words": _words}[kind](made, rng, N)
    K = int(rng.integers(2, 4))
    _add(made, lw.Linear(width, K), lambda nn: nn.Linear(width, K))
    if loss == "BCELoss":
        _add(made, lw.Sigmoid(), lambda nn: nn.Sigmoid())
    if loss == "NLLLoss":
        _add(made, lw.LogSoftmax(), lambda nn: nn.LogSoftmax(dim=-1))
    if loss in ("CrossEntropyLoss", "NLLLoss"):
        made.target = rng.integers(K, size=N)
    else:
        made.target = rng.random((N, K)) if loss.startswith("BCE") else rng.normal(size=(N, K))
    return made


def _add(made: Drawn, layer: Any, twin: Callable[[Any], Any]) -> None:
    made.layers.append(layer)
    made.twins.append(twin)


def _activation(made: Drawn, rng: np.random.Generator) -> None:
    name = next(made.activations)
    row = next(row for row in LAYER_ROWS if row.label == name)
    _add(made, row.make(), row.twin)


def _dropout(made: Drawn, p: float) -> None:
    _add(made, lw.Dropout(p), made.masks.module(p))


def _block(made: Drawn, rng: np.random.Generator, width: int) -> None:
    """One of the ways in which layers are put together."""
    choice = int(rng.integers(5))
    if choice == 0:
        layer = lw.Residual(lw.Linear(width, width), lw.Tanh())
        _add(made, layer, lambda nn: residual(nn, nn.Linear(width, width), nn.Tanh()))
    elif choice == 1:
        layer = lw.Residual(lw.Linear(width, width), lw.ELU(), shortcut=lw.Linear(width, width))
        twin = lambda nn: residual(nn, nn.Linear(width, width), nn.ELU(), shortcut=nn.Linear(width, width))  # noqa: E731
        _add(made, layer, twin)
    elif choice == 2:
        layer = lw.Parallel(
            lw.Linear(width, width), lw.Sequential(lw.Linear(width, width), lw.Sigmoid()), combine="multiply"
        )
        _add(
            made,
            layer,
            lambda nn: parallel(
                nn, nn.Linear(width, width), nn.Sequential(nn.Linear(width, width), nn.Sigmoid()), combine=math.prod
            ),
        )
    elif choice == 3:
        half = (width + 1) // 2
        layer = lw.Parallel(lw.Linear(width, half), lw.Linear(width, width - half))
        _add(
            made,
            layer,
            lambda nn: parallel(nn, nn.Linear(width, half), nn.Linear(width, width - half), combine=concatenate(-1)),
        )
    else:  # one layer at two places
        again = lw.Linear(width, width)
        kept: list[Any] = []

        def twin_of(nn: Any) -> Any:
            if not kept:
                kept.append(nn.Linear(width, width))
            return kept[0]

        _add(made, again, twin_of)
        _add(made, lw.Tanh(), lambda nn: nn.Tanh())
        _add(made, again, twin_of)


def _norm(made: Drawn, rng: np.random.Generator, width: int) -> None:
    name = ("BatchNorm1d", "LayerNorm", "RMSNorm")[int(rng.integers(3))]
    _add(made, getattr(lw, name)(width), lambda nn: getattr(nn, name)(width))


def _dense(made: Drawn, rng: np.random.Generator, N: int) -> int:
    D, width = int(rng.integers(2, 5)), int(rng.integers(3, 6))
    made.x = rng.normal(size=(N, D))
    _add(made, lw.Linear(D, width), lambda nn: nn.Linear(D, width))
    _norm(made, rng, width)
    _activation(made, rng)
    _dropout(made, 0.3)
    _block(made, rng, width)
    _activation(made, rng)
    return width


def _images(made: Drawn, rng: np.random.Generator, N: int) -> int:
    made.x = rng.normal(size=(N, 2, 6, 5))
    _add(made, lw.Conv2d(2, 4, 3, padding=1), lambda nn: nn.Conv2d(2, 4, 3, padding=1))
    _add(made, lw.BatchNorm2d(4), lambda nn: nn.BatchNorm2d(4))
    _activation(made, rng)
    if rng.integers(2):
        _add(made, lw.MaxPool2d(2, 1), lambda nn: nn.MaxPool2d(2, 1))
    else:
        _add(made, lw.AvgPool2d(2, 1), lambda nn: nn.AvgPool2d(2, 1))
    layer = lw.Residual(lw.Conv2d(4, 4, 3, 2, 1, groups=2), lw.Tanh(), shortcut=lw.Conv2d(4, 4, 1, 2, bias=False))
    _add(
        made,
        layer,
        lambda nn: residual(
            nn, nn.Conv2d(4, 4, 3, 2, 1, groups=2), nn.Tanh(), shortcut=nn.Conv2d(4, 4, 1, 2, bias=False)
        ),
    )
    _add(made, lw.AdaptiveAvgPool2d((2, 1)), lambda nn: nn.AdaptiveAvgPool2d((2, 1)))
    _add(made, lw.Flatten(), lambda nn: nn.Flatten())
    return 8


def _recurrent(made: Drawn, rng: np.random.Generator, width: int) -> int:
    name, H = ("RNN", "LSTM", "GRU")[int(rng.integers(3))], int(rng.integers(2, 4))
    both, last = bool(rng.integers(2)), bool(rng.integers(2))
    layer = getattr(lw, name)(width, H, bidirectional=both, output="last" if last else "sequence")

    def twin(nn: Any) -> Any:
        base = getattr(nn, name)

        def forward(self: Any, x: Any) -> Any:
            h, states = base.forward(self, x)
            h_n = states[0] if isinstance(states, tuple) else states
            return h_n.transpose(0, 1).reshape(len(x), -1) if last else h

        return type(name, (base,), {"forward": forward})(width, H, batch_first=True, bidirectional=both)

    _add(made, layer, twin)
    if not last:
        _add(made, lw.Select(-1, dim=1), selected(1, -1))
    return H * (2 if both else 1)


def _sequences(made: Drawn, rng: np.random.Generator, N: int) -> int:
    D = 4
    made.x = rng.normal(size=(N, 3, D))
    if rng.integers(2):
        _add(made, lw.Conv1d(3, 3, 3, padding=1), lambda nn: nn.Conv1d(3, 3, 3, padding=1))
    _add(made, lw.MultiheadAttention(D, 2, causal=True), self_attention(D, 2, causal=True))
    _add(made, lw.Linear(D, 3), lambda nn: nn.Linear(D, 3))
    return _recurrent(made, rng, 3)


def _words(made: Drawn, rng: np.random.Generator, N: int) -> int:
    made.x = rng.integers(6, size=(N, 3))
    _add(made, lw.Embedding(6, 4), lambda nn: nn.Embedding(6, 4))
    if rng.integers(2):
        _add(made, lw.PositionalEmbedding(3, 4), positional_embedding(3, 4))
    else:
        _add(made, lw.SinusoidalPositions(4, 3), sinusoidal_positions(3, 4))
    if rng.integers(2):
        return _recurrent(made, rng, 4)
    _add(made, lw.LayerNorm(4), lambda nn: nn.LayerNorm(4))
    _add(made, lw.Flatten(), lambda nn: nn.Flatten())
    _dropout(made, 0.2)
    return 12
