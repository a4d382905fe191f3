"""Files of numbers that are either whole or refused: safetensors with a checksum, written so that crashes break nothing.

A file holds named arrays and one JSON header; reading it executes nothing. The header carries a sha256 over every
byte of the file (its own 64 characters read as zeros), checked before anything else is believed, since safetensors
itself has no checksum. Order on disk: a temporary file in the same folder, write, fsync, rename, fsync the folder
(Pillai et al., "All file systems are not created equal", OSDI 2014), so that the name always holds the old or the
new state, whole.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from layerwise.errors import FileError
from layerwise.types import Array

FORMAT = "layerwise"
VERSION = 1
_NO_SUM = "0" * 64
_SUM = re.compile(rb'"sha256":"([0-9a-f]{64})"')
_LARGEST_HEADER = 100_000_000


class Stored(NamedTuple):
    """What a file holds: its arrays, its header, and whether a checksum vouched for it."""

    arrays: dict[str, Array]
    header: dict[str, Any]
    checked: bool


def write(path: str | os.PathLike[str], arrays: Mapping[str, Array], header: Mapping[str, Any]) -> None:
    """Write arrays and a JSON header to `path`; at every moment the path holds the old file or the new one."""
    from safetensors.numpy import save

    metadata = {
        "format": FORMAT,
        "version": str(VERSION),
        "header": json.dumps(header, allow_nan=False),
        "sha256": _NO_SUM,
    }
    plain = {name: np.array(array, order="C", copy=True) for name, array in arrays.items()}
    data = save(plain, metadata=metadata)
    place = _sum_place(data, _header_end(data))
    if place is None:
        raise FileError(f"{path}: the header came out without room for its checksum")
    total = hashlib.sha256(data).hexdigest().encode()
    replace(path, data[: place[0]] + total + data[place[1] :])


def read(path: str | os.PathLike[str]) -> Stored:
    """Read a file of ours, or a plain safetensors file of another tool (then `checked` is False)."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    data = _bytes(path)
    end = _header_end(data)
    metadata = _metadata(data, end, path)
    place = _sum_place(data, end)
    if place is not None:
        found = hashlib.sha256(data[: place[0]] + _NO_SUM.encode() + data[place[1] :]).hexdigest()
        if found.encode() != data[slice(*place)]:
            raise FileError(f"{path} is damaged: its bytes do not match its checksum. Use an older copy or checkpoint.")
    if (metadata.get("format") == FORMAT) != (place is not None):
        raise FileError(f"{path} is damaged: its header is incomplete. Use an older copy or checkpoint.")
    _check_version(metadata, path)
    try:
        arrays = load(data)
    except (SafetensorError, ValueError, KeyError) as error:
        raise FileError(f"{path} is not a readable safetensors file ({error}).") from None
    return Stored(arrays, json.loads(metadata.get("header", "{}")), checked=place is not None)


def replace(path: str | os.PathLike[str], data: bytes) -> None:
    """Put `data` at `path` in one indivisible step, and clear what crashed writers left behind."""
    target = Path(path)
    folder = target.parent
    temporary = folder / f".{target.name}.{os.getpid()}-{secrets.token_hex(4)}.tmp"
    try:
        _clear_leftovers(target)
        with open(temporary, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)
        _sync_folder(folder)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise FileError(
            f"could not write {target}: {error.strerror or error}. What was there before is intact."
        ) from error


def _clear_leftovers(target: Path) -> None:
    """Remove temporary files of this target whose writer is no longer alive."""
    for leftover in target.parent.glob(f".{_escaped(target.name)}.*-*.tmp"):
        writer = leftover.name.removeprefix(f".{target.name}.").partition("-")[0]
        if writer.isdigit() and not _alive(int(writer)):
            with contextlib.suppress(OSError):
                leftover.unlink()


def _escaped(name: str) -> str:
    return re.sub(r"([*?\[])", r"[\1]", name)


def _alive(process: int) -> bool:
    if os.name == "nt":  # signal 0 would end the process there; leave its file to be cleared by hand
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _sync_folder(folder: Path) -> None:
    """Make the rename itself durable. Windows can not open a folder, and has no need to."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _bytes(path: str | os.PathLike[str]) -> bytes:
    try:
        return Path(path).read_bytes()
    except FileNotFoundError:
        raise FileError(f"there is no file {path}") from None
    except IsADirectoryError:
        raise FileError(f"{path} is a folder, not a file") from None
    except OSError as error:
        raise FileError(f"could not read {path}: {error.strerror or error}") from None


def _header_end(data: bytes) -> int:
    """Where the JSON header of a safetensors file ends: its length stands in the first eight bytes."""
    return 8 + int.from_bytes(data[:8], "little")


def _metadata(data: bytes, end: int, path: str | os.PathLike[str]) -> dict[str, str]:
    if len(data) < 8 or end > len(data) or end > _LARGEST_HEADER:
        raise FileError(f"{path} is not a safetensors file, or it was cut off ({len(data):,} bytes are left).")
    try:
        header = json.loads(data[8:end].decode())
    except (ValueError, RecursionError):
        raise FileError(f"{path} is not a safetensors file, or it is damaged: its header is unreadable.") from None
    metadata = header.get("__metadata__", {}) if isinstance(header, dict) else None
    if not isinstance(metadata, dict) or not all(isinstance(value, str) for value in metadata.values()):
        raise FileError(f"{path} is not a safetensors file, or it is damaged: its header is not a table.")
    return metadata


def _sum_place(data: bytes, end: int) -> tuple[int, int] | None:
    found = _SUM.search(data, 8, end)
    return found.span(1) if found else None


def _check_version(metadata: Mapping[str, str], path: str | os.PathLike[str]) -> None:
    version = metadata.get("version", "1")
    if metadata.get("format") == FORMAT and int(version) > VERSION:
        raise FileError(
            f"{path} was written by a newer Layerwise (file version {version}, this one reads up to {VERSION}): "
            "update Layerwise to read it."
        )
