"""What is written comes back bit for bit; what is damaged, cut off or newer is refused; other tools' files are read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file
from tests.support.tally import Tally

import layerwise as lw
from layerwise import storage
from layerwise.errors import FileError, KindError

VERSION_1 = Path(__file__).parent / "golden" / "storage" / "version_1.safetensors"
DTYPES = ["bool", "u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f2", "f4", "f8", "c8"]


def example(folder: Path) -> Path:
    path = folder / "net.safetensors"
    lw.Network(lw.Linear(10, 20), lw.Tanh(), lw.Linear(20, 3), seed=1).save(path)
    return path


# --- there and back ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(), (0,), (0, 3), (1,), (3, 4)])
def test_arrays_come_back_with_the_same_bits(dtype: str, shape: tuple[int, ...], tmp_path: Path) -> None:
    array = np.arange(int(np.prod(shape))).reshape(shape).astype(dtype)
    storage.write(tmp_path / "a", {"x": array, "y": array}, {})
    stored = storage.read(tmp_path / "a")
    for name in ("x", "y"):
        assert stored.arrays[name].dtype == array.dtype
        np.testing.assert_array_equal(stored.arrays[name], array, strict=True)
    assert stored.checked


def test_layout_and_special_numbers_do_not_matter(tmp_path: Path) -> None:
    x = np.array([[np.nan, -np.inf, -0.0], [5e-324, 1e300, 1.5]])
    arrays = {"fortran": np.asfortranarray(x), "reversed": x[::-1, ::-1], "view": np.broadcast_to(x[0], (4, 3))}
    arrays["big_endian"] = x.astype(">f8")
    storage.write(tmp_path / "a", arrays, {})
    for name, array in storage.read(tmp_path / "a").arrays.items():
        assert array.tobytes() == arrays[name].astype("<f8").tobytes()


def test_the_header_comes_back_equal(tmp_path: Path) -> None:
    header = {"a": [1, 2.5, None, True, {"b": []}], "tiny": 5e-324, 'quote " \\ /': "\n\0 é 漢 \U0001f600", "": 2**100}
    storage.write(tmp_path / "a", {}, header)
    assert storage.read(tmp_path / "a") == ({}, header, True)


def test_equal_contents_give_equal_bytes_in_any_order(tmp_path: Path) -> None:
    arrays = {name: np.full(3, i, f"f{2 ** (1 + i % 3)}") for i, name in enumerate("zyxab")}
    storage.write(tmp_path / "a", arrays, {"a": 1})
    storage.write(tmp_path / "b", dict(reversed(arrays.items())), {"a": 1})
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_writing_changes_no_argument_and_shares_no_memory(tmp_path: Path) -> None:
    x = np.ones(3)
    storage.write(tmp_path / "a", {"x": x}, {})
    storage.read(tmp_path / "a").arrays["x"][:] = 7
    assert (x == 1).all()
    assert (storage.read(tmp_path / "a").arrays["x"] == 1).all()


def test_other_tools_read_our_files(tmp_path: Path) -> None:
    path = example(tmp_path)
    arrays = load_file(path)
    assert arrays.keys() == {"0.weight", "0.bias", "2.weight", "2.bias"}
    np.testing.assert_array_equal(arrays["0.weight"], lw.load(path).parameters()["0.weight"])


def test_we_read_files_of_other_tools_and_say_that_nothing_vouches_for_them(tmp_path: Path) -> None:
    save_file({"0.weight": np.ones((3, 2), np.float32)}, tmp_path / "a", metadata={"format": "pt"})
    stored = storage.read(tmp_path / "a")
    assert (stored.header, stored.checked) == ({}, False)
    np.testing.assert_array_equal(stored.arrays["0.weight"], np.ones((3, 2), np.float32))
    with pytest.raises(FileError, match="no network of Layerwise"):
        lw.load(tmp_path / "a")


# --- what can not come back is refused before anything is written ------------------------------------------------

UNFIT_HEADERS: dict[str, Any] = {
    "NaN": {"loss": float("nan")},
    "infinity": {"loss": float("inf")},
    "a tuple": {"betas": (0.9, 0.999)},
    "a number as a key": {1: "a"},
    "an array": {"x": np.ones(2)},
    "a set": {"x": {1}},
    "bytes": {"x": b""},
    "NumPy's float": {"x": np.float32(1)},
    "a path": {"x": Path("a")},
    "10,000 digits": {"x": 10**10_000},
    "too long": {"x": "a" * storage.LARGEST_HEADER},
    "too many lists": {"x": [[]] * storage.MOST_BRACKETS},
    "a list": [1],
    "nothing": None,
}
UNFIT_HEADERS["endless"] = {}
UNFIT_HEADERS["endless"]["itself"] = UNFIT_HEADERS["endless"]
UNFIT_ARRAYS: dict[str, Any] = {
    "a list": {"a": [1.0]},
    "a number": {"a": 1.0},
    "nothing": {"a": None},
    "objects": {"a": np.array([None])},
    "text": {"a": np.array(["x"])},
    "dates": {"a": np.array(["2020-01-01"], "M8[D]")},
    "records": {"a": np.zeros(1, [("x", "f4")])},
    "complex128": {"a": np.zeros(1, complex)},
    "longdouble": {"a": np.zeros(1, np.longdouble)},
    "masked": {"a": np.ma.array([1.0, 2.0], mask=[0, 1])},
    "name is a number": {1: np.zeros(1)},
    "name is taken": {"__metadata__": np.zeros(1)},
    "name with NUL": {"a\0": np.zeros(1)},
    "name climbs": {"../a": np.zeros(1)},
    "name is half a character": {"\ud800": np.zeros(1)},
    "name too long": {"a" * 1001: np.zeros(1)},
}


@pytest.mark.parametrize("name", UNFIT_HEADERS)
def test_headers_that_would_not_come_back(name: str, tmp_path: Path, tally: Tally) -> None:
    with pytest.raises(KindError, match="header"):
        storage.write(tmp_path / "a", {}, UNFIT_HEADERS[name])
    assert os.listdir(tmp_path) == []
    tally.add("bad input")


@pytest.mark.parametrize("name", UNFIT_ARRAYS)
def test_arrays_that_would_not_come_back(name: str, tmp_path: Path, tally: Tally) -> None:
    with pytest.raises(KindError):
        storage.write(tmp_path / "a", UNFIT_ARRAYS[name], {})
    assert os.listdir(tmp_path) == []
    tally.add("bad input")


# --- damage ------------------------------------------------------------------------------------------------------


def put(path: Path, data: bytes) -> None:
    path.unlink(missing_ok=True)  # a fresh file: some file systems sync one that is cut and written again
    path.write_bytes(data)


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Some 20 KB that a run leaves: weights, moments, history and the table of the experiment."""
    path = tmp_path_factory.mktemp("run") / "checkpoint.safetensors"
    x = np.arange(120.0).reshape(6, 20) / 100
    net = lw.Network(lw.Linear(20, 48), lw.Tanh(), lw.Linear(48, 10), seed=1)
    lw.fit(net, (x, np.arange(6)), loss=lw.CrossEntropyLoss(), optimizer=lw.Adam(), epochs=2, checkpoint=path)
    data = path.read_bytes()
    assert 18_000 < len(data) < 25_000
    return data


