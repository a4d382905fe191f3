"""`lw.compare`: is a neural network the right tool for these data? The same folds for it and for traditional models."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from layerwise.checks import fraction, one_of, whole_number
from layerwise.comparison.contest.alarms import Alarm, alarms_of
from layerwise.comparison.contest.budget import Budget, budget_of
from layerwise.comparison.contest.comparison import Comparison, scores_of
from layerwise.comparison.contest.control import Control, controlled
from layerwise.comparison.contest.folds import Fold, folds_of
from layerwise.comparison.contest.growth import Step, grown
from layerwise.comparison.contest.models import DUMMY, MODELS, NETWORK
from layerwise.comparison.contest.problem import Problem, problem_of
from layerwise.comparison.contest.reasons import Reason, reasons_of
from layerwise.comparison.contest.scoring import Measure, measure_of
from layerwise.comparison.contest.single_column import column_alarms
from layerwise.comparison.contest.trial import Trial, tried
from layerwise.comparison.contest.verdict import Judgement, judged
from layerwise.errors import SettingError
from layerwise.training.threads import blas_threads
from layerwise.types import Array

Watch = Callable[["Standing"], None]


@dataclass
class Standing:
    """How far a comparison is: what `watch` is shown before and after every model on every fold.

    trials: what is done. doing: the model at work, "" between two. phase: "folds", "one column",
    "fewer rows", "reasons" or "permuted labels". fold, folds: counted from 0, and how many.
    """

    problem: Problem
    measure: Measure
    names: tuple[str, ...]
    folds: tuple[Fold, ...]
    budget: Budget
    trials: list[Trial] = field(default_factory=list)
    doing: str = ""
    phase: str = "folds"
    fold: int = 0
    growth: list[Step] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)
    control: Control | None = None
    alarms: list[Alarm] = field(default_factory=list)
    stopped: str = ""

    @property
    def done(self) -> int:
        """Folds that every model has done."""
        return len(self.trials) // len(self.names)

    def failed(self, name: str) -> str:
        """Why this model failed on an earlier fold, if it did."""
        return next((trial.failure for trial in self.trials if trial.model == name and trial.failure), "")


def compare(
    x: Any,
    y: Any = None,
    *,
    task: str | None = None,
    groups: Any = None,
    time: Any = None,
    metric: str | None = None,
    budget_seconds: float = 240.0,
    configurations: int = 10,
    limit_seconds: float | None = None,
    folds: int = 5,
    repeats: int | None = None,
    seeds: int = 3,
    equivalence: float = 0.01,
    models: Sequence[str] | None = None,
    seed: int = 0,
    watch: Watch | None = None,
) -> Comparison:
    """Compare a neural network with traditional models on the same folds, and say which is right for these data.

    Everything is learnt within the training part of a fold: encoding, filling of gaps, scaling, early stopping, tuning.
    Each model is tried with its settings as they come, and tuned by random search on rows held out of the training
    part, all with the same budget in seconds and in configurations. The network is trained from several seeds in every
    fold. It is compared with every traditional model by the corrected interval of Nadeau and Bengio.

    x: (N, D) numbers; or a mapping or DataFrame of named columns, of numbers and of texts; or the name of a dataset
        that `lw.data.load` knows, which then brings y. Tables in files: `layerwise compare`.
    y: (N,) classes or quantities, or the name of a column of x.
    task: "classification" or "regression"; None takes classification for texts and for at most 10 whole numbers.
    groups: what must not be torn apart by a fold, (N,) or the name of a column; None says that rows are independent.
    time: what orders the rows, (N,) or the name of a column; each fold then trains on what came before its test rows.
    metric: "accuracy" (unless given), "balanced_accuracy" or "log_loss"; "rmse" for quantities.
    budget_seconds: for everything; two folds are done in any case.
    configurations: that each model may try in each fold, its default among them.
    limit_seconds: for one fit, an eighth of the budget unless given. The network and the forest stop at their share of
        the budget; another model that takes longer than the limit is shown as failed.
    folds: 5 unless given.
    repeats: how often the rows are dealt anew into folds; None deals fewer than 1,000 rows twice.
    seeds: of the network in each fold.
    equivalence: differences up to this share of the way from a dummy to perfect are no practical ones.
    models: names of those to compare; all unless given. The dummy is always among them.
    seed: of the folds, the tuning and the models. Times decide where the budget ends: a busy machine tries less.
    watch: is called with a `Standing` before and after every model on every fold, and before what comes after.

    Ctrl-C ends it and keeps what is done. Returns a `Comparison`: `.verdict`, `.best`, `.scores`, `.alarms`, and
    `str()` for all of it.
    Raises SettingError, KindError, ShapeError and DataError for arguments that do not fit.
    Source: Nadeau and Bengio, Inference for the generalization error, 2003; Grinsztajn et al., Why do tree-based models
    still outperform deep learning on typical tabular data?, 2022.

    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=(60, 2))
    >>> result = compare(x, x[:, 0] > 0, models=["linear", "tree"], folds=3, repeats=1, configurations=2)
    >>> result.verdict, result.scores["linear"].tuned > 0.9
    ('traditional', True)
    """
    problem = problem_of(x, y, task, groups, time)
    measure = measure_of(problem.task, metric)
    names = _names(models)
    folds, seeds = whole_number("folds", folds, minimum=2), whole_number("seeds", seeds)
    equivalence = fraction("equivalence", equivalence)
    repeats = None if repeats is None else whole_number("repeats", repeats)
    seed = whole_number("seed", seed, minimum=0)
    dealt = folds_of(problem, folds, repeats, seed)
    budget = budget_of(budget_seconds, configurations, limit_seconds, len(names) - 1, len(dealt))
    standing = Standing(problem, measure, names, dealt, budget)
    with blas_threads(1), _one_thread():  # the same for all; small products only wait for each other otherwise
        try:
            standing.alarms += alarms_of(problem, dealt, seed)
            _run(standing, watch, seeds, seed)
            _look_closer(standing, watch, equivalence, seed)
        except KeyboardInterrupt:
            standing.stopped = "stopped by Ctrl-C"
    return _result(standing, seeds, equivalence)


def _one_thread() -> AbstractContextManager[Any]:
    """One thread for the trees of gradient boosting, which otherwise takes all that there are."""
    import sklearn.ensemble  # noqa: F401 (its OpenMP must be there to be limited)
    from threadpoolctl import threadpool_limits

    return threadpool_limits(1, user_api="openmp")


def _names(models: Sequence[str] | None) -> tuple[str, ...]:
    if isinstance(models, str) or (models is not None and not models):
        raise SettingError(f"models must be a list of names, such as ['linear', 'network']; got {models!r}")
    chosen = {one_of("model", name, MODELS) for name in models or MODELS}
    if not chosen - {DUMMY}:
        raise SettingError("models must name one besides the dummy, which is always there")
    return tuple(name for name in MODELS if name in chosen | {DUMMY})


def _run(standing: Standing, watch: Watch | None, seeds: int, seed: int) -> None:
    """Fold by fold, all models in each, so that whatever ends it leaves whole folds."""
    tell = watch or (lambda standing: None)
    longest = 0.0
    for fold in standing.folds:
        if fold.number >= 2 and not standing.budget.allows(longest, share=0.9):
            standing.stopped = f"the budget of {standing.budget.seconds:g} s was spent"
            return
        began = standing.budget.spent
        standing.budget.begin_fold(fold.number)
        for name in standing.names:
            standing.doing, standing.fold = name, fold.number
            tell(standing)
            if failure := standing.failed(name):
                trial = Trial(name, fold.number, failure=failure)
            else:
                trial = tried(
                    MODELS[name], standing.problem, fold, standing.measure, standing.budget, seeds=seeds, seed=seed
                )
            standing.trials.append(trial)
            standing.doing = ""
            tell(standing)
        longest = max(longest, standing.budget.spent - began)


def _look_closer(standing: Standing, watch: Watch | None, equivalence: float, seed: int) -> None:
    """What needs no tuning: columns alone, fewer rows, and the control with permuted labels."""
    problem, measure, budget = standing.problem, standing.measure, standing.budget
    tell = watch or (lambda standing: None)
    standing.phase = "one column"
    tell(standing)
    standing.alarms += _column_alarms(standing, equivalence)
    standing.phase = "fewer rows"
    tell(standing)
    standing.growth = grown(problem, standing.folds, standing.trials, measure, budget, seed)
    standing.phase = "reasons"
    tell(standing)
    standing.reasons = reasons_of(problem, standing.folds, standing.trials, measure, budget, seed)
    standing.phase = "permuted labels"
    tell(standing)
    whole = [name for name in standing.names if not standing.failed(name)]
    standing.control = controlled(problem, whole, measure, budget, equivalence, seed)
    if standing.control is not None and standing.control.alarm is not None:
        standing.alarms.append(standing.control.alarm)


def _column_alarms(standing: Standing, equivalence: float) -> list[Alarm]:
    """Whether a column alone is as good as the best model, by the first fold."""
    first = {trial.model: trial.gain for trial in standing.trials if trial.fold == 0 and not trial.failure}
    dummy = first[DUMMY]
    region = equivalence * (standing.measure.perfect - dummy)
    seconds = 0.1 * standing.budget.seconds
    return column_alarms(
        standing.problem, standing.folds[0], standing.measure, max(first.values()), dummy, region, seconds
    )


def _result(standing: Standing, seeds: int, equivalence: float) -> Comparison:
    problem, budget, done = standing.problem, standing.budget, standing.done
    whole = [name for name in standing.names if not standing.failed(name)]
    gains: dict[str, Array] = {
        name: np.array([trial.gain for trial in standing.trials if trial.model == name and trial.fold < done])
        for name in whole
    }
    if done < 2:
        told = "Fewer than two folds are done, which is too little to say anything."
        judgement = Judgement("unfinished", "", float("nan"), (), (), float("nan"), (told,))
    else:
        ratio = float(np.mean([len(fold.test) / len(fold.train) for fold in standing.folds[:done]]))
        judgement = judged(gains, ratio, equivalence, standing.measure)
    return Comparison(
        task=problem.task,
        rows=len(problem),
        columns=len(problem.features.names),
        measure=standing.measure,
        judgement=judgement,
        scores=scores_of(standing.trials, standing.names, done, standing.measure),
        alarms=tuple(standing.alarms),
        growth=tuple(standing.growth),
        reasons=tuple(standing.reasons),
        control=standing.control,
        trials=tuple(standing.trials),
        folds_done=done,
        folds=len(standing.folds),
        seeds=seeds if NETWORK in standing.names else 0,
        split=_split(problem),
        equivalence=equivalence,
        budget={
            "seconds": budget.seconds,
            "configurations": budget.configurations,
            "tuning_seconds": budget.tuning,
            "fit_seconds": budget.fit,
            "limit_seconds": budget.limit,
        },
        seconds=budget.spent,
        stopped=standing.stopped,
    )


def _split(problem: Problem) -> str:
    if problem.time is not None:
        return "in the order of time"
    return "by group" if problem.groups is not None else "rows taken as independent"
