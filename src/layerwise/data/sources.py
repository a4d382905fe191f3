"""Where the files of the larger sets are, and whether they are what their authors published.

Each file is looked for in this order, and the first place that has it is taken:

1. the folder named by the environment variable LAYERWISE_DATA_MIRROR (it holds `mnist/`, `names/` and so on);
2. the folder of Debian's package dataset-fashion-mnist;
3. the cache, where earlier downloads are;
4. the address in LAYERWISE_DATA_MIRROR, if it is one; then that of the authors or their keepers.

The sha256 is that of the decompressed bytes, since each mirror compresses in its own way. With equal bytes a place
on this machine is as good as an address and never waits for a network, so addresses come last.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from layerwise.errors import FileError

MIRROR = "LAYERWISE_DATA_MIRROR"
TIMEOUT = 10.0
"""Seconds without any answer after which a download is given up."""

ADDRESSES = {
    "mnist": "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "fashion-mnist": "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
}
SYSTEM = Path("/usr/share/datasets")
"""Debian's dataset-fashion-mnist puts its four files into `fashion-mnist/` here."""

ORIGINS = {
    "names": "the lists of Mark Kantrowitz (CMU), which the NLTK project keeps as its corpus `names`",
    "spam-assassin": "the public corpus of SpamAssassin, spamassassin.apache.org/old/publiccorpus, as one table",
    "movielens-small": "ml-latest-small of 2016, grouplens.org/datasets/movielens, which has newer ones now",
    "text": "`pydoc_data.topics` of Python 3.11, the topics sorted by name",
}
"""Where the sets without an address for exactly these bytes come from."""

SHA256 = {
    "mnist/train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "mnist/train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "mnist/t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "mnist/t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    "fashion-mnist/train-images-idx3-ubyte": "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
    "fashion-mnist/train-labels-idx1-ubyte": "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    "fashion-mnist/t10k-images-idx3-ubyte": "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
    "fashion-mnist/t10k-labels-idx1-ubyte": "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
    "names/female.txt": "f2ee53b7adf88a44c0ffaa5aa549e749ac6bd95e813cb68213145276b8efd8c9",
    "names/male.txt": "35cf3ca775b204f7a67a6a25f651e7149ea0f0d22ffad9d366e680fe948ca38e",
    "spam-assassin/mails.jsonl": "51614383d8e0b0ca47b752e0b0ab1e4b9b05b6fc6c84103e6487a005cd75a861",
    "movielens-small/ratings.csv": "b4239649fbf90ebf405c56c3ae1d929d9e7c86fc1a3a80cbef1c884df593ef73",
    "text/python-topics.txt": "279044a8ce711a8c2032d0e57a27e3a001f645c63da2bcd40bdc221c38c65748",
}

_MOST_BYTES = 2**26
"""No file of these is larger when decompressed; a bomb is stopped here."""


def is_here(folder: str) -> bool:
    """Whether the files of a set lie on this machine (they are checked when they are read)."""
    return all(any(path.is_file() for path in _local(f"{folder}/{file}")) for file in files(folder))


def read_checked(name: str) -> bytes:
    """The decompressed bytes of a file such as `mnist/train-labels-idx1-ubyte`, with the right sha256.

    Errors: `FileError` when a file that was found is another one, or none can be had.
    """
    cached = _cache() / f"{name}.gz"
    _check_mirror()
    for path in _local(name):
        if path.is_file():
            try:
                return _unpack(path, name, str(path))
            except FileError as error:
                if path != cached:  # a new download mends the cache; what stands in other folders is theirs
                    raise FileError(f"{error}: delete it or put a good copy in its place") from error
    tried = []
    for address in _addresses(name):
        try:
            return _download(address, name, cached)
        except FileError as error:
            tried.append(str(error))
    folder = name.partition("/")[0]
    wanted = f"set {MIRROR} to a folder that holds {folder}/ with {', '.join(f'{file}.gz' for file in files(folder))}"
    if folder in ORIGINS and not tried:
        raise FileError(
            f"{name} is not on this machine, and no address has exactly this file: {wanted}; it comes from "
            f"{ORIGINS[folder]}"
        )
    raise FileError(
        f"{name}.gz is not on this machine and can not be downloaded ({'; '.join(tried)}): connect to the network, "
        f"or {wanted}"
    )


def files(folder: str) -> list[str]:
    """The files of a set."""
    return [file for place, _, file in (name.partition("/") for name in SHA256) if place == folder]


def _mirror() -> str:
    """The mirror as an address or a path; a file:// address is a path."""
    mirror = os.environ.get(MIRROR, "").strip()
    return url2pathname(urlsplit(mirror).path) if mirror.startswith("file://") else mirror


def _is_address(mirror: str) -> bool:
    return mirror.startswith(("http://", "https://"))


def _check_mirror() -> None:
    mirror = _mirror()
    if mirror and not _is_address(mirror) and not Path(mirror).is_dir():
        raise FileError(f"{MIRROR} is {mirror!r}, which is no folder and no http address: correct or unset it")


def _cache() -> Path:
    import pooch

    return Path(pooch.os_cache("layerwise"))


def _local(name: str) -> Iterator[Path]:
    """The places on this machine, in order; in a folder of their own, short files lie as they are."""
    mirror = _mirror()
    if mirror and not _is_address(mirror):
        yield Path(mirror) / f"{name}.gz"
        yield Path(mirror) / name
    yield SYSTEM / f"{name}.gz"
    yield _cache() / f"{name}.gz"


def _addresses(name: str) -> Iterator[str]:
    folder, _, file = name.partition("/")
    mirror = _mirror()
    if _is_address(mirror):
        yield f"{mirror.rstrip('/')}/{name}.gz"
    if folder in ADDRESSES:
        yield f"{ADDRESSES[folder]}{file}.gz"


def _unpack(path: Path, name: str, origin: str) -> bytes:
    """The decompressed bytes of a file. `origin` is what the user knows it by: its path or its address."""
    try:
        with gzip.open(path) if path.suffix in (".gz", ".part") else path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise FileError(f"{origin} is damaged ({error})") from error
    except OSError as error:
        raise FileError(f"{origin} can not be read ({error.strerror or error})") from error
    found = hashlib.sha256(content).hexdigest()
    if found != SHA256[name]:
        raise FileError(
            f"{origin} is not the published {name} (the sha256 of its decompressed bytes is {found[:12]}…, "
            f"wanted {SHA256[name][:12]}…)"
        )
    return content


def _download(address: str, name: str, cached: Path) -> bytes:
    """Download to the cache; a file comes to stand there only when it is whole and right."""
    partial = cached.with_name(f".{cached.name}.{os.getpid()}.part")
    try:
        try:
            partial.parent.mkdir(parents=True, exist_ok=True)
            _fetch(address, partial)
            content = _unpack(partial, name, address)
            partial.replace(cached)
        finally:
            partial.unlink(missing_ok=True)
    except FileError:
        raise
    except OSError as error:
        raise FileError(f"the cache {cached.parent} can not be written: {error.strerror or error}") from error
    return content


def _fetch(address: str, target: Path) -> None:
    import pooch
    import requests  # what pooch downloads with, and whose errors it lets through

    try:
        pooch.HTTPDownloader(progressbar=False, timeout=TIMEOUT)(address, str(target), None)
    except requests.Timeout:
        raise FileError(f"{address}: no answer in {TIMEOUT:g} s") from None
    except requests.HTTPError as error:
        raise FileError(str(error)) from None  # holds the number, the reason and the address
    except (requests.RequestException, ValueError) as error:
        raise FileError(f"{address}: no connection ({type(error).__name__})") from None
