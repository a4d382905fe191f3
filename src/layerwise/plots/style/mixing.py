"""Colours between colours, mixed in OKLab: halfway looks halfway, and no hue bends on the way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from layerwise import palette
from layerwise.types import Array

# Björn Ottosson, "A perceptual color space for image processing" (2020): linear sRGB to cone responses, and their cube
# roots to lightness, green-red and blue-yellow.
_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_OKLAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
_CONES_BACK, _OKLAB_BACK = np.linalg.inv(_CONES), np.linalg.inv(_OKLAB)
_STEPS = 256


def rgb(colour: str) -> tuple[int, int, int]:
    """Red, green and blue, from 0 to 255.

    >>> rgb("#ff8000")
    (255, 128, 0)
    """
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def mix(colour: str, ground: str, strength: float) -> str:
    """A colour on its way from the ground: strength 0 is the ground, 1 the colour.

    >>> mix("#000000", "#ffffff", 0.5), mix("#ff8000", "#ffffff", 1.0)
    ('#636363', '#ff8000')
    """
    return hexadecimal(blend(np.array(strength), [ground, colour]))


def blend(place: Array, colours: Sequence[str]) -> Array:
    """(...) places from 0, the first colour, to 1, the last → (..., 3) red, green and blue from 0 to 1.

    >>> blend(np.array([0.0, 1.0]), ["#000000", "#ff0000"]).round(6).tolist()
    [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0]]
    """
    stops = to_oklab(np.array([rgb(colour) for colour in colours]) / 255)
    at = np.asarray(place, np.float64).clip(0, 1) * (len(colours) - 1)
    before = np.minimum(at.astype(int), len(colours) - 2)
    share = (at - before)[..., None]
    return from_oklab((1 - share) * stops[before] + share * stops[before + 1])


def to_oklab(colours: Array) -> Array:
    """(..., 3) red, green and blue from 0 to 1 → (..., 3) lightness, green to red, blue to yellow."""
    return np.asarray(np.cbrt(_linear(colours) @ _CONES.T) @ _OKLAB.T)


def from_oklab(lab: Array) -> Array:
    """The way back from `to_oklab`; what no screen shows is brought to the nearest that one does."""
    linear = ((lab @ _OKLAB_BACK.T) ** 3 @ _CONES_BACK.T).clip(0, 1)
    bent = 1.055 * linear ** (1 / 2.4) - 0.055
    return np.asarray(np.where(linear <= 0.0031308, 12.92 * linear, bent).clip(0, 1))


def hexadecimal(colour: Array) -> str:
    """(3,) red, green and blue from 0 to 1 → "#rrggbb"."""
    return "#" + "".join(f"{round(255 * float(part)):02x}" for part in colour)


def luminance(colours: Array) -> Array:
    """(..., 3) from 0 to 1 → (...) how bright they look, 0 to 1 (WCAG 2)."""
    return np.asarray(_linear(colours) @ np.array([0.2126, 0.7152, 0.0722]))


def diverging(positive: str = palette.POSITIVE, negative: str = palette.NEGATIVE) -> Any:
    """The colour map of signed numbers, for limits that are equally far from 0: its middle is the ground."""
    return _map("signed", [negative, palette.ZERO, positive])


def sequential(*colours: str) -> Any:
    """The colour map of magnitudes, from nothing to most; the paper to deep teal unless colours are given."""
    return _map("magnitude", colours or palette.SEQUENTIAL)


def _map(name: str, colours: Sequence[str]) -> Any:
    from matplotlib.colors import ListedColormap

    steps = blend(np.linspace(0, 1, _STEPS + 1), colours)
    return ListedColormap(list(map(tuple, steps)), name=name)


def _linear(colours: Array) -> Array:
    """Light itself, of the numbers that a screen gets."""
    return np.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)
