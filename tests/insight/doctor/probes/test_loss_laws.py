"""What a mean over a batch obeys: every loss of the library, and no sum."""

from __future__ import annotations

import numpy as np
import pytest

import layerwise as lw
from layerwise.insight.doctor.probes.loss_laws import loss_laws

Z = np.random.default_rng(0).normal(size=(12, 3))
T = np.array([0, 1, 2] * 4)
MEANS = {
    "cross-entropy": (lw.CrossEntropyLoss(), Z, T),
    "smoothed": (lw.CrossEntropyLoss(label_smoothing=0.1), Z, T),
    "squares": (lw.MSELoss(), Z, Z[::-1].copy()),
    "huber": (lw.HuberLoss(), Z, Z[::-1].copy()),
    "absolute": (lw.L1Loss(), Z, Z[::-1].copy()),
    "binary": (lw.BCEWithLogitsLoss(), Z, (Z[::-1] > 0).astype(float)),
    "probabilities": (lw.BCELoss(), 1 / (1 + np.exp(-Z)), (Z[::-1] > 0).astype(float)),
}


class Sum(lw.ElementwiseLoss):
    def formula(self, output, target, weight, denominator):
        return ((output - target) ** 2).sum(), lambda dC: 2 * dC * (output - target)


class Spread(lw.Loss):
    def formula(self, output, target, weight, denominator):
        return ((output - target) ** 2).mean(), lambda dC: dC * output


@pytest.mark.parametrize("name", MEANS)
def test_a_mean_is_no_sum_and_knows_its_pairs(name):
    laws = loss_laws(*MEANS[name])
    assert not laws.is_sum
    assert not laws.ignores_pairs
    assert laws.whole == pytest.approx(laws.singles)


def test_a_sum_is_found():
    assert loss_laws(Sum(), *MEANS["squares"][1:]).is_sum


def test_a_loss_of_spread_shapes_is_found():
    laws = loss_laws(Spread(), Z[:, :1], Z[:, 1])
    assert laws.ignores_pairs
    assert not laws.is_sum


def test_equal_targets_tell_nothing():
    assert loss_laws(lw.MSELoss(), Z, np.zeros_like(Z)) is None
