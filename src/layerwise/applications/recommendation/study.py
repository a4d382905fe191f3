"""The application: stars and lists by factors, beside biases and popularity, and a top ten for one person."""

from __future__ import annotations

import shlex
import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from layerwise import plots
from layerwise.applications.account import Account, Picture, Score, Table
from layerwise.applications.application import Request
from layerwise.applications.recommendation import lists
from layerwise.applications.recommendation.networks import PULLS, liking_network, stars_network, table
from layerwise.applications.recommendation.opinions import Opinions, generated_opinions, read_opinions
from layerwise.data.corpora import Ratings
from layerwise.data.splits import plain_split
from layerwise.errors import DataError, nearest
from layerwise.random import generator
from layerwise.types import Array

_LENGTHS = np.array([1, 2, 3, 5, 10, 15, 20, 30])


@dataclass(frozen=True)
class Parts:
    """Ratings in three parts, and what follows from them. seen, liked: by user, see `recall_at`."""

    train: Ratings
    validation: tuple[Array, Array]
    test: tuple[Array, Array]
    seen: list[Array]
    liked: list[Array]

    def rmse(self, stars: Array) -> float:
        """Of a table (users, items), on the test part."""
        return float(np.sqrt(np.mean((stars[tuple(self.test[0].T)] - self.test[1][:, 0]) ** 2)))

    def recall(self, scores: Array, n: int = 10) -> float:
        """Of the lists by a table (users, items)."""
        return lists.recall_at(n, scores, self.seen, self.liked)


@dataclass(frozen=True)
class Learnt:
    """What two networks of one seed say of every user and film: stars, and how much it will be liked."""

    stars: Array
    liking: Array


def run(request: Request) -> Account:
    """Learn stars and choices, judge both, and make a top ten."""
    begin = time.monotonic()
    opinions = read_opinions(request.data) if request.data else generated_opinions(200 if request.short else 400)
    own = _own(request.own, opinions.titles) if request.own else None
    parts = split(opinions.ratings, own)
    learnt = [_learnt(parts, seed, request) for seed in request.seeds]
    return _account(request, opinions, parts, learnt, own, begin)


def split(ratings: Ratings, own: tuple[Array, Array] | None = None) -> Parts:
    """A fifth of the ratings to tell, a tenth to choose, by chance; one's own, as one user more, all to learn from."""
    rows = plain_split(len(ratings.pairs), validation=0.1, test=0.2, generator=generator(0, "ratings"))
    train, validation, test = ((ratings.pairs[some], ratings.ratings[some]) for some in rows)
    users = ratings.users
    if own is not None:
        pairs = np.stack([np.full(len(own[0]), users), own[0]], axis=1)
        train, users = (np.concatenate([train[0], pairs]), np.concatenate([train[1], own[1][:, None]])), users + 1
    liked = test[0][test[1][:, 0] >= lists.LIKED]
    seen = lists.by_user(np.concatenate([train[0], validation[0]]), users)
    return Parts(Ratings(*train, users, ratings.items), validation, test, seen, lists.by_user(liked, users))


def _learnt(parts: Parts, seed: int, request: Request) -> Learnt:
    users, items, epochs = parts.train.users, parts.train.items, 8 if request.short else 20
    request.tell(f"seed {seed}: a network of stars, and one of what will be liked")
    beside = lists.biases(parts.train)
    networks = [
        stars_network(
            parts.train, parts.validation, beside=beside, pull=pull, epochs=epochs, seed=seed, progress=request.display
        )
        for pull in PULLS
    ]
    best, _ = min(networks, key=lambda each: each[1])
    liking = liking_network(parts.train, epochs=epochs, seed=seed, progress=request.display)
    return Learnt(beside + table(best, users, items), table(liking, users, items))


def _account(
    request: Request, opinions: Opinions, parts: Parts, learnt: list[Learnt], own: tuple[Array, Array] | None,
    begin: float,
) -> Account:  # fmt: skip
    ratings, train = opinions.ratings, parts.train
    everybody = np.tile(lists.popularity(train), (train.users, 1))
    bias = lists.biases(train)
    stars = [
        Score("this network, beside user and film", tuple(parts.rmse(each.stars) for each in learnt)),
        Score("mean, user and film alone", (parts.rmse(bias),)),
        Score("always the mean", (parts.rmse(np.full_like(bias, train.ratings.mean())),)),
    ]
    recalls = [
        Score("this network", tuple(parts.recall(each.liking) for each in learnt)),
        Score("the same popular films for all", (parts.recall(everybody),)),
        Score("by the stars of the first network", (parts.recall(learnt[0].stars),), "one seed"),
    ]
    if opinions.truth is not None:
        stars.append(Score("the true tastes", (parts.rmse(opinions.truth),), "what is left is noise"))
    people = sum(len(each) > 0 for each in parts.liked)
    return Account(
        name="recommendation",
        question="Which films will a person like?",
        facts=(
            ("data", f"{len(ratings.pairs):,} ratings of {ratings.items:,} films by {ratings.users:,} people. "
             + opinions.source),
            ("terms", opinions.terms),
            ("split", f"by chance: 70 % of the ratings to learn from, 10 % to choose by, 20 % for the test; lists are "
             f"judged for the {people:,} people with a film in the test that they gave {lists.LIKED:g} stars or more"),
        ),
        tables=(
            Table("RMSE of the stars; less is better", ".3f", tuple(stars)),
            Table("recall@10: the share of the films liked in the test that a list of ten holds; more is better", ".3f",
                  tuple(recalls)),
        ),
        findings=_findings(stars, recalls),
        own=_top_ten(opinions, parts, learnt[0], own, request.data),
        seeds=request.seeds,
        seconds=time.monotonic() - begin,
        pictures=(
            Picture("recall", "Of the liked films that a list of each length could hold, the share that it does hold.",
                    _recalls(parts, learnt[0], everybody)),
            Picture("ratings", "The error by how many ratings of the person there were to learn from.",
                    _by_ratings(parts, learnt[0], bias)),
        ),
    )  # fmt: skip


