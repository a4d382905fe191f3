"""Going on with a text: the network says how likely each character is, and one is drawn."""

from __future__ import annotations

import math

import numpy as np

from layerwise.applications.writing.reading import LENGTH
from layerwise.checks import positive
from layerwise.data.vocabulary import Vocabulary
from layerwise.formulas import log_softmax, softmax
from layerwise.network import Network
from layerwise.types import Array, Generator

_SPECIAL = 2
"""Padding and the unknown come first in a vocabulary, and are never written."""


def continued(
    net: Network, vocabulary: Vocabulary, start: str, count: int, rng: Generator, temperature: float = 1.0
) -> str:
    """The characters, `count` of them, that follow a start.

    temperature: logits are divided by it before softmax. Below 1 the likely becomes likelier, and the text tamer;
    above 1 bolder. The network sees the last LENGTH characters.
    """
    positive("temperature", temperature)
    written = start or "\n"
    for _ in range(count):
        logits = net(vocabulary.indices(written[-LENGTH:])[None])[0, -1, _SPECIAL:]
        p, _ = softmax(logits.astype(np.float64)[None] / temperature)
        written += vocabulary.tokens[int(rng.choice(len(p[0]), p=p[0]))]
    return written[len(start or "\n") :]


def surprises(net: Network, indices: Array) -> Array:
    """How many bits each character of a piece costs after those before it; the first is not judged, (T - 1,)."""
    log_p, _ = log_softmax(net(indices[None, :-1]))
    return np.asarray(-np.take_along_axis(log_p[0], indices[1:, None], axis=1)[:, 0] / math.log(2))
