"""Pictures as the bytes of PNG files: a few lines of the format, and no package for it.

Source: the PNG specification, third edition, sections 5 (chunks), 9 (filters), 11.2 (IHDR, PLTE, IDAT, IEND), 11.3.1.1.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence

import numpy as np

from layerwise.types import Array

_KINDS = {1: 0, 2: 4, 3: 2}
"""The colour type of so many channels: grey; grey and how much it covers; red, green and blue."""
_TABLE = 3
"""The colour type of a picture whose numbers stand for the colours of a table."""


def png(picture: Array, colours: Sequence[tuple[int, int, int, int]]) -> bytes:
    """picture: (H, W) numbers of colours, from 0. colours: up to 256, each red, green, blue and opacity, 0 to 255.

    >>> png(np.zeros((2, 3), int), [(255, 0, 0, 255)])[:8]
    b'\\x89PNG\\r\\n\\x1a\\n'
    """
    table = np.array(colours, np.uint8)
    more = _chunk(b"PLTE", table[:, :3].tobytes()) + _chunk(b"tRNS", table[:, 3].tobytes())
    return _file(picture.astype(np.uint8), picture.shape[1], _TABLE, more)


def png_of_brightness(pixels: Array) -> bytes:
    """pixels: from 0 to 1, (H, W) in greys, (H, W, 2) in greys with how much each covers what stands behind, or
    (H, W, 3) in red, green and blue.

    >>> png_of_brightness(np.zeros((2, 3)))[:8]
    b'\\x89PNG\\r\\n\\x1a\\n'
    """
    levels = np.round(255 * np.clip(pixels, 0, 1)).astype(np.uint8)
    height, width = levels.shape[:2]
    return _file(levels.reshape(height, -1), width, _KINDS[levels.size // (height * width)])


def _file(rows: Array, width: int, kind: int, more: bytes = b"") -> bytes:
    """rows: (H, bytes of a row). more: chunks between the head and the picture."""
    # Each row as its difference to the row above: equal rows are zeros, which take no room.
    above = np.vstack([np.zeros((1, rows.shape[1]), np.uint8), rows[:-1]])
    lines = np.hstack([np.full((len(rows), 1), 2, np.uint8), rows - above])
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, len(rows), 8, kind, 0, 0, 0))
    picture = _chunk(b"IDAT", zlib.compress(lines.tobytes(), 9))
    return b"\x89PNG\r\n\x1a\n" + head + more + picture + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
