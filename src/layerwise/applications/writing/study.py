"""The application: a network learns to write, is beaten or not by counting, and goes on with what the learner began."""

from __future__ import annotations

import textwrap
import time
from dataclasses import dataclass, field

import numpy as np

from layerwise.applications.account import Account, Picture, Score, Table
from layerwise.applications.application import Request
from layerwise.applications.writing import pictures
from layerwise.applications.writing.ngrams import NGrams
from layerwise.applications.writing.reading import BATCH, EPOCHS, LENGTH, Reading, bits, learnt, text_of
from layerwise.applications.writing.writer import continued, surprises
from layerwise.data.corpora import english_text
from layerwise.models import char_lstm
from layerwise.network import Network
from layerwise.random import generator
from layerwise.training import EpochEnded, Listener

STEPS, SHORT_STEPS = 1500, 60
UNITS, SHORT_UNITS = 192, 64
ORDER = 5
_START = "The "
_SHOWN, _WRITTEN, _LINE = 60, 240, 64


@dataclass
class Sample(Listener):
    """After each tenth of the updates: the bits on the validation part, and a line as the network would write it."""

    reading: Reading
    net: Network
    request: Request
    seed: int
    per_epoch: int
    updates: list[int] = field(default_factory=list)
    measured: list[float] = field(default_factory=list)

    def epoch_ended(self, event: EpochEnded) -> None:
        """Measure, and tell."""
        self.updates.append(self.per_epoch * event.epoch)
        self.measured.append(bits(self.net, self.reading.validation))
        rng = generator(self.seed, "a sample", step=event.epoch)
        line = continued(self.net, self.reading.vocabulary, _START, _SHOWN, rng, 0.7)
        said = " ".join((_START + line).split())
        self.request.tell(f"  after {self.updates[-1]:,} updates, {self.measured[-1]:.2f} bits: {said}")


def run(request: Request) -> Account:
    """Learn a text, measure on its end, and write."""
    begin = time.monotonic()
    text = text_of(request.data) if request.data else english_text()
    reading = Reading(text)
    steps, units = (SHORT_STEPS, SHORT_UNITS) if request.short else (STEPS, UNITS)
    nets, told = [], []
    for seed in request.seeds:
        request.tell(f"network, seed {seed}: {steps:,} updates")
        net = char_lstm(len(reading.vocabulary), hidden=units, seed=seed)
        sample = Sample(reading, net, request, seed, steps // EPOCHS)
        learnt(net, reading, steps, seed=seed, listeners=[sample], progress=request.display)
        nets.append(net)
        told.append(sample)
    request.tell(f"counting {ORDER}-grams")
    counted = NGrams(reading.parts[0], ORDER, len(reading.vocabulary.tokens))
    return _account(request, reading, nets, told[0], counted, (steps, units), begin)


def _account(
    request: Request,
    reading: Reading,
    nets: list[Network],
    sample: Sample,
    counted: NGrams,
    size: tuple[int, int],
    begin: float,
) -> Account:
    train, validation, test = map(len, reading.parts)
    source = request.data or "the help topics of Python, English about Python with a little Python in it"
    scores = tuple(bits(net, reading.test) for net in nets)
    rival = counted.bits(reading.parts[2])
    single = NGrams(reading.parts[0], 1, counted.characters).bits(reading.parts[2])
    first = _plain_piece(reading.parts[2])
    line, piece = reading.parts[2][first + 1 : first + _LINE + 1], reading.test[first : first + _LINE + 1]
    return Account(
        name="writing",
        question="What comes next, letter by letter?",
        facts=(
            ("data", f"{source}: {train + validation + test:,} characters, {counted.characters} different ones"),
            ("split", f"in order: {train:,} characters to learn from, {validation:,} to watch, "
             f"the last {test:,} for the test"),
            ("network", f"an LSTM of {size[1]} units, {size[0]:,} updates of {BATCH} pieces of {LENGTH} characters"),
        ),
        tables=(
            Table("bits per character on the test part; less is better", ".3f", (
                Score("this network", scores),
                Score(f"counted {ORDER}-grams", (rival,), "smoothed by Witten and Bell"),
                Score("how often each character comes", (single,), "without looking at those before"),
                Score("all characters alike", (float(np.log2(counted.characters)),)),
            )),
        ),
        findings=_findings(scores, rival),
        own=_own(request, reading, nets[0]),
        seeds=request.seeds,
        seconds=time.monotonic() - begin,
        pictures=(
            Picture("learning", "Bits per character on the validation part; below the other line the network knows "
                    "more than the last four characters tell.",
                    pictures.learning(sample.updates, sample.measured, counted.bits(reading.parts[1]))),
            Picture("surprise", "A line of the test part: words cost bits where they begin, and little where they end.",
                    pictures.line_of_bits(line, surprises(nets[0], piece))),
        ),
    )  # fmt: skip


def _plain_piece(text: str) -> int:
    """Where a line of words begins, without tables and line breaks; 0 if there is none."""
    for start in range(0, len(text) - _LINE - 1, _LINE // 4):
        piece = text[start : start + _LINE + 1]
        if "\n" not in piece and "  " not in piece:
            return start
    return 0


def _findings(scores: tuple[float, ...], rival: float) -> tuple[str, ...]:
    mean = float(np.mean(scores))
    verdict = "better" if max(scores) < rival else "worse" if min(scores) > rival else "better with some seeds only"
    return (
        f"Against counted {ORDER}-grams: {mean - rival:+.3f} bits per character: the network is {verdict}.",
        f"With {mean:.2f} bits, the next character is as uncertain as a choice among {2**mean:.1f}.",
    )


def _own(request: Request, reading: Reading, net: Network) -> tuple[str, ...]:
    """What it writes on from the learner's beginning, tame and bold."""
    start, lines = request.own or _START, []
    for temperature in (0.5, 1.0):
        rng = generator(request.seeds[0], "writing", step=round(100 * temperature))
        text = start + continued(net, reading.vocabulary, start, _WRITTEN, rng, temperature)
        lines += [f"at temperature {temperature:g}:", *textwrap.wrap(" ".join(text.split()), 72), ""]
    if request.own is None:
        lines.append('It goes on with your words, too:  layerwise apps writing --own "Your words"')
    return tuple(lines)
