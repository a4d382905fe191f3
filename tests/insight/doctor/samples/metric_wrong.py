"""A sick run for metric-wrong, and a healthy one."""

from __future__ import annotations

from tests.support.sick_runs import yes_no

import layerwise as lw


class ArgmaxOfOneColumn(lw.BCEWithLogitsLoss):
    def accuracy(self, output, target):
        return float((output.argmax(axis=1) == target.ravel()).mean())


class CutAtZero(lw.BCEWithLogitsLoss):
    def accuracy(self, output, target):
        return float(((output > 0) == (target > 0.5)).mean())


def sick():
    return yes_no(loss=ArgmaxOfOneColumn())


def healthy():
    return yes_no(loss=CutAtZero())
