"""CartPole: the game is Gymnasium's, both ways of learning compute what they say, and both solve it."""

from __future__ import annotations

import io
import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import layerwise as lw
from layerwise.applications import Request, games
from layerwise.applications.games import cartpole, study
from layerwise.applications.games.drawing import FRAME_SECONDS
from layerwise.applications.games.players import BY_HAND, in_words, seen
from layerwise.applications.games.watching import Watched
from layerwise.cli import main
from layerwise.errors import SettingError

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = np.load(ROOT / "tests" / "golden" / "cartpole.npz")
Said = pytest.CaptureFixture[str]


# --- the game ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", range(6))
def test_the_game_is_gymnasiums_step_by_step(number: int) -> None:
    states, actions, lost = (GOLDEN[f"{number}.{name}"] for name in ("states", "actions", "lost"))
    np.testing.assert_allclose(cartpole.step(states[:-1], actions), states[1:], rtol=1e-13, atol=1e-15)
    np.testing.assert_array_equal(cartpole.lost(states[1:]), lost)
    scripted = iter(actions)
    played = games.play(lambda state: np.array([next(scripted)]), states[:1])
    np.testing.assert_allclose(played.whole(0), states, rtol=1e-9, atol=1e-12)
    assert played.lengths[0] == len(actions)
    assert played.lost[0] == (not GOLDEN[f"{number}.cut"])


@pytest.mark.parametrize("seed", range(3))
def test_the_game_is_gymnasiums_live(seed: int) -> None:
    """On fresh games, by chance, where Gymnasium is installed."""
    env = pytest.importorskip("gymnasium").make("CartPole-v1")
    env.reset(seed=seed)
    state, rng, over = np.array(env.unwrapped.state)[None], np.random.default_rng(), False
    while not over:
        action = int(rng.integers(2))
        _, reward, over, _, _ = env.step(action)
        state = cartpole.step(state, np.array([action]))
        np.testing.assert_allclose(state[0], env.unwrapped.state, rtol=1e-10, atol=1e-13)
        assert cartpole.lost(state)[0] == over
        assert reward == 1


def test_many_games_at_once_are_as_many_games() -> None:
    first = games.starts(7, 0, "a test")
    assert np.abs(first).max() <= 0.05
    together = games.play(games.by_rule((0, 0, 1, 0)), first)
    for number in range(7):
        alone = games.play(games.by_rule((0, 0, 1, 0)), first[number : number + 1])
        np.testing.assert_array_equal(alone.whole(0), together.whole(number))
        np.testing.assert_array_equal(alone.actions[0], together.actions[number, : alone.lengths[0]])
    assert together.played.sum() == together.lengths.sum()
    assert together.lost.all()


def test_a_game_that_is_held_is_cut_off_and_not_lost() -> None:
    held = games.play(games.by_rule(), games.starts(20, 1, "a test"))
    assert (held.lengths == cartpole.STEPS).all()
    assert not held.lost.any()


def test_games_to_learn_by_to_judge_by_and_to_test_with_are_different_ones() -> None:
    seen_before = [games.starts(5, 3, purpose, number) for purpose in ("to learn from", "to be judged by", "test")
                   for number in (0, 1)]  # fmt: skip
    assert len({each.tobytes() for each in seen_before}) == len(seen_before)
    np.testing.assert_array_equal(games.starts(5, 3, "test"), games.starts(5, 3, "test"))


@pytest.mark.parametrize("text", ["", "1 2 3", "1,2,3,4,5", "a,b,c,d", "nan 0 0 0", "inf,0,0,0"])
def test_a_rule_is_four_numbers(text: str) -> None:
    with pytest.raises(SettingError, match="four numbers, weights of place, speed, lean and turning"):
        games.read_rule(text)


def test_rules_in_words() -> None:
    assert in_words(BY_HAND) == "push right where place + 2 speed + 10 lean + 5 turning > 0"
    assert in_words((-1, 0, -0.5, 0)) == "push right where - place - 0.5 lean > 0"
    assert in_words((0, 0, 0, 0)) == "push right where 0 > 0"


# --- learning ------------------------------------------------------------------------------------------------------


