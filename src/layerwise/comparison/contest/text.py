"""A comparison as lines for people."""

from __future__ import annotations

import textwrap

from layerwise.comparison.contest import beyond, control, growth, importance, limited, reasons, shapes
from layerwise.comparison.contest.comparison import Comparison, ModelScore
from layerwise.comparison.contest.models import MODELS, NETWORK
from layerwise.comparison.contest.scoring import Measure
from layerwise.comparison.contest.words import listed, seconds, several, signed, spread

WIDTH = 80


def lines(result: Comparison, width: int = WIDTH) -> list[str]:
    """The verdict first, then alarms, scores, costs, and under which rules the models competed."""
    found = [f"Verdict: {result.verdict}" + (f"; take {MODELS[result.best].title}" if result.best else "")]
    for sentence in (*result.judgement.sentences, *closer(result)):
        found += _wrapped(sentence, width, "  ")
    for alarm in result.alarms:
        found += ["", *_wrapped(f"Alarm ({alarm.code}): {alarm.sentence}", width, "")]
    found += ["", *aligned(score_cells(result)), *failures(result)]
    found += ["", *aligned(cost_cells(result)), ""]
    for sentence in rules(result):
        found += _wrapped(sentence, width, "")
    return found


def closer(result: Comparison) -> list[str]:
    """Why: what fewer rows, changed data, columns, and permuted labels say, where there was time to try them."""
    region, measure = result.judgement.region, result.measure
    found = [
        growth.told(result.growth, region),
        reasons.told(result.reasons, region, lambda gain: signed(gain, measure)),
        shapes.told(result.shapes) if result.folds_done >= 2 else "",
        importance.told(result.importances),
        beyond.told(result.beyond, measure),
        limited.told(result),
        control.told(result.control) if result.control else "",
    ]
    return [*filter(None, found)]


def aligned(rows: list[list[str]]) -> list[str]:
    """Rows of cells as lines, the first column to the left, figures to the right."""
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    found = []
    for row in rows:
        first, *rest = (cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        found.append("  ".join([first.strip().ljust(widths[0]), *rest]).rstrip())
    return found


def score_cells(result: Comparison) -> list[list[str]]:
    """How good each model is, the head first: untuned and tuned score, spreads, skill, calibration of classes."""
    classes = result.task == "classification"
    head = ["model", "untuned", "tuned", "± folds", "± seeds", "skill"] + ["calibration"] * classes
    rows = []
    for score in _with_scores(result):
        row = [
            score.model,
            result.measure.words(_gain(score.untuned, result.measure)),
            result.measure.words(_gain(score.tuned, result.measure)),
            spread(score.fold_spread, result.measure),
            spread(score.seed_spread, result.measure) if MODELS[score.model].random else "",
            f"{score.skill:.2f}",
        ]
        if classes:
            row.append("" if score.calibration is None else f"{100 * score.calibration:.1f} %")
        rows.append(row)
    return [head, *rows]


def cost_cells(result: Comparison) -> list[list[str]]:
    """What each model costs, the head first: tuning in a fold, one fit, answers to 1,000 rows, its size."""
    head = ["model", "tried", "tuning", "work", "one fit", "1,000 answers", "size"]
    rows = [
        [
            score.model,
            str(score.tried or ""),
            seconds(score.tuning_seconds) if score.tried else "",
            several(score.steps, MODELS[score.model].step) if score.steps else "",
            seconds(score.fit_seconds),
            seconds(score.answer_seconds),
            f"{score.size:,}",
        ]
        for score in _with_scores(result)
    ]
    return [head, *rows]


def failures(result: Comparison) -> list[str]:
    """A line for each model without a score."""
    return [f"{score.model}: failed: {score.failure}" for score in result.scores.values() if score.failure]


def rules(result: Comparison) -> list[str]:
    """Data, folds, budget, and what the columns of the table are."""
    budget = result.budget
    some = result.folds_done < result.folds
    done = f"{result.folds_done} of {result.folds} folds" if some else f"{result.folds} folds"
    found = [
        f"Data: {result.rows:,} rows, {result.columns:,} columns, {result.task}, judged by {result.measure.name}; "
        f"{done}, {result.split}.",
        f"Work: {several(int(budget['configurations']), 'configuration')} a model and fold, the same for all, below a "
        f"ceiling of {budget['tuning_seconds']:.2g} s each. Together {result.seconds:.0f} of {budget['seconds']:g} s. "
        f"{_ceilings(result)}",
    ]
    if result.seeds:
        found.append(_network(result))
    if result.stopped:
        found.append(f"Not all is done: {result.stopped}; what stands here is what was done until then.")
    found.append(
        "± folds: standard deviation over folds; ± seeds: range over seeds within a fold; skill: 0 a dummy, 1 perfect; "
        "untuned: settings as they come, one seed; tried: configurations; work: of one fit; size: numbers that the "
        "model holds."
    )
    return found


def _ceilings(result: Comparison) -> str:
    cut = [f"{score.model} in {several(score.cut, 'fold')}" for score in _with_scores(result) if score.cut]
    if not cut:
        return "No ceiling was reached in them: the same seed gives these scores on any machine."
    return f"The ceiling of seconds cut short: {listed(cut)}; more seconds, or a machine less busy, may change this."


def _network(result: Comparison) -> str:
    score = result.scores.get(NETWORK)
    if score is None or score.failure or result.seeds == 1:
        return f"The network: {several(result.seeds, 'seed')} in every fold."
    own = result.measure.words(_gain(score.together, result.measure))
    if result.average:
        return f"The network: the mean of the answers of {result.seeds} seeds, as one model, in every fold."
    return (
        f"The network: the mean of the scores of {result.seeds} seeds in every fold; the mean of their answers, which "
        f"--average would judge, has {own}."
    )


def _with_scores(result: Comparison) -> list[ModelScore]:
    return [score for score in result.scores.values() if not score.failure]


def _gain(score: float, measure: Measure) -> float:
    return score if measure.rising else -score


def _wrapped(sentence: str, width: int, indent: str) -> list[str]:
    return textwrap.wrap(sentence, width, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)
