"""Recommendation: lists and their measure by hand, files, one's own ratings, both networks against their rivals."""

from __future__ import annotations

import re
import runpy
import zipfile
from pathlib import Path

import numpy as np
import pytest

from layerwise.applications import Request, recommendation
from layerwise.applications.recommendation import (
    biases,
    by_user,
    generated_opinions,
    popularity,
    read_opinions,
    recall_at,
    split,
    top,
)
from layerwise.data.corpora import Ratings
from layerwise.errors import DataError, FileError

SCRIPT = Path(__file__).resolve().parents[2] / "examples" / "app_recommendation.py"


def test_a_list_holds_nothing_that_was_seen() -> None:
    scores = np.array([5.0, 4.0, 3.0, 2.0])
    np.testing.assert_array_equal(top(scores, np.array([0, 2]), 10), [1, 3])
    np.testing.assert_array_equal(scores, [5, 4, 3, 2])


def test_recall_by_hand() -> None:
    scores = np.tile([4.0, 3.0, 2.0, 1.0], (3, 1))
    seen = [np.array([0]), np.array([], int), np.array([3])]
    liked = [np.array([1, 3]), np.array([], int), np.array([0])]
    assert recall_at(1, scores, seen, liked) == pytest.approx((1 / 1 + 1 / 1) / 2)
    assert recall_at(2, scores, seen, liked) == pytest.approx((1 / 2 + 1) / 2)


def test_popularity_counts_likes() -> None:
    ratings = Ratings(np.array([[0, 1], [1, 1], [2, 0], [2, 1]]), np.array([[5.0], [4.0], [3.5], [1.0]]), 3, 3)
    np.testing.assert_array_equal(popularity(ratings), [0, 2, 0])


def test_biases_find_what_they_are_made_of() -> None:
    rng = np.random.default_rng(0)
    user, item = rng.normal(size=(30, 1)), rng.normal(size=20)
    pairs = np.argwhere(rng.random((30, 20)) < 0.7)
    truth = 3 + user + item
    ratings = Ratings(pairs, truth[tuple(pairs.T)][:, None], 30, 20)
    np.testing.assert_allclose(biases(ratings, strength=0, rounds=300), truth, atol=1e-6)


def test_the_generated_set_is_what_it_says() -> None:
    opinions = generated_opinions(100, seed=5)
    pairs, stars, users, items = opinions.ratings
    assert len(set(map(tuple, pairs))) == len(pairs)
    assert (users, items, len(set(opinions.titles))) == (100, 200, 200)
    assert set(np.unique(2 * stars)) <= set(range(1, 11))
    assert np.abs(stars[:, 0] - np.clip(opinions.truth[tuple(pairs.T)], 0.5, 5)).mean() == pytest.approx(0.47, abs=0.08)
    np.testing.assert_array_equal(generated_opinions(100, seed=5).ratings.ratings, stars)


def test_parts_share_nothing() -> None:
    opinions = generated_opinions(60)
    parts = split(opinions.ratings)
    pieces = [set(map(tuple, pairs)) for pairs in (parts.train.pairs, parts.validation[0], parts.test[0])]
    assert sum(map(len, pieces)) == len(set.union(*pieces)) == len(opinions.ratings.pairs)
    for user, seen in enumerate(parts.seen):
        assert not set(seen) & set(parts.liked[user])
    np.testing.assert_array_equal(by_user(np.array([[1, 7], [0, 3], [1, 2]]), 2)[1], [7, 2])


def test_files_in_the_form_of_movielens(tmp_path: Path) -> None:
    (tmp_path / "ratings.csv").write_text("userId,movieId,rating,timestamp\n7,31,2.5,1\n1,9,4,2\n7,9,5,3\n")
    assert read_opinions(tmp_path / "ratings.csv").titles == ("film 31", "film 9")
    (tmp_path / "movies.csv").write_text('movieId,title,genres\n31,"Waltz, The (1990)",x\n')
    opinions = read_opinions(tmp_path / "ratings.csv")
    assert opinions.titles == ("Waltz, The (1990)", "film 9")
    np.testing.assert_array_equal(opinions.ratings.pairs, [[1, 0], [0, 1], [1, 1]])
    np.testing.assert_array_equal(opinions.ratings.ratings, [[2.5], [4], [5]])


def test_the_folder_and_the_archive_of_movielens_are_read_as_they_are(tmp_path: Path) -> None:
    folder = tmp_path / "ml-latest-small"
    folder.mkdir()
    (folder / "ratings.csv").write_text("userId,movieId,rating,timestamp\n7,31,2.5,1\n1,9,4,2\n")
    (folder / "movies.csv").write_text("movieId,title,genres\n31,Waltz (1990),x\n9,Amélie (2001),x\n", "utf-8")
    with zipfile.ZipFile(tmp_path / "ml.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for file in folder.iterdir():
            archive.write(file, f"ml-latest-small/{file.name}")
    for place in (folder, tmp_path / "ml.zip", folder / "ratings.csv"):
        opinions = read_opinions(place)
        assert opinions.titles == ("Waltz (1990)", "Amélie (2001)")
        np.testing.assert_array_equal(opinions.ratings.pairs, [[1, 0], [0, 1]])
    with zipfile.ZipFile(tmp_path / "bare.zip", "w") as archive:
        archive.write(folder / "ratings.csv", "ratings.csv")
    assert read_opinions(tmp_path / "bare.zip").titles == ("film 31", "film 9")
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("readme", "about")
    with pytest.raises(DataError, match=r"holds 0 files named ratings\.csv"):
        read_opinions(tmp_path / "other.zip")
    (folder / "ratings.csv").unlink()
    with pytest.raises(FileError, match="can not be read"):
        read_opinions(folder)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a,b\n1,2\n", "has no column 'userId'"),
        ("userId,movieId,rating\n", "holds no ratings"),
        ("userId,movieId,rating\n1,2,good\n", "no number"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "ratings.csv").write_text(text)
    with pytest.raises(DataError, match=words):
        read_opinions(tmp_path / "ratings.csv")
    with pytest.raises(FileError, match="can not be read"):
        read_opinions(tmp_path / "nowhere.csv")


@pytest.mark.parametrize(
    ("own", "words"),
    [
        ("Quite Comet=5", "Did you mean 'quiet comet'"),
        ("Quiet Comet", "there is no film"),
        ("Quiet Comet=good", "no number of stars"),
        ("Quiet Comet=7", "from 0.5 to 5"),
        (" ; ", "holds no rating"),
    ],
)
def test_ratings_of_ones_own_that_can_not_be_read(own: str, words: str) -> None:
    with pytest.raises(DataError, match=words):
        recommendation.run(Request((0,), own=own, short=True))


@pytest.mark.slow
def test_both_networks_beat_their_rivals_and_the_list_is_ones_own() -> None:
    titles = generated_opinions().titles
    loved = [title for title in titles if "(space)" in title][:8]
    account = recommendation.run(Request((0,), own="; ".join(f"{title}=5" for title in loved)))
    stars, recalls = account.tables
    network, bias, _, truth = (score.mean for score in stars.scores)
    assert truth < network < 0.85 * bias
    assert recalls.scores[0].mean > 1.1 * recalls.scores[1].mean
    listed = [line for line in account.own if re.match(r" ?\d+\. \d\.\d  ", line)]
    assert len(listed) == 10
    assert account.own[0].startswith("You liked most")
    assert not any(title in line for title in loved for line in listed)


@pytest.mark.slow
def test_the_script(capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(SCRIPT))["main"](epochs=3)
    said = capsys.readouterr().out
    assert said.count("stars expected") == 10
