"""A sick run for sum-not-mean, and a healthy one."""

from __future__ import annotations

from tests.support.sick_runs import quantities

import layerwise as lw


class Summed(lw.ElementwiseLoss):
    def formula(self, output, target, weight, denominator):
        error = output - target
        return (error**2).sum(), lambda dC: dC * 2 * error


def sick():
    return quantities(loss=Summed(), optimizer=lw.SGD(lr=0.1))


def healthy():
    return quantities(optimizer=lw.SGD(lr=0.1))
