"""What the bench trains: each workload is one declaration of a network, an update and a source of data.

A network is declared in Layerwise's own layers and kept as the rows of its spec. Names and settings there are those of
PyTorch, as of losses and optimizers, so most contenders build theirs by looking the name up. A declaration takes its
sizes as arguments: the defaults are the workload that is compared from run to run, others show that nothing is made for
these sizes alone.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np

import layerwise as lw
from benchmarks.rows import Row, addressed
from benchmarks.teachers import Batch, Teacher, directions, pictures, quarters, sentences
from benchmarks.weights import initial
from layerwise.checks import one_of, whole_number
from layerwise.network.mlp import mlp_layers
from layerwise.network.spec import rows_of
from layerwise.random import generator
from layerwise.types import Array

POOL = 8_000_000
"""Numbers in the inputs that are drawn for a round: enough that no batch is learnt by heart."""
MOST_BATCHES, FEWEST_BATCHES = 1024, 8
SPREAD = 0.3
"""How far a varied size may lie from the declared one, as a share of it."""


@dataclass(frozen=True)
class Workload:
    """One training task, the same for every contender. Arrays are float32, labels of classes and symbols int64."""

    title: str
    layers: list[Row]
    loss: str
    optimizer: str
    lr: float
    batch: int
    numbers: int
    """In the input of one sample."""
    teacher: Teacher
    name: str = ""
    sizes: dict[str, int] = field(default_factory=dict)
    """What the declaration was called with: with the name, enough to declare it again in another process."""
    samples: int = 0
    """Of a dataset that each round draws its batches from, shuffled anew in every epoch; 0: a pool of fresh batches."""

    @property
    def kinds(self) -> set[str]:
        """The names of its layers."""
        return {each["name"] for _, each in addressed(self.layers)}

    @property
    def pool(self) -> int:
        """The number of different batches drawn for each round, before its clock starts."""
        return min(MOST_BATCHES, max(FEWEST_BATCHES, POOL // (self.batch * self.numbers)))

    def initial_weights(self, seed: int) -> dict[str, Array]:
        """The weights that every contender starts from, under PyTorch's parameter names.

        >>> [(name, w.shape) for name, w in WORKLOADS["W1"].initial_weights(seed=0).items()][:2]
        [('0.weight', (8, 2)), ('0.bias', (8,))]
        """
        weights: dict[str, Array] = {}
        for place, each in addressed(self.layers):
            rng = generator(seed, "bench weights", layer=f"{self.name}.{place}")
            weights |= {f"{place}.{name}": value for name, value in initial(each, rng).items()}
        return weights

    def batches(self, seed: int, round_number: int, count: int | None = None) -> list[Batch]:
        """Fresh batches for one round: other rounds get other samples, of the same teacher.

        >>> x, t = WORKLOADS["W2"].batches(seed=0, round_number=1, count=2)[0]
        >>> x.shape, t.shape
        ((128, 784), (128,))
        """
        count = self.pool if count is None else count
        x, t = self._drawn(seed, round_number, count * self.batch)
        return list(zip(np.split(x, count), np.split(t, count), strict=True))

    def dataset(self, seed: int, round_number: int) -> Batch:
        """All samples of a round's dataset, for a workload that has one."""
        return self._drawn(seed, round_number, self.samples)

    def _drawn(self, seed: int, round_number: int, N: int) -> Batch:
        teacher = generator(seed, "bench teacher", layer=self.name)
        samples = generator(seed, "bench samples", layer=self.name, step=round_number)
        return self.teacher(teacher, samples, N)


def tiny(batch: int = 10, first: int = 8, second: int = 8) -> Workload:
    """W1: so small that what counts is how long each call takes to begin."""
    return Workload(
        title=f"tiny: 2-{first}-{second}-1 tanh, batch {batch}, SGD",
        layers=_dense(2, first, second, 1, activation="tanh"),
        loss="BCEWithLogitsLoss",
        optimizer="SGD",
        lr=0.03,
        batch=batch,
        numbers=2,
        teacher=quarters,
    )


def mlp(
    batch: int = 128, features: int = 784, first: int = 128, second: int = 64, classes: int = 10, depth: int = 1
) -> Workload:
    """W2: dense layers. depth: how many there are of the second width."""
    widths = [features, first, *[second] * depth]
    return Workload(
        title=f"MLP: {_dashes(*widths, classes)} ReLU, batch {batch}, Adam",
        layers=_dense(*widths, classes, activation="relu"),
        loss="CrossEntropyLoss",
        optimizer="Adam",
        lr=1e-3,
        batch=batch,
        numbers=features,
        teacher=directions(features, classes),
    )


