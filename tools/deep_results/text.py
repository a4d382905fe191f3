"""Networks that read English letter by letter, beside counted 5-grams."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache, partial

from tools.deep_results.study import Run, Study

import layerwise as lw
from layerwise.applications.writing import LENGTH, NGrams, Reading, bits, learnt
from layerwise.applications.writing.reading import BATCH
from layerwise.data.corpora import english_text
from layerwise.models import char_lstm, gpt


def read(build: Callable[..., lw.Network], rate: float, steps: int, seed: int) -> Run:
    """Adam, with a rate that rises and falls once; the weights at the end."""
    text = the_text()
    net = build(len(text.vocabulary), seed=seed)
    begin = time.perf_counter()
    learnt(net, text, steps, rate=rate, seed=seed, progress=False, threads=1)
    seconds = time.perf_counter() - begin
    return {
        "seed": seed,
        "score": bits(net, text.test),
        "seconds": seconds,
        "smoothed 5-grams": five_grams(),
    }


@cache
def the_text() -> Reading:
    """Read once."""
    return Reading(english_text())


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