def test_returns_count_what_a_game_cut_off_would_have_brought() -> None:
    """A game lost after two steps, and one that went on after three."""
    learner = games.PolicyGradient(discount=0.5)
    played = games.Games(
        states=np.zeros((2, 3, 4)), actions=np.zeros((2, 3), dtype=np.int64), lengths=np.array([2, 3]),
        last=np.array([[9.0, 9, 9, 9], [1, 0, 0, 0]]), lost=np.array([True, False]),
    )  # fmt: skip
    after = float(learner.baseline(seen(played.last))[1, 0])
    expected = [0.75, 0.5, 0.875 + after / 8, 0.75 + after / 4, 0.5 + after / 2]  # a step is worth 1 - γ
    np.testing.assert_allclose(learner._returns(played), expected, rtol=1e-6)


def test_an_action_that_did_better_becomes_more_probable() -> None:
    learner = games.PolicyGradient(beta=0.0)
    x = np.tile(np.array([[0.1, -0.3, 0.5, 0.2]], dtype=np.float32), (4, 1))
    before = lw.formulas.softmax(learner.net(x))[0][0, 1]
    learner._improve_policy(x, np.array([1, 1, 0, 0]), np.array([1, 2, -1, 0.5], dtype=np.float32))
    assert lw.formulas.softmax(learner.net(x))[0][0, 1] > before + 1e-3


def test_q_learning_moves_the_value_of_the_action_that_was_taken() -> None:
    """A batch of one, by plain gradient descent: the bias of the other action stays where it is."""
    learner = games.DeepQ(batch=1, discount=0.5)
    learner.optimizer = lw.SGD(0.01)
    x = np.full((1, 4), 0.3, dtype=np.float32)
    lost = np.array([False])
    learner.replay.add(games.Steps(x, np.array([1]), np.array([3.0], dtype=np.float32), x, lost))
    bias, value = learner.net.parameters()["4.bias"].copy(), float(learner.net(x)[0, 1])
    learner._update()
    moved = learner.net.parameters()["4.bias"] - bias
    slope = np.clip(value - 3.0, -1, 1)  # nothing follows a lost game: the target is the reward
    np.testing.assert_allclose(moved, [0, -0.01 * slope], atol=1e-8)


def test_q_learning_remembers_a_game_cut_off_as_one_that_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cartpole, "STEPS", 3)
    learner = games.DeepQ(games=2)
    for _ in range(3):
        learner._move()
    assert learner.replay.memory.goes_on[:6].all()
    assert (learner.age == 0).all()
    assert np.abs(learner.state).max() <= 0.05  # new games
    learner.state[0] = [5, 0, 0, 0]
    learner._move()
    assert learner.replay.memory.goes_on[6:8].tolist() == [False, True]
    assert learner.age.tolist() == [0, 1]
    assert (learner.replay.memory.reward[:8] == np.float32(1 - learner.discount)).all()


def test_chance_gives_way_to_what_was_learnt() -> None:
    learner = games.DeepQ(explore=(1.0, 0.1, 100))
    shares = []
    for learner.steps in (0, 50, 100, 5000):
        shares.append(learner.epsilon)
    np.testing.assert_allclose(shares, [1.0, 0.55, 0.1, 0.1])


def test_the_judge_is_renewed_now_and_then() -> None:
    learner = games.DeepQ(warm_up=8, copy_every=4, batch=8, updates=1)
    for _ in range(8):
        learner._move()
    old = learner.judge.theta.copy()
    for _ in range(3):
        learner._update()
    np.testing.assert_array_equal(learner.judge.theta, old)
    learner._update()
    np.testing.assert_array_equal(learner.judge.theta, learner.net.theta)
    assert not np.array_equal(old, learner.net.theta)


@pytest.mark.parametrize("learner", [games.PolicyGradient, lambda seed: games.DeepQ(warm_up=64, seed=seed)])
def test_same_seed_same_weights(learner: Any) -> None:
    first, again, other = (learner(seed=seed) for seed in (5, 5, 6))
    for each in (first, again, other):
        each.round()
    np.testing.assert_array_equal(first.net.theta, again.net.theta)
    assert not np.array_equal(first.net.theta, other.net.theta)


