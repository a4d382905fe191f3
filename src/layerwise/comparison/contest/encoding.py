"""Columns as a model wants them: learnt on the rows of a training part, applied to any."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from layerwise.comparison.contest.features import Features
from layerwise.types import Array

FEW = 10
"""Up to so many categories a column is one-hot for a network; above, it gets an embedding."""
_MOST = 100
_CLIP = 5.0


@dataclass(frozen=True, eq=False)
class _Numbers:
    middle: float
    scale: float
    fill: float
    gaps: bool
    clip: float | None

    def encode(self, values: Array) -> Array:
        missing = np.isnan(values)
        x = (np.where(missing, self.fill, values) - self.middle) / self.scale
        if self.clip is not None:
            x = np.clip(x, -self.clip, self.clip)
        return np.stack([x, missing], axis=1) if self.gaps else x[:, None]


@dataclass(frozen=True, eq=False)
class _Categories:
    known: Array
    """Codes, the commonest first."""
    one_hot: bool

    @property
    def width(self) -> int:
        return len(self.known) + 1

    def encode(self, codes: Array) -> Array:
        """A gap, and a category that training had not or hardly, has the last place."""
        place_of = np.full(max(int(codes.max(initial=0)), int(self.known.max(initial=0))) + 2, len(self.known))
        place_of[self.known] = np.arange(len(self.known))
        places = place_of[codes]
        if not self.one_hot:
            return places[:, None].astype(np.float64)
        x = np.zeros((len(codes), self.width))
        x[np.arange(len(codes)), places] = 1
        return x


@dataclass(eq=False)
class Encoder:
    """The way from columns to a matrix (N, W) of float64.

    scaling: "none" for trees, which see categories as places in the order of how common they are; "standard" by mean
    and standard deviation, for linear models and neighbours; "robust" by median and quartiles, clipped at 5, for
    networks. Gaps become the median, with one more column that says so where the training part had gaps.
    """

    scaling: str
    parts: list[_Numbers | _Categories] = field(default_factory=list)

    def learn(self, features: Features) -> Encoder:
        """Learn every column; returns itself."""
        self.parts = [
            _learn_numbers(column, self.scaling) if categories is None else self._learn_categories(column)
            for _, column, categories in features
        ]
        return self

    def encode(self, features: Features) -> Array:
        """The matrix (N, W) of these rows."""
        return np.concatenate(
            [part.encode(each) for part, each in zip(self.parts, features.columns, strict=True)], axis=1
        )

    @property
    def widths(self) -> list[int]:
        """How many columns of the matrix each part takes."""
        return [_width(part) for part in self.parts]

    @property
    def categorical(self) -> Array:
        """(W,) booleans: which columns of the matrix are categories by their place."""
        return np.repeat([isinstance(part, _Categories) for part in self.parts], self.widths)

    def _learn_categories(self, codes: Array) -> _Categories:
        known, counts = np.unique(codes[codes >= 0], return_counts=True)
        return _Categories(known[np.argsort(-counts, kind="stable")][:_MOST], self.scaling != "none")


def _width(part: _Numbers | _Categories) -> int:
    if isinstance(part, _Numbers):
        return 2 if part.gaps else 1
    return part.width if part.one_hot else 1


def _learn_numbers(values: Array, scaling: str) -> _Numbers:
    known = values[~np.isnan(values)]
    gaps = len(known) < len(values)
    if not len(known):
        return _Numbers(0.0, 1.0, 0.0, gaps, None)
    fill = float(np.median(known))
    if scaling == "none":
        return _Numbers(0.0, 1.0, fill, gaps, None)
    if scaling == "standard":
        return _Numbers(float(known.mean()), _positive(float(known.std())), fill, gaps, None)
    low, high = np.percentile(known, [25, 75])
    spread = float(high - low) / 1.349  # the standard deviation of a normal column
    return _Numbers(fill, _positive(spread or float(known.std())), fill, gaps, _CLIP)


def _positive(scale: float) -> float:
    return scale if scale > 1e-300 else 1.0
