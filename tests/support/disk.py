"""A disk for tests: it records every call that `layerwise.files` makes, in order, and can fail at any one of them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from layerwise import files


class Disk:
    """calls: what was done so far. fail_at: which call (counted from 0) raises OSError(code) instead."""

    def __init__(self, fail_at: int | None = None, code: int = 0) -> None:
        self.calls: list[str] = []
        self.fail_at = fail_at
        self.code = code
        self.inodes: dict[str, int] = {}

    def does(self, call: str) -> None:
        """Record a call; raise if it is the one that fails."""
        self.calls.append(call)
        if len(self.calls) - 1 == self.fail_at:
            raise OSError(self.code, os.strerror(self.code))

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Stand between `layerwise.files` and the operating system."""
        real_open, real_fsync, real_replace, real_os_open = open, os.fsync, os.replace, os.open

        def opens(name: Any, mode: str) -> Any:
            self.does(f"open {mode}")
            return Watched(real_open(name, mode), self)

        def fsync(descriptor: int) -> None:
            kind = "folder" if Path(f"/proc/self/fd/{descriptor}").resolve().is_dir() else "file"
            self.inodes[kind] = os.fstat(descriptor).st_ino
            self.does(f"fsync {kind}")
            real_fsync(descriptor)

        def replace(source: Any, target: Any) -> None:
            self.does("replace")
            assert Path(source).parent == Path(target).parent
            real_replace(source, target)

        def os_open(name: Any, flags: int, *rest: Any) -> int:
            self.does("open folder")
            return real_os_open(name, flags, *rest)

        monkeypatch.setattr(files, "open", opens, raising=False)
        monkeypatch.setattr(os, "fsync", fsync)
        monkeypatch.setattr(os, "replace", replace)
        monkeypatch.setattr(os, "open", os_open)


class Watched:
    """A file whose calls go through the disk. A write that fails has written half, as on a full disk."""

    def __init__(self, file: Any, disk: Disk) -> None:
        self.file, self.disk = file, disk

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)

    def __enter__(self) -> Watched:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def write(self, data: Any) -> None:
        half = len(data) // 2
        self.file.write(data[:half])
        self.disk.does("write")
        self.file.write(data[half:])

    def flush(self) -> None:
        self.disk.does("flush")
        self.file.flush()

    def close(self) -> None:
        self.file.close()
        self.disk.does("close")
