"""A picture of a few colours as the bytes of a PNG file."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence

import numpy as np

from layerwise.types import Array


def png(picture: Array, colours: Sequence[tuple[int, int, int, int]]) -> bytes:
    """picture: (H, W) numbers of colours, from 0. colours: up to 256, each red, green, blue and opacity, 0 to 255.

    >>> png(np.zeros((2, 3), int), [(255, 0, 0, 255)])[:8]
    b'\\x89PNG\\r\\n\\x1a\\n'
    """
    height, width = picture.shape
    rows = picture.astype(np.uint8)
    # Each row as its difference to the row above: equal rows are zeros, which take no room.
    above = np.vstack([np.zeros((1, width), np.uint8), rows[:-1]])
    lines = np.hstack([np.full((height, 1), 2, np.uint8), rows - above])
    table = np.array(colours, np.uint8)
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
            _chunk(b"PLTE", table[:, :3].tobytes()),
            _chunk(b"tRNS", table[:, 3].tobytes()),
            _chunk(b"IDAT", zlib.compress(lines.tobytes(), 9)),
            _chunk(b"IEND", b""),
        ]
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
