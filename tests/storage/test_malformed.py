"""Files made to harm or to confuse: each is refused with a FileError, quickly, before much is allocated."""

from __future__ import annotations

import json
import os
import pickle
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from tests.storage.safetensors_bytes import entry, framed
from tests.support.clock import at_most
from tests.support.refusals import noted
from tests.support.tally import Tally

import layerwise as lw
from layerwise import storage
from layerwise.errors import FileError, LayerwiseError

FOUR = bytes(4)
ONE = json.dumps(entry()).encode()


def one(dtype: object = "F32", shape: object = (1,), offsets: object = (0, 4), body: bytes = FOUR) -> bytes:
    return framed({"a": entry(dtype, shape, offsets)}, body)


MALFORMED: dict[str, bytes] = {
    "empty": b"",
    "seven bytes": bytes(7),
    "header length 0": framed(b""),
    "header length 7": framed(b'{"a":1}', length=7),
    "header length 2**63": framed(b"{}", length=2**63),
    "header length 2**64 - 1": framed(b"{}", length=2**64 - 1),
    "header longer than the file": framed(b"{}", length=3),
    "header length one short": framed({"a": entry()}, FOUR, length=len(json.dumps({"a": entry()})) - 1),
    "not UTF-8": framed(b'{"\xff":1}'),
    "not JSON": framed(b"{weights}"),
    "NaN": framed(b'{"a":NaN}'),
    "JSON in two parts": framed(b"{}{}"),
    "leading space": framed(b" {}"),
    "array at the top": framed([]),
    "text at the top": framed("weights"),
    "null at the top": framed(None),
    "the same name twice": framed(b'{"a":%s,"a":%s}' % (ONE, ONE), FOUR),
    "the same field twice": framed(b'{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}', FOUR),
    "the same metadata twice": framed(b'{"__metadata__":{"x":"1","x":"2"}}'),
    "two metadata": framed(b'{"__metadata__":{},"__metadata__":{}}'),
    "100,000 tables deep": framed(b'{"a":' * 100_000 + b"1" + b"}" * 100_000),
    "100,000 lists deep": framed(b"[" * 100_000 + b"]" * 100_000),
    "100,000 lists deep within": framed(b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
    "100,000 arrays on one range": framed({str(i): entry() for i in range(100_000)}, FOUR),
    "30,000 arrays on one range": framed({str(i): entry() for i in range(30_000)}, FOUR),
    "a million empty lists": framed(b'{"a":[' + b"[]," * 1_000_000 + b"[]]}"),
    "overlap": framed({"a": entry(shape=[2], offsets=(0, 8)), "b": entry(shape=[2], offsets=(4, 12))}, bytes(12)),
    "two arrays on one range": framed({"a": entry(), "b": entry()}, FOUR),
    "hole": framed({"a": entry(), "b": entry(offsets=(8, 12))}, bytes(12)),
    "hole at the start": one(offsets=(4, 8), body=bytes(8)),
    "trailing byte": one(body=bytes(5)),
    "one byte short": one(body=bytes(3)),
    "ends before it begins": one(offsets=(4, 0)),
    "negative offsets": one(offsets=(-4, 0), body=b""),
    "negative start": one(offsets=(-4, 4), shape=[2]),
    "float offsets": one(offsets=(0.0, 4.0)),
    "offset 1e400": framed(b'{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,1e400]}}', FOUR),
    "offset of 10,000 digits": framed(b'{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,%s]}}' % (b"9" * 10_000)),
    "offset 2**64": one(offsets=(0, 2**64)),
    "text offsets": one(offsets=("0", "4")),
    "one offset": one(offsets=(4,)),
    "no offsets": framed({"a": {"dtype": "F32", "shape": [1]}}, FOUR),
    "null offsets": framed({"a": {"dtype": "F32", "shape": [1], "data_offsets": None}}, FOUR),
    "an array that is null": framed({"a": None}, FOUR),
    "an array that is a list": framed({"a": [0, 4]}, FOUR),
    "shape product overflows": one(shape=[2**62, 8], offsets=(0, 0), body=b""),
    "shape product overflows to 0": one(shape=[2**63, 2], offsets=(0, 0), body=b""),
    "shape claims 4 TB": one(shape=[10**12], offsets=(0, 4 * 10**12)),
    "shape and size differ": one(shape=[2]),
    "negative shape": one(shape=[-1]),
    "float shape": one(shape=[1.0]),
    "unknown dtype": one("F33"),
    "dtype in small letters": one("f32"),
    "object dtype": one("O"),
    "a dtype that NumPy lacks": one("BF16", [2]),
    "dtype is a number": one(32),
    "metadata is a list": framed({"__metadata__": []}),
    "metadata is null": framed({"__metadata__": None}),
    "metadata holds a number": framed({"__metadata__": {"epoch": 3}}),
    "metadata holds a table": framed({"__metadata__": {"a": {}}}),
    "a name that climbs": framed({"../../a": entry()}, FOUR),
    "a name that climbs backwards": framed({"..\\a": entry()}, FOUR),
    "an absolute name": framed({"/tmp/a": entry()}, FOUR),
    "a name with NUL": framed({"a\0b": entry()}, FOUR),
    "a name of 1 MB": framed({"a" * 1_000_000: entry()}, FOUR),
    "half a character as a name": framed(b'{"\\ud800":%s}' % ONE, FOUR),
    "a pickle": pickle.dumps({"a": 1}),
    "a zip": b"PK\x03\x04" + bytes(100),
    "numpy's own format": b"\x93NUMPY\x01\x00v\x00{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }\n"
    + bytes(8),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_refused_quickly_in_little_memory(name: str, tmp_path: Path, tally: Tally) -> None:
    path = tmp_path / "attack.safetensors"
    path.write_bytes(MALFORMED[name])
    with pytest.raises(FileError, match="attack") as caught, at_most(seconds=1):
        storage.read(path)
    tracemalloc.start()
    try:
        with pytest.raises(FileError):
            lw.load(path)
        assert tracemalloc.get_traced_memory()[1] < 64e6
    finally:
        tracemalloc.stop()
    assert os.listdir(tmp_path) == ["attack.safetensors"]
    noted(tally, caught.value, f"file: {name}")


@pytest.mark.parametrize("length", [storage.LARGEST_HEADER + 1, 100_000_001])
def test_a_header_beyond_the_limit_is_not_even_read(length: int, tmp_path: Path, tally: Tally) -> None:
    path = tmp_path / "attack.safetensors"
    with open(path, "wb") as file:
        file.write(framed(b"{}", length=length))
        file.truncate(length + 8)
    tracemalloc.start()
    try:
        with pytest.raises(FileError, match="not a safetensors file"):
            storage.read(path)
        assert tracemalloc.get_traced_memory()[1] < 1e6
    finally:
        tracemalloc.stop()
    tally.add("bad input")


def test_a_body_that_the_header_does_not_claim_is_not_read(tmp_path: Path, tally: Tally) -> None:
    path = tmp_path / "attack.safetensors"
    path.write_bytes(one())
    os.truncate(path, 10**10)  # sparse: takes no room on the disk
    with pytest.raises(FileError, match="its length"):
        storage.read(path)
    tally.add("bad input")


VALID = {
    "zero-size": (one(shape=[0, 3], offsets=(0, 0), body=b""), {"a": np.zeros((0, 3), np.float32)}),
    "rank 0": (one(shape=[]), {"a": np.zeros((), np.float32)}),
    "metadata only": (framed({"__metadata__": {"made by": "another tool"}}), {}),
    "nothing": (framed({}), {}),
    "trailing spaces": (framed(b'{"a":%s}   ' % ONE, FOUR), {"a": np.zeros(1, np.float32)}),
    "another tool's checksum": (framed({"__metadata__": {"sha256": "0" * 64}}), {}),
    "another tool's header": (framed({"__metadata__": {"header": "not JSON", "version": "x"}}), {}),
}


@pytest.mark.parametrize("name", VALID)
def test_unusual_and_valid_files_load(name: str, tmp_path: Path) -> None:
    data, arrays = VALID[name]
    path = tmp_path / "valid.safetensors"
    path.write_bytes(data)
    stored = storage.read(path)
    assert stored.arrays.keys() == arrays.keys()
    for key, array in arrays.items():
        np.testing.assert_array_equal(stored.arrays[key], array, strict=True)
    assert (stored.header, stored.checked) == ({}, False)


SPECS = {
    "huge layer": {"layers": [{"name": "Linear", "in_features": 10**9, "out_features": 10**9}]},
    "large layer": {"layers": [{"name": "Linear", "in_features": 5_000, "out_features": 5_000}]},
    "larger than a machine word": {"layers": [{"name": "Linear", "in_features": 2**70, "out_features": 2}]},
    "unknown layer": {"layers": [{"name": "os.system"}]},
    "dotted path": {"layers": [{"name": "layerwise.layers.Linear", "module": "os"}]},
    "unknown setting": {"layers": [{"name": "ReLU", "module": "os"}]},
    "no layers": {},
    "layers in a text": {"layers": "ReLU"},
    "layers in a number": {"layers": 5},
    "20,000 layers": {"layers": [{"name": "ReLU"}] * 20_000},
    "itself": {"layers": [{"name": "Same", "layer": 0}]},
    "not a table": {"layers": [["Linear", 2, 2]]},
    "unknown dtype": {"layers": [{"name": "ReLU"}], "dtype": "object"},
    "a seed of text": {"layers": [{"name": "ReLU"}], "seed": "x"},
    "arrays that are not there": {"layers": [{"name": "Linear", "in_features": 2, "out_features": 2}]},
}
DEEP = {"name": "RNN", "input_size": 3, "hidden_size": 3, "num_layers": 1000, "bidirectional": True}
SPECS |= {
    "8,000 recurrent layers": {"layers": [DEEP | {"num_layers": 8000}]},
    "10**9 recurrent layers": {"layers": [DEEP | {"num_layers": 10**9}]},
    "1,000 recurrent layers": {"layers": [DEEP]},
    "a row of 1,000 times 1,000 recurrent layers": {"layers": [DEEP] * 1000},
    "a thousand of a thousand of a thousand": {
        "layers": [
            {"name": "Sequential", "layers": [{"name": "ReLU"}]},
            *({"name": "Sequential", "layers": [{"name": "Same", "layer": str(i)}] * 1000} for i in range(3)),
        ]
    },
    "statistics of 10**9 features": {"layers": [{"name": "BatchNorm1d", "num_features": 10**9}]},
}
LEVELS = {"layers": [{"name": "ReLU"}]}
for _ in range(100):
    LEVELS = {"layers": [{"name": "Sequential", **LEVELS}]}
SPECS["100 levels"] = LEVELS


@pytest.mark.parametrize("name", SPECS)
def test_a_spec_with_a_right_checksum_can_still_be_wrong(name: str, tmp_path: Path, tally: Tally) -> None:
    path = tmp_path / "net.safetensors"
    storage.write(path, {}, {"kind": "network", "network": SPECS[name]})
    with pytest.raises(LayerwiseError) as caught, at_most(seconds=1):
        lw.load(path)
    tracemalloc.start()  # and once more: what is traced takes several times as long
    try:
        with pytest.raises(LayerwiseError):
            lw.load(path)
        assert tracemalloc.get_traced_memory()[1] < 64e6
    finally:
        tracemalloc.stop()
    noted(tally, caught.value, f"spec: {name}")


def test_arrays_that_do_not_fit_the_spec_are_named(tmp_path: Path) -> None:
    net = lw.Network(lw.Linear(2, 3))
    path = tmp_path / "net.safetensors"
    storage.write(path, {"0.weight": np.zeros((2, 2))}, {"kind": "network", "network": net.spec()})
    with pytest.raises(FileError, match="not whole"):
        lw.load(path)


def test_mutated_files_are_read_or_refused_and_nothing_else(tmp_path: Path, tally: Tally) -> None:
    """Five to one random changes to a file without a checksum, so that every check behind the checksum is met."""
    rng = np.random.default_rng(0)
    plain = framed({"a": entry(shape=[2], offsets=(0, 8)), "bb": entry("I64", [1, 1], (8, 16))}, bytes(16))
    path = tmp_path / "mutated.safetensors"
    refused = 0
    for _ in range(4000):
        data = bytearray(plain)
        for place in rng.integers(0, len(data), size=rng.integers(1, 6)):
            data[place] = rng.choice(np.frombuffer(plain, np.uint8)) if rng.random() < 0.7 else rng.integers(256)
        path.unlink(missing_ok=True)  # a fresh file: some file systems sync one that is cut and written again
        path.write_bytes(data)
        try:
            assert not storage.read(path).checked
        except FileError:
            refused += 1
    assert 2000 < refused < 4000
    tally.add("bad input", refused)
