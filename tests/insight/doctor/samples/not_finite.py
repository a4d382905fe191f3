"""A sick run for not-finite, and a healthy one."""

from __future__ import annotations

import numpy as np
from tests.support.sick_runs import labels, layers

import layerwise as lw


class LogOfProbabilities(lw.LabelLoss):
    """-ln p of the true class, of probabilities that may round to 0."""

    def formula(self, output, target, weight, denominator):
        rows = np.arange(len(target))
        p = output[rows, target]

        def backward(dC):
            gradient = np.zeros_like(output)
            gradient[rows, target] = -weight[:, 0] / p / denominator
            return dC * gradient

        return -(weight[:, 0] * np.log(p)).sum() / denominator, backward


def run(size):
    whole = labels(net=lw.Network(*layers(4, 16, outputs=3), lw.Softmax(), seed=1), loss=LogOfProbabilities())
    return whole | {"train": (size * whole["train"][0], whole["train"][1]), "validation": None, "epochs": 40}


def sick():
    """Logits of some hundreds, whose softmax is exactly 0 in float32."""
    return run(300.0)


def healthy():
    return run(1.0)
