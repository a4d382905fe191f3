"""scikit-learn's MLP and ours on the same folds, with the same preparation, learnt on the training folds.

Ours is `suited`, the experiment of `layerwise train NAME`, as it stands. Theirs is the best of a small grid, chosen by
its mean over the very folds that are reported: a choice in their favour.
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
from layerwise.training.experiment import suited

SETS = ("iris", "wine", "breast_cancer", "diabetes")
FOLDS, SEED = 10, 1
HIDDEN = ((100,), (128, 128))
ALPHAS = (1e-4, 1.0, 10.0)
MOST_ITERATIONS = 500
Record = dict[str, Any]


def compare(name: str) -> Record:
    """The scores of every fold: accuracy for classes, R² for quantities."""
    began = time.process_time()
    parts = folds(lw.data.load(name, scale=False))
    ours = [score_of_ours(data, name, seed) for seed, data in enumerate(parts)]
    grid = {}
    for hidden, alpha in itertools.product(HIDDEN, ALPHAS):
        grid[f"{hidden}, alpha={alpha:g}"] = [
            score_of_theirs(data, hidden, alpha, seed) for seed, data in enumerate(parts)
        ]
    best = max(grid, key=lambda each: statistics.mean(grid[each]))
    found = {"ours": ours, "theirs": grid[best], "best": best, "seconds": time.process_time() - began}
    print(f"{name} beside scikit-learn: {summary(found)}", file=sys.stderr)
    return found


def folds(data: Dataset) -> list[Dataset]:
    """The dataset, ten times: another tenth is the test part, all else is for training, and nothing for choices."""
    from sklearn.model_selection import KFold, StratifiedKFold

    x = np.concatenate([part.x for part in (data.train, data.validation, data.test)])
    y = np.concatenate([part.y for part in (data.train, data.validation, data.test)])
    splitter = (StratifiedKFold if data.classes else KFold)(FOLDS, shuffle=True, random_state=SEED)
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


def differences(found: Record) -> tuple[float, float]:
    """The mean of ours minus theirs over the folds, and its standard error."""
    apart = [ours - theirs for ours, theirs in zip(found["ours"], found["theirs"], strict=True)]
    return statistics.mean(apart), statistics.stdev(apart) / len(apart) ** 0.5


def holds(found: Record) -> bool:
    """Whether ours is better, or worse by one standard error at most."""
    mean, error = differences(found)
    return mean >= -error - 1e-9  # a single sample in a single fold is exactly one standard error


def summary(found: Record) -> str:
    """The outcome in one line."""
    mean, error = differences(found)
    ours, theirs = (statistics.mean(found[side]) for side in ("ours", "theirs"))
    return f"{ours:.4f} and {theirs:.4f}, {mean:+.4f} ± {error:.4f}, {found['seconds']:.0f} s of processor time"


def section(record: dict[str, Record]) -> str:
    """The section of the page."""
    lines = [
        "## Beside scikit-learn's MLP",
        "",
        f"Ten folds (stratified for classes, drawn by seed {SEED}), the same for both, standardised by the training",
        "folds. Ours is the experiment of `layerwise train NAME` as it stands, without a validation part; theirs the",
        f"best of {len(HIDDEN) * len(ALPHAS)} configurations (hidden layers {HIDDEN[0]} or {HIDDEN[1]}, alpha",
        f"{', '.join(f'{alpha:g}' for alpha in ALPHAS)}; Adam, {MOST_ITERATIONS} iterations at most), chosen by its",
        "mean over these very test folds, which is in its favour. Scores are the accuracy, for diabetes R²; ± is the",
        "standard error of the mean difference over the folds.",
        "",
        "| dataset | Layerwise | scikit-learn | its best | difference | within one standard error, or better |",
        "|---|---|---|---|---|---|",
    ]
    for name, found in record.items():
        mean, error = differences(found)
        ours, theirs = (statistics.mean(found[side]) for side in ("ours", "theirs"))
        answer = "yes" if holds(found) else "**no**"
        lines.append(f"| {name} | {ours:.3f} | {theirs:.3f} | {found['best']} | {mean:+.3f} ± {error:.3f} | {answer} |")
    return "\n".join([*lines, ""])