def cnn(
    batch: int = 64,
    side: int = 28,
    first: int = 16,
    second: int = 32,
    hidden: int = 64,
    classes: int = 10,
    depth: int = 1,
) -> Workload:
    """W3: convolutions of 3 x 3. depth: how many stand behind the first pooling."""
    flat = second * (side // 4) ** 2
    deeper = [each for C, K in pairwise([first, *[second] * depth]) for each in _convolution(C, K)]
    chain = _dashes(f"{first}c3", "pool", *[f"{second}c3"] * depth, "pool", hidden, classes)
    return Workload(
        title=f"CNN: {chain} on {side}x{side}, batch {batch}, Adam",
        layers=rows_of(
            [
                *_convolution(1, first),
                lw.MaxPool2d(2),
                *deeper,
                lw.MaxPool2d(2),
                lw.Flatten(),
                lw.Linear(flat, hidden),
                lw.ReLU(),
                lw.Linear(hidden, classes),
            ]
        ),
        loss="CrossEntropyLoss",
        optimizer="Adam",
        lr=1e-3,
        batch=batch,
        numbers=side * side,
        teacher=pictures(side, classes),
    )


def lstm(
    batch: int = 32, length: int = 64, symbols: int = 64, embedding: int = 64, hidden: int = 128, depth: int = 1
) -> Workload:
    """W4: a recurrent layer. depth: how many stand in a row."""
    recurrent = [lw.LSTM(D, H) for D, H in pairwise([embedding, *[hidden] * depth])]
    return Workload(
        title=f"LSTM: {_dashes(symbols, embedding, *[hidden] * depth)}, length {length}, batch {batch}, Adam",
        layers=rows_of([lw.Embedding(symbols, embedding), *recurrent, lw.Linear(hidden, symbols)]),
        loss="CrossEntropyLoss",
        optimizer="Adam",
        lr=1e-3,
        batch=batch,
        numbers=length,
        teacher=sentences(length, symbols),
    )


def gpt(
    batch: int = 16,
    length: int = 64,
    symbols: int = 64,
    heads: int = 4,
    head: int = 16,
    inner: int = 256,
    blocks: int = 2,
) -> Workload:
    """W5: causal attention. head: the width of one. inner: the width between the two linear layers of a block."""
    D = heads * head
    layers: list[lw.Layer] = [lw.Embedding(symbols, D), lw.PositionalEmbedding(length, D)]
    for _ in range(blocks):
        layers += [
            lw.Residual(lw.LayerNorm(D), lw.MultiheadAttention(D, heads, causal=True)),
            lw.Residual(lw.LayerNorm(D), lw.Linear(D, inner), lw.GELU(), lw.Linear(inner, D)),
        ]
    return Workload(
        title=f"GPT: {blocks} blocks, {heads} heads of {head}, inner {inner}, length {length}, batch {batch}, Adam",
        layers=rows_of([*layers, lw.LayerNorm(D), lw.Linear(D, symbols)]),
        loss="CrossEntropyLoss",
        optimizer="Adam",
        lr=1e-3,
        batch=batch,
        numbers=length,
        teacher=sentences(length, symbols),
    )


def _dense(*widths: int, activation: str) -> list[Row]:
    """The rows of `lw.mlp`, without its initializer: all contenders start from the same weights."""
    rows = rows_of(mlp_layers(*widths, activation=activation))
    return [{name: value for name, value in row.items() if name != "init"} for row in rows]


def _convolution(C: int, K: int) -> tuple[lw.Layer, lw.Layer]:
    return lw.Conv2d(C, K, 3, padding=1), lw.ReLU()


def _dashes(*parts: object) -> str:
    return "-".join(str(each) for each in parts)


DECLARATIONS: dict[str, Callable[..., Workload]] = {"W1": tiny, "W2": mlp, "W3": cnn, "W4": lstm, "W5": gpt}


def sizes_of(name: str) -> dict[str, int]:
    """The sizes that a declaration takes, with their defaults.

    >>> sizes_of("W1")
    {'batch': 10, 'first': 8, 'second': 8}
    """
    return {each.name: each.default for each in inspect.signature(DECLARATIONS[name]).parameters.values()}


def declared(name: str, samples: int = 0, **sizes: int) -> Workload:
    """The workload of this name at these sizes; the others are the defaults. samples: of a dataset.

    >>> declared("W2", first=200).title
    'MLP: 784-200-64-10 ReLU, batch 128, Adam'
    """
    full = sizes_of(name) | sizes
    told = full | {"samples": samples} if samples else full
    return replace(DECLARATIONS[name](**full), name=name, sizes=told, samples=samples)


def varied(name: str, seed: int) -> Workload:
    """The workload with every size drawn anew within 30 % of the declared one, odd sizes as likely as even ones.

    >>> varied("W2", seed=1).title == varied("W2", seed=1).title != varied("W2", seed=2).title
    True
    """
    rng = generator(whole_number("vary", seed, minimum=0), "bench sizes", layer=name)
    drawn = {
        size: int(rng.integers(math.ceil((1 - SPREAD) * value), math.floor((1 + SPREAD) * value) + 1))
        for size, value in sizes_of(name).items()
    }
    return declared(name, **drawn)


WORKLOADS: dict[str, Workload] = {name: declared(name) for name in DECLARATIONS}


def chosen(names: Sequence[str]) -> list[str]:
    """The names of workloads, in this order and capitals; none given means all.

    >>> chosen(["w2"])
    ['W2']
    """
    upper = [name.upper() if isinstance(name, str) else name for name in names]
    return [one_of("workload", name, WORKLOADS) for name in upper or WORKLOADS]
