"""Numba's cache of compiled loops, on a disk that may be full or forbidden: it saves time, and must never end a run."""

from __future__ import annotations

from typing import Any


def forgive(dispatcher: Any) -> None:
    """Let a compiled function go on where its cache can not be read or written; it is then compiled again next time."""
    cache = dispatcher._cache
    load, save = cache.load_overload, cache.save_overload

    def load_if_possible(*arguments: Any) -> Any:
        try:
            return load(*arguments)
        except OSError:
            return None

    def save_if_possible(*arguments: Any) -> None:
        try:
            save(*arguments)
        except OSError:  # no space left, no permission, the folder is gone
            return

    cache.load_overload, cache.save_overload = load_if_possible, save_if_possible
