"""Which program and which file a run was made with, so that a changed file is noticed when the run is repeated."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from layerwise import __version__, files
from layerwise.data import Dataset
from layerwise.errors import FileError
from layerwise.runs.folder import RunFolder

Table = dict[str, Any]

_CHUNK = 2**20


def origin_of(source: Table, data: Dataset) -> Table:
    """The origin of a run: the version of Layerwise and, for a file, its path, sha256 and number of rows."""
    origin: Table = {"layerwise": __version__, "data": dict(source)}
    if "path" in source:
        rows = sum(len(part.x) for part in (data.train, data.validation, data.test))
        origin["file"] = {"path": str(source["path"]), "sha256": sha256(source["path"]), "rows": rows}
    return origin


def sha256(path: str | Path) -> str:
    """The sha256 of a file's bytes."""
    total = hashlib.sha256()
    with files.opened(path) as (file, _):
        while chunk := file.read(_CHUNK):
            total.update(chunk)
    return total.hexdigest()


def write(folder: RunFolder, origin: Table) -> None:
    """Put the origin into the folder."""
    files.replace(folder.origin, [json.dumps(origin, indent=2, ensure_ascii=False).encode() + b"\n"])


def read(folder: RunFolder) -> Table:
    """The origin in a folder; empty if there is none, as beside a TOML file that someone wrote."""
    if not folder.origin.is_file():
        return {}
    try:
        origin = json.loads(folder.origin.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        raise FileError(f"{folder.origin} is damaged: delete it, and changes of the data go unnoticed") from None
    return origin if isinstance(origin, dict) else {}


def change(before: Table, now: Table) -> str:
    """What has happened to the data file between two origins, as the start of a sentence; "" if nothing.

    >>> change({"file": {"sha256": "a", "rows": 5}}, {"file": {"path": "x/my.csv", "sha256": "b", "rows": 7}})
    'my.csv has changed (5 rows then, 7 now)'
    """
    then, file = before.get("file"), now.get("file")
    if not isinstance(then, dict) or not isinstance(file, dict) or then.get("sha256") == file["sha256"]:
        return ""
    return f"{Path(file['path']).name} has changed ({then.get('rows')} rows then, {file['rows']} now)"
