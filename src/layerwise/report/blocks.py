"""An image as characters: light and dark in the foreground colour of any terminal, or in ASCII.

A character is about twice as high as wide. A small image takes two characters a pixel; a larger one takes one
character for two pixels, one above the other, and half blocks show where they differ.
"""

from __future__ import annotations

import numpy as np

from layerwise.types import Array

_SHADES = " ░▒▓█"
_RAMP = " .:-=+*#%@"
_APART = 0.4
"""Two pixels in one character that differ by more are shown as a half block, else as one shade."""


def picture(image: Array, columns: int, *, unicode: bool = True) -> list[str]:
    """The lines that show an image (H, W) of brightness 0 to 1, at most `columns` wide, in its natural shape.

    >>> picture(np.array([[0.0, 1.0], [0.5, 0.0]]), columns=8)
    ['  ██', '▒▒  ']
    >>> picture(np.array([[0.0, 1.0], [0.5, 0.0]]), columns=8, unicode=False)
    ['  @@', '==  ']
    >>> picture(np.eye(4), columns=4)
    ['▀▄  ', '  ▀▄']
    """
    height, width = image.shape
    if 2 * width <= columns:
        return ["".join(_shade(value, unicode) * 2 for value in row) for row in image]
    scale = min(1.0, columns / width)
    rows = max(2, 2 * round(height * scale / 2))
    small = resized(image, rows, max(1, round(width * scale)))
    pairs = zip(small[0::2], small[1::2], strict=True)
    return ["".join(_two(top, bottom, unicode) for top, bottom in zip(*pair, strict=True)) for pair in pairs]


def side_by_side(blocks: list[list[str]], gap: int = 4) -> list[str]:
    """Blocks of lines next to each other, each padded to its own width.

    >>> side_by_side([["ab", "c"], ["x"]], gap=1)
    ['ab x', 'c']
    """
    height = max(map(len, blocks), default=0)
    padded = []
    for block in blocks:
        width = max(map(len, block), default=0)
        padded.append([line.ljust(width) for line in block] + [" " * width] * (height - len(block)))
    return [(" " * gap).join(parts).rstrip() for parts in zip(*padded, strict=True)]


def resized(image: Array, height: int, width: int) -> Array:
    """The image in another size, each new pixel the mean of the area that it covers.

    >>> resized(np.array([[0.0, 1.0, 1.0, 1.0]]), 1, 2)
    array([[0.5, 1. ]])
    """
    return _areas(image.shape[0], height) @ image @ _areas(image.shape[1], width).T


def _areas(old: int, new: int) -> Array:
    """The share (new, old) that each old pixel has in each new one, along one axis."""
    edges = np.linspace(0, old, new + 1)
    pixels = np.arange(old)
    overlap = np.minimum(edges[1:, None], pixels + 1) - np.maximum(edges[:-1, None], pixels)
    shares = np.clip(overlap, 0, None)
    return shares / shares.sum(axis=1, keepdims=True)


def _shade(value: float, unicode: bool) -> str:
    ramp = _SHADES if unicode else _RAMP
    return ramp[min(len(ramp) - 1, max(0, round(float(value) * (len(ramp) - 1))))]


def _two(top: float, bottom: float, unicode: bool) -> str:
    if unicode and abs(top - bottom) > _APART:
        return "▀" if top > bottom else "▄"
    return _shade((top + bottom) / 2, unicode)