def _findings(stars: list[Score], recalls: list[Score]) -> tuple[str, ...]:
    def said(ours: Score, theirs: Score, worse: bool) -> str:
        return "below" if worse else f"{100 * abs(ours.mean / theirs.mean - 1):.0f} % better than"

    return (
        f"Stars: {said(stars[0], stars[1], stars[0].mean >= stars[1].mean)} what user and film alone tell.",
        f"Lists: {said(recalls[0], recalls[1], recalls[0].mean <= recalls[1].mean)} the list of popular films.",
        "Two networks, because a good guess of the stars of a film that somebody chose to watch says little of what "
        "they will choose; the second learns the choices, against films that were drawn by chance.",
    )


def _top_ten(
    opinions: Opinions, parts: Parts, learnt: Learnt, own: tuple[Array, Array] | None, source: str | None
) -> tuple[str, ...]:
    """source: the data that were asked for, so that the command to go on with has them too."""
    user = 0 if own is None else parts.train.users - 1
    mine = parts.train.pairs[:, 0] == user
    items, stars = parts.train.pairs[mine, 1], parts.train.ratings[mine, 0]
    order = [place for place in np.argsort(-stars, kind="stable")[:3] if stars[place] >= lists.LIKED]
    loved = ", ".join(opinions.titles[items[place]] for place in order) or "nothing so far"
    rows = [
        f"{place:2}. {np.clip(learnt.stars[user, item], 0.5, 5):.1f}  {opinions.titles[item]}"
        for place, item in enumerate(lists.top(learnt.liking[user], parts.seen[user]), start=1)
    ]
    who = "You" if own is not None else "Person 1 of the data"
    data = f"--data {shlex.quote(source)} " if source else ""
    hint = f'layerwise apps recommendation {data}--own "{opinions.titles[0]}=5"'
    return (
        f"{who} liked most: {loved}. The top ten, with the stars expected:",
        *rows,
        "",
        "A list for you, from films and stars, parted by semicolons:",
        hint,
    )


def _own(text: str, titles: tuple[str, ...]) -> tuple[Array, Array]:
    """The films and stars in a text such as "Quiet Comet=5; Last Waltz=1.5"."""
    places = {title.lower(): place for place, title in enumerate(titles)}
    short = {title.rpartition(" (")[0].lower(): place for title, place in places.items() if " (" in title}
    found = {}
    for part in filter(None, map(str.strip, text.split(";"))):
        name, equals, stars = part.rpartition("=")
        key = name.strip().lower()
        place = places.get(key, short.get(key))
        if not equals or place is None:
            raise DataError(f"--own wants title=stars, parted by ';'; there is no film {name or part!r}."
                            + nearest(key, [*short, *places]))  # fmt: skip
        try:
            found[place] = float(stars)
        except ValueError:
            raise DataError(f"--own: {stars!r} is no number of stars, such as 4.5") from None
        if not 0.5 <= found[place] <= 5:
            raise DataError(f"--own: stars go from 0.5 to 5, got {stars}")
    if not found:
        raise DataError('--own holds no rating: write "title=stars; title=stars"')
    return np.array(list(found)), np.array(list(found.values()), dtype=np.float32)


def _recalls(parts: Parts, learnt: Learnt, everybody: Array) -> Any:
    curves = {
        "this network": [parts.recall(learnt.liking, int(n)) for n in _LENGTHS],
        "popular films": [parts.recall(everybody, int(n)) for n in _LENGTHS],
    }
    ax = plots.lines(_LENGTHS, curves, title="Liked films in the list", labels=("length of the list", "recall"))
    ax.set_ylim(bottom=0)
    return ax


def _by_ratings(parts: Parts, learnt: Learnt, bias: Array) -> Any:
    """The error in five groups of users, from few ratings to many."""
    pairs, stars = parts.test
    counts = np.bincount(parts.train.pairs[:, 0], minlength=parts.train.users)[pairs[:, 0]]
    groups = np.array_split(np.argsort(counts, kind="stable"), 5)
    middle = [float(np.median(counts[rows])) for rows in groups]
    curves = {
        name: [float(np.sqrt(np.mean((said[tuple(pairs[rows].T)] - stars[rows, 0]) ** 2))) for rows in groups]
        for name, said in (("this network", learnt.stars), ("user and film alone", bias))
    }
    ax = plots.lines(middle, curves, title="Error of the stars", labels=("ratings of the person to learn from", "RMSE"))
    ax.set_ylim(bottom=0)
    return ax
