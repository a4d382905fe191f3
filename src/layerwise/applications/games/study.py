"""The application: two ways to learn a game, beside chance and a rule written by hand."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np

from layerwise.applications.account import Account, Film, Picture, Score, Table
from layerwise.applications.application import Request
from layerwise.applications.games import cartpole, pictures
from layerwise.applications.games.attempt import METHODS, TEST, Attempt, attempt, hard_starts, test_starts
from layerwise.applications.games.drawing import Scene, film
from layerwise.applications.games.learner import VALIDATION, Progress
from layerwise.applications.games.players import BY_HAND, best_action, by_chance, by_rule, in_words, read_rule
from layerwise.applications.games.playing import play
from layerwise.applications.games.watching import Watched
from layerwise.types import Array

_BY_HAND = "a rule written by hand"
_MUCH = 20
"""Steps by which means must differ to be called different."""


def run(request: Request) -> Account:
    """Let each method learn with each seed, test all players by the same games, and show some of them."""
    begin = time.monotonic()
    rule = read_rule(request.own) if request.own else None
    attempts, stopped = _attempts(request)
    request.tell("stopped; tests and draws what is there" if stopped else "tests and draws what was learnt")
    easy, hard = (_tested(attempts, first_states) for first_states in (test_starts, hard_starts))
    return Account(
        name="games",
        question="Can a network learn to balance a pole by trying?",
        facts=(
            ("data", "CartPole, played by the network itself: a cart on a track of 4.8 m with a pole of 1 m on it, "
             "pushed to the left or right 50 times a second. A game is lost when the pole leans by more than 12 "
             f"degrees or the cart leaves the track, and won after {cartpole.STEPS} steps, 10 s. A step is worth 1."),
            ("known", "Place, speed, lean and turning, four numbers, and what each step was worth. A network is "
             "told nothing of poles."),
            ("split", f"the best network is chosen by {VALIDATION} new games at each judgement, and tested by {TEST} "
             "others; each game begins with four small random numbers"),
        ),
        tables=(
            Table(f"steps held in the mean of {TEST} test games; {cartpole.SOLVED} or more is solved", ".1f",
                  _scores(easy)),
            Table(f"the same from {TEST} harder starts that nobody learnt from: up to 1.2 m off the middle, leaning up "
                  "to 6 degrees, in motion", ".1f", _scores(hard)),
        ),
        findings=_findings(attempts, easy, hard, stopped),
        own=_own(rule, request.seeds[0]),
        seeds=tuple(dict.fromkeys(each.seed for each in attempts)),
        seconds=time.monotonic() - begin,
        pictures=_pictures(attempts, easy, hard),
        films=tuple(_film(each) for each in _firsts(attempts)),
        stopped=stopped,
    )  # fmt: skip


def _attempts(request: Request) -> tuple[list[Attempt], bool]:
    """Each method with each seed, until all are made or Ctrl-C is pressed; and whether it was."""
    made: list[Attempt] = []
    for seed in request.seeds:
        for method in METHODS:
            who = f"{method.name}, seed {seed}"
            request.tell(f"{who}: learns to play")
            watched = Watched(request.watch if seed == request.seeds[0] else None)

            def told(progress: Progress, scene: Scene, who: str = who, watched: Watched = watched) -> None:
                request.doing(f"{who}: {progress.steps[-1]:,} steps played, holds {progress.means[-1]:.0f} of 500")
                watched.learning(progress, scene)

            made.append(attempt(method.short() if request.short else method, seed, told))
            try:
                watched.best(made[-1].scenes[-1])
            except KeyboardInterrupt:
                return made, True
            if made[-1].progress.interrupted:
                return made, True
    return made, False


def _firsts(attempts: list[Attempt]) -> list[Attempt]:
    """The first attempt of each method."""
    return list({each.method: each for each in reversed(attempts)}.values())[::-1]


def _tested(attempts: list[Attempt], first_states: Callable[[int], Array]) -> dict[str, list[Array]]:
    """For each player, the lengths of the test games, an array for each seed. first_states: makes those of a seed."""
    lengths: dict[str, list[Array]] = {}
    for each in attempts:
        lengths.setdefault(each.method, []).append(play(best_action(each.net), first_states(each.seed)).lengths)
    seeds = dict.fromkeys(each.seed for each in attempts)
    for name, player in ((_BY_HAND, by_rule()), ("chance", by_chance(0))):
        lengths[name] = [play(player, first_states(seed)).lengths for seed in seeds]
    return lengths


def _scores(tested: dict[str, list[Array]]) -> tuple[Score, ...]:
    notes = {_BY_HAND: in_words(BY_HAND)}
    return tuple(
        Score(name, tuple(float(each.mean()) for each in lengths), notes.get(name, ""))
        for name, lengths in tested.items()
    )


def _findings(
    attempts: list[Attempt], easy: dict[str, list[Array]], hard: dict[str, list[Array]], stopped: bool
) -> tuple[str, ...]:
    said = ["Ctrl-C was pressed: this is what was learnt until then."] if stopped else []
    methods = list(dict.fromkeys(each.method for each in attempts))
    for name in methods:
        said.append(f"{pictures.titled(name)}: {_learnt([each for each in attempts if each.method == name])}")
    return (
        *said,
        f"The rule written by hand holds the pole for {np.mean(easy[_BY_HAND]):.0f} steps and needs no learning: push "
        "to where the pole falls. Who knows that needs no network here. The networks found out without being told.",
        "From harder starts: " + "; ".join(_beside(name, hard) for name in methods) + ".",
    )


def _beside(name: str, tested: dict[str, list[Array]]) -> str:
    """How a method does beside the rule."""
    net, rule = (float(np.mean(tested[each])) for each in (name, _BY_HAND))
    verdict = "hardly differs from" if abs(net - rule) < _MUCH else "goes beyond" if net > rule else "stays behind"
    return f"{name} {verdict} the rule ({net:.0f} against {rule:.0f} steps)"


def _learnt(own: list[Attempt]) -> str:
    """How many seeds solved the game, after how much play, and how steadily they got there."""
    needed = statistics.median(each.needed for each in own)
    seconds = statistics.median(each.seconds for each in own)
    said = (
        f"solved by {sum(each.solved for each in own)} of {len(own)}; the best network came after {needed:,.0f} steps "
        f"of play (median), {needed * cartpole.SECONDS / 60:.0f} minutes at the track, and {seconds:.0f} s of learning."
    )
    later, fallen = np.sum([_falls(each.progress.means) for each in own], axis=0)
    return said + (
        f" After a judgement of 400 or more, {fallen} of {later} later ones were below 200." if later else ""
    )


def _falls(means: list[float]) -> tuple[int, int]:
    """How many judgements came after the first of 400 or more, and how many of these were below 200."""
    later = np.maximum.accumulate([0.0, *means[:-1]]) >= 400
    return int(later.sum()), int((later & (np.array(means) < 200)).sum())


def _pictures(
    attempts: list[Attempt], easy: dict[str, list[Array]], hard: dict[str, list[Array]]
) -> tuple[Picture, ...]:
    return (
        Picture("learning", "How long the pole was held, a line for each seed; the dot is the network that was kept, "
                f"the dashed line what counts as solved ({cartpole.SOLVED}).", pictures.learning(attempts)),
        Picture("tests", "Every test game as a dot; the line is the mean.",
                pictures.lengths(easy, "Who holds the pole how long")),
        Picture("hard-tests", "The same from harder starts; from some of them the pole can not be saved.",
                pictures.lengths(hard, "From harder starts")),
        Picture("actions", "What the networks of the first seed do while the cart stands in the middle of the track, "
                "and the border that the rule written by hand draws (dashed).",
                pictures.actions({each.method: each.net for each in _firsts(attempts)})),
    )  # fmt: skip


def _film(one: Attempt) -> Film:
    caption = f"{pictures.titled(one.method)}, seed {one.seed}: before it has learnt, halfway, and the best network."
    return Film(one.method.lower().replace(" ", "-"), caption, film(pictures.in_short(one.scenes)))


def _own(rule: tuple[float, ...] | None, seed: int) -> tuple[str, ...]:
    if rule is None:
        return (
            "Watch them learn, in the terminal:  layerwise apps games --watch",
            'Your own rule, its four weights:  layerwise apps games --own "0,0,1,0"',
        )
    easy, hard = (play(by_rule(rule), first_states(seed)).lengths for first_states in (test_starts, hard_starts))
    verdict = "solved" if easy.mean() >= cartpole.SOLVED else f"not solved, for which {cartpole.SOLVED} are wanted"
    return (
        f"Your rule, {in_words(rule)}, holds the pole for {easy.mean():.1f} steps in the mean of {TEST} games: "
        f"{verdict}. The shortest game lasted {easy.min()}. From harder starts it holds {hard.mean():.1f} steps.",
    )
