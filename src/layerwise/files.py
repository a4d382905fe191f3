"""Files that are replaced whole, and opened with a sentence when they can not be.

Order on disk: a temporary file in the same folder, write, fsync, rename, fsync the folder (Pillai et al., "All file
systems are not created equal", OSDI 2014). So the name holds the old or the new state at every moment, whole.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import secrets
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from layerwise.checks import require_path
from layerwise.errors import FileError

if os.name == "posix":
    import fcntl

Where = str | os.PathLike[str]


def replace(path: Where, parts: Sequence[bytes | memoryview]) -> None:
    """Put the parts, one after the other, at `path` in one indivisible step; clear what crashed writers left behind.

    A link is followed: the file that it points to is replaced. Raises FileError; what was there before is then intact.
    """
    require_path("path", path)
    renamed = False
    try:
        target = Path(os.path.realpath(path))
        _clear_leftovers(target)
        with _temporary(target) as file:
            for part in parts:
                file.write(part)
            file.flush()
            os.fsync(file.fileno())
            if os.name == "nt":  # Windows renames no open file
                file.close()
            os.replace(file.name, target)
            renamed = True
        _sync_folder(target.parent)
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        state = "The new file is there, but may not outlast a power cut" if renamed else "What was there is intact"
        raise FileError(f"could not write {path}: {_reason(error)}. {state}.") from error


@contextlib.contextmanager
def opened(path: Where) -> Iterator[tuple[BinaryIO, int]]:
    """Open a regular file for reading, and give its size with it. Raises FileError, also for errors while reading."""
    require_path("path", path)
    try:
        _refuse_irregular(path)
        with open(path, "rb") as file:
            yield file, os.fstat(file.fileno()).st_size
    except FileError:
        raise
    except FileNotFoundError:
        raise FileError(f"there is no file {path}") from None
    except OSError as error:
        raise FileError(f"could not read {path}: {_reason(error)}") from None


def _refuse_irregular(path: Where) -> None:
    """Reading a pipe or a device could wait for ever."""
    try:
        mode = os.stat(path).st_mode
    except ValueError as error:
        raise FileError(f"no file can have the name {os.fspath(path)!r}: {error}") from None
    if stat.S_ISDIR(mode):
        raise FileError(f"{path} is a folder, not a file")
    if not stat.S_ISREG(mode):
        raise FileError(f"{path} is a pipe or a device, not a file")


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)


@contextlib.contextmanager
def _temporary(target: Path) -> Iterator[BinaryIO]:
    """A new file beside the target, locked while its writer lives, and removed unless it was renamed."""
    file = _created(target)
    try:
        with file:
            yield file
    finally:
        with contextlib.suppress(OSError):
            os.unlink(file.name)


def _created(target: Path) -> BinaryIO:
    while True:
        name = target.parent / f".{target.name}.{secrets.token_hex(8)}.tmp"
        file = open(name, "xb")  # noqa: SIM115 - closed by _temporary
        if os.name == "posix":
            with contextlib.suppress(OSError):  # some network disks know no locks
                fcntl.flock(file, fcntl.LOCK_EX)
        if name.exists():
            return file
        file.close()  # another writer took it for a leftover in the instant before the lock


def _clear_leftovers(target: Path) -> None:
    """Remove temporary files of this target whose writer is dead: the system has dropped their locks."""
    pattern = re.compile(rf"\.{re.escape(target.name)}\.[0-9a-f]{{16}}\.tmp")
    for name in os.listdir(target.parent):
        if pattern.fullmatch(name):
            with contextlib.suppress(OSError):
                _remove_unless_locked(target.parent / name)


def _remove_unless_locked(leftover: Path) -> None:
    """On Windows a file that is open can not be removed, which says the same without a lock."""
    if os.name == "posix":
        with open(leftover, "rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            leftover.unlink()
    else:
        leftover.unlink()


def _sync_folder(folder: Path) -> None:
    """Make the rename itself durable. Windows and some network disks can not do this for a folder, nor need it."""
    if os.name == "nt":
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except PermissionError:
        return
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.EBADF, errno.ENOTSUP):
            raise
    finally:
        os.close(descriptor)
