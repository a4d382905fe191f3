"""The n-gram model: what comes after the last few characters, counted; the rival of networks that read text.

Witten-Bell smoothing: where a context was seen n times and was followed by t different characters, the counts have the
weight n / (n + t), and the shorter context, with its own counts, the rest. It has no setting to tune.
Source: Witten and Bell, The zero-frequency problem (1991); Chen and Goodman, An empirical study of smoothing (1999)
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict


class NGrams:
    """Counts of contexts of up to order - 1 characters in a text, and of what follows them."""

    def __init__(self, text: str, order: int, characters: int) -> None:
        self.order, self.characters = order, characters
        self.follows: dict[str, Counter[str]] = defaultdict(Counter)
        for place, character in enumerate(text):
            for length in range(min(order, place + 1)):
                self.follows[text[place - length : place]][character] += 1

    def probability(self, character: str, context: str) -> float:
        """Of a character after a context."""
        p = 1 / self.characters
        for length in range(len(context) + 1):
            counts = self.follows.get(context[len(context) - length :])
            if counts is None:  # then no longer one was seen either
                break
            n, t = counts.total(), len(counts)
            p = (counts[character] + t * p) / (n + t)
        return p

    def bits(self, text: str) -> float:
        """The bits per character that the text costs."""
        cost = 0.0
        for place, character in enumerate(text):
            context = text[max(0, place - self.order + 1) : place]
            cost -= math.log2(self.probability(character, context))
        return cost / len(text)
