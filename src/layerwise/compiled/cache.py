"""Numba's cache of compiled loops: one stamp for all sources, on a disk that may be full or forbidden.

Numba by itself looks only at the file of a function to see whether it has changed. Our loops call each other across
files, so each carries the stamp of the whole folder: whichever line changes, all are compiled anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from importlib import resources
from typing import Any


@cache
def stamp() -> str:
    """A hash of all sources of this folder. Reading them takes about a millisecond."""
    digest = hashlib.sha256()
    files = [each for each in resources.files(__package__).iterdir() if each.name.endswith(".py")]
    for source in sorted(files, key=lambda each: each.name):
        digest.update(source.name.encode() + b"\0" + source.read_bytes() + b"\0")
    return digest.hexdigest()


def tend(dispatcher: Any) -> bool:
    """Give a compiled function's cache our stamp, and let no trouble with it end a run.

    False if this version of Numba keeps its stamp elsewhere.
    """
    kept: Any = getattr(dispatcher, "_cache", None)
    file: Any = getattr(kept, "_cache_file", None)
    if not hasattr(file, "_source_stamp"):
        return False
    file._source_stamp = stamp()
    load, save = kept.load_overload, kept.save_overload

    def load_if_possible(signature: Any, context: Any) -> Any:
        try:
            found = load(signature, context)
        except Exception:  # forbidden, or damaged: then begin anew, which may be forbidden as well
            _attempt(kept.flush)
            return None
        # Two processes that save at once may give one number to two files: Numba's index then names the wrong one.
        wanted = tuple(getattr(signature, "args", signature))
        return found if found is not None and tuple(found.signature.args) == wanted else None

    kept.load_overload = load_if_possible
    kept.save_overload = lambda signature, result: _attempt(save, signature, result)
    return True


def _attempt(action: Callable[..., Any], *arguments: Any) -> None:
    """Do what saves time if it can be done: there may be no space left, no permission, half a file."""
    try:
        action(*arguments)
    except Exception:
        return
