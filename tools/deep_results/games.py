"""CartPole, learnt by trying: two methods, on 100 games that no choice has seen."""

from __future__ import annotations

from functools import partial

from threadpoolctl import threadpool_limits
from tools.deep_results.study import Run, Study

from layerwise.applications import games
from layerwise.applications.games import cartpole


def run(method: games.Method, seed: int) -> Run:
    """One attempt, and what the same test games are without a network."""
    with threadpool_limits(1):
        made = games.attempt(method, seed)
    first = games.test_starts(seed)
    return {
        "seed": seed,
        "score": made.score,
        "seconds": made.seconds,
        "chance": float(games.play(games.by_chance(seed), first).lengths.mean()),
        "a rule by hand": float(games.play(games.by_rule(), first).lengths.mean()),
    }


STUDIES = [
    Study(
        f"cartpole by {method.name}",
        f"CartPole, at most {method.steps:,} steps of play",
        f"`games.{method.learner.__name__}`",
        "steps held, of 500",
        cartpole.SOLVED,
        True,
        partial(run, method),
        seeds=5,
        digits=1,
    )
    for method in games.METHODS
]
