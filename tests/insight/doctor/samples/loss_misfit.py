"""A sick run for loss-misfit, and a healthy one."""

from __future__ import annotations

import numpy as np
from tests.support.sick_runs import yes_no

import layerwise as lw


class OwnBinaryCrossEntropy(lw.ElementwiseLoss):
    def formula(self, output, target, weight, denominator):
        value = (weight * (np.logaddexp(0, output) - target * output)).sum() / denominator
        return value, lambda dC: dC * weight * (1 / (1 + np.exp(-output)) - target) / denominator


def sick():
    """Labels 1 and 2 where 0 and 1 are meant."""
    run = yes_no(loss=OwnBinaryCrossEntropy(), validation=None)
    return run | {"train": (run["train"][0], run["train"][1] + 1)}


def healthy():
    return yes_no(loss=OwnBinaryCrossEntropy())
