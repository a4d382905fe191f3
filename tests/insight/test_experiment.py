"""Experiments: what a wrong gradient is right for."""

from __future__ import annotations

import numpy as np
import pytest

import layerwise as lw
from layerwise.random import generator

ROWS = generator(0, "experiment tests").normal(size=(5, 4))
SEQUENCE = generator(1, "experiment tests").normal(size=(3, 4, 2))


def running_sum(backward):
    """y_t = x_1 + ... + x_t, and some way back."""
    return lambda x: (x.cumsum(axis=1), backward)


def right(dy):
    return dy[:, ::-1].cumsum(axis=1)[:, ::-1]


def late(dy):
    moved = np.roll(dy, 1, axis=1)
    moved[:, 0] = 0
    return moved


CLAIMS = {
    "one time step late": running_sum(lambda dy: right(late(dy))),
    "time reversed": running_sum(lambda dy: right(dy[:, ::-1])),
    "no way back through time": running_sum(lambda dy: dy),
    "transposed inside": running_sum(lambda dy: dy.cumsum(axis=1)),
    "last time step left out": running_sum(lambda dy: right(dy * (np.arange(4) < 3)[:, None])),
    "upstream averaged": running_sum(lambda dy: right(np.broadcast_to(dy.mean(axis=0), dy.shape))),
}


@pytest.mark.parametrize("kind", CLAIMS)
def test_each_experiment_names_its_mistake(kind):
    report = lw.gradcheck(CLAIMS[kind], SEQUENCE)
    assert [each.mismatch.kind for each in report.wrong] == [kind]


def test_the_right_way_back_needs_no_experiment():
    assert lw.gradcheck(running_sum(right), SEQUENCE).ok


def test_noise_stays_noise():
    report = lw.gradcheck(lambda x: (np.sin(x), lambda dy: dy * np.cos(x) * (1 + x * x)), ROWS)
    assert [each.mismatch.kind for each in report.wrong] == ["no simple pattern"]