def test_every_truncation_of_a_checkpoint_is_refused(checkpoint: bytes, tmp_path: Path, tally: Tally) -> None:
    path = tmp_path / "cut"
    path.write_bytes(checkpoint)
    for length in reversed(range(len(checkpoint))):
        os.truncate(path, length)
        with pytest.raises(FileError, match=r"cut"):
            storage.read(path)
    tally.add("bad input", len(checkpoint))
    tally.add("damaged files", len(checkpoint))


def test_every_flipped_byte_of_a_checkpoint_is_refused(checkpoint: bytes, tmp_path: Path, tally: Tally) -> None:
    """Each of the eight bits in turn; all of them together, and the bit between small and capital letters, below."""
    path = tmp_path / "damaged"
    path.write_bytes(checkpoint)
    with path.open("r+b", buffering=0) as file:
        for place, byte in enumerate(checkpoint):
            for now in (byte ^ 1 << place % 8, byte):
                file.seek(place)
                file.write(bytes([now]))
                if now != byte:
                    with pytest.raises(FileError):
                        storage.read(path)
    assert storage.read(path).checked  # the last byte is right again, and so are all
    tally.add("bad input", len(checkpoint))
    tally.add("damaged files", len(checkpoint))


@pytest.mark.parametrize("mask", [0x01, 0x20, 0x80, 0xFF])
def test_every_flipped_byte_is_refused(mask: int, tmp_path: Path, tally: Tally) -> None:
    data = example(tmp_path).read_bytes()
    assert 1500 < len(data) < 4000
    for place in range(len(data)):
        damaged = bytearray(data)
        damaged[place] ^= mask
        put(tmp_path / "damaged", damaged)
        with pytest.raises(FileError):
            storage.read(tmp_path / "damaged")
    tally.add("bad input", len(data))


