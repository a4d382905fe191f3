"""Mails, spam or ham: a generated set whose best possible answer is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from layerwise.data.corpora import Texts
from layerwise.random import generator
from layerwise.types import Array

CLASSES = ("ham", "spam")

_WORDS = {
    "name": ("Anna", "Ben", "Carla", "David", "Eva", "Frank", "Grace", "Hugo", "Ida", "Jonas", "Kim", "Lena"),
    "day": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "the weekend", "next week", "tomorrow", "tonight"),
    "number": ("2", "5", "10", "20", "50", "99", "100", "250", "500", "1000"),
    "thing": ("report", "contract", "photo", "recipe", "ticket", "plan", "letter", "draft", "list", "map"),
    "goods": ("watches", "pills", "phones", "software", "perfume", "handbags", "vitamins", "glasses"),
}
_HAM = (
    "the meeting on {day} is in room {number}", "could you read my {thing} before {day}",
    "thank you for the {thing}, it helped a lot", "{name} and I will be at the station on {day}",
    "the children have a concert on {day}", "I have put the {thing} on your desk", "lunch on {day} with {name}?",
    "the build of {day} failed in test {number}", "please send me the minutes of {day}",
    "grandmother says hello and asks for the {thing}",
)  # fmt: skip
_SPAM = (
    "you have won {number} dollars", "buy cheap {goods} now", "{number} % off all {goods}, today only",
    "your account is locked, confirm your password", "earn {number} dollars a day from home",
    "claim your free prize before {day}", "no credit check, loan of {number} thousand approved",
    "act now, this offer ends {day}", "meet lonely singles near you", "click here for {goods} at no risk",
)  # fmt: skip
_NEUTRAL = (
    "I hope you are well", "please find the {thing} attached", "the offer is valid until {day}",
    "your order of {number} pieces has been sent", "please confirm by {day}", "call me on {day}",
    "this mail was sent to {name}", "free parking behind the house", "the price is {number} dollars",
    "more about it on our page", "let me know what you think", "kind regards from {name}",
)  # fmt: skip
_OWN, _OTHER = 0.45, 0.08
"""How often a sentence is of its mail's own kind, or of the other one; the rest say nothing."""


@dataclass(frozen=True, eq=False)
class Mails:
    """Texts with labels, 0 ham and 1 spam. best: (N,), the answers of one who knows how they were made; or None."""

    texts: Texts
    best: Array | None
    source: str
    terms: str


def generated_mails(count: int = 4000, seed: int = 0) -> Mails:
    """Mails of three to eight sentences; ham sounds like spam now and then, and spam like ham.

    count: how many, half of them spam. Each sentence is of the mail's own kind (45 %), of the other kind (8 %), or of
    neither. Who knows that counts the sentences of both kinds and takes the more frequent one; where they are equal,
    nobody can do better than guess: that is the best possible answer.
    """
    rng = generator(seed, "mails")
    labels = rng.permutation(np.arange(count) % 2)
    texts, best = [], []
    for label in labels:
        kinds = rng.choice(3, size=rng.integers(3, 9), p=[_OWN, _OTHER, 1 - _OWN - _OTHER])
        own, other = (_SPAM, _HAM) if label else (_HAM, _SPAM)
        texts.append(". ".join(_sentence((own, other, _NEUTRAL)[kind], rng) for kind in kinds) + ".")
        ahead = int(np.sum(kinds == 0)) - int(np.sum(kinds == 1))
        best.append(label if ahead > 0 else 1 - label if ahead < 0 else int(rng.integers(2)))
    return Mails(
        Texts(texts, labels.astype(np.int64), CLASSES),
        np.array(best),
        f"Made by spam.generated_mails, seed {seed}, from 32 kinds of sentences: nobody wrote them.",
        "Free of any terms.",
    )


def _sentence(kinds: tuple[str, ...], rng: np.random.Generator) -> str:
    words = {name: choices[rng.integers(len(choices))] for name, choices in _WORDS.items()}
    return kinds[rng.integers(len(kinds))].format(**words)
