"""MNIST and Fashion-MNIST through small copies of their files, and once through the real ones."""

from __future__ import annotations

import gzip
import hashlib
import http.server
import os
import socket
import struct
import threading
import time

import numpy as np
import pytest
from tests.support.refusals import noted

from layerwise.data import load, names, sources
from layerwise.errors import DataError, FileError

REAL = os.environ.get(sources.MIRROR)


def idx(values: np.ndarray) -> bytes:
    return struct.pack(f">BBBB{values.ndim}I", 0, 0, 8, values.ndim, *values.shape) + values.tobytes()


@pytest.fixture
def mirror(tmp_path, monkeypatch):
    """A folder with 300 + 40 small images in the layout of the mirror; nothing else can be found."""
    draw = np.random.default_rng(0)
    for folder in ("mnist", "fashion-mnist"):
        (tmp_path / "mirror" / folder).mkdir(parents=True)
        for part, n in (("train", 300), ("t10k", 40)):
            images = draw.integers(0, 256, (n, 5, 4), dtype=np.uint8)
            labels = (images.sum(axis=(1, 2)) % 10).astype(np.uint8)
            for kind, values in (("images-idx3", images), ("labels-idx1", labels)):
                name = f"{folder}/{part}-{kind}-ubyte"
                monkeypatch.setitem(sources.SHA256, name, hashlib.sha256(idx(values)).hexdigest())
                (tmp_path / "mirror" / f"{name}.gz").write_bytes(gzip.compress(idx(values)))
    monkeypatch.setattr(sources, "SYSTEM", tmp_path / "system")
    monkeypatch.setattr(sources, "_cache", lambda: tmp_path / "cache")
    monkeypatch.setattr(sources, "ADDRESSES", dict.fromkeys(sources.ADDRESSES, "http://127.0.0.1:9/"))
    monkeypatch.setattr("layerwise.data.images.VALIDATION_IMAGES", 50)
    monkeypatch.setenv(sources.MIRROR, str(tmp_path / "mirror"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return tmp_path / "mirror"


def raw(mirror, name):
    return gzip.decompress((mirror / f"{name}.gz").read_bytes())


@pytest.mark.parametrize("name", ["mnist", "fashion_mnist"])
def test_the_parts_are_those_of_the_files(mirror, name):
    data = load(name, scale=False)
    folder = name.replace("_", "-")
    test = np.frombuffer(raw(mirror, f"{folder}/t10k-images-idx3-ubyte"), np.uint8, offset=16).reshape(40, 20)
    np.testing.assert_array_equal(data.test.x, test)
    assert [len(part.x) for part in (data.train, data.validation, data.test)] == [250, 50, 40]
    for x, y in (data.train, data.validation, data.test):
        np.testing.assert_array_equal(x.sum(axis=1) % 10, y)  # each label is still with its image
        assert y.dtype == np.int64
        assert x.dtype == np.float32
    known = np.frombuffer(raw(mirror, f"{folder}/train-images-idx3-ubyte"), np.uint8, offset=16).reshape(300, 20)
    found = np.concatenate([data.train.x, data.validation.x])
    assert sorted(map(bytes, found.astype(np.uint8))) == sorted(map(bytes, known))


def test_pixels_are_divided_by_255_and_images_keep_their_shape(mirror):
    data, plain = load("mnist", flat=False), load("mnist", scale=False)
    assert data.train.x.shape == (250, 1, 5, 4)
    assert data.image_shape == (1, 5, 4)
    np.testing.assert_array_equal(data.train.x.reshape(250, 20), plain.train.x / np.float32(255))
    columns = {name: plain.test.x[:, k] for k, name in enumerate(plain.features)}
    assert data.preparation.apply(columns).tobytes() == data.test.x.tobytes()


def test_the_seed_draws_the_validation_part_and_never_the_test_part(mirror):
    one, again, other = load("mnist", seed=1), load("mnist", seed=1), load("mnist", seed=2)
    assert one.validation.x.tobytes() == again.validation.x.tobytes()
    assert one.validation.x.tobytes() != other.validation.x.tobytes()
    assert one.test.x.tobytes() == other.test.x.tobytes()


def test_the_validation_part_can_be_a_fraction(mirror):
    assert len(load("mnist", validation=0.9).train.x) == 30


def test_a_validation_part_that_takes_all_is_refused(mirror, tally):
    with pytest.raises(DataError, match="validation takes 300 of 300 images and leaves none") as caught:
        load("mnist", validation=0.999)
    noted(tally, caught.value)


@pytest.mark.parametrize("place", ["system", "cache"])
def test_other_places_on_this_machine_serve_too(mirror, monkeypatch, place):
    monkeypatch.delenv(sources.MIRROR)
    assert not {card.name: card.offline for card in names()}["mnist"]
    mirror.rename(mirror.with_name(place))
    assert {card.name: card.offline for card in names()}["mnist"]
    assert len(load("mnist").test.x) == 40


def test_a_file_address_is_a_folder(mirror, monkeypatch):
    monkeypatch.setenv(sources.MIRROR, mirror.as_uri())
    assert len(load("mnist").test.x) == 40


def test_a_wrong_mirror_is_named(mirror, monkeypatch, tally):
    monkeypatch.setenv(sources.MIRROR, str(mirror / "nowhere"))
    with pytest.raises(FileError, match=r"LAYERWISE_DATA_MIRROR is '.*nowhere', which is no folder") as caught:
        load("mnist")
    noted(tally, caught.value)


LABELS = "mnist/train-labels-idx1-ubyte"


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (
            lambda content: gzip.compress(gzip.decompress(content) + b"x"),
            r"is not the published mnist/train-labels.*sha256",
        ),
        (lambda content: gzip.decompress(content), "is damaged .*Not a gzipped file"),
        (lambda content: content[: len(content) // 2], "is damaged"),
        (lambda content: content[:30] + bytes([content[30] ^ 255]) + content[31:], "is damaged|is not the published"),
        (lambda content: b"", "is not the published"),
    ],
    ids=["other content", "not gzip", "cut off", "flipped byte", "empty"],
)
def test_a_damaged_file_is_named_with_what_to_do(mirror, damage, message, tally):
    path = mirror / f"{LABELS}.gz"
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(FileError, match=message) as caught:
        load("mnist")
    assert str(path) in str(caught.value)
    assert "good copy" in str(caught.value)
    noted(tally, caught.value)


def test_without_a_network_one_sentence_says_what_to_do_and_quickly(mirror, monkeypatch, tally):
    monkeypatch.delenv(sources.MIRROR)
    start = time.perf_counter()
    with pytest.raises(FileError, match=r"can not be downloaded .*no connection.*set LAYERWISE_DATA_MIRROR") as caught:
        load("fashion_mnist")
    assert time.perf_counter() - start < 5
    for file in sources.files("mnist"):
        assert f"{file}.gz" in str(caught.value)
    assert "fashion-mnist/" in str(caught.value)
    noted(tally, caught.value)


def test_a_file_without_permission_is_named(mirror, monkeypatch, tally):
    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(gzip, "open", refuse)  # the rights of a file do not bind root
    with pytest.raises(FileError, match=r"train-images-idx3-ubyte.gz can not be read \(Permission denied\)") as caught:
        load("mnist")
    noted(tally, caught.value)


def test_a_cache_that_can_not_be_written_is_named(mirror, server, tally):
    mirror.with_name("cache").write_text("a file where a folder is needed")
    with pytest.raises(FileError, match=r"the cache .* can not be written") as caught:
        load("mnist")
    noted(tally, caught.value)


def test_a_server_that_never_answers_is_given_up(mirror, monkeypatch, tally):
    monkeypatch.setattr(sources, "TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv(sources.MIRROR, f"http://127.0.0.1:{silent.getsockname()[1]}")
        with pytest.raises(FileError, match=r"no answer in 0.2 s") as caught:
            load("mnist")
    noted(tally, caught.value)


@pytest.fixture
def server(mirror, monkeypatch):
    """The mirror behind an address; the requests it answered."""
    asked = []

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args):
            super().__init__(*args, directory=str(mirror))

        def log_message(self, form, *args):
            asked.append(args[0])

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        monkeypatch.setenv(sources.MIRROR, f"http://127.0.0.1:{running.server_address[1]}")
        yield asked
        running.shutdown()
        thread.join()


def test_a_mirror_behind_an_address_is_asked_once_and_then_the_cache(mirror, server):
    first = load("mnist")
    assert len(server) == 4
    assert load("mnist").train.x.tobytes() == first.train.x.tobytes()
    assert len(server) == 4
    cache = mirror.with_name("cache")
    assert sorted(path.name for path in (cache / "mnist").iterdir()) == sorted(
        f"{file}.gz" for file in sources.files("mnist")
    )


def test_a_damaged_cache_is_mended_by_a_new_download(mirror, server):
    load("mnist")
    cached = mirror.with_name("cache") / f"{LABELS}.gz"
    cached.write_bytes(b"broken")
    assert len(load("mnist").test.x) == 40
    assert sources.read_checked(LABELS) == raw(mirror, LABELS)


def test_a_wrong_download_never_reaches_the_cache(mirror, server, tally):
    (mirror / f"{LABELS}.gz").write_bytes(gzip.compress(b"something else"))
    with pytest.raises(
        FileError, match=r"http://127.0.0.1:\d+/mnist/train-labels-idx1-ubyte.gz is not the published"
    ) as caught:
        load("mnist")
    left = {path.name for path in (mirror.with_name("cache") / "mnist").iterdir()}
    assert left == {"train-images-idx3-ubyte.gz"}
    noted(tally, caught.value)


def test_what_the_server_does_not_have_is_told(mirror, server, tally):
    (mirror / f"{LABELS}.gz").unlink()
    with pytest.raises(FileError, match="404") as caught:
        load("mnist")
    noted(tally, caught.value)


@pytest.mark.skipif(not REAL, reason="LAYERWISE_DATA_MIRROR is not set: the real files are not at hand")
@pytest.mark.parametrize(("name", "share"), [("mnist", 0.1135), ("fashion_mnist", 0.1)])
def test_the_real_files(name, share):
    data = load(name)
    assert [len(part.x) for part in (data.train, data.validation, data.test)] == [55_000, 5_000, 10_000]
    assert data.train.x.shape[1:] == (784,)
    assert np.bincount(data.test.y).max() / 10_000 == share
    assert (data.train.x.min(), data.train.x.max()) == (0, 1)
