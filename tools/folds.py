"""scikit-learn's MLP and ours on the same folds, with the same preparation, learnt on the training folds.

Ours is `suited`, the experiment of `layerwise train NAME`, as it stands; what it does was chosen on the folds of the
draws OURS_CHOSEN_ON. Theirs is one of a small grid, chosen on those of CHOSEN_ON. They are compared on the folds of
others, COMPARED_ON. The best of the grid in hindsight, by its mean over the very folds that are reported, stands beside
it.
"""

from __future__ import annotations

import dataclasses
import itertools
import statistics
import sys
import time
import warnings
from typing import Any

import numpy as np

import layerwise as lw
from layerwise.data import Dataset
from layerwise.data.dataset import Part
from layerwise.training.evaluation import predict
from layerwise.training.suited import suited

SETS = ("iris", "wine", "breast_cancer", "diabetes")
FOLDS = 10
CHOSEN_ON, OURS_CHOSEN_ON, COMPARED_ON = 1, (1, 5, 6, 7), (2, 3, 4)
HIDDEN = ((100,), (128, 128))
ALPHAS = (1e-4, 1.0, 10.0)
MOST_ITERATIONS = 500
Scores = list[float]
Record = dict[str, Any]
"""Of one draw: `ours`, the scores of every fold; `grid`, theirs by configuration; `seconds`, of processor time."""


def compare(name: str, draw: int) -> Record:
    """The scores of every fold of one draw: accuracy for classes, R² for quantities."""
    began = time.process_time()
    parts = list(enumerate(folds(lw.data.load(name, scale=False), draw), start=draw * FOLDS))  # each with a seed
    ours = [score_of_ours(data, name, seed) for seed, data in parts]
    grid = {}
    for hidden, alpha in itertools.product(HIDDEN, ALPHAS):
        grid[f"{hidden}, alpha={alpha:g}"] = [score_of_theirs(data, hidden, alpha, seed) for seed, data in parts]
    found = {"ours": ours, "grid": grid, "seconds": time.process_time() - began}
    print(f"{name} beside scikit-learn, draw {draw}: {summary(found)}", file=sys.stderr)
    return found


def folds(data: Dataset, draw: int) -> list[Dataset]:
    """The dataset, ten times: another tenth is the test part, all else is for training, and nothing for choices."""
    from sklearn.model_selection import KFold, StratifiedKFold

    x = np.concatenate([part.x for part in (data.train, data.validation, data.test)])
    y = np.concatenate([part.y for part in (data.train, data.validation, data.test)])
    splitter = (StratifiedKFold if data.classes else KFold)(FOLDS, shuffle=True, random_state=draw)
    return [prepared(data, x, y, *rows) for rows in splitter.split(x, y if data.classes else None)]


def prepared(data: Dataset, x: Any, y: Any, train: Any, test: Any) -> Dataset:
    """Features and quantities with mean 0 and spread 1 over the training folds."""
    x = (x - x[train].mean(axis=0)) / x[train].std(axis=0)
    y = y if data.classes else (y - y[train].mean(axis=0)) / y[train].std(axis=0)
    parts = {"train": Part(x[train], y[train]), "validation": Part(x[:0], y[:0]), "test": Part(x[test], y[test])}
    return dataclasses.replace(data, **parts)


def score_of_ours(data: Dataset, name: str, seed: int) -> float:
    """The suited experiment, trained on the training folds and scored on the test fold."""
    experiment = suited(data, {"name": name}, seed)
    net = experiment.network()
    experiment.train(net, data, progress=False)
    return score(data, predict(net, data.test.x))


def score_of_theirs(data: Dataset, hidden: tuple[int, ...], alpha: float, seed: int) -> float:
    """The same of scikit-learn's MLP, in float64, until its own rule says that it has converged."""
    from sklearn.neural_network import MLPClassifier, MLPRegressor

    estimator = (MLPClassifier if data.classes else MLPRegressor)(
        hidden_layer_sizes=hidden, alpha=alpha, max_iter=MOST_ITERATIONS, random_state=seed
    )
    x, y = data.train
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a fit that needs more than all iterations is scored as it is
        estimator.fit(x.astype(np.float64), y.ravel())
    tested = data.test.x.astype(np.float64)
    if data.classes:
        return float((estimator.predict(tested) == data.test.y).mean())
    return score(data, estimator.predict(tested)[:, None])


