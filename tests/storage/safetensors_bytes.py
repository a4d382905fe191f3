"""Safetensors files made by hand, so that they can be wrong."""

from __future__ import annotations

import json
import struct
from typing import Any


def framed(header: Any, body: bytes = b"", length: int | None = None) -> bytes:
    """A header (text, or anything that JSON can say) behind its length, and the numbers behind that."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + body


def entry(dtype: Any = "F32", shape: Any = (1,), offsets: Any = (0, 4)) -> dict[str, Any]:
    """The row of one array in the header; as it is, one float of four bytes."""
    return {"dtype": dtype, "shape": list(shape), "data_offsets": list(offsets)}
