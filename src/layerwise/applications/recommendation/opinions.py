"""Who gave which film how many stars: a generated set with known factors, or the files of MovieLens."""

from __future__ import annotations

import csv
import io
import os
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np

from layerwise.data.corpora import Ratings
from layerwise.errors import DataError, FileError
from layerwise.random import generator
from layerwise.types import Array

TRAITS = ("comedy", "thriller", "romance", "space")
_FIRST = (
    "Quiet", "Golden", "Broken", "Last", "Silent", "Crimson", "Hidden", "Endless", "Paper", "Winter", "Electric",
    "Lost", "Distant", "Little", "Burning", "Velvet", "Hollow", "Second", "Wandering", "Glass",
)  # fmt: skip
_SECOND = ("Harbour", "Orchard", "Letter", "Engine", "Garden", "Mirror", "Comet", "Neighbour", "Station", "Waltz")
_NOISE = 0.6
_RATINGS = "ratings.csv"


@dataclass(frozen=True, eq=False)
class Opinions:
    """Ratings, and what the films are called.

    ratings: see `Ratings`.
    titles: one a film.
    truth: (users, items), the stars that each would give on the mean of many days, where the set was made; None where
        nobody knows.
    source, terms: where it comes from.
    """

    ratings: Ratings
    titles: tuple[str, ...]
    truth: Array | None
    source: str
    terms: str


def generated_opinions(users: int = 400, seed: int = 0) -> Opinions:
    """Ratings of 200 films that do not exist, by people with known tastes.

    users: how many people, 400 unless given. seed: of all draws.
    A film has some of four traits, a person likes or dislikes each; stars are the sum of a mean, how kind the person
    is, how good the film is, the product of taste and traits, and noise of 0.6 stars, rounded to halves from 0.5 to 5.
    As in life, popular films are seen more often, and people see what they expect to like.
    """
    rng = generator(seed, "opinions")
    items = len(_FIRST) * len(_SECOND)
    tastes = rng.normal(size=(users, len(TRAITS)))
    traits = rng.normal(size=(items, len(TRAITS)))
    kindness, quality = 0.4 * rng.normal(size=(users, 1)), 0.4 * rng.normal(size=items)
    truth = 3.4 + kindness + quality + 0.4 * tastes @ traits.T
    appeal = rng.permutation(np.log(1 / (1 + np.arange(items)))) + 0.8 * (truth - kindness)
    seen = rng.integers(20, 80, size=users)
    # The largest of log-weights plus Gumbel noise are a draw without replacement.
    order = np.argsort(-(appeal + rng.gumbel(size=truth.shape)), axis=1)
    pairs = np.array([(user, item) for user in range(users) for item in order[user, : seen[user]]])
    stars = truth[tuple(pairs.T)] + _NOISE * rng.normal(size=len(pairs))
    stars = np.clip(np.round(2 * stars) / 2, 0.5, 5).astype(np.float32)[:, None]
    titles = tuple(
        f"{_FIRST[item // len(_SECOND)]} {_SECOND[item % len(_SECOND)]} ({TRAITS[int(np.argmax(traits[item]))]})"
        for item in range(items)
    )
    return Opinions(
        Ratings(pairs, stars, users, items), titles, truth,
        f"Made by recommendation.generated_opinions, seed {seed}: no film and no person is real.",
        "Free of any terms.",
    )  # fmt: skip


def read_opinions(path: str | os.PathLike[str]) -> Opinions:
    """Ratings in the form of MovieLens: a CSV file with columns userId, movieId and rating.

    path: the file; or the folder that holds it as ratings.csv, or a .zip of that folder, such as ml-latest-small.zip
    (grouplens.org/datasets/movielens). If a file movies.csv with columns movieId and title lies beside it, the films
    have titles; else their numbers.
    Raises FileError for a file that can not be read, DataError for other columns.
    """
    read, name = _place(Path(path))
    rows = list(_rows(read, name, ("userId", "movieId", "rating")))
    if not rows:
        raise DataError(f"{path} holds no ratings")
    users, user = np.unique([row[0] for row in rows], return_inverse=True)
    films, film = np.unique([row[1] for row in rows], return_inverse=True)
    try:
        stars = np.array([[float(row[2])] for row in rows], dtype=np.float32)
    except ValueError as error:
        raise DataError(f"{path}: a rating is no number ({error})") from None
    known = dict(_rows(read, "movies.csv", ("movieId", "title"), optional=True))
    return Opinions(
        Ratings(np.stack([user, film], axis=1), stars, len(users), len(films)),
        tuple(known.get(number, f"film {number}") for number in films),
        None,
        f"Your file {Path(path).name}.",
        "Those of whoever gave it to you; MovieLens: for research, not to be passed on.",
    )


def _place(path: Path) -> tuple[Callable[[str], bytes], str]:
    """What reads a file by its name, where the ratings are, and their own name there."""
    if path.is_dir():
        return lambda name: (path / name).read_bytes(), _RATINGS
    if not zipfile.is_zipfile(path):
        return lambda name: path.with_name(name).read_bytes(), path.name
    with zipfile.ZipFile(path) as archive:
        inside = [PurePosixPath(name) for name in archive.namelist() if PurePosixPath(name).name == _RATINGS]
    if len(inside) != 1:
        raise DataError(f"{path} holds {len(inside)} files named {_RATINGS}; it should hold one, as MovieLens has it")

    def read(name: str) -> bytes:
        with zipfile.ZipFile(path) as archive:
            try:
                return archive.read(str(inside[0].with_name(name)))
            except KeyError:
                raise FileNotFoundError(2, "no such file", f"{path}/{name}") from None

    return read, _RATINGS


def _rows(
    read: Callable[[str], bytes], name: str, columns: tuple[str, ...], *, optional: bool = False
) -> Iterator[list[str]]:
    """The cells of some columns, row by row; none of a file that is not there, if it is `optional`."""
    try:
        text = read(name).decode("utf-8-sig")
    except FileNotFoundError as error:
        if optional:
            return
        raise FileError(f"{error.filename} can not be read: {error.strerror}") from error
    except UnicodeDecodeError:
        raise FileError(f"{name} is no text in UTF-8") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
        raise FileError(f"{name} is damaged or locked in its archive ({error})") from error
    except OSError as error:
        raise FileError(f"{error.filename or name} can not be read: {error.strerror or error}") from error
    reader = csv.DictReader(io.StringIO(text, newline=""))
    if missing := [column for column in columns if column not in (reader.fieldnames or ())]:
        raise DataError(f"{name} has no column {missing[0]!r}; it should have {', '.join(columns)}")
    for row in reader:
        yield [row[column] or "" for column in columns]
