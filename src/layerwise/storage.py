"""Files of numbers that are either whole or refused: safetensors with a checksum.

A file holds named arrays and one JSON header; reading it executes nothing. The header carries a sha256 over every
byte of the file (its own 64 characters read as zeros), since safetensors itself has no checksum. Equal contents give
equal bytes. Files of other tools are read too; `checked` then says that no checksum vouches for them.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from layerwise.errors import FileError, KindError
from layerwise.files import opened, replace
from layerwise.types import Array

__all__ = ["FORMAT", "LARGEST_HEADER", "MOST_BRACKETS", "VERSION", "Stored", "read", "write"]

FORMAT = "layerwise"
VERSION = 1
LARGEST_HEADER = 4_000_000
"""Bytes. With the next figure it bounds the memory that a hostile header can claim to some 60 MB."""
MOST_BRACKETS = 120_000
"""Opening brackets in a header: three an array."""

_METADATA = "__metadata__"
_NO_SUM = b"0" * 64
_SUM = re.compile(rb'"layerwise_sha256":"([0-9a-f]{64})"')


class Stored(NamedTuple):
    """What a file holds: its arrays, its header, and whether a checksum vouched for it."""

    arrays: dict[str, Array]
    header: dict[str, Any]
    checked: bool


def write(path: str | os.PathLike[str], arrays: Mapping[str, Array], header: Mapping[str, Any]) -> None:
    """Write arrays and a JSON header to `path`; at every moment the path holds the old file or the new one.

    arrays: of booleans, integers, floats of at most 64 bits, or complex64. header: dicts with text keys, lists, text,
    finite numbers, True, False, None. Raises KindError for what would not come back as it was, before anything is
    written; FileError where the disk refuses.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write(f"{folder}/a.safetensors", {"w": np.array([1.5, 2.5])}, {"epoch": 3})
    ...     read(f"{folder}/a.safetensors")
    Stored(arrays={'w': array([1.5, 2.5])}, header={'epoch': 3}, checked=True)
    """
    metadata = {
        "format": FORMAT,
        "version": str(VERSION),
        "layerwise_sha256": _NO_SUM.decode(),
        "header": _as_json(header),
    }
    table, body = _serialized(arrays)
    head = json.dumps({_METADATA: metadata}, separators=(",", ":")).encode()
    if table != b"{}":
        head = head[:-1] + b"," + table[1:]
    head += b" " * (-len(head) % 8)  # the numbers begin at a multiple of eight
    if len(head) > LARGEST_HEADER or _brackets(head) > MOST_BRACKETS:
        raise KindError(
            f"the header of {path} would take {len(head):,} bytes and {_brackets(head):,} brackets; {LARGEST_HEADER:,} "
            f"and {MOST_BRACKETS:,} are allowed: keep long records as arrays"
        )
    head = len(head).to_bytes(8, "little") + head
    place = _sum_place(head)
    assert place is not None  # written a few lines above
    replace(path, [head[: place.start], _sum(head, body, place), head[place.stop :], body])


def read(path: str | os.PathLike[str]) -> Stored:
    """Read a file of ours, or a plain safetensors file of another tool (then `checked` is False, the header empty).

    Raises FileError for a file that is missing, damaged, cut off, newer than this program, or something else.
    """
    with opened(path) as (file, size):
        start = file.read(8)
        length = int.from_bytes(start, "little")
        if size < 8 or length > min(size - 8, LARGEST_HEADER):
            raise FileError(f"{path} is not a safetensors file, or it was cut off ({size:,} bytes are left).")
        head = start + file.read(length)
        table = _table(head[8:], path)
        if _end_of_last(table, path) != size - len(head):
            raise FileError(f"{path} is cut off or damaged: its length is not what its header says.")
        data = head + file.read()
    place = _sum_place(head)
    if place is not None and _sum(head, memoryview(data)[len(head) :], place) != head[place]:
        raise _damaged(path, "its bytes do not match its checksum")
    metadata = _metadata(table, path)
    if (metadata.get("format") == FORMAT) != (place is not None):
        raise _damaged(path, "its header is incomplete")
    header = _header(metadata, path) if place is not None else {}
    return Stored(_arrays(data, path), header, checked=place is not None)


# --- what goes in ------------------------------------------------------------------------------------------------


def _as_json(header: Mapping[str, Any]) -> str:
    if not isinstance(header, dict):
        raise KindError(f"the header must be a dict, got {type(header).__name__}")
    try:
        text = json.dumps(header, allow_nan=False)
        same = bool(json.loads(text) == header)
    except (TypeError, ValueError, RecursionError) as error:
        raise KindError(f"the header can not be written as JSON: {error}") from None
    if not same:
        raise KindError(
            "the header would come back changed from JSON: use dicts with text keys, and lists instead of tuples"
        )
    return text


def _serialized(arrays: Mapping[str, Array]) -> tuple[bytes, memoryview]:
    """The table of the arrays, {"name": {"dtype": ..., "shape": ..., "data_offsets": ...}}, and their bytes."""
    from safetensors import SafetensorError
    from safetensors.numpy import save

    plain = {}
    for name, array in arrays.items():
        if not isinstance(name, str) or not _is_plain(name):
            raise KindError(f"an array can not be called {name!r:.60} in a file: use a short text such as '0.weight'")
        if not isinstance(array, np.ndarray | np.generic) or isinstance(array, np.ma.MaskedArray):
            raise KindError(f"{name} must be a NumPy array without a mask, got {type(array).__name__}")
        plain[name] = np.array(array, order="C")
    try:
        data = save(plain)
    except SafetensorError as error:
        raise KindError(f"the arrays can not be stored: {error}") from None
    end = 8 + int.from_bytes(data[:8], "little")
    return data[8:end].rstrip(), memoryview(data)[end:]


def _is_plain(name: str) -> bool:
    """Names are keys and never paths; what could mislead a tool that makes paths of them is refused all the same."""
    surrogate = any("\ud800" <= letter <= "\udfff" for letter in name)
    path_like = name.startswith("/") or ".." in re.split(r"[/\\]", name)
    return name != _METADATA and len(name) <= 1000 and "\0" not in name and not surrogate and not path_like


# --- what comes out ----------------------------------------------------------------------------------------------


def _table(text: bytes, path: str | os.PathLike[str]) -> dict[str, Any]:
    """The JSON table at the head of a safetensors file, refused if a name stands in it twice."""
    try:
        if _brackets(text) > MOST_BRACKETS:
            raise ValueError("too many tables and lists")
        table = json.loads(text.decode(), object_pairs_hook=_without_repeats, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        table = None
    if not isinstance(table, dict) or not text.startswith(b"{"):
        raise FileError(f"{path} is not a safetensors file, or it is damaged: its header is unreadable.")
    for name in table.keys() - {_METADATA}:
        if not _is_plain(name):
            raise FileError(f"{path} holds an array called {name!r:.60}, which is no name for an array.")
    return table


def _brackets(text: bytes) -> int:
    return text.count(b"{") + text.count(b"[")


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) != len(pairs):
        raise ValueError("a name stands twice in one table")
    return table


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _end_of_last(table: Mapping[str, Any], path: str | os.PathLike[str]) -> int:
    """How many bytes of numbers the table claims, so that nothing is read if they are not there."""
    try:
        return max((entry["data_offsets"][1] for name, entry in table.items() if name != _METADATA), default=0)
    except (TypeError, KeyError, IndexError):
        raise FileError(f"{path} is not a safetensors file: an array in its header has no place.") from None


def _metadata(table: Mapping[str, Any], path: str | os.PathLike[str]) -> dict[str, str]:
    metadata = table.get(_METADATA, {})
    if not isinstance(metadata, dict) or not all(isinstance(value, str) for value in metadata.values()):
        raise FileError(f"{path} is not a safetensors file, or it is damaged: its metadata must be a table of texts.")
    return metadata


def _header(metadata: Mapping[str, str], path: str | os.PathLike[str]) -> dict[str, Any]:
    """The header that `write` was given, from a file whose checksum is right."""
    version = metadata.get("version", "")
    if not re.fullmatch("[1-9][0-9]{0,8}", version):
        raise _damaged(path, "it does not say which version of the format it has")
    if int(version) > VERSION:
        raise FileError(
            f"{path} was written by a newer Layerwise (file version {version}, this one reads up to {VERSION}): "
            "update Layerwise to read it."
        )
    try:
        header = json.loads(metadata.get("header", ""))
    except (ValueError, RecursionError):
        header = None
    if not isinstance(header, dict):
        raise _damaged(path, "its header is unreadable")
    return header


def _arrays(data: bytes, path: str | os.PathLike[str]) -> dict[str, Array]:
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        return load(data)
    except SafetensorError as error:
        raise FileError(f"{path} is not a readable safetensors file ({error}).") from None
    except KeyError as error:
        raise FileError(
            f"{path} holds numbers of type {error.args[0]}, which NumPy does not have: save them as F32."
        ) from None


def _damaged(path: str | os.PathLike[str], how: str) -> FileError:
    return FileError(f"{path} is damaged: {how}. Use an older copy or checkpoint.")


# --- the checksum ------------------------------------------------------------------------------------------------


def _sum_place(head: bytes) -> slice | None:
    found = _SUM.search(head, 8)
    return slice(*found.span(1)) if found else None


def _sum(head: bytes, body: memoryview, place: slice) -> bytes:
    """sha256 over head and body, with zeros where the sum itself stands."""
    total = hashlib.sha256(head[: place.start] + _NO_SUM + head[place.stop :])
    total.update(body)
    return total.hexdigest().encode()


def __dir__() -> list[str]:
    return __all__
