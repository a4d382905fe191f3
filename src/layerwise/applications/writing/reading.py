"""A text in three parts, read in pieces by a network; and how well it knows what comes next, in bits."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from layerwise.data.vocabulary import Vocabulary
from layerwise.errors import DataError, FileError
from layerwise.formulas import log_softmax
from layerwise.losses import CrossEntropyLoss
from layerwise.network import Network
from layerwise.optimizers import AdamW
from layerwise.random import generator
from layerwise.schedules import OneCycleLR
from layerwise.training import Listener, fit
from layerwise.types import Array

LENGTH = 128
"""Characters of a piece."""
BATCH = 32
LEAST = 20_000
"""Characters that a text must have: a twentieth of it is the test, and a piece is long."""
EPOCHS = 10
"""Into so many parts the updates are divided, after each of which somebody is told how it goes."""


class Reading:
    """The text in three parts, one after the other: nine tenths to learn from, a twentieth to choose, the last to tell.

    The alphabet is that of the whole text.
    """

    def __init__(self, text: str) -> None:
        if len(text) < LEAST:
            raise DataError(f"a text to learn writing from has {LEAST:,} characters at least; this has {len(text):,}")
        self.vocabulary = Vocabulary.of([text])
        first, second = int(0.9 * len(text)), int(0.95 * len(text))
        self.parts = text[:first], text[first:second], text[second:]
        self.train, self.validation, self.test = map(self.vocabulary.indices, self.parts)

    def batches(self, steps: int, seed: int) -> Callable[[int], Iterator[tuple[Array, Array]]]:
        """Batches for an "epoch" of `steps`: pieces from anywhere in the training part, and what comes next in them."""

        def epoch(number: int) -> Iterator[tuple[Array, Array]]:
            for step in range(steps):
                draw = generator(seed, "pieces", step=number * steps + step)
                rows = draw.integers(len(self.train) - LENGTH, size=(BATCH, 1)) + np.arange(LENGTH + 1)
                yield self.train[rows[:, :-1]], self.train[rows[:, 1:]]

        return epoch


def text_of(path: str) -> str:
    """The text in a file. Raises FileError where there is none, or none in UTF-8."""
    try:
        return Path(path).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise FileError(f"{path} is no text in UTF-8: save it as one") from None
    except OSError as error:
        raise FileError(f"{path} can not be read: {error.strerror or error}") from None


def learnt(
    net: Network,
    reading: Reading,
    steps: int,
    *,
    rate: float = 0.006,
    seed: int = 0,
    listeners: Sequence[Listener] = (),
    **watching: Any,
) -> None:
    """Train a network on a text: AdamW, with a rate that rises and falls once; the weights are those at the end.

    steps: updates, each on BATCH pieces of LENGTH characters. rate: the highest.
    """
    fit(
        net,
        reading.batches(max(1, steps // EPOCHS), seed),
        loss=CrossEntropyLoss(),
        optimizer=AdamW(weight_decay=0.01),
        schedule=OneCycleLR(rate, total_steps=EPOCHS * max(1, steps // EPOCHS), pct_start=0.1),
        clip_norm=1.0,
        epochs=EPOCHS,
        seed=seed,
        listeners=listeners,
        **watching,
    )


def bits(net: Network, indices: Array, context: int = LENGTH // 2) -> float:
    """The bits per character of a text, each after `context` to LENGTH characters before it, but for the first few."""
    stride = LENGTH - context
    starts = np.arange(0, len(indices) - LENGTH, stride)
    cost, counted = 0.0, 0
    for some in np.array_split(starts, max(1, len(starts) // BATCH)):
        rows = some[:, None] + np.arange(LENGTH + 1)
        log_p, _ = log_softmax(net(indices[rows[:, :-1]]))
        right = np.take_along_axis(log_p, indices[rows[:, 1:], None], axis=2)[:, :, 0]
        new = np.where((some == 0)[:, None] | (np.arange(LENGTH) >= context), right, 0)
        cost -= float(new.sum(dtype=np.float64))
        counted += int(np.count_nonzero(new))
    return cost / counted / math.log(2)
