"""Samples in arrays, and what the loop takes from them: batches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from layerwise.arrays import parts
from layerwise.data.batches import batches, shuffled
from layerwise.types import Array

_ROWS = 4096
MEASURED = 1024
"""So many samples tell well enough how good a network is, and cost little beside an epoch."""


class Batch(NamedTuple):
    """Some samples for a step.

    x: (B, ...), in the network's type, or indices. target: (B, ...). weight: (B,), or None.
    """

    x: Array
    target: Array
    weight: Array | None
    total: float
    """How much the samples weigh together, by the loss' own measure; 0 where none of them counts."""
    size: float
    """What the loss of the batch is a mean over: B times the mean weight of all samples, so that a heavy batch moves
    the network further than a light one; where that mean is unknown, or nothing is weighed, the total."""
    denominator: float | None = None
    """What the loss is to be divided by, if not by its own measure of the batch."""


@dataclass(frozen=True)
class Samples:
    """All samples of one part of the data, checked.

    x: (N, ...), target: (N, ...), weight: (N,) or None. shares: (N,), how much each sample counts in the mean, by its
    weight and by its target (class weights, ignored labels); None where all count 1. dtype: the network's, or that of
    indices; arrays in a file stay in their own type, and each batch is converted when it is read.
    terms: how many terms a sample adds to the loss. has_answers: whether targets are right or wrong.
    mean: the mean of shares over all samples that an epoch sees; None where it is unknown.
    """

    x: Array
    target: Array
    weight: Array | None
    shares: Array | None
    dtype: Any
    terms: int
    has_answers: bool
    mean: float | None = None

    def __len__(self) -> int:
        return len(self.x)

    @property
    def total(self) -> float:
        """How much all samples weigh together."""
        return float(len(self.x) if self.shares is None else self.shares.sum())

    def take(self, rows: Array | slice) -> Batch:
        """The samples in these rows."""
        x = np.asarray(self.x[rows], self.dtype)
        weight = None if self.weight is None else self.weight[rows]
        if self.shares is None:
            return Batch(x, self.target[rows], weight, float(len(x)), float(len(x)))
        total = float(self.shares[rows].sum())
        if self.mean is None:
            return Batch(x, self.target[rows], weight, total, total)
        size = len(x) * self.mean
        return Batch(x, self.target[rows], weight, total, size, size * self.terms)

    def some(self, most: int, seed: int) -> Batch:
        """Up to so many of the samples that count, always the same ones."""
        counted = np.arange(len(self)) if self.shares is None else np.flatnonzero(self.shares)
        return self.take(counted[np.sort(shuffled(len(counted), seed, 0)[:most])])

    def parts(self) -> Iterator[Batch]:
        """All samples in their order, cut so that little memory is needed."""
        for start, part in parts(self.x, _ROWS, self.dtype):
            yield self.take(slice(start, start + len(part)))


@dataclass(frozen=True)
class Shuffled:
    """Batches from arrays: every epoch visits every sample once, in an order of its own."""

    samples: Samples
    batch_size: int
    seed: int

    @property
    def count(self) -> int:
        """How many samples an epoch sees."""
        return len(self.samples)

    @property
    def steps(self) -> int:
        """How many batches an epoch has."""
        return -(-len(self.samples) // self.batch_size)

    def batches(self, epoch: int, start: int = 0, first_pass: int = 0) -> Iterator[Batch]:
        """The batches of an epoch, from its sample `start` on, in an order that runs of other passes do not share."""
        for rows in batches(shuffled(len(self.samples), self.seed, epoch, first_pass), self.batch_size, start):
            yield self.samples.take(rows)

    def sample(self, batch: Batch) -> Batch:
        """Samples to measure a network by: some of all, not of one batch."""
        return self.samples.some(MEASURED, self.seed)

    def parts(self, epoch: int) -> Iterator[Batch]:
        """All samples once, for a measurement."""
        return self.samples.parts()

    def at_hand(self, batch: Batch) -> tuple[Array, Array]:
        """x and target of as many samples as can be looked at."""
        return self.samples.x, self.samples.target
