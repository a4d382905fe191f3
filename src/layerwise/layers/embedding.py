"""Embeddings as layers: words become vectors, and vectors learn where they stand."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from layerwise import formulas
from layerwise.checks import whole_number, yes_or_no
from layerwise.errors import DataError, KindError, SettingError, ShapeError
from layerwise.layers.layer import LAYERS, Layer
from layerwise.layers.parameter import View
from layerwise.layers.pass_ import Pass
from layerwise.layers.sequences import require_sequences, sequence_shape
from layerwise.types import Array, Backward, Generator, Shape


@LAYERS.register
class Embedding(Layer):
    """A vector for each of num_embeddings words: whole numbers (N, ...) become (N, ..., embedding_dim).

    num_embeddings, embedding_dim: V and D. weight: (V, D), first drawn from the normal distribution N(0, 1), as in
    torch. padding_idx: the number that stands for no word; its row is first 0 and gets no gradient; negative counts
    from the end. masks: tell the layers behind that positions with padding_idx are no real ones, unless the caller of
    the network says which are. See `formulas.embedding`.
    Raises KindError for numbers that are not whole, DataError for one outside 0 to num_embeddings - 1.

    >>> layer = Embedding(3, 2)
    >>> layer.weight = [[1, 1.5], [2, 2.5], [3, 3.5]]
    >>> layer(np.array([[2, 0]]))
    array([[[3. , 3.5],
            [1. , 1.5]]], dtype=float32)
    """

    weight = View()

    def __init__(
        self, num_embeddings: int, embedding_dim: int, padding_idx: int | None = None, *, masks: bool = False
    ) -> None:
        super().__init__()
        self.num_embeddings = whole_number("num_embeddings", num_embeddings)
        self.embedding_dim = whole_number("embedding_dim", embedding_dim)
        self.padding_idx = None if padding_idx is None else self._row("padding_idx", padding_idx)
        self.masks = yes_or_no("masks", masks)
        if masks and padding_idx is None:
            raise SettingError("masks=True tells where padding_idx stands: give padding_idx as well")
        self.declare("weight", (self.num_embeddings, self.embedding_dim), self._draw, decays=True)

    def _row(self, name: str, value: int) -> int:
        """The number of a row; a negative one counts from the end."""
        V = self.num_embeddings
        index = whole_number(name, value, minimum=-V)
        if index >= V:
            raise SettingError(f"{name} must be one of the {V} rows, 0 to {V - 1}, got {value}")
        return index % V

    def _draw(self, rng: Generator) -> Array:
        W = rng.normal(size=(self.num_embeddings, self.embedding_dim))
        if self.padding_idx is not None:
            W[self.padding_idx] = 0
        return W

    @property
    def takes_indices(self) -> bool:
        return True

    def forward(self, x: Array, pass_: Pass) -> tuple[Array, Backward]:
        self._check(x)
        weight = self.parameters["weight"]
        if self.masks and pass_.lengths is None and pass_.mask is None:
            pass_.mask = x != self.padding_idx
        y, backward_formula = pass_.call(self, formulas.embedding, x, weight.value, self.padding_idx)

        def backward(dy: Array) -> None:
            pass_.add_gradient(weight, backward_formula(dy))

        return y, backward

    def _check(self, x: Array) -> None:
        """Refuse what names no row; NumPy would take -1 for the last one."""
        if x.dtype.kind not in "iu":
            raise KindError(
                f"{self!r} looks up whole numbers, got {x.dtype}: words are numbered 0 to {self.num_embeddings - 1}; "
                "write x.astype(int) if these are such numbers"
            )
        if self.masks and x.ndim != 2:
            raise ShapeError(f"{self!r} tells which steps are real, of sequences (N, T); got shape {x.shape}")
        if x.size and not (x.min() >= 0 and x.max() < self.num_embeddings):
            place = tuple(int(i) for i in np.argwhere((x < 0) | (x >= self.num_embeddings))[0])
            raise DataError(
                f"{self!r} knows the words 0 to {self.num_embeddings - 1}, got {x[place]} at {place} (counted from 0): "
                f"write Embedding({max(int(x.max()) + 1, self.num_embeddings)}, {self.embedding_dim}) if all are words"
            )

    def output_shape(self, shape: Shape | None) -> Shape | None:
        return None if shape is None else (*shape, self.embedding_dim)


class _Positions(Layer):
    """What learned and fixed positions share: how many there are, and of what width."""

    max_length: int
    embedding_dim: int

    def settle(self, max_length: int, embedding_dim: int) -> None:
        self.max_length = whole_number("max_length", max_length)
        self.embedding_dim = whole_number("embedding_dim", embedding_dim)

    @property
    def input_shape(self) -> Shape:
        """The shape of one input sample, as far as the layer knows it."""
        return (None, self.embedding_dim)

    def require(self, x: Array) -> None:
        """Refuse what is no batch of sequences that the positions reach for."""
        require_sequences(self, x, self.embedding_dim)
        self.output_shape(x.shape[1:])

    def output_shape(self, shape: Shape | None) -> Shape | None:
        T, D = sequence_shape(self, shape, self.embedding_dim)
        if T is not None and self.max_length < T:
            raise ShapeError(
                f"{self!r} has {self.max_length} positions, got a sequence of {T}", f"write max_length={T}, or cut it"
            )
        return (T, D)


@LAYERS.register
class PositionalEmbedding(_Positions):
    """Add to each step of a sequence a learned vector for its position: y_nt = x_nt + weight_t.

    max_length: the longest sequence. x, y: (N, T, D) with T up to max_length and D = embedding_dim. weight:
    (max_length, D), first drawn from N(0, 1), as `Embedding` is. See `formulas.add_positions`.

    >>> layer = PositionalEmbedding(4, 1)
    >>> layer.weight = [[0.5], [0.25], [0], [0]]
    >>> layer(np.zeros((1, 2, 1)))
    array([[[0.5 ],
            [0.25]]])
    """

    weight = View()

    def __init__(self, max_length: int, embedding_dim: int) -> None:
        super().__init__()
        self.settle(max_length, embedding_dim)
        shape = (self.max_length, self.embedding_dim)
        self.declare("weight", shape, partial(_standard_normal, shape), decays=True)

    def forward(self, x: Array, pass_: Pass) -> tuple[Array, Backward]:
        self.require(x)
        weight = self.parameters["weight"]
        y, backward_formula = pass_.call(self, formulas.add_positions, x, weight.value)
        input_gradient = pass_.input_gradient

        def backward(dy: Array) -> Array | None:
            dx, dP = backward_formula(dy)
            pass_.add_gradient(weight, dP)
            return dx if input_gradient else None

        return y, backward


@LAYERS.register
class SinusoidalPositions(_Positions):
    """Add to each step of a sequence a fixed vector for its position, of sines and cosines; nothing is learnt.

    embedding_dim: D. max_length: the longest sequence. x, y: (N, T, D). See `formulas.sinusoidal_positions`.

    >>> SinusoidalPositions(2)(np.zeros((1, 2, 2))).round(2)
    array([[[0.  , 1.  ],
            [0.84, 0.54]]])
    """

    def __init__(self, embedding_dim: int, max_length: int = 5000) -> None:
        super().__init__()
        self.settle(max_length, embedding_dim)

    def forward(self, x: Array, pass_: Pass) -> tuple[Array, Backward]:
        self.require(x)
        P: Any = formulas.sinusoidal_positions(x.shape[1], self.embedding_dim)
        return x + P.astype(x.dtype), _pass_on


def _standard_normal(shape: tuple[int, ...], rng: Generator) -> Array:
    return rng.normal(size=shape)


def _pass_on(dy: Array) -> Array:
    return dy
