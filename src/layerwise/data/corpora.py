"""Texts, names, mails and film ratings: real data that is no table of numbers.

They come as their authors have them, without a split; what a network needs is made of them by `Vocabulary`. All but
the text must lie in the folder that LAYERWISE_DATA_MIRROR names (see `sources`), since no address is known that has
exactly these bytes.
"""

from __future__ import annotations

import csv
import json
from typing import NamedTuple

import numpy as np

from layerwise.data import sources
from layerwise.types import Array


class Texts(NamedTuple):
    """texts: N of them. labels: (N,) int64, places in `classes`."""

    texts: list[str]
    labels: Array
    classes: tuple[str, ...]


class Ratings(NamedTuple):
    """pairs: (N, 2) int64, a user and an item, both counted from 0. ratings: (N, 1) float32. How many of each."""

    pairs: Array
    ratings: Array
    users: int
    items: int


def english_text() -> str:
    """The help topics of Python, about 465,000 characters of English about Python, with a little Python in it.

    From the mirror if it is there, so that results do not depend on the version of Python; else those of this Python,
    from `pydoc_data.topics`. Terms: PSF licence.
    """
    if sources.is_here("text"):
        return sources.read_checked("text/python-topics.txt").decode("utf-8")
    from pydoc_data import topics

    return "".join(topics.topics[name] for name in sorted(topics.topics))


def first_names() -> Texts:
    """4,951 female and 3,898 male English first names, with some that are in both lists. Terms: public domain."""
    female, male = (sources.read_checked(f"names/{kind}.txt").decode("utf-8").split() for kind in ("female", "male"))
    return Texts([*female, *male], np.repeat([0, 1], [len(female), len(male)]), ("female", "male"))


def mails() -> Texts:
    """6,021 mails, 1,872 of them spam, the subject in the first line. Terms: public domain.

    Addresses and hosts are replaced by words, and a mail ends after 3,000 characters.
    """
    lines = sources.read_checked("spam-assassin/mails.jsonl").decode("utf-8").split("\n")
    rows = [json.loads(line) for line in lines if line]
    labels = np.array([row["label"] == "spam" for row in rows], dtype=np.int64)
    return Texts([f"{row['subject']}\n{row['text']}" for row in rows], labels, ("ham", "spam"))


def film_ratings() -> Ratings:
    """100,004 ratings of 0.5 to 5 stars, by 671 users for 9,066 films: MovieLens, the small set of 2016.

    Terms: for research, not to be passed on. Source: Harper and Konstan, The MovieLens datasets (2015)
    """
    lines = sources.read_checked("movielens-small/ratings.csv").decode("utf-8").splitlines()
    rows = list(csv.DictReader(lines))
    users, user = np.unique([int(row["userId"]) for row in rows], return_inverse=True)
    films, film = np.unique([int(row["movieId"]) for row in rows], return_inverse=True)
    ratings = np.array([[row["rating"]] for row in rows], dtype=np.float32)
    return Ratings(np.stack([user, film], axis=1), ratings, len(users), len(films))
