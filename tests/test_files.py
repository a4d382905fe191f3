"""A file is replaced whole or stays as it was, whatever the disk answers and wherever a writer dies."""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path

import pytest
from tests.support.disk import Disk
from tests.support.tally import Tally

from layerwise import files
from layerwise.errors import FileError

PARTS = [b"new ", b"contents, ", memoryview(b"in parts")]
NEW = b"new contents, in parts"
ORDER = ["open xb", "write", "write", "write", "flush", "fsync file", "replace", "close", "open folder", "fsync folder"]

posix = pytest.mark.skipif(os.name == "nt", reason="locks and descriptors of POSIX")


def test_new_and_replaced_files_hold_the_parts(tmp_path: Path) -> None:
    path = tmp_path / "a"
    files.replace(path, PARTS)
    assert path.read_bytes() == NEW
    files.replace(str(path), [b"shorter"])
    assert path.read_bytes() == b"shorter"
    files.replace(path, [])
    assert path.read_bytes() == b""
    assert os.listdir(tmp_path) == ["a"]


@posix
def test_the_calls_come_in_the_order_that_survives_a_crash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = Disk()
    with monkeypatch.context() as patch:
        disk.install(patch)
        files.replace(tmp_path / "a", PARTS)
    assert disk.calls == ORDER
    assert disk.inodes == {"file": (tmp_path / "a").stat().st_ino, "folder": tmp_path.stat().st_ino}


@posix
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EFBIG, errno.EDQUOT, errno.EROFS])
@pytest.mark.parametrize("fail_at", range(len(ORDER)))
def test_every_call_may_fail(
    fail_at: int, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tally: Tally
) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")
    with monkeypatch.context() as patch:
        Disk(fail_at, code).install(patch)
        with pytest.raises(FileError, match=re.escape(os.strerror(code))) as caught:
            files.replace(path, PARTS)
    renamed = fail_at > ORDER.index("replace")
    assert path.read_bytes() == (NEW if renamed else b"old")
    assert ("may not outlast a power cut" if renamed else "What was there is intact") in str(caught.value)
    assert os.listdir(tmp_path) == ["a"]
    tally.add("bad input")


@posix
@pytest.mark.parametrize("code", [errno.EINVAL, errno.ENOTSUP])
def test_a_file_system_that_can_not_sync_folders_is_no_error(
    code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        Disk(ORDER.index("fsync folder"), code).install(patch)
        files.replace(tmp_path / "a", PARTS)
    assert (tmp_path / "a").read_bytes() == NEW


def test_ctrl_c_within_a_write_leaves_the_old_file_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(descriptor: int) -> None:
        raise KeyboardInterrupt

    path = tmp_path / "a"
    path.write_bytes(b"old")
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", interrupt)
        with pytest.raises(KeyboardInterrupt):
            files.replace(path, PARTS)
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a"]


def test_leftovers_of_this_target_go_and_nothing_else(tmp_path: Path) -> None:
    mine = [".a[1].0123456789abcdef.tmp", ".a[1].ffffffffffffffff.tmp"]
    others = [".a1.0123456789abcdef.tmp", ".a[1].tmp", ".a[1].0123.tmp", "a[1].0123456789abcdef.tmp", ".a[1].x.tmp"]
    for name in mine + others:
        (tmp_path / name).write_bytes(b"")
    files.replace(tmp_path / "a[1]", PARTS)
    assert set(os.listdir(tmp_path)) == {"a[1]", *others}


@posix
def test_the_temporary_file_of_a_living_writer_stays(tmp_path: Path) -> None:
    with files._temporary(tmp_path / "a") as file:
        file.write(b"half")
        files.replace(tmp_path / "a", PARTS)
        assert Path(file.name).exists()
    assert os.listdir(tmp_path) == ["a"]


@posix
def test_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "disk" / "a")
    files.replace(tmp_path / "link", PARTS)
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "disk" / "a").read_bytes() == NEW


def bad_places(folder: Path) -> dict[str, object]:
    (folder / "folder").mkdir()
    (folder / "file").write_bytes(b"")
    return {
        "a folder": folder / "folder",
        "in a folder that is not there": folder / "none" / "a",
        "below a file": folder / "file" / "a",
        "a name with NUL": str(folder / "a\0b"),
        "half a character": str(folder / "\ud800"),
        "a name too long": folder / ("a" * 300),
    }


@pytest.mark.parametrize("case", range(6))
def test_places_where_nothing_can_be_written_or_read(case: int, tmp_path: Path, tally: Tally) -> None:
    name, place = list(bad_places(tmp_path).items())[case]
    before = sorted(os.listdir(tmp_path))
    with pytest.raises(FileError, match="could not write"):
        files.replace(place, PARTS)  # type: ignore[arg-type]
    with pytest.raises(FileError), files.opened(place):  # type: ignore[arg-type]
        pytest.fail(f"{name} was opened")
    assert sorted(os.listdir(tmp_path)) == before
    tally.add("bad input", 2)


@posix
def test_a_pipe_or_a_device_is_not_waited_for(tmp_path: Path, tally: Tally) -> None:
    os.mkfifo(tmp_path / "pipe")
    for place in (tmp_path / "pipe", "/dev/zero"):
        with pytest.raises(FileError, match="a pipe or a device"), files.opened(place):
            pytest.fail(f"{place} was opened")
        tally.add("bad input")


@posix
@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_file_without_permission(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")
    path.chmod(0)
    with pytest.raises(FileError, match="Permission denied"), files.opened(path):
        pytest.fail("a file without permission was opened")


def test_an_error_while_reading_is_a_file_error(tmp_path: Path) -> None:
    def broken_disk() -> None:
        with files.opened(tmp_path / "a") as (_, size):
            assert size == len(NEW)
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    (tmp_path / "a").write_bytes(NEW)
    with pytest.raises(FileError, match="could not read"):
        broken_disk()
