"""What the bench trains: each workload is one declaration of a network, an update and a source of data.

Layers, losses and optimizers stand under their PyTorch names, which are Layerwise's names too, so most contenders
build theirs by looking the name up. The labels come from a teacher that a learner of this size can imitate, so
that the loss means something; a tenth of them is drawn by chance, which keeps the loss, and with it the squared
gradients in Adam, well away from zero: arithmetic with denormal numbers would be timed otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from layerwise.checks import one_of
from layerwise.random import generator
from layerwise.types import Array, Generator

Batch: TypeAlias = tuple[Array, Array]
Teacher: TypeAlias = Callable[[Generator, Generator, int], Batch]
"""Takes the teacher's own randomness, the round's randomness and a number of samples; returns inputs and labels."""

CHANCE_LABELS = 0.1


@dataclass(frozen=True)
class Workload:
    """One training task, the same for every contender. Arrays are float32, labels of classes int64."""

    name: str
    title: str
    layers: tuple[tuple[Any, ...], ...]
    loss: str
    optimizer: str
    lr: float
    batch: int
    pool: int
    """The number of different batches drawn for each round, before its clock starts."""
    teacher: Teacher

    def initial_weights(self, seed: int) -> dict[str, Array]:
        """The weights that every contender starts from, under PyTorch's parameter names.

        >>> [(name, w.shape) for name, w in WORKLOADS["W1"].initial_weights(seed=0).items()][:2]
        [('0.weight', (8, 2)), ('0.bias', (8,))]
        """
        weights: dict[str, Array] = {}
        for place, (kind, *arguments) in enumerate(self.layers):
            rng = generator(seed, "bench weights", layer=f"{self.name}.{place}")
            for name, value in _initial(kind, rng, *arguments).items():
                weights[f"{place}.{name}"] = value.astype(np.float32)
        return weights

    def batches(self, seed: int, round_number: int, count: int | None = None) -> list[Batch]:
        """Fresh batches for one round: other rounds get other samples, of the same teacher.

        >>> x, t = WORKLOADS["W2"].batches(seed=0, round_number=1, count=2)[0]
        >>> x.shape, t.shape
        ((128, 784), (128,))
        """
        count = self.pool if count is None else count
        teacher = generator(seed, "bench teacher", layer=self.name)
        samples = generator(seed, "bench samples", layer=self.name, step=round_number)
        x, t = self.teacher(teacher, samples, count * self.batch)
        return list(zip(np.split(x, count), np.split(t, count), strict=True))


def _initial(kind: str, rng: Generator, *arguments: Any) -> dict[str, Array]:
    return INITIAL[kind](rng, *arguments) if kind in INITIAL else {}


def _linear_weights(rng: Generator, D: int, K: int) -> dict[str, Array]:
    """PyTorch's default: all uniform within 1 / sqrt(D)."""
    bound = D**-0.5
    return {"weight": rng.uniform(-bound, bound, (K, D)), "bias": rng.uniform(-bound, bound, K)}


INITIAL: dict[str, Callable[..., dict[str, Array]]] = {"Linear": _linear_weights}
"""The layers that have weights; the others have none."""


def quarters(teacher: Generator, samples: Generator, N: int) -> Batch:
    """Points of the plane, labelled by the quarter that two crossing lines put them in, as XOR does."""
    lines = teacher.standard_normal((2, 2))
    x = samples.standard_normal((N, 2), dtype=np.float32)
    label = (x @ lines).prod(axis=1) > 0
    by_chance = samples.random(N) < CHANCE_LABELS
    label = np.where(by_chance, samples.random(N) < 0.5, label)
    return x, label[:, None].astype(np.float32)


def ten_directions(teacher: Generator, samples: Generator, N: int) -> Batch:
    """Vectors of 784 numbers, labelled by the one of ten directions that they point along most."""
    directions = teacher.standard_normal((784, 10), dtype=np.float32)
    x = samples.standard_normal((N, 784), dtype=np.float32)
    label = (x @ directions).argmax(axis=1)
    by_chance = samples.random(N) < CHANCE_LABELS
    return x, np.where(by_chance, samples.integers(0, 10, N), label)


WORKLOADS: dict[str, Workload] = {
    each.name: each
    for each in (
        Workload(
            name="W1",
            title="tiny: 2-8-8-1 tanh, batch 10, SGD",
            layers=(("Linear", 2, 8), ("Tanh",), ("Linear", 8, 8), ("Tanh",), ("Linear", 8, 1)),
            loss="BCEWithLogitsLoss",
            optimizer="SGD",
            lr=0.03,
            batch=10,
            pool=1024,
            teacher=quarters,
        ),
        Workload(
            name="W2",
            title="MLP: 784-128-64-10 ReLU, batch 128, Adam",
            layers=(("Linear", 784, 128), ("ReLU",), ("Linear", 128, 64), ("ReLU",), ("Linear", 64, 10)),
            loss="CrossEntropyLoss",
            optimizer="Adam",
            lr=1e-3,
            batch=128,
            pool=64,
            teacher=ten_directions,
        ),
    )
}


def chosen(names: Sequence[str]) -> list[Workload]:
    """The workloads of these names, in this order; none named means all.

    >>> [each.name for each in chosen(["w2"])]
    ['W2']
    """
    upper = [name.upper() if isinstance(name, str) else name for name in names]
    return [WORKLOADS[one_of("workload", name, WORKLOADS)] for name in upper or WORKLOADS]
