"""A picture of pixels that stands in the page itself, as PNG: a few lines of the format, and no package for it."""

from __future__ import annotations

import base64
import struct
import zlib

import numpy as np

from layerwise.pages.markup import Markup
from layerwise.types import Array

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_KINDS = {1: 0, 2: 4, 3: 2}
"""The colour type of so many channels: grey; grey and how much it covers; red, green and blue."""


def image_of(pixels: Array) -> Markup:
    """The address of an image for `src`, which holds all of its bytes.

    pixels: brightness from 0 to 1, (H, W) in greys, (H, W, 2) in greys with how much
    each covers what stands behind, or (H, W, 3) in red, green and blue.

    >>> image_of(np.eye(2))[:30]
    'data:image/png;base64,iVBORw0K'
    """
    return address_of(png(pixels))


def address_of(content: bytes, kind: str = "png") -> Markup:
    """The address of an image for `src` from the bytes of its file. kind: "png" or "gif"."""
    return Markup(f"data:image/{kind};base64,{base64.b64encode(content).decode()}")


def png(pixels: Array) -> bytes:
    """The bytes of a PNG file with 8 bits a channel. pixels: as of `image_of`.

    Source: the PNG specification, third edition, sections 5 (chunks), 9 (filters), 11.2 (IHDR, IDAT, IEND).
    """
    levels = np.round(255 * np.clip(pixels, 0, 1)).astype(np.uint8)
    height, width = levels.shape[:2]
    channels = levels.size // (height * width)
    rows = levels.reshape(height, -1)
    lines = np.concatenate([np.zeros((height, 1), np.uint8), rows], axis=1)  # filter 0 before each line: as it is
    header = struct.pack(">IIBBBBB", width, height, 8, _KINDS[channels], 0, 0, 0)
    return (
        _SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(lines.tobytes(), 9)) + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
