"""What `compare` found: scores, differences, verdict; as sentences, a table, and data."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from layerwise.comparison.contest.alarms import Alarm
from layerwise.comparison.contest.beyond import Beyond
from layerwise.comparison.contest.control import Control
from layerwise.comparison.contest.growth import Step
from layerwise.comparison.contest.importance import Importance
from layerwise.comparison.contest.models import MODELS
from layerwise.comparison.contest.reasons import Reason
from layerwise.comparison.contest.scoring import Measure, calibration_error
from layerwise.comparison.contest.shapes import Shape
from layerwise.comparison.contest.trial import Trial
from layerwise.comparison.contest.verdict import Judgement
from layerwise.display import Displayed


@dataclass(frozen=True)
class ModelScore:
    """A model over all folds.

    untuned, tuned: the mean score, with settings as they come, and with those that tuning within each fold chose.
    together: the score of the mean of the seeds' answers. fold_spread: standard deviation of the tuned score over the
    folds. seed_spread: the mean range over seeds within a fold. skill: how far it is from the dummy, 0, to perfect, 1.
    tried, tuning_seconds: of the tuning, a fold. fit_seconds: of one fit; untuned_seconds: of one with settings as they
    come. answer_seconds: for 1,000 rows. size: numbers that it holds. steps: updates, trees or rounds of a fit. cut: in
    how many folds a ceiling of seconds ended a fit or the tuning. calibration: see `calibration_error`; reliability:
    the table behind it, see `scoring.reliability`; both None for quantities. failure: why there is no score; it then
    has none.
    """

    model: str
    untuned: float
    tuned: float
    together: float
    fold_spread: float
    seed_spread: float
    skill: float
    tried: int
    tuning_seconds: float
    fit_seconds: float
    untuned_seconds: float
    answer_seconds: float
    size: int
    steps: int
    cut: int
    calibration: float | None
    reliability: tuple[tuple[float, ...], ...] | None
    failure: str = ""


@dataclass(frozen=True, eq=False)
class Comparison(Displayed):
    """The answer of `compare`.

    verdict: "network", "traditional", "no practical difference", "no signal", or "unfinished" where fewer than two
    folds are done. best: the model to take, None if unfinished. scores: `ModelScore` by name. alarms: what should be
    looked at before any number is believed. growth: the scores with fewer rows. reasons: what
    three changes of the data do to the network and to trees. importances: what each column is worth, the most important
    first. beyond: what breaks outside the range. shapes: skew and tails of the columns. control: the skills with
    permuted labels; None where there was no time for it. differences: the network minus each traditional model.
    average: whether the network is the mean of its seeds' answers. folds_done, folds: how many are done, and were
    planned. stopped: why some are missing. trials: every model on every fold.
    """

    task: str
    rows: int
    columns: int
    classes: tuple[str, ...]
    measure: Measure
    judgement: Judgement
    scores: dict[str, ModelScore]
    alarms: tuple[Alarm, ...]
    growth: tuple[Step, ...]
    reasons: tuple[Reason, ...]
    importances: tuple[Importance, ...]
    beyond: Beyond | None
    shapes: tuple[Shape, ...]
    control: Control | None
    trials: tuple[Trial, ...]
    folds_done: int
    folds: int
    seeds: int
    average: bool
    split: str
    equivalence: float
    budget: dict[str, float]
    seconds: float
    stopped: str = ""

    @property
    def verdict(self) -> str:
        """In one word or three."""
        return self.judgement.verdict

    @property
    def best(self) -> str | None:
        """The model to take."""
        return self.judgement.best or None

    @property
    def differences(self) -> tuple[Any, ...]:
        """The network against each traditional model."""
        return self.judgement.differences

    def __str__(self) -> str:
        from layerwise.comparison.contest.text import lines

        return "\n".join(lines(self))

    def as_table(self) -> dict[str, Any]:
        """Everything as plain values, for JSON: NaN and infinity become None."""
        return _plain(
            {
                "task": self.task,
                "rows": self.rows,
                "columns": self.columns,
                "metric": self.measure.name,
                "split": self.split,
                "verdict": self.verdict,
                "best": self.best,
                "sure": self.judgement.sure,
                "sentences": list(self.judgement.sentences),
                "equivalence": self.equivalence,
                "region": self.judgement.region,
                "scores": {name: asdict(score) for name, score in self.scores.items()},
                "differences": [asdict(each) for each in self.differences],
                "against_dummy": [asdict(each) for each in self.judgement.signals],
                "alarms": [asdict(each) for each in self.alarms],
                "growth": [
                    {"rows": step.rows, "scores": {name: self.measure.score(gain) for name, gain in step.gains.items()}}
                    for step in self.growth
                ],
                "reasons": [asdict(each) for each in self.reasons],
                "importances": [asdict(each) for each in self.importances],
                "beyond": None if self.beyond is None else asdict(self.beyond),
                "shapes": [asdict(each) for each in self.shapes],
                "control": None if self.control is None else {"rows": self.control.rows, "skills": self.control.skills},
                "trials": [asdict(each) | {"reliability": None, "losses": None} for each in self.trials],
                "folds": self.folds,
                "folds_done": self.folds_done,
                "seeds": self.seeds,
                "average": self.average,
                "budget": self.budget,
                "seconds": self.seconds,
                "stopped": self.stopped,
            }
        )


def scores_of(trials: Sequence[Trial], names: Sequence[str], done: int, measure: Measure) -> dict[str, ModelScore]:
    """The mean of each model over the folds that all have done, in the order of the names."""
    found: dict[str, ModelScore] = {}
    dummy = math.nan
    for name in names:
        own = [trial for trial in trials if trial.model == name]
        failure = next((trial.failure for trial in own if trial.failure), "")
        own = [trial for trial in own if trial.fold < done and not trial.failure]
        if failure or not own:
            found[name] = _failed(name, failure or "not yet begun")
            continue
        gains = np.array([trial.gain for trial in own])
        if MODELS[name].kind == "dummy":
            dummy = float(gains.mean())
        table = None if own[0].reliability is None else np.sum([np.asarray(trial.reliability) for trial in own], axis=0)
        found[name] = ModelScore(
            model=name,
            untuned=measure.score(float(np.mean([trial.untuned for trial in own]))),
            tuned=measure.score(float(gains.mean())),
            together=measure.score(_mean(own, "together")),
            fold_spread=float(gains.std(ddof=1)) if len(gains) > 1 else math.nan,
            seed_spread=float(np.mean([max(trial.tuned) - min(trial.tuned) for trial in own])),
            skill=(float(gains.mean()) - dummy) / (measure.perfect - dummy) if measure.perfect > dummy else math.nan,
            tried=round(float(np.mean([trial.tried for trial in own]))),
            tuning_seconds=_mean(own, "tuning_seconds"),
            fit_seconds=_mean(own, "fit_seconds"),
            untuned_seconds=_mean(own, "untuned_seconds"),
            answer_seconds=_mean(own, "answer_seconds"),
            size=round(_mean(own, "size")),
            steps=round(_mean(own, "steps")),
            cut=sum(trial.cut for trial in own),
            calibration=None if table is None else calibration_error(table),
            reliability=None if table is None else tuple(tuple(each) for each in table.tolist()),
        )
    return found


def _mean(trials: Sequence[Trial], name: str) -> float:
    return float(np.mean([getattr(trial, name) for trial in trials]))


def _failed(name: str, failure: str) -> ModelScore:
    no = math.nan
    return ModelScore(name, no, no, no, no, no, no, 0, no, no, no, no, 0, 0, 0, None, None, failure)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, float | np.floating):
        return float(value) if math.isfinite(value) else None
    return value.item() if isinstance(value, np.generic) else value