class Scripted:
    """Learns nothing: a linear network whose weights are set, round by round, to rules that hold ever so long."""

    def __init__(self, rules: list[tuple[float, ...]], stop: int = -1) -> None:
        self.net = lw.Network(lw.Linear(4, 2, bias=False))
        self.rules, self.stop, self.steps = rules, stop, 0
        self._become(0)

    def round(self) -> None:
        self.steps += 10
        if self.steps == self.stop:
            raise KeyboardInterrupt
        self._become(self.steps // 10)

    def _become(self, number: int) -> None:
        rule = np.array(self.rules[number]) * [2.4, 2.0, 0.2, 2.0]
        self.net.theta = np.concatenate([-rule, rule]).astype(np.float32)


BAD, MIDDLING, GOOD = (0, 0, -1.0, 0), (0, 0, 1.0, 0), BY_HAND


def trained(*rules: tuple[float, ...], stop: int = -1) -> tuple[Scripted, games.Progress]:
    learner = Scripted(list(rules), stop)
    return learner, games.train(learner, steps=10 * (len(rules) - 1), every=10, seed=0, told=lambda *_: None)


def rule_of(learner: Scripted) -> np.ndarray:
    return learner.net.theta[4:] / np.array([2.4, 2.0, 0.2, 2.0])


def test_the_best_network_is_kept() -> None:
    learner, progress = trained(MIDDLING, GOOD, BAD)
    assert progress.steps == [0, 10, 20]
    assert progress.means[1] == cartpole.STEPS > progress.means[0] > progress.means[2]
    np.testing.assert_allclose(rule_of(learner), GOOD, rtol=1e-6)
    assert not progress.mastered


def test_it_ends_when_the_game_is_mastered() -> None:
    _, progress = trained(BAD, GOOD, GOOD, BAD)
    assert progress.steps == [0, 10, 20]
    assert progress.mastered
    assert progress.best == 2


def test_an_interrupt_keeps_the_best() -> None:
    learner, progress = trained(MIDDLING, BAD, GOOD, stop=20)
    assert progress.interrupted
    assert progress.steps == [0, 10]
    np.testing.assert_allclose(rule_of(learner), MIDDLING, rtol=1e-6)


def test_an_interrupt_before_there_is_anything_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("layerwise.applications.games.learner.play", interrupted)
    with pytest.raises(KeyboardInterrupt):
        trained(BAD)


# --- watching ------------------------------------------------------------------------------------------------------


def scene(rule: tuple[float, ...] = BY_HAND, first: tuple[float, ...] = (0, 0, 0.05, 0)) -> games.Scene:
    return games.Scene(games.play(games.by_rule(rule), np.array([first])).whole(0), "a title")


def test_letters_show_the_cart_where_it_is() -> None:
    for x in (-2.4, -1.0, 0.0, 2.4):
        lines = next(games.in_letters(games.Scene(np.array([[x, 0, 0, 0]] * 2), "a title"), width=61))
        assert lines[0] == "a title"
        assert max(map(len, lines)) <= 61
        cart = next(line for line in lines if "▄" in line)
        middle = cart.index("▄") + cart.count("▄") / 2
        assert middle == pytest.approx(np.clip((x / 4.8 + 0.5) * 61, 3, 58), abs=0.6)
    leaning = [next(games.in_letters(games.Scene(np.array([[0, 0, lean, 0]] * 2), ""))) for lean in (-0.2, 0.0, 0.2)]
    assert [("\\" in "".join(each), "|" in "".join(each), "/" in "".join(each)) for each in leaning] == [
        (True, False, False), (False, True, False), (False, False, True)
    ]  # fmt: skip
    tips = [len(each[2]) for each in leaning]
    assert tips[0] < tips[1] < tips[2]


def test_the_last_state_is_shown_with_how_it_ended() -> None:
    for shown, words in [
        (scene(), "10.00 s   held to the end"),
        (scene(MIDDLING), "the pole fell"),
        (scene(GOOD, (2.39, 1.0, 0, 0)), "off the track"),
    ]:
        frames = list(games.in_letters(shown))
        assert frames[-1][-1].endswith(words)
        assert len(frames) == (len(shown.states) - 2) // 2 + 2


def test_a_film_lasts_as_long_as_the_games_and_is_small() -> None:
    from PIL import Image

    content = games.film([scene(MIDDLING), scene()])
    assert len(content) < 1_000_000
    film = Image.open(io.BytesIO(content))
    seconds = 0.0
    for number in range(film.n_frames):
        film.seek(number)
        seconds += film.info["duration"] / 1000
    frames = sum(len(list(each)) for each in (scene(MIDDLING), scene()))
    assert seconds == pytest.approx((frames - 2) * FRAME_SECONDS + 2, abs=0.5)
    assert film.info["loop"] == 0


def test_a_game_is_shown_when_there_is_something_new_to_see() -> None:
    shown: list[tuple[str, int]] = []
    watched = Watched(lambda draw, seconds: shown.append((next(iter(draw(40)))[0], len(list(draw(40))))))
    for mean in (10.0, 12.0, 40.0, 20.0, 59.0, 61.0, 500.0):
        progress = games.Progress([0], [mean])
        watched.learning(progress, games.Scene(scene().states, f"{mean:.0f}"))
    watched.best(scene())
    assert [title for title, _ in shown] == ["10", "40", "61", "500", "a title"]
    assert {frames for title, frames in shown[:-1]} == {101}  # the first 4 s of each, and all of the last one
    assert shown[-1][1] == 251
    Watched(None).learning(progress, scene())


# --- the whole application -----------------------------------------------------------------------------------------


def hasty(monkeypatch: pytest.MonkeyPatch, steps: int = 600) -> None:
    """Both methods, with so little play that they learn next to nothing."""
    monkeypatch.setattr(study, "METHODS", (
        games.Method("policy gradient", lambda seed: games.PolicyGradient(games=4, seed=seed), steps, 300),
        games.Method("deep Q-learning", lambda seed: games.DeepQ(warm_up=256, updates=1, seed=seed), steps, 300),
    ))  # fmt: skip


def test_a_hasty_account_has_all_its_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    hasty(monkeypatch)
    told: list[str] = []
    account = games.run(Request((0,), own="0,0,1,0.5", tell=told.append, doing=told.append))
    easy, hard = ({score.name: score.mean for score in table.scores} for table in account.tables)
    assert list(easy) == ["policy gradient", "deep Q-learning", "a rule written by hand", "chance"]
    assert easy["chance"] < 30 < 475 < easy["a rule written by hand"]
    assert hard["chance"] < 30 < hard["a rule written by hand"] < easy["a rule written by hand"]
    assert "holds the pole for 500.0 steps" in account.own[0]
    assert "solved by 0 of 1" in account.findings[0]
    assert "deep Q-learning, seed 0: learns to play" in told
    assert any(words.startswith("policy gradient, seed 0: 0 steps played, holds ") for words in told)
    assert len(account.pictures) == 4
    assert all(each.content.startswith(b"GIF89a") for each in account.films)
    assert not account.stopped


def test_an_interrupt_keeps_what_was_learnt(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Said
) -> None:  # fmt: skip
    hasty(monkeypatch)

    def interrupted(self: games.DeepQ) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(games.DeepQ, "round", interrupted)
    monkeypatch.chdir(tmp_path)
    assert main(["apps", "games", "--seeds", "2", "--out", "it", "--no-progress"]) == 130
    said = capsys.readouterr()
    assert "Ctrl-C was pressed: this is what was learnt until then." in said.out
    assert "seeds     0\n" in said.out
    assert {path.name for path in Path("it").iterdir()} >= {"report.html", "policy-gradient.gif", "learning.png"}


def test_watching_needs_a_terminal_and_something_to_see(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert main(["apps", "games", "--watch"]) == 1
    assert "--watch shows games in a terminal" in capsys.readouterr().err
    assert main(["apps", "sounds", "--watch"]) == 1
    assert "sounds has nothing to watch: leave out --watch, or watch games" in capsys.readouterr().err
    assert not list(tmp_path.rglob("*.*"))


@pytest.mark.slow
@pytest.mark.parametrize("method", games.METHODS, ids=lambda method: method.name.replace(" ", "-"))
def test_the_game_is_solved(method: games.Method) -> None:
    made = games.attempt(method, 0)
    assert made.solved
    assert made.needed <= method.steps
    assert made.lengths.shape == (100,)


@pytest.mark.slow
def test_watching_changes_no_bit() -> None:
    method = games.METHODS[0].short()
    looked: list[int] = []
    watched = Watched(lambda draw, seconds: looked.append(len(list(draw(70)))))
    alone, seen_by = games.attempt(method, 1), games.attempt(method, 1, watched.learning)
    np.testing.assert_array_equal(alone.net.theta, seen_by.net.theta)
    assert looked


@pytest.mark.slow
def test_the_script(capsys: Said) -> None:
    runpy.run_path(str(ROOT / "examples" / "app_games.py"))["main"](rounds=12)
    said = capsys.readouterr().out
    assert "by hand" in said
    assert float(said.split()[-2]) > 50
