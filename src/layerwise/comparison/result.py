"""How good a network is on the test part, beside what it has to beat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from layerwise import metrics
from layerwise.comparison import baselines
from layerwise.comparison.baselines import Baseline
from layerwise.comparison.certainty import rmse_intervals, sign_test
from layerwise.comparison.mistakes import Mistake, worst_classes, worst_quantities
from layerwise.data import Dataset
from layerwise.data.scaling import restored
from layerwise.display import Displayed
from layerwise.network import Network
from layerwise.training import predict
from layerwise.training.threads import blas_threads
from layerwise.types import Array


@dataclass(frozen=True)
class Rival:
    """Another model on the same test part. score: its accuracy, or its RMSE in the units of the target."""

    name: str
    note: str
    score: float
    r2: float | None = None


@dataclass(frozen=True)
class ClassResult(Displayed):
    """The test of a network that answers with classes.

    interval: Wilson's 95 % interval of the accuracy. rivals: the linear model, then the most frequent class.
    only_network, only_linear: samples on which just one of the two is right; p_value: of the exact McNemar test.
    p_guess: of the same test against the most frequent class.
    confusion: counts (K, K), row the true class, column the answer.
    """

    classes: tuple[str, ...]
    samples: int
    accuracy: float
    interval: tuple[float, float]
    rivals: tuple[Rival, ...]
    only_network: int
    only_linear: int
    p_value: float
    p_guess: float
    confusion: Array
    mistakes: tuple[Mistake, ...]

    @property
    def wrong(self) -> int:
        """How many of the answers are wrong."""
        return int(self.confusion.sum() - self.confusion.trace())

    def as_table(self) -> dict[str, Any]:
        """The figures as plain values, for result.json."""
        return {
            "task": "classification",
            "samples": self.samples,
            "accuracy": self.accuracy,
            "interval": list(self.interval),
            "rivals": _rivals(self.rivals, "accuracy"),
            "only_network_right": self.only_network,
            "only_linear_right": self.only_linear,
            "p_value": self.p_value,
            "p_value_most_frequent": self.p_guess,
            "classes": list(self.classes),
            "confusion": self.confusion.tolist(),
            "worst_mistakes": _mistakes(self.mistakes),
        }


@dataclass(frozen=True)
class QuantityResult(Displayed):
    """The test of a network that answers with quantities, in the units of the target.

    rmse: root of the mean squared error, with its 95 % bootstrap interval. r2: 1 is perfect, 0 is the mean.
    rivals: the linear model, then the mean. difference: 95 % interval of the network's RMSE minus the linear model's;
    over_guess: minus that of the mean.
    """

    target: str
    unit: str
    samples: int
    rmse: float
    interval: tuple[float, float]
    r2: float | None
    rivals: tuple[Rival, ...]
    difference: tuple[float, float]
    over_guess: tuple[float, float]
    mistakes: tuple[Mistake, ...]

    def as_table(self) -> dict[str, Any]:
        """The figures as plain values, for result.json."""
        return {
            "task": "regression",
            "target": self.target,
            "unit": self.unit,
            "samples": self.samples,
            "rmse": self.rmse,
            "interval": list(self.interval),
            "r2": self.r2,
            "rivals": _rivals(self.rivals, "rmse"),
            "difference": list(self.difference),
            "difference_mean": list(self.over_guess),
            "worst_mistakes": _mistakes(self.mistakes),
        }


Result = ClassResult | QuantityResult


def result_of(net: Network, data: Dataset, seed: int = 0) -> Result:
    """Test a network on the test part, and fit the models to compare with on the training part.

    seed: of the bootstrap.

    >>> import layerwise as lw
    >>> data = lw.data.load("blobs", n=60)
    >>> result = result_of(lw.Network(lw.Linear(2, 3)), data)
    >>> result.samples, [rival.name for rival in result.rivals]
    (12, ['logistic regression', "always answering 'blob 0'"])
    """
    with blas_threads(1):  # more would wait for each other in products as small as these: 70 times slower was seen
        output = predict(net, data.test.x)
        return _classes(data, output) if data.classes else _quantities(data, output, seed)


def _classes(data: Dataset, logits: Array) -> ClassResult:
    y = data.test.y
    predicted = metrics.predicted_classes(logits)
    linear, blind = baselines.logistic_regression(data), baselines.most_frequent(data)
    right = predicted == y
    only_network, only_linear = _one_right(right, linear.answers == y)
    accuracy = float(right.mean())
    return ClassResult(
        classes=data.classes,
        samples=len(y),
        accuracy=accuracy,
        interval=metrics.wilson_interval(accuracy, len(y)),
        rivals=tuple(Rival(each.name, each.note, float((each.answers == y).mean())) for each in (linear, blind)),
        only_network=only_network,
        only_linear=only_linear,
        p_value=sign_test(only_network, only_linear),
        p_guess=sign_test(*_one_right(right, blind.answers == y)),
        confusion=metrics.confusion_matrix(predicted, y, len(data.classes)),
        mistakes=worst_classes(data, logits, predicted),
    )


def _one_right(first: Array, second: Array) -> tuple[int, int]:
    """On how many samples only the first, only the second of two models is right."""
    return int((first & ~second).sum()), int((second & ~first).sum())


def _quantities(data: Dataset, output: Array, seed: int) -> QuantityResult:
    truth = restored(data.test.y, data.preparation.target_mean, data.preparation.target_scale).ravel()
    answers = data.preparation.to_units(output).ravel()
    linear, blind = baselines.ridge_regression(data), baselines.training_mean(data)
    errors = answers - truth
    interval, _, difference = rmse_intervals(errors, linear.answers - truth, seed=seed)
    over_guess = rmse_intervals(errors, blind.answers - truth, seed=seed)[-1]
    return QuantityResult(
        target=data.preparation.target,
        unit=data.preparation.unit,
        samples=len(truth),
        rmse=_rmse(errors),
        interval=interval,
        r2=_r2(answers, truth),
        rivals=tuple(_quantity_rival(each, truth) for each in (linear, blind)),
        difference=difference,
        over_guess=over_guess,
        mistakes=worst_quantities(data, truth, answers),
    )


def _quantity_rival(model: Baseline, truth: Array) -> Rival:
    return Rival(model.name, model.note, _rmse(model.answers - truth), _r2(model.answers, truth))


def _rmse(errors: Array) -> float:
    return float(np.sqrt((errors**2).mean()))


def _r2(answers: Array, truth: Array) -> float | None:
    """None where all targets are equal, for which R² is not defined."""
    return metrics.r2(answers, truth) if np.ptp(truth) > 0 else None


def _rivals(rivals: tuple[Rival, ...], score: str) -> list[dict[str, Any]]:
    return [
        {"name": each.name, "note": each.note, score: each.score} | ({} if each.r2 is None else {"r2": each.r2})
        for each in rivals
    ]


def _mistakes(mistakes: tuple[Mistake, ...]) -> list[dict[str, Any]]:
    return [{"row": each.row, "true": each.true, "answer": each.answer, "sure": each.sure} for each in mistakes]
