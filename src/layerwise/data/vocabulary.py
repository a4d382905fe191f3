"""From texts to whole numbers: which words or characters there are, and what a text is in their numbers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from layerwise.checks import whole_number
from layerwise.errors import DataError, KindError
from layerwise.types import Array

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?|[!?$%]")


class Vocabulary:
    """Numbers for tokens, which are words or characters: 2, 3, ... in the order given; 0 is padding, 1 all others.

    tokens: the tokens themselves, each once. `len(vocabulary)` counts padding and the unknown ones, so that it is the
    V of an `Embedding` or a bag of words.
    Raises KindError for what is no text, DataError for a token that comes twice.

    >>> vocabulary = Vocabulary.of([words("The cat saw the dog."), words("A cat!")])
    >>> vocabulary.tokens
    ('cat', 'the', '!', 'a', 'dog', 'saw')
    >>> vocabulary.indices(words("the bird saw"))
    array([3, 1, 7])
    >>> len(vocabulary)
    8
    """

    PADDING, UNKNOWN = 0, 1

    def __init__(self, tokens: Iterable[str]) -> None:
        self.tokens = tuple(tokens)
        for token in self.tokens:
            if not isinstance(token, str):
                raise KindError(f"a token is a text, got {token!r} ({type(token).__name__})")
        self._number_of = {token: number for number, token in enumerate(self.tokens, start=2)}
        if len(self._number_of) < len(self.tokens):
            twice = next(token for token, count in Counter(self.tokens).items() if count > 1)
            raise DataError(f"the token {twice!r} comes twice in a vocabulary: pass each once")

    @classmethod
    def of(cls, texts: Iterable[Iterable[str]], *, most: int | None = None, least: int = 1) -> Vocabulary:
        """The tokens of some texts, the most frequent first, equals in the order of the alphabet.

        texts: as tokens; a plain text counts as its characters. most: how many to keep, all unless given. least: how
        often a token must come to be kept.
        """
        least = whole_number("least", least)
        counts = Counter(token for text in texts for token in text)
        kept = [token for token, count in counts.items() if count >= least]
        ranked = sorted(kept, key=lambda token: (-counts[token], token))
        return cls(ranked if most is None else ranked[: whole_number("most", most)])

    def __len__(self) -> int:
        return len(self.tokens) + 2

    def indices(self, text: Iterable[str]) -> Array:
        """The numbers of a text's tokens, (T,) int64."""
        return np.array([self._number_of.get(token, self.UNKNOWN) for token in text], dtype=np.int64)

    def padded(self, texts: Sequence[Iterable[str]]) -> Array:
        """Texts as rows of one array, (N, T) int64: the longest fills its row, the others end with padding.

        >>> Vocabulary("ab").padded(["ab", "b"])
        array([[2, 3],
               [3, 0]])
        """
        rows = [self.indices(text) for text in texts]
        padded = np.full((len(rows), max(map(len, rows), default=0)), self.PADDING)
        for place, row in zip(padded, rows, strict=True):
            place[: len(row)] = row
        return padded

    def counts(self, texts: Sequence[Iterable[str]]) -> Array:
        """How often each token stands in each text, (N, V) float32: the bags of words.

        >>> Vocabulary("ab").counts(["abba", "bcd"])
        array([[0., 0., 2., 2.],
               [0., 2., 0., 1.]], dtype=float32)
        """
        rows = [np.bincount(self.indices(text), minlength=len(self)) for text in texts]
        return np.array(rows, dtype=np.float32).reshape(len(rows), len(self))

    def text(self, indices: Iterable[int]) -> str:
        """The tokens of some numbers in a row; padding is nothing, an unknown token is �."""
        return "".join(("", "�", *self.tokens)[number] for number in indices)

    def __repr__(self) -> str:
        return f"Vocabulary of {len(self.tokens)} tokens"


def words(text: str) -> list[str]:
    """The words of a text in small letters; numbers, and marks that shout or ask or cost, are words too.

    >>> words("Don't miss: 50% OFF!!")
    ["don't", 'miss', '50', '%', 'off', '!', '!']
    """
    return _WORD.findall(text.lower())


def next_tokens(indices: Array, length: int) -> tuple[Array, Array]:
    """A long text as sequences and what comes next at each step: x (N, T) and y (N, T), y one step ahead of x.

    indices: (L,). length: T. The sequences follow one another without overlap; what is left at the end is dropped.

    >>> x, y = next_tokens(np.arange(8), 3)
    >>> x.tolist(), y.tolist()
    ([[0, 1, 2], [3, 4, 5]], [[1, 2, 3], [4, 5, 6]])
    """
    n = (len(indices) - 1) // whole_number("length", length)
    if n < 1:
        raise DataError(f"a text of {len(indices)} tokens makes no sequence of {length}: choose a shorter length")
    return indices[: n * length].reshape(n, length), indices[1 : n * length + 1].reshape(n, length)
