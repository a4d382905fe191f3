"""The shapes of layers that work on sequences: (N, T, D), N of them, of T steps with D features each."""

from __future__ import annotations

from layerwise.errors import ShapeError
from layerwise.layers.layer import Layer
from layerwise.types import Array, Shape


def require_sequences(layer: Layer, x: Array, features: int) -> None:
    """Refuse what is no batch of sequences with these features."""
    if x.ndim != 3:
        raise ShapeError(
            f"{layer!r} expects sequences (N, T, {features}), got shape {x.shape}",
            "give each step its features, for words with Embedding",
        )
    _require_features(layer, x.shape[2], features)


def sequence_shape(layer: Layer, shape: Shape | None, features: int) -> Shape:
    """The shape (T, features) of one sequence, as far as it is known; one that does not fit raises ShapeError.

    Layers such as Linear, asked before there are data, know the features of a step and not what stands before them; so
    (features,) is taken for the features of any number of steps.
    """
    if shape is None:
        return (None, features)
    if len(shape) not in (1, 2):
        raise ShapeError(f"{layer!r} expects sequences (T, {features}), got samples of shape {shape}")
    _require_features(layer, shape[-1], features)
    return (shape[0] if len(shape) == 2 else None, features)


def _require_features(layer: Layer, found: int | None, features: int) -> None:
    if found not in (None, features):
        name = type(layer).__name__
        raise ShapeError(f"{layer!r} expects {features} features, got {found}", f"give {name} and its input one width")
