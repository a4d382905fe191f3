"""Collections of mails and messages, as their authors publish them: folders, archives, a table with tabs."""

from __future__ import annotations

import os
import re
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import numpy as np

from layerwise.applications.spam.letters import MOST_CHARACTERS, text_of
from layerwise.applications.spam.mails import CLASSES, Mails
from layerwise.data.corpora import Texts, mails
from layerwise.errors import DataError, FileError

_FEWEST = 20
_MOST_BYTES = 2**20
"""Of a mail no more is read: attachments are no words."""
_MOST_TABLE = 2**26
_TABLE = "SMSSpamCollection"
_NO_MAIL = {"cmds"}
"""What lies beside the mails of SpamAssassin: how its files were named."""


def read_mails(source: str | os.PathLike[str]) -> Mails:
    """Mails or messages of one's own, or a published collection as it is; at least 20 of each kind.

    source: a folder with subfolders, at any depth, whose names hold the word ham or spam (`easy_ham`, `spam_2`), a file
    for each mail, or with the .tar.bz2 or .tar.gz of such folders, as SpamAssassin has them; or a table of
    messages, ham or spam, a tab and the text in each line, as a file or in the .zip of the SMS Spam Collection; or
    "spam-assassin", for a table in the folder that LAYERWISE_DATA_MIRROR names.
    Of a mail the subject and the text are taken, see `text_of`. What says the same as another is taken once, or the
    test would ask for what was learnt. Raises FileError and DataError.
    """
    if source == "spam-assassin":
        return Mails(mails(), None, "The public corpus of SpamAssassin, as one table.", "Public domain.")
    place = Path(source)
    try:
        pairs = list(dict.fromkeys(_in_folder(place) if place.is_dir() else _in_table(place)))
    except OSError as error:
        raise FileError(f"{error.filename or place} can not be read: {error.strerror or error}") from error
    except (EOFError, tarfile.TarError, zipfile.BadZipFile, zlib.error, RuntimeError) as error:
        raise FileError(f"an archive of {place} is damaged or locked ({error})") from error
    labels = np.array([label for label, _ in pairs], dtype=np.int64)
    for label, name in enumerate(CLASSES):
        if (count := int(np.sum(labels == label))) < _FEWEST:
            raise DataError(
                f"{place} holds {count} of {name}; at least {_FEWEST} are wanted, as files in folders named ham and "
                "spam, or as lines of a table: ham or spam, a tab, the text"
            )
    return Mails(Texts([text for _, text in pairs], labels, CLASSES), None, f"Read from {place}.", "Yours.")


def _in_folder(folder: Path) -> Iterator[tuple[int, str]]:
    """Files of the folders below, and of archives of such folders, in the order of their names."""
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        inside = path.relative_to(folder)
        if path.name.endswith((".tar.bz2", ".tar.gz", ".tgz", ".tar")):
            yield from _in_archive(path)
        elif (label := _label(inside.parts)) is not None:
            with path.open("rb") as file:
                yield label, text_of(file.read(_MOST_BYTES))


def _in_archive(path: Path) -> Iterator[tuple[int, str]]:
    """Nothing is unpacked to the disk, so no name in an archive can do harm."""
    with tarfile.open(path) as archive:
        for member in archive:
            label = _label(PurePosixPath(member.name).parts)
            if member.isfile() and label is not None and (file := archive.extractfile(member)):
                yield label, text_of(file.read(_MOST_BYTES))


def _label(parts: tuple[str, ...]) -> int | None:
    """Of a path, by the nearest folder whose name says it; None for what is no mail."""
    *folders, name = parts
    if name.startswith(".") or name in _NO_MAIL:
        return None
    for folder in reversed(folders):
        if found := set(CLASSES).intersection(re.split(r"[^a-z]+", folder.lower())):
            return CLASSES.index(min(found))
    return None


def _in_table(path: Path) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(_table(path).decode("utf-8", "replace").split("\n"), 1):
        kind, tab, text = line.rstrip("\r").partition("\t")
        if not line.strip():
            continue
        if not tab or kind not in CLASSES:
            raise DataError(f"{path}: line {number} does not begin with ham or spam and a tab: {line[:40]!r}")
        yield CLASSES.index(kind), text[:MOST_CHARACTERS]


def _table(path: Path) -> bytes:
    """The bytes of a table, or of the one in an archive."""
    if not zipfile.is_zipfile(path):
        with path.open("rb") as file:
            return file.read(_MOST_TABLE)
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if PurePosixPath(name).name == _TABLE:
                with archive.open(name) as member:
                    return member.read(_MOST_TABLE)
    raise DataError(f"{path} has no file {_TABLE} in it, as the .zip of the SMS Spam Collection has")
