"""A comparison as lines for people."""

from __future__ import annotations

import math

from layerwise.comparison.contest.comparison import Comparison, ModelScore
from layerwise.comparison.contest.models import MODELS
from layerwise.comparison.contest.scoring import Measure


def lines(result: Comparison) -> list[str]:
    """The verdict first, then alarms, the table of the models, and under which rules they competed."""
    return [
        f"Verdict: {result.verdict}" + (f"; take {MODELS[result.best].title}" if result.best else ""),
        *(f"  {sentence}" for sentence in result.judgement.sentences),
        "",
        *(f"Alarm ({alarm.code}): {alarm.sentence}" for alarm in result.alarms),
        *([""] if result.alarms else []),
        *table(result),
        "",
        *rules(result),
    ]


def table(result: Comparison) -> list[str]:
    """One line a model: untuned and tuned score, spreads, skill, and what it costs."""
    rows = cells(result)
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    found = []
    for row, name in zip(rows, ["", *result.scores], strict=True):
        line = "  ".join(
            cell.ljust(width) if not place else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        failure = result.scores[name].failure if name else ""
        found.append(f"{row[0].ljust(widths[0])}  failed: {failure}" if failure else line.rstrip())
    return found


def cells(result: Comparison) -> list[list[str]]:
    """The cells of the table, the head first."""
    head = ["model", "untuned", "tuned", "± folds", "± seeds", "skill", "tried", "fit", "1,000 rows", "size"]
    if result.task == "classification":
        head.append("calibration")
    return [head, *(_row(score, result.measure, len(head)) for score in result.scores.values())]


def _row(score: ModelScore, measure: Measure, width: int) -> list[str]:
    if score.failure:
        return [score.model, *[""] * (width - 1)]
    row = [
        score.model,
        measure.words(_gain(score.untuned, measure)),
        measure.words(_gain(score.tuned, measure)),
        spread(score.fold_spread, measure),
        spread(score.seed_spread, measure) if MODELS[score.model].random else "",
        f"{score.skill:.2f}",
        str(score.tried or ""),
        seconds(score.fit_seconds),
        seconds(score.answer_seconds),
        f"{score.size:,}",
    ]
    if width > len(row):
        row.append("" if score.calibration is None else f"{100 * score.calibration:.1f} %")
    return row


def _gain(score: float, measure: Measure) -> float:
    return score if measure.rising else -score


def spread(value: float, measure: Measure) -> str:
    """A spread in the digits of its score."""
    if math.isnan(value):
        return "-"
    return f"{100 * value:.1f}" if "accuracy" in measure.name else f"{value:.2g}"


def seconds(value: float) -> str:
    """A time with its unit.

    >>> seconds(0.0123), seconds(2.345), seconds(0.00004)
    ('12 ms', '2.3 s', '0.04 ms')
    """
    if value >= 1:
        return f"{value:.1f} s"
    return f"{1000 * value:.0f} ms" if value >= 0.001 else f"{1000 * value:.2g} ms"


def rules(result: Comparison) -> list[str]:
    """Data, folds, budget, and what the columns of the table are."""
    budget = result.budget
    done = (
        f"{result.folds_done} of {result.folds} folds" if result.folds_done < result.folds else f"{result.folds} folds"
    )
    found = [
        f"Data: {result.rows:,} rows, {result.columns:,} columns, {result.task}, judged by {result.measure.name}; "
        f"{done}, {result.split}.",
        f"Tuning: {budget['configurations']:g} configurations or {budget['tuning_seconds']:.2g} s a model and fold, "
        f"the same for all. Together {result.seconds:.0f} of {budget['seconds']:g} s.",
    ]
    if result.seeds:
        found.append(f"The network: the mean of {result.seeds} seeds in every fold.")
    if result.stopped:
        found.append(f"Not all is done: {result.stopped}; what stands here is what was done until then.")
    found.append(
        "± folds: standard deviation over folds; ± seeds: range over seeds within a fold; skill: 0 a dummy, 1 perfect; "
        "size: numbers that the model holds."
    )
    return found
