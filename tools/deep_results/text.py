"""Networks that read English letter by letter, beside counted 5-grams."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import cache, partial

import numpy as np
from tools.deep_results.ngrams import NGrams
from tools.deep_results.study import Run, Study, trained

import layerwise as lw
from layerwise.data.corpora import english_text
from layerwise.data.vocabulary import Vocabulary
from layerwise.models import char_lstm, gpt
from layerwise.random import generator

LENGTH = 128
BATCH = 32


class Text:
    """The text in three parts, one after the other: nine tenths to learn from, a twentieth to choose, the last to tell.

    The alphabet is that of the whole text.
    """

    def __init__(self) -> None:
        text = english_text()
        self.vocabulary = Vocabulary.of([text])
        first, second = int(0.9 * len(text)), int(0.95 * len(text))
        self.parts = text[:first], text[first:second], text[second:]
        self.train, self.validation, self.test = map(self.vocabulary.indices, self.parts)

    def batches(self, steps: int, seed: int) -> Callable[[int], Iterator[tuple[np.ndarray, np.ndarray]]]:
        """Batches for an "epoch" of `steps`: pieces from anywhere in the training part, and what comes next in them."""

        def epoch(number: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
            for step in range(steps):
                draw = generator(seed, "pieces", step=number * steps + step)
                rows = draw.integers(len(self.train) - LENGTH, size=(BATCH, 1)) + np.arange(LENGTH + 1)
                yield self.train[rows[:, :-1]], self.train[rows[:, 1:]]

        return epoch


def bits(net: lw.Network, indices: np.ndarray, context: int) -> float:
    """The bits per character of a text, each after `context` to LENGTH characters before it, but for the first few."""
    stride = LENGTH - context
    starts = np.arange(0, len(indices) - LENGTH, stride)
    cost, counted = 0.0, 0
    for some in np.array_split(starts, max(1, len(starts) // BATCH)):
        rows = some[:, None] + np.arange(LENGTH + 1)
        log_p, _ = lw.formulas.log_softmax(net(indices[rows[:, :-1]]))
        right = np.take_along_axis(log_p, indices[rows[:, 1:], None], axis=2)[:, :, 0]
        new = np.where((some == 0)[:, None] | (np.arange(LENGTH) >= context), right, 0)
        cost -= float(new.sum(dtype=np.float64))
        counted += np.count_nonzero(new)
    return cost / counted / math.log(2)


def read(build: Callable[..., lw.Network], rate: float, steps: int, seed: int) -> Run:
    """Adam, with a rate that rises and falls once; the weights at the end."""
    text = the_text()
    net = build(len(text.vocabulary), seed=seed)
    seconds = trained(
        net,
        text.batches(steps // 10, seed),
        loss=lw.CrossEntropyLoss(),
        optimizer=lw.AdamW(weight_decay=0.01),
        schedule=lw.OneCycleLR(rate, total_steps=steps, pct_start=0.1),
        clip_norm=1.0,
        epochs=10,
        seed=seed,
    )
    return {
        "seed": seed,
        "score": bits(net, text.test, LENGTH // 2),
        "seconds": seconds,
        "smoothed 5-grams": five_grams(),
    }


@cache
def the_text() -> Text:
    """Read once."""
    return Text()


@cache
def five_grams() -> float:
    """Bits per character of the test part, by the counts of the training part."""
    text = the_text()
    return NGrams(text.parts[0], 5, len(text.vocabulary.tokens)).bits(text.parts[2])


def _study(name: str, network: str, build: Callable[..., lw.Network], rate: float, steps: int) -> Study:
    data = f"Python's help topics, the last twentieth held out; {steps:,} steps of {BATCH} x {LENGTH} characters"
    return Study(
        name, data, network, "bits per character", 2.3, False, lambda seed: read(build, rate, steps, seed), seeds=1
    )


STUDIES = [
    _study("char_lstm text", "`char_lstm`, 192 units", partial(char_lstm, hidden=192), 0.006, 1500),
    _study("gpt text", "`gpt`, 3 blocks of 96", partial(gpt, width=96, blocks=3), 0.003, 1500),
]
