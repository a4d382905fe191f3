"""How far a figure of the test part can be trusted: intervals, and whether two models really differ."""

from __future__ import annotations

import math

import numpy as np

from layerwise.random import generator
from layerwise.types import Array

FEW = 30
"""Below so many test samples no model is called better than another."""
_RESAMPLES = 2000
_CHUNK = 4_000_000


def sign_test(first: int, second: int) -> float:
    """The exact McNemar test: how likely so uneven a split is, if each side were equally likely to win.

    first, second: samples on which only the one, only the other model is right. Returns the two-sided p-value.
    Source: McNemar, Note on the sampling error of the difference between correlated proportions, 1947.

    >>> round(sign_test(9, 1), 4), sign_test(4, 4)
    (0.0215, 1.0)
    """
    n, k = first + second, min(first, second)
    if n == 0:
        return 1.0
    # In logarithms, since 2**n leaves the range of the floats at n = 1024.
    log_half = n * math.log(2)
    terms = [math.lgamma(n + 1) - math.lgamma(i + 1) - math.lgamma(n - i + 1) - log_half for i in range(k + 1)]
    return min(1.0, 2 * math.fsum(math.exp(term) for term in terms))


def rmse_intervals(*errors: Array, seed: int = 0) -> list[tuple[float, float]]:
    """95 % intervals of the root mean squared errors of several models, and last that of first minus second.

    errors: (N,) each, on the same samples. Percentiles of 2,000 bootstrap samples, drawn alike for all models, so the
    difference is a paired one. Source: Efron, Bootstrap methods: another look at the jackknife, 1979.

    >>> low, high = rmse_intervals(np.array([1.0, -1.0, 1.0, -1.0]))[0]
    >>> low, high
    (1.0, 1.0)
    """
    draw = generator(seed, "report.bootstrap")
    n = len(errors[0])
    found: list[list[Array]] = [[] for _ in errors]
    rounds = max(1, min(_RESAMPLES, _CHUNK // n))
    for start in range(0, _RESAMPLES, rounds):
        rows = draw.integers(0, n, (min(rounds, _RESAMPLES - start), n))
        for each, model in zip(errors, found, strict=True):
            model.append(np.sqrt((each.astype(np.float64)[rows] ** 2).mean(axis=1)))
    samples = [np.concatenate(model) for model in found]
    if len(samples) > 1:
        samples.append(samples[0] - samples[1])
    return [(float(low), float(high)) for low, high in (np.percentile(each, (2.5, 97.5)) for each in samples)]