def score(data: Dataset, output: Any) -> float:
    """Accuracy or R² on the test part."""
    if data.classes:
        return lw.metrics.accuracy(output, data.test.y)
    return lw.metrics.r2(output.ravel(), data.test.y.ravel())


def best(found: Record) -> str:
    """The configuration of the grid with the highest mean."""
    grid: dict[str, Scores] = found["grid"]
    return max(grid, key=lambda each: statistics.mean(grid[each]))


def differences(ours: Scores, theirs: Scores) -> tuple[float, float]:
    """The mean of ours minus theirs over the folds, and its standard error."""
    apart = [one - other for one, other in zip(ours, theirs, strict=True)]
    return statistics.mean(apart), statistics.stdev(apart) / len(apart) ** 0.5


def holds(ours: Scores, theirs: Scores) -> bool:
    """Whether ours is better, or worse by one standard error at most."""
    mean, error = differences(ours, theirs)
    return mean >= -error - 1e-9  # a single sample in a single fold is exactly one standard error


def summary(found: Record) -> str:
    """The outcome in one line, beside the best in hindsight."""
    theirs = found["grid"][best(found)]
    mean, error = differences(found["ours"], theirs)
    scores = f"{statistics.mean(found['ours']):.4f} and {statistics.mean(theirs):.4f}"
    return f"{scores}, {mean:+.4f} ± {error:.4f}, {found['seconds']:.0f} s of processor time"


def pooled(draws: dict[str, Record]) -> tuple[str, Scores, Scores, Scores]:
    """Of the draws that are compared: their configuration, its scores, ours, and the best of theirs in hindsight."""
    chosen = best(draws[str(CHOSEN_ON)])
    compared = [draws[str(draw)] for draw in COMPARED_ON]
    ours = [score for found in compared for score in found["ours"]]
    theirs = [score for found in compared for score in found["grid"][chosen]]
    hindsight = [score for found in compared for score in found["grid"][best(found)]]
    return chosen, theirs, ours, hindsight


def section(record: dict[str, dict[str, Record]]) -> str:
    """The section of the page."""
    lines = [
        "## Beside scikit-learn's MLP",
        "",
        "Ten folds (stratified for classes), the same for both, standardised by the training folds. Ours is the",
        "experiment of `layerwise train NAME` as it stands, without a validation part; theirs one of",
        f"{len(HIDDEN) * len(ALPHAS)} configurations (hidden layers {HIDDEN[0]} or {HIDDEN[1]}, alpha",
        f"{', '.join(f'{alpha:g}' for alpha in ALPHAS)}; Adam, {MOST_ITERATIONS} iterations at most). Theirs was",
        f"chosen on the folds that seed {CHOSEN_ON} draws, ours on those of the seeds",
        f"{', '.join(map(str, OURS_CHOSEN_ON))}. They are compared on the {FOLDS * len(COMPARED_ON)} folds that the",
        f"seeds {', '.join(map(str, COMPARED_ON))} draw, trained from other seeds. Scores are the accuracy,",
        "for diabetes R²; ± is the standard error of the mean difference over the folds. The last column takes for",
        "each draw the configuration that is best on the very folds it is scored on, which flatters scikit-learn.",
        "",
        "| dataset | Layerwise | scikit-learn | its configuration | difference | one standard error, or better "
        "| difference to its best in hindsight |",
        "|---|---|---|---|---|---|---|",
        *(row(name, record[name]) for name in SETS if name in record),
    ]
    return "\n".join([*lines, ""])


def row(name: str, draws: dict[str, Record]) -> str:
    """One line of the table."""
    chosen, theirs, ours, hindsight = pooled(draws)
    (mean, error), (apart, spread) = differences(ours, theirs), differences(ours, hindsight)
    answer = "yes" if holds(ours, theirs) else "**no**"
    scores = f"{statistics.mean(ours):.3f} | {statistics.mean(theirs):.3f}"
    return f"| {name} | {scores} | {chosen} | {mean:+.4f} ± {error:.4f} | {answer} | {apart:+.4f} ± {spread:.4f} |"
