"""`lw.compare`: nothing leaks, the statistics are right, and the verdict follows from the numbers."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest

import layerwise as lw
from layerwise.comparison.contest import Standing, growth, network_model, reasons, verdict
from layerwise.comparison.contest.alarms import alarms_of
from layerwise.comparison.contest.budget import Effort, budget_of
from layerwise.comparison.contest.differences import difference, holm
from layerwise.comparison.contest.encoding import Encoder
from layerwise.comparison.contest.features import features_of
from layerwise.comparison.contest.folds import fewer, folds_of, held_out
from layerwise.comparison.contest.models import MODELS
from layerwise.comparison.contest.network_model import DEFAULT, fit_network
from layerwise.comparison.contest.problem import named, problem_of
from layerwise.comparison.contest.scoring import calibration_error, measure_of, reliability
from layerwise.comparison.contest.trial import Trial
from layerwise.errors import DataError, SettingError, ShapeError

QUICK: dict[str, Any] = {"folds": 3, "repeats": 1, "configurations": 2, "seeds": 2, "budget_seconds": 2000}


def drawn(rows: int, columns: int = 3, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(rows, columns))


def codes(result: Any) -> set[str]:
    return {alarm.code for alarm in result.alarms}


# What is asked


def test_columns_of_texts_and_gaps() -> None:
    features = features_of({"a": [1, None, 3], "b": ["x", None, "y"], "c": [True, False, True]})
    assert features.categories == (None, ("x", "y"), ("False", "True"))
    assert np.isnan(features.columns[0][1])
    assert features.columns[1].tolist() == [0, -1, 1]


def test_a_named_column_is_no_feature_any_more() -> None:
    table = {"x": range(30), "who": ["a", "b", "c"] * 10, "day": range(30), "y": [0.5, 1.5] * 15}
    problem = problem_of(table, "y", None, "who", "day")
    assert problem.features.names == ("x",)
    assert problem.task == "regression"
    assert problem.groups is not None
    assert problem.groups.tolist() == [0, 1, 2] * 10


@pytest.mark.parametrize(
    ("x", "y", "options", "error", "words"),
    [
        (np.zeros((30, 2)), np.zeros(29), {}, ShapeError, "one value a row"),
        (np.zeros((30, 2)), ["a"] * 30, {}, DataError, "one class only"),
        (np.zeros((30, 2)), np.ones(30), {"task": "regression"}, DataError, "everywhere"),
        (np.zeros((5, 2)), [0, 1, 0, 1, 0], {}, DataError, "at least 20 rows"),
        (np.zeros((30, 2)), None, {}, SettingError, "y is missing"),
        ("iris", [1], {}, SettingError, "leave out y"),
        (np.zeros((30, 2)), [0, 1] * 15, {"metric": "rmse"}, SettingError, "metric"),
        (np.zeros((30, 2)), [0, 1] * 15, {"models": ["forrest"]}, SettingError, "forest"),
        (np.zeros((30, 2)), [0, 1] * 15, {"groups": [1] * 30}, DataError, "at least 5 groups"),
        ({"a": [np.inf, *range(29)]}, [0, 1] * 15, {}, DataError, "infinite"),
    ],
)
def test_what_does_not_fit_is_told(x: Any, y: Any, options: Any, error: Any, words: str) -> None:
    with pytest.raises(error, match=words):
        lw.compare(x, y, **options)


# Folds


def test_every_row_is_tested_once_a_dealing_and_classes_keep_their_shares() -> None:
    problem = problem_of(drawn(100), [0] * 80 + [1] * 20)
    folds = folds_of(problem, 5)
    assert len(folds) == 10  # dealt twice, since they are few
    for dealing in (folds[:5], folds[5:]):
        assert np.array_equal(np.sort(np.concatenate([fold.test for fold in dealing])), np.arange(100))
        assert all(problem.y[fold.test].sum() == 4 for fold in dealing)
    assert not np.intersect1d(folds[0].train, folds[0].test).size
    assert not np.array_equal(folds[0].test, folds[5].test)


def test_groups_are_not_torn_apart_neither_by_folds_nor_within() -> None:
    groups = np.random.default_rng(1).integers(0, 17, 200)
    problem = problem_of(drawn(200), drawn(200)[:, 0], "regression", groups)
    for fold in folds_of(problem, 5):
        assert not np.intersect1d(groups[fold.train], groups[fold.test]).size
        part = problem.take(fold.train)
        learn, choose = held_out(part, 0.25, np.random.default_rng(0))
        assert part.groups is not None
        assert not np.intersect1d(part.groups[learn], part.groups[choose]).size


def test_time_is_learnt_from_before_and_tested_after() -> None:
    time = np.random.default_rng(2).integers(0, 40, 200)
    problem = problem_of(drawn(200), drawn(200)[:, 0], "regression", None, time)
    for fold in folds_of(problem, 4):
        assert time[fold.train].max() < time[fold.test].min()
        learn, choose = held_out(problem.take(fold.train), 0.25, np.random.default_rng(0))
        assert time[fold.train][learn].max() < time[fold.train][choose].min()


# Nothing is learnt outside of the training part


def test_encoding_learns_from_its_rows_alone() -> None:
    train = features_of({"n": [1.0, 2.0, 3.0, np.nan], "c": ["a", "b", "a", "a"]})
    new = features_of({"n": [1e9, np.nan], "c": ["a", "z"]})
    encoder = Encoder("robust").learn(train)
    x = encoder.encode(new)
    assert x[0, 0] == 5  # clipped
    assert x[1, :2].tolist() == [0, 1]  # the median, and that it was missing
    assert np.isfinite(x).all()
    codes = Encoder("none").learn(train)
    assert codes.encode(train)[:, 2].tolist() == [0, 1, 0, 0]  # the commonest first
    assert codes.categorical.tolist() == [False, False, True]


def test_test_rows_are_used_for_the_score_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Targets of the test rows are changed: no model answers otherwise."""
    from layerwise.comparison.contest import trial

    x = drawn(90)
    y = x[:, 0] + 0.1 * drawn(90, 1, seed=5)[:, 0]
    answers: dict[str, list[np.ndarray]] = {"as it is": [], "changed": []}
    real = trial.answers_of

    def run(name: str, y: np.ndarray) -> None:
        problem = problem_of(x, y, "regression")
        fold = folds_of(problem, 3, 1)[0]

        def kept(fitted: Any, test: Any) -> np.ndarray:
            found = real(fitted, test)
            answers[name].append(found)
            return found

        monkeypatch.setattr(trial, "answers_of", kept)
        budget = budget_of(6000, 2, None, 3)
        for model in ("linear", "tree", "network"):
            trial.tried(MODELS[model], problem, fold, measure_of("regression", None), budget, seeds=1, seed=0)

    run("as it is", y)
    changed = y.copy()
    changed[folds_of(problem_of(x, y, "regression"), 3, 1)[0].test] += 100
    run("changed", changed)
    assert len(answers["as it is"]) == len(answers["changed"]) > 9
    for one, other in zip(*answers.values(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_an_embedding_for_columns_of_many_categories() -> None:
    rng = np.random.default_rng(3)
    town = rng.integers(0, 30, 300)
    height = rng.normal(size=30)
    table = {"n": rng.normal(size=300), "town": [f"t{code}" for code in town], "few": list("abc") * 100}
    problem = problem_of(table, height[town] + table["n"], "regression")
    model = fit_network(problem, DEFAULT, 0, Effort())
    assert "Parallel" in repr(model.net)
    assert np.sqrt(np.mean((model.answer(problem) - problem.y) ** 2)) < 0.4 * problem.y.std()


# The statistics


def test_the_corrected_interval_covers_the_truth() -> None:
    """500 comparisons with scores that are related as those of folds are: by n_test / n of their variance."""
    rng, folds, truth = np.random.default_rng(11), 10, 0.02
    share, covered = 0.1, 0
    for _ in range(500):
        common, own = rng.normal(0, math.sqrt(share)), rng.normal(0, math.sqrt(1 - share), folds)
        found = difference("a", "b", truth + 0.03 * (common + own), share / (1 - share), 0.01)
        covered += found.low <= truth <= found.high
    assert 0.93 * 500 <= covered <= 0.97 * 500


def test_the_probabilities_of_a_difference() -> None:
    rng = np.random.default_rng(4)
    gains = rng.normal(0.02, 0.02, 10)
    found = difference("a", "b", gains, 1 / 9, 0.01)
    error = gains.std(ddof=1) * math.sqrt(1 / 10 + 1 / 9)
    draws = gains.mean() + error * rng.standard_t(9, 400_000)
    assert found.better == pytest.approx(np.mean(draws > 0.01), abs=0.005)
    assert found.worse == pytest.approx(np.mean(draws < -0.01), abs=0.005)
    assert found.better + found.equal + found.worse == pytest.approx(1)
    assert difference("a", "b", np.zeros(5), 0.25, 0.01).equal == 1


def test_holm_by_hand() -> None:
    assert holm([0.2, 0.01, 0.03]) == pytest.approx([0.2, 0.03, 0.06])
    assert holm([0.9, 0.8]) == [1, 1]


def test_calibration_of_a_coin() -> None:
    y = np.array([0, 1] * 500)
    assert calibration_error(reliability(y, np.full((1000, 2), 0.5))) == 0
    assert calibration_error(reliability(y, np.tile([0.9, 0.1], (1000, 1)))) == pytest.approx(0.4)


# The verdict follows from the numbers


def signals(gains: dict[str, np.ndarray]) -> list[Any]:
    return [
        difference(name, "dummy", each - gains["dummy"], 0.0, 0.0) for name, each in gains.items() if name != "dummy"
    ]


def judged(**means: float) -> verdict.Judgement:
    noise = np.array([-0.01, 0.01, 0.0, 0.005, -0.005])
    gains = {name: mean + noise * (1 + place % 2) for place, (name, mean) in enumerate(means.items())}
    return verdict.judged(gains, 0.25, 0.01, measure_of("classification", None), signals(gains))


def test_verdicts() -> None:
    assert judged(dummy=0.5, linear=0.7, forest=0.8, network=0.9).verdict == "network"
    found = judged(dummy=0.5, linear=0.898, forest=0.9, network=0.8)
    assert (found.verdict, found.best) == ("traditional", "linear")  # as good as the forest, and simpler
    found = judged(dummy=0.5, linear=0.9, forest=0.8, network=0.901)
    assert (found.verdict, found.best) == ("no practical difference", "linear")
    found = judged(dummy=0.5, linear=0.5, forest=0.49, network=0.501)
    assert (found.verdict, found.best) == ("no signal", "dummy")


def test_one_of_several_may_be_ahead_by_chance() -> None:
    rng = np.random.default_rng(0)
    noise = rng.normal(size=10)
    noise = (noise - noise.mean()) / noise.std(ddof=1)
    behind = 0.031 + 0.02 * noise  # p = 0.03 alone, so that it depends on how many others there are
    gains = {"dummy": np.full(10, 0.5), "network": np.full(10, 0.9)}
    gains["linear"] = gains["network"] + behind
    others = {name: gains["network"] + 1e-3 * rng.normal(size=10) for name in ("tree", "forest", "boosting")}
    measure, together = measure_of("classification", None), {**gains, **others}
    alone = verdict.judged(gains, 0.25, 0.01, measure, signals(gains))
    among = verdict.judged(together, 0.25, 0.01, measure, signals(together))
    assert alone.differences[0].p_value == among.differences[0].p_value < 0.05
    assert (alone.verdict, among.verdict) == ("traditional", "no practical difference")
    assert "corrected by Holm" in among.sentences[-1]


def test_a_verdict_without_one_side() -> None:
    assert judged(dummy=0.5, linear=0.9).best == "linear"
    assert judged(dummy=0.5, network=0.9).verdict == "network"


# Alarms


def test_copies_of_rows() -> None:
    x = drawn(200)
    y = drawn(200, 1, seed=9)[:, 0]
    rows = np.r_[0:200, 0:60]
    twice = problem_of(x[rows], y[rows], "regression")
    assert [alarm.code for alarm in alarms_of(twice, folds_of(twice, 5))] == ["duplicates"]
    once = problem_of(x, y, "regression")
    assert not alarms_of(once, folds_of(once, 5))
    few = problem_of(np.random.default_rng(0).integers(0, 3, (300, 2)), [0, 1] * 150)
    assert not alarms_of(few, folds_of(few, 5))  # equal by chance
    people = problem_of(x[rows], y[rows], "regression", rows)
    assert not alarms_of(people, folds_of(people, 5))  # copies stay on one side


def test_columns_that_count_or_date_the_rows() -> None:
    days = [20240101 + 100 * (day // 28) + day % 28 for day in range(60)]
    table = {"x": drawn(60)[:, 0], "id": np.random.default_rng(0).permutation(60), "when": days}
    problem = problem_of(table, [0, 1] * 30)
    found = {alarm.code: alarm.columns for alarm in alarms_of(problem, folds_of(problem, 5))}
    assert found == {"index": ("id", "when"), "date": ("when",)}


@pytest.mark.parametrize("task", ["classification", "regression"])
def test_the_target_in_disguise(task: str) -> None:
    x = drawn(300, 4)
    y = x[:, 0] * x[:, 1] + 0.5 * x[:, 2] + 0.5 * drawn(300, 1, seed=8)[:, 0]
    target = y > 0 if task == "classification" else y
    honest = lw.compare(x, target, task=task, models=["linear", "tree"], **QUICK)
    assert not codes(honest)
    leaking = np.column_stack([x, np.exp(y)])
    found = lw.compare(leaking, target, task=task, models=["linear", "tree"], **QUICK)
    assert codes(found) == {"disguise"}
    assert found.alarms[0].columns == ("x4",)


# All of it


def test_a_linear_truth_and_what_is_told_of_it() -> None:
    x = drawn(240, 5)
    y = x @ [1.0, -2.0, 0.5, 0.0, 0.0] + 0.5 * drawn(240, 1, seed=7)[:, 0]
    result = lw.compare(x, y, models=["linear", "tree", "network"], why=False, **{**QUICK, "configurations": 1})
    assert result.verdict in ("traditional", "no practical difference")
    assert result.best == "linear"
    assert result.scores["linear"].tuned == pytest.approx(0.5, rel=0.15)
    assert result.scores["network"].tuned < 0.56
    assert result.scores["network"].seed_spread > 0 == result.scores["linear"].seed_spread
    text = str(result)
    for words in (
        "Verdict:",
        "a linear model",
        "untuned",
        "tuned",
        "1 configuration a model",
        "2 seeds",
        "rows taken as",
    ):
        assert words in text
    data = json.loads(json.dumps(result.as_table(), allow_nan=False))
    assert data["verdict"] == result.verdict
    assert len(data["trials"]) == 4 * 3


def test_noise_holds_no_signal() -> None:
    result = lw.compare(drawn(120), drawn(120, 1, seed=6)[:, 0], models=["linear", "tree"], **QUICK)
    assert (result.verdict, result.best) == ("no signal", "dummy")


def test_a_model_that_fails_is_shown_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> Any:
        raise ValueError("no luck")

    monkeypatch.setitem(
        MODELS, "tree", lw.comparison.contest.models.Model("tree", "", "traditional", 2, {}, None, broken)
    )
    x = drawn(90)
    result = lw.compare(x, x[:, 0] > 0, models=["linear", "tree"], **QUICK)
    assert result.best == "linear"
    assert "no luck" in result.scores["tree"].failure
    assert "failed: ValueError: no luck" in str(result)


def test_ctrl_c_keeps_what_is_done() -> None:
    x = drawn(90)

    def until(folds: int) -> lw.comparison.Comparison:
        def watch(standing: Standing) -> None:
            if standing.done == folds:
                raise KeyboardInterrupt

        return lw.compare(x, x[:, 0] > 0, models=["linear", "tree"], watch=watch, **QUICK)

    early, late = until(1), until(2)
    assert (early.verdict, early.best, late.verdict) == ("unfinished", None, "traditional")
    assert late.folds_done == 2
    assert "stopped by Ctrl-C" in str(early)
    assert "2 of 3 folds" in str(late)


def test_a_budget_that_is_spent_ends_with_two_folds() -> None:
    result = lw.compare(
        drawn(300, 4), drawn(300, 1, seed=1)[:, 0], models=["forest"], budget_seconds=0.02, limit_seconds=60
    )
    assert result.folds_done == 2
    assert "budget" in result.stopped


def test_a_fit_beyond_the_limit_is_a_failure_but_of_a_model_that_ends_by_itself() -> None:
    models = ["linear", "boosting", "forest"]
    result = lw.compare(drawn(300, 4), drawn(300, 1)[:, 0], models=models, limit_seconds=1e-4, why=False, **QUICK)
    assert "the limit is" in result.scores["boosting"].failure
    assert not result.scores["forest"].failure
    assert result.scores["forest"].steps < 100
    assert result.scores["forest"].cut == 3


def test_the_same_seed_gives_the_same_scores() -> None:
    x = drawn(60)
    one, other = (
        lw.compare(x, x[:, 0] ** 2, models=["linear", "network"], why=False, **{**QUICK, "folds": 2, "seeds": 1})
        for _ in range(2)
    )
    assert [trial.tuned for trial in one.trials] == [trial.tuned for trial in other.trials]


def test_a_dataset_by_name_is_whole_and_unscaled() -> None:
    problem = named("wine")
    assert len(problem) == 178
    assert problem.features.columns[-1].max() > 1000
    assert len(problem.classes) == 3


# Fewer rows, and permuted labels


def test_fewer_rows_are_the_latest_whole_groups_or_drawn() -> None:
    x, y = drawn(200), drawn(200)[:, 0]
    draw = np.random.default_rng(0)
    assert len(fewer(problem_of(x, y), 50, draw)) == 50
    time = np.random.default_rng(0).permutation(200)
    assert time[fewer(problem_of(x, y, None, None, time), 50, draw)].min() == 150
    groups = np.random.default_rng(1).integers(0, 20, 200)
    rows = fewer(problem_of(x, y, None, groups), 50, draw)
    assert 50 <= len(rows) < 80
    assert not np.intersect1d(groups[rows], np.delete(groups, rows)).size


def test_what_fewer_rows_say() -> None:
    steps = [
        growth.Step(rows, {"linear": 0.5, "network": 0.5 + ahead})
        for rows, ahead in ((100, -0.2), (300, -0.1), (1000, 0.001), (3000, 0.1))
    ]
    assert growth.told(steps, 0.01) == (
        "With fewer rows (untuned, 2 folds), the network is behind with 100 to 300 rows, practically equal with 1,000 "
        "rows, ahead of the others with 3,000 rows. The rule that networks need more than 10,000 samples does not hold "
        "here: 3,000 were enough."
    )


def test_sample_sizes_grow_and_the_control_is_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network_model, "_MOST_EPOCHS", 30)
    x = drawn(400, 4)
    result = lw.compare(
        x, x @ [1.0, 1.0, 0.0, 0.0], models=["linear", "network"], **{**QUICK, "seeds": 1, "configurations": 1}
    )
    assert [step.rows for step in result.growth] == [100, 266]
    assert result.growth[-1].gains["network"] > result.growth[0].gains["network"]
    assert result.control is not None
    assert result.control.rows == 400
    assert max(result.control.skills.values()) < 0.1
    assert "control" not in codes(result)
    assert "Control: with permuted labels no model beats the dummy" in str(result)


def test_a_model_that_cheats_is_caught_by_the_control(monkeypatch: pytest.MonkeyPatch) -> None:
    """It knows every row by heart, those of the test as well."""
    from layerwise.comparison.contest import control

    known: dict[bytes, float] = {}

    def cheat(problem: Any, *_: Any) -> Any:
        class Fitted:
            size, steps, cut = 0, 0, False

            def answer(self, test: Any) -> np.ndarray:
                return np.array([known[row] for row in rows_of(test)])

        return Fitted()

    def rows_of(problem: Any) -> list[bytes]:
        return [row.tobytes() for row in np.stack(problem.features.columns, axis=1)]

    def peeked(problem: Any, *arguments: Any) -> Any:
        known.update(zip(rows_of(problem), problem.y.tolist(), strict=True))
        return folds_of(problem, *arguments)

    monkeypatch.setattr(control, "folds_of", peeked)
    monkeypatch.setitem(
        MODELS, "tree", lw.comparison.contest.models.Model("tree", "", "traditional", 2, {}, None, cheat)
    )
    problem = problem_of(drawn(100), drawn(100)[:, 0])
    budget = budget_of(600, 2, None, 5)
    found = control.controlled(problem, ["dummy", "linear", "tree"], measure_of("regression", None), budget, 0.01, 0)
    assert found is not None
    assert found.alarm is not None
    assert "tree beat the dummy" in found.alarm.sentence


# Why


def pair_of(x: np.ndarray, y: np.ndarray, task: str | None = None) -> tuple[Any, Any]:
    problem = problem_of(x, y, task)
    fold = folds_of(problem, 4, 1)[0]
    return problem.take(fold.train), problem.take(fold.test)


def test_the_useful_half_of_the_columns_is_kept() -> None:
    x = drawn(200, 6)
    training, test = reasons.useful_half(pair_of(x, x[:, 1] + x[:, 4] + 0.5 * x[:, 5]), 0)
    assert training.features.names == test.features.names == ("x1", "x4", "x5")


def test_a_rotation_keeps_distances_and_learns_from_the_training_part() -> None:
    pair = pair_of(drawn(80, 3) * [1, 10, 100], drawn(80)[:, 0])
    training, test = reasons.rotated(pair, 0)
    encoder = Encoder("standard").learn(pair[0].features)
    for before, after in zip(pair, (training, test), strict=True):
        x, turned = encoder.encode(before.features), np.stack(after.features.columns, axis=1)
        np.testing.assert_allclose(
            np.linalg.norm(x[1:] - x[:-1], axis=1), np.linalg.norm(np.diff(turned, axis=0), axis=1)
        )
        assert not np.allclose(x, turned)


def test_smoothing_takes_noise_from_the_training_target_alone() -> None:
    x = np.linspace(0, 1, 200)[:, None]
    y = x[:, 0] + 0.1 * drawn(200, 1)[:, 0]
    pair = pair_of(x, y)
    training, test = reasons.smoothed(pair, 0)
    truth = pair[0].features.columns[0]
    assert np.std(training.y - truth) < 0.6 * np.std(pair[0].y - truth)
    np.testing.assert_array_equal(test.y, pair[1].y)


def test_what_the_reasons_say() -> None:
    found = [
        reasons.Reason("rotating the columns", "forest", -0.2, 0.1),
        reasons.Reason("smoothing the target", "forest", -0.2, -0.205),
    ]
    assert reasons.told(found, 0.01, "{:+.2f}".format) == (
        "Why: beside a random forest the network stands at -0.20; rotating the columns brings it forward (+0.10), "
        "smoothing the target changes little (-0.20)."
    )


def test_rotation_is_the_reason_where_trees_win_by_axes() -> None:
    x = np.random.default_rng(0).uniform(-1, 1, (500, 4))
    y = np.sign(np.sin(8 * x[:, 0])) + np.sign(np.sin(8 * x[:, 1]))
    problem = problem_of(x, y, "regression")
    trials = [Trial(name, fold, untuned=0.0) for name in ("tree", "network") for fold in (0, 1)]
    measure, budget = measure_of("regression", None), budget_of(2000, 1, None, 3)
    found = reasons.reasons_of(problem, folds_of(problem, 3, 1), trials, measure, budget, 0)
    reason = next(each for each in found if each.change == "rotating the columns")
    assert (reason.rival, len(found)) == ("tree", 3)
    assert reason.before < 0
    assert reason.after > reason.before + 0.1
    assert "rotating the columns brings it forward" in reasons.told(found, 0.01, "{:+.2f}".format)
