"""`lw.compare`: is a neural network the right tool for these data? The same folds for it and for traditional models."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, suppress
from typing import Any

import numpy as np

from layerwise.checks import fraction, one_of, whole_number, yes_or_no
from layerwise.comparison.contest.alarms import alarms_of
from layerwise.comparison.contest.budget import Effort, budget_of
from layerwise.comparison.contest.closer import look_closer
from layerwise.comparison.contest.comparison import Comparison
from layerwise.comparison.contest.folds import folds_of
from layerwise.comparison.contest.models import DUMMY, MODELS, NETWORK
from layerwise.comparison.contest.outcome import outcome
from layerwise.comparison.contest.problem import problem_of
from layerwise.comparison.contest.scoring import measure_of
from layerwise.comparison.contest.standing import Standing, Watch
from layerwise.comparison.contest.trial import Trial, tried
from layerwise.errors import SettingError
from layerwise.training.threads import blas_threads

_WARM_ROWS = 200


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
    average: bool = False,
    equivalence: float = 0.01,
    models: Sequence[str] | None = None,
    why: bool = True,
    seed: int = 0,
    watch: Watch | None = None,
) -> Comparison:
    """Compare a neural network with traditional models on the same folds, and say which is right for these data.

    Everything is learnt within the training part of a fold: encoding, filling of gaps, scaling, early stopping, tuning.
    Each model is tried with its settings as they come, and tuned by random search on rows held out of the training
    part, all with the same number of configurations below the same ceiling of seconds. The network is trained from
    several seeds in every fold. It is compared with every traditional model by the corrected interval of Nadeau and
    Bengio.

    x: (N, D) numbers; or a mapping or DataFrame of named columns, of numbers and of texts; or the name of a dataset
        that `lw.data.load` knows, which then brings y. Tables in files: `layerwise compare`.
    y: (N,) classes or quantities, or the name of a column of x.
    task: "classification" or "regression"; None takes classification for texts and for at most 10 whole numbers.
    groups: what must not be torn apart by a fold, (N,) or the name of a column; None says that rows are independent.
    time: what orders the rows, (N,) or the name of a column; each fold then trains on what came before its test rows.
    metric: "accuracy" (unless given), "balanced_accuracy" or "log_loss"; "rmse" for quantities.
    budget_seconds: the ceiling for everything; two folds are done in any case. What a model does is counted, in
        configurations, updates, trees and rounds, so that below the ceiling the same seed gives the same scores on any
        machine; a slow one first does fewer folds, and then learns less in each, which the text says.
    configurations: that each model may try in each fold, its default among them.
    limit_seconds: for one fit, an eighth of the budget unless given; a model that takes longer is shown as failed. The
        network and the forest, which learn step by step, end before it.
    folds: 5 unless given.
    repeats: how often the rows are dealt anew into folds; None deals fewer than 1,000 rows twice.
    seeds: of the network in each fold.
    average: judge the mean of the answers of the seeds' networks, as one model, instead of the mean of their scores.
    equivalence: differences up to this share of the way from a dummy to perfect are no practical ones.
    models: names of those to compare; all unless given. The dummy is always among them.
    why: look closer after the verdict: fewer rows, reasons, importance, outside the range, permuted labels.
    seed: of the folds, the tuning and the models.
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
    budget = budget_of(budget_seconds, configurations, limit_seconds, len(dealt))
    average, why = yes_or_no("average", average), yes_or_no("why", why)
    standing = Standing(problem, measure, names, dealt, budget)
    with blas_threads(1), _one_thread():  # the same for all; small products only wait for each other otherwise
        try:
            standing.alarms += alarms_of(problem, dealt, seed)
            _warm_up(standing)
            _run(standing, watch or _nothing, seeds, average, seed)
            look_closer(standing, watch or _nothing, equivalence, seed, why=why)
        except KeyboardInterrupt:
            standing.stopped = "stopped by Ctrl-C"
    return outcome(standing, seeds, average, equivalence)


def _warm_up(standing: Standing) -> None:
    """Compile what the network needs, once for this machine, before any ceiling of seconds counts."""
    if NETWORK in standing.names:
        rows = np.arange(0, len(standing.problem), -(-len(standing.problem) // _WARM_ROWS))
        with suppress(
            ValueError, ArithmeticError
        ):  # too few groups, or moments, for so few rows; then it is compiled on the way
            MODELS[NETWORK].fit(standing.problem.take(rows), MODELS[NETWORK].default, 0, Effort(0.0))


def _nothing(standing: Standing) -> None:
    """Watch nothing."""


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


def _run(standing: Standing, tell: Watch, seeds: int, average: bool, seed: int) -> None:
    """Fold by fold, all models in each, so that whatever ends it leaves whole folds."""
    longest = 0.0
    for fold in standing.folds:
        if fold.number >= 2 and not standing.budget.allows(longest, share=0.9):
            standing.stopped = f"the budget of {standing.budget.seconds:g} s was spent"
            return
        began = standing.budget.spent
        for name in standing.names:
            standing.doing, standing.fold = name, fold.number
            tell(standing)
            if failure := standing.failed(name):
                trial = Trial(name, fold.number, failure=failure)
            else:
                trial = tried(
                    MODELS[name],
                    standing.problem,
                    fold,
                    standing.measure,
                    standing.budget,
                    seeds=seeds,
                    seed=seed,
                    average=average,
                )
            standing.trials.append(trial)
            standing.doing = ""
            tell(standing)
        longest = max(longest, standing.budget.spent - began)