@pytest.mark.parametrize("more", [b"\0", b" ", b"\0" * 8])
def test_bytes_added_at_the_end_are_refused(more: bytes, tmp_path: Path, tally: Tally) -> None:
    path = example(tmp_path)
    put(path, path.read_bytes() + more)
    with pytest.raises(FileError, match="length"):
        storage.read(path)
    tally.add("bad input")


def test_swapped_blocks_are_refused(tmp_path: Path, tally: Tally) -> None:
    """Two files of the same layout: each block of one put into the other."""
    one, other = example(tmp_path).read_bytes(), None
    lw.Network(lw.Linear(10, 20), lw.Tanh(), lw.Linear(20, 3), seed=2).save(tmp_path / "other")
    other = (tmp_path / "other").read_bytes()
    assert len(one) == len(other)
    blocks = range(0, len(one), 64)
    refused = 0
    for start in blocks:
        mixed = one[:start] + other[start : start + 64] + one[start + 64 :]
        if mixed not in (one, other):
            put(tmp_path / "mixed", mixed)
            with pytest.raises(FileError):
                storage.read(tmp_path / "mixed")
            refused += 1
    assert refused > len(blocks) // 2
    tally.add("bad input", refused)


# --- versions ----------------------------------------------------------------------------------------------------


def test_a_file_of_version_1_loads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file in the repository was written by version 1, and is never written again."""
    for reader in (storage.VERSION, storage.VERSION + 1):
        monkeypatch.setattr(storage, "VERSION", reader)
        stored = storage.read(VERSION_1)
        assert stored.checked
        np.testing.assert_array_equal(stored.arrays["0.weight"], [[0.5, -0.25]])
        net = lw.load(VERSION_1)
        assert repr(net) == "Network(Linear(2, 1), Tanh(), seed=3, dtype='float32')"
        np.testing.assert_array_equal(net.theta, np.float32([0.5, -0.25, 2.0]))


def test_a_newer_file_is_refused_with_the_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "VERSION", storage.VERSION + 1)
    path = example(tmp_path)
    monkeypatch.undo()
    with pytest.raises(FileError, match=r"newer Layerwise \(file version 2, this one reads up to 1\): update"):
        lw.load(path)


@pytest.mark.parametrize("version", ["", "0", "-1", "1.5", "x", "9" * 5000, "１"])
def test_a_version_that_is_none_is_refused(
    version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tally: Tally
) -> None:
    monkeypatch.setattr(storage, "VERSION", version)
    storage.write(tmp_path / "a", {}, {})
    monkeypatch.undo()
    with pytest.raises(FileError, match="version"):
        storage.read(tmp_path / "a")
    tally.add("bad input")


# --- places ------------------------------------------------------------------------------------------------------


def test_missing_files_and_folders_are_named(tmp_path: Path, tally: Tally) -> None:
    with pytest.raises(FileError, match="there is no file"):
        lw.load(tmp_path / "none")
    with pytest.raises(FileError, match="is a folder"):
        lw.load(tmp_path)
    with pytest.raises(FileError, match="No such file or directory"):
        storage.write(tmp_path / "none" / "a", {}, {})
    tally.add("bad input", 3)
