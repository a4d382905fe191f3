"""Whether two models really differ, from their scores on the same folds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from layerwise.types import Array


@dataclass(frozen=True)
class Difference:
    """Gains of the first model minus those of the second.

    mean: over the folds. low, high: the corrected 95 % interval. p_value: that they are equal, two-sided; adjusted: by
    Holm among several. better, equal, worse: probabilities that the first is better by more than the region of
    equivalence, within it, or worse by more.
    """

    first: str
    second: str
    mean: float
    low: float
    high: float
    p_value: float
    adjusted: float
    better: float
    equal: float
    worse: float


def difference(first: str, second: str, gains: Array, test_to_train: float, region: float) -> Difference:
    """Compare by the corrected t statistic.

    gains: (J,) first minus second on each fold. test_to_train: rows of a test fold over rows of its training part.
    region: differences up to it are no practical ones. Training parts of folds share rows, so that scores are not
    independent: the variance s² of the differences counts as (1/J + n_test/n_train) s², with J - 1 degrees of freedom,
    both for the interval and, with a flat prior, for the probabilities.
    Source: Nadeau and Bengio, Inference for the generalization error, 2003; Corani and Benavoli, A Bayesian approach
    for comparing cross-validated algorithms on multiple data sets, 2015.

    >>> found = difference("a", "b", np.array([0.02, 0.03, 0.02, 0.03, 0.025]), 0.25, 0.01)
    >>> round(found.mean, 4), round(found.low, 4), round(found.high, 4), round(found.better, 3)
    (0.025, 0.0157, 0.0343, 0.994)
    """
    from scipy import stats

    count = len(gains)
    mean, spread = float(np.mean(gains)), float(np.std(gains, ddof=1))
    error = spread * math.sqrt(1 / count + test_to_train)
    if error == 0:  # the same answers everywhere, or the same gap
        better, worse = float(mean > region), float(mean < -region)
        p = float(mean == 0)
        return Difference(first, second, mean, mean, mean, p, p, better, 1 - better - worse, worse)
    t = stats.t(count - 1)
    reach = float(t.ppf(0.975)) * error
    p = float(2 * t.sf(abs(mean) / error))
    better, worse = float(t.sf((region - mean) / error)), float(t.cdf((-region - mean) / error))
    return Difference(first, second, mean, mean - reach, mean + reach, p, p, better, 1 - better - worse, worse)


def holm(p_values: Sequence[float]) -> list[float]:
    """p-values that hold for all of them together.

    The smallest of m is multiplied by m, the next by m - 1, and so on; none falls below one before it.
    Source: Holm, A simple sequentially rejective multiple test procedure, 1979.

    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    order = np.argsort(p_values, kind="stable")
    adjusted, highest = [0.0] * len(p_values), 0.0
    for rank, place in enumerate(order):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[place]))
        adjusted[place] = highest
    return adjusted
