"""A sick run for broadcast-loss, and a healthy one."""

from __future__ import annotations

from tests.support.sick_runs import quantities

import layerwise as lw


class SpreadSquares(lw.Loss):
    """output (N, 1) and target (N,), which NumPy spreads into (N, N)."""

    def formula(self, output, target, weight, denominator):
        error = output - target
        return (error**2).mean(), lambda dC: dC * 2 * error.sum(axis=1, keepdims=True) / error.size


class Squares(SpreadSquares):
    def formula(self, output, target, weight, denominator):
        return super().formula(output, target.reshape(-1, 1), weight, denominator)


def run(loss):
    whole = quantities(loss=loss)
    return whole | {part: (whole[part][0], whole[part][1].ravel()) for part in ("train", "validation")}


def sick():
    return run(SpreadSquares())


def healthy():
    return run(Squares())
