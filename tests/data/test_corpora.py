"""Texts, names, mails and ratings through small files, and once through the real ones."""

from __future__ import annotations

import gzip
import hashlib
import json
import os

import numpy as np
import pytest
from tests.support.refusals import noted

from layerwise.data import corpora, sources
from layerwise.errors import FileError

REAL = os.environ.get(sources.MIRROR)
MAILS = [{"label": "ham", "subject": "Hi", "text": "there\u2028é"}, {"label": "spam", "subject": "BUY", "text": "now"}]
FILES = {
    "names/female.txt": "Ada\nGrace\n",
    "names/male.txt": "Alan\n",
    "spam-assassin/mails.jsonl": "".join(json.dumps(mail) + "\n" for mail in MAILS),
    "movielens-small/ratings.csv": "userId,movieId,rating,timestamp\n7,31,2.5,1\n1,1029,3.0,1\n7,1029,5.0,2\n",
    "text/python-topics.txt": "The topics.",
}


@pytest.fixture
def mirror(tmp_path, monkeypatch):
    """A folder with all of them, the names uncompressed; nothing else can be found."""
    for name, text in FILES.items():
        content = text.encode()
        monkeypatch.setitem(sources.SHA256, name, hashlib.sha256(content).hexdigest())
        path = tmp_path / "mirror" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        plain = name.startswith("names/")
        (path if plain else path.with_name(f"{path.name}.gz")).write_bytes(content if plain else gzip.compress(content))
    monkeypatch.setattr(sources, "SYSTEM", tmp_path / "system")
    monkeypatch.setattr(sources, "_cache", lambda: tmp_path / "cache")
    monkeypatch.setenv(sources.MIRROR, str(tmp_path / "mirror"))
    return tmp_path / "mirror"


def test_names(mirror):
    texts, labels, classes = corpora.first_names()
    assert texts == ["Ada", "Grace", "Alan"]
    assert [classes[label] for label in labels] == ["female", "female", "male"]


def test_mails(mirror):
    texts, labels, classes = corpora.mails()
    assert texts == ["Hi\nthere\u2028é", "BUY\nnow"]
    assert [classes[label] for label in labels] == ["ham", "spam"]


def test_ratings(mirror):
    pairs, ratings, users, items = corpora.film_ratings()
    np.testing.assert_array_equal(pairs, [[1, 0], [0, 1], [1, 1]])
    np.testing.assert_array_equal(ratings, [[2.5], [3], [5]])
    assert (users, items, ratings.dtype) == (2, 2, np.float32)


def test_the_text_falls_back_to_that_of_this_python(mirror, monkeypatch):
    assert corpora.english_text() == "The topics."
    monkeypatch.delenv(sources.MIRROR)
    text = corpora.english_text()
    assert len(text) > 300_000
    assert "assert" in text


def test_a_set_without_an_address_says_where_it_comes_from(mirror, monkeypatch, tally):
    monkeypatch.delenv(sources.MIRROR)
    for call, words in (
        (corpora.first_names, "names/ with female.txt.gz, male.txt.gz; it comes from the lists of Mark Kantrowitz"),
        (corpora.mails, "it comes from the public corpus of SpamAssassin"),
        (corpora.film_ratings, "it comes from ml-latest-small of 2016"),
    ):
        with pytest.raises(FileError, match="no address has exactly this file") as caught:
            call()
        assert words in str(caught.value)
        noted(tally, caught.value)


def test_another_file_is_refused(mirror, tally):
    (mirror / "names" / "male.txt").write_text("Eve\n")
    with pytest.raises(FileError, match=r"male.txt is not the published names/male.txt") as caught:
        corpora.first_names()
    noted(tally, caught.value)


@pytest.mark.skipif(not REAL, reason="needs the real files: set LAYERWISE_DATA_MIRROR")
def test_the_real_ones():
    assert len(corpora.english_text()) == 464_849
    texts, labels, _ = corpora.first_names()
    assert (len(texts), labels.sum()) == (8_849, 3_898)
    texts, labels, _ = corpora.mails()
    assert (len(texts), labels.sum()) == (6_021, 1_872)
    pairs, ratings, users, items = corpora.film_ratings()
    assert (len(pairs), users, items) == (100_004, 671, 9_066)
    assert (ratings.min(), ratings.max()) == (0.5, 5)
