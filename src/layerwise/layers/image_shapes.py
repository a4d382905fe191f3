"""What layers of images share: settings for one direction or both, and words about shapes that do not fit."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeAlias

from layerwise.checks import several, whole_number
from layerwise.errors import SettingError, ShapeError
from layerwise.layers.layer import Layer
from layerwise.types import Shape

Sizes: TypeAlias = int | tuple[int, ...]
"""A setting as it is given: one number for all directions, or one for each, as in kernel_size=(3, 5)."""

LARGEST_GROWTH = 2**31
"""So many numbers may padding add to a batch, or adaptive pooling make of it: 8 GB in float32."""


def sizes(name: str, value: object, minimum: int = 1, axes: int = 2) -> Sizes:
    """A whole number from `minimum` up, or one for each direction; a list becomes a tuple.

    >>> sizes("stride", 2), sizes("kernel_size", [3, 5])
    (2, (3, 5))
    """
    listed = several(value)
    if listed is None:
        return whole_number(name, value, minimum=minimum)
    if len(listed) != axes:
        wanted = "one number" if axes == 1 else f"one number, or {axes}: (height, width)"
        raise SettingError(f"{name} must be {wanted}; got {value!r}")
    return tuple(whole_number(name, each, minimum=minimum) for each in listed)


def each_way(value: Sizes, axes: int = 2) -> tuple[int, ...]:
    """One number for each direction.

    >>> each_way(2), each_way((3, 5))
    ((2, 2), (3, 5))
    """
    return value if isinstance(value, tuple) else (value,) * axes


def refuse_text(name: str, value: object, known: tuple[str, ...]) -> None:
    """Refuse a text that is none of the known ones."""
    if isinstance(value, str) and value not in known:
        words = " or ".join(map(repr, known))
        raise SettingError(f"{name} must be a number, {words}; got {value!r}")


def require_images(layer: Layer, shape: tuple[int, ...], channels: int | None = None) -> None:
    """Refuse a batch that is not (N, C, H, W), with advice on how to make it so."""
    if len(shape) != 4:
        wanted = f"(N, {channels or 'C'}, H, W)"
        raise ShapeError(f"{layer!r} expects a batch of images {wanted}, got shape {shape}", _advice(shape, channels))
    require_channels(layer, shape[1:], channels)


def require_channels(layer: Layer, shape: Shape, channels: int | None) -> None:
    """Refuse images of another number of channels. shape: of one sample, channels first."""
    if channels is None or shape[0] in (None, channels):
        return
    advice = ""
    if len(shape) == 3 and shape[2] == channels:
        advice = "write x.transpose(0, 3, 1, 2) if the channels stand last"
    raise ShapeError(f"{layer!r} expects {channels} channels, got {shape[0]}", advice)


def require_sample(layer: Layer, shape: Shape, axes: int = 2) -> None:
    """Refuse the shape of a sample that is no image, or no signal."""
    if len(shape) != axes + 1:
        what = "images (C, H, W)" if axes == 2 else "signals (C, T)"
        batch = (1, *(size or 1 for size in shape))
        raise ShapeError(
            f"{layer!r} expects {what}, got samples of shape {shape}", _advice(batch, None) if axes == 2 else ""
        )


def _advice(shape: tuple[int, ...], channels: int | None) -> str:
    """How a batch of this shape may become images."""
    if len(shape) == 3:
        return "write x[:, None] for images of one channel" if channels in (None, 1) else "write x[None] for one image"
    if len(shape) == 2:
        each = channels or 1
        side = math.isqrt(shape[1] // each)
        if side * side * each == shape[1] and side > 1:
            return f"write x.reshape(-1, {each}, {side}, {side})"
        return "write x.reshape(-1, C, H, W), such as (-1, 1, 28, 28) for MNIST"
    return ""


def too_small(layer: Layer, spans: Sequence[int], sides: Shape, pads: Sequence[int]) -> ShapeError:
    """The error for an image in which the window has no place. spans: how far the window reaches."""
    least = [max(span - 2 * pad, 1) for span, pad in zip(spans, pads, strict=True)]
    padded = " with its padding" if any(pads) else ""
    return ShapeError(
        f"{layer!r}{padded} needs at least {by(least)}, got {by(sides)}",
        "a smaller kernel_size, more padding, or fewer layers that shrink the input before it",
    )


def require_room(layer: Layer, shape: Shape, sides: Shape) -> None:
    """Refuse sides that make an array of an absurd size out of a batch, or a sample, of this shape."""
    more = math.prod(size or 1 for size in (*shape[: -len(sides)], *sides)) - math.prod(size or 1 for size in shape)
    if more > LARGEST_GROWTH:
        raise ShapeError(
            f"{layer!r} would make {by(sides)} of {by(shape[-len(sides) :])}, {more:,} numbers more in "
            f"{shape}; up to {LARGEST_GROWTH:,} are possible",
            "less padding, a smaller output_size, or fewer samples at a time",
        )


def by(sides: Sequence[int | None]) -> str:
    """A size in words: 28 x 28."""
    return " x ".join("?" if side is None else str(side) for side in sides)
