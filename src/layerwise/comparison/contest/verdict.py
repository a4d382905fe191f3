"""The verdict: what follows from the numbers, in a word and in sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from layerwise.comparison.contest.differences import Difference, difference, holm
from layerwise.comparison.contest.models import DUMMY, MODELS, NETWORK
from layerwise.comparison.contest.scoring import Measure
from layerwise.comparison.contest.words import signed, size
from layerwise.types import Array

SURE, LEVEL, SIGNAL = 0.9, 0.05, 0.02
"""The probability that a verdict needs; the level of its adjusted p-value; and that of being better than the dummy, of
which only one side counts, so that it is half of this: one table of noise in a hundred may look like more."""


@dataclass(frozen=True)
class Judgement:
    """The answer, and what it rests on.

    verdict: "network", "traditional", "no practical difference", "no signal" or "unfinished". best: the model to take.
    sure: the probability of what the verdict says, by the comparison with the best traditional model. differences: the
    network against each traditional model. signals: each model against the dummy. region: of equivalence, in the units
    of the score.
    """

    verdict: str
    best: str
    sure: float
    differences: tuple[Difference, ...]
    signals: tuple[Difference, ...]
    region: float
    sentences: tuple[str, ...]


def judged(
    gains: Mapping[str, Array],
    test_to_train: float,
    equivalence: float,
    measure: Measure,
    signals: Sequence[Difference],
) -> Judgement:
    """Judge from the gains of each model on the same folds.

    signals: of each model beside the dummy, see `signal.signals_of`.
    gains: (J,) a model. test_to_train: see `difference`. equivalence: the region, as a share of the way from the dummy
    to perfect.
    """
    dummy = float(gains[DUMMY].mean())
    region = equivalence * (measure.perfect - dummy)

    def against(first: str, second: str, within: float) -> Difference:
        return difference(first, second, gains[first] - gains[second], test_to_train, within)

    signals = _adjusted(signals)
    traditional = [name for name in gains if MODELS[name].kind == "traditional"]
    differences = _adjusted([against(NETWORK, name, region) for name in traditional]) if NETWORK in gains else ()
    if not any(each.mean > 0 and each.adjusted < SIGNAL for each in signals):
        return Judgement("no signal", DUMMY, 1 - _clearest(signals), differences, signals, region, _no_signal(signals))
    if not differences:
        return _one_side(gains, traditional, differences, signals, region)
    top = max(traditional, key=lambda name: float(gains[name].mean()))
    decisive = next(each for each in differences if each.second == top)
    simplest = _simplest(gains, traditional, top, region)
    if decisive.p_value < LEVEL and decisive.better >= SURE:  # the best of several is hard to beat: nothing to correct
        verdict, best, sure = "network", NETWORK, decisive.better
    elif decisive.adjusted < LEVEL and decisive.worse >= SURE:  # one of several may be ahead by chance
        verdict, best, sure = "traditional", simplest, decisive.worse
    else:
        verdict, best, sure = "no practical difference", simplest, decisive.equal
    sentences = _sentences(verdict, best, decisive, region, measure)
    return Judgement(verdict, best, sure, differences, signals, region, sentences)


def _adjusted(differences: Sequence[Difference]) -> tuple[Difference, ...]:
    values = holm([each.p_value for each in differences])
    return tuple(replace(each, adjusted=value) for each, value in zip(differences, values, strict=True))


def _clearest(signals: Sequence[Difference]) -> float:
    """How probable it is that the best of them is better than the dummy."""
    return max((each.better for each in signals), default=0.0)


def _simplest(gains: Mapping[str, Array], names: Sequence[str], top: str, region: float) -> str:
    """The simplest of the models whose mean is practically that of the best one."""
    bar = float(gains[top].mean()) - region
    return min((name for name in names if float(gains[name].mean()) >= bar), key=lambda name: MODELS[name].rank)


def _one_side(
    gains: Mapping[str, Array],
    traditional: Sequence[str],
    differences: tuple[Difference, ...],
    signals: tuple[Difference, ...],
    region: float,
) -> Judgement:
    """Where the network, or all others, failed: what is left is named, and nothing is claimed about the rest."""
    if NETWORK in gains:
        verdict, best, sentence = "network", NETWORK, "Every traditional model failed; the network stands alone."
    else:
        top = max(traditional, key=lambda name: float(gains[name].mean()))
        verdict, best = "traditional", _simplest(gains, traditional, top, region)
        sentence = f"The network has no score; of the others, {MODELS[best].title} is to be taken."
    return Judgement(verdict, best, float(np.nan), differences, signals, region, (sentence,))


def _no_signal(signals: Sequence[Difference]) -> tuple[str, ...]:
    return (
        "No model is shown to be better than answering without looking: these columns hold no signal that this many "
        "rows could show.",
        f"The clearest of them is better with a probability of {_probability(_clearest(signals))}, before correcting "
        "for how many were tried. More rows, or columns that know more about the target, would change this.",
    )


def _sentences(verdict: str, best: str, d: Difference, region: float, measure: Measure) -> tuple[str, ...]:
    title, other = MODELS[best].title, MODELS[d.second].title
    ends = f"{signed(d.low, measure).removesuffix(' points')} to {signed(d.high, measure)}"
    span = f"{signed(d.mean, measure)} (95 % interval {ends})"
    numbers = f"In {measure.name}, the network's advantage over {other} is {span}."
    odds = (
        f"It is better with a probability of {_probability(d.better)}, practically equal with {_probability(d.equal)}, "
        f"worse with {_probability(d.worse)}; practically equal means within {size(region, measure)}."
    )
    if verdict == "network":
        first = f"The neural network is right for these data: it is better than {other}, the best of the others."
        change = "A region of equivalence wider than its advantage would change this."
    elif verdict == "traditional":
        first = f"A traditional model is right for these data: {title} beats the network."
        change = "A wider region of equivalence, or many more rows, might change this."
    elif d.equal >= SURE:
        first = f"No practical difference: take {title}, the simpler and faster one."
        change = "A narrower region of equivalence would change this."
    elif d.p_value < LEVEL <= d.adjusted:
        first = f"No practical difference is shown: take {title}, the simpler and faster one, until more rows decide."
        change = (
            f"One of several may be as far ahead by chance (p = {d.adjusted:.2f}, corrected by Holm): more rows, "
            "or more repeats of the folds, would tell."
        )
    else:
        first = f"No practical difference is shown: take {title}, the simpler and faster one, until more rows decide."
        change = "The interval is too wide to tell: more rows, or more repeats of the folds, would narrow it."
    return first, numbers, odds, change


def _probability(value: float) -> str:
    return "over 0.99" if value > 0.99 else "under 0.01" if value < 0.01 else f"{value:.2f}"
