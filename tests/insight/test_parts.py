"""Blame: of all that is wrong in a network, the part that is wrong by itself is told from what follows from it."""

from __future__ import annotations

import numpy as np
import pytest
from tests.insight.faults import fault as make
from tests.insight.faults import numbers, seeded

import layerwise as lw

LABELS = np.array([0, 2, 1, 1, 0])
ROWS = numbers(5, 4)


def dense():
    return lw.Network(lw.Linear(4, 6), lw.ReLU(), lw.Linear(6, 3), seed=0)


def kinds(report):
    return {each.name: each.mismatch.kind for each in report.wrong}


INSIDE = {
    "db = dz[0]": (
        make("linear", "dz.sum(axis=0)", "dz[0]", dense, ROWS, ""),
        {"0.bias": "sum missing", "2.bias": "sum missing"},
    ),
    "no mask": (
        make("relu", "dy * step", "dy", dense, ROWS, ""),
        {"0.weight": "passed on", "0.bias": "passed on", "x": "passed on", "input of 1": "mask missing"},
    ),
    "no 1/n": (
        make("cross_entropy_with_logits", "dC * weight / denominator", "dC * weight", dense, ROWS, ""),
        dict.fromkeys(["0.weight", "0.bias", "2.weight", "2.bias", "x"], "passed on")
        | {"output, from the loss": "5 times too large"},
    ),
}


@pytest.mark.usefixtures("formulas_alone")
@pytest.mark.parametrize("name", INSIDE)
def test_a_mistake_inside_a_network_is_told_from_its_consequences(name, monkeypatch):
    fault, expected = INSIDE[name]
    seeded(fault, monkeypatch)
    assert kinds(lw.gradcheck(dense(), ROWS, LABELS, lw.CrossEntropyLoss())) == expected


def test_consequences_name_whose_fault_they_are(monkeypatch, formulas_alone):
    seeded(make("relu", "dy * step", "dy", dense, ROWS, ""), monkeypatch)
    text = " ".join(str(lw.gradcheck(dense(), ROWS, LABELS, lw.CrossEntropyLoss())).split())
    assert "0.weight is wrong only because of what comes back to it: see 1 (ReLU)." in text
    assert "input of 1 is not 0 where the right gradient is, which is where input of 1 < 0" in text


def test_a_container_is_blamed_only_if_what_is_inside_is_right(monkeypatch, formulas_alone):
    seeded(make("linear", "dx = dz @ W", "dx = -dz @ W", dense, ROWS, ""), monkeypatch)
    net = lw.Network(lw.Tanh(), lw.Residual(lw.Linear(4, 4)), seed=0)
    found = kinds(lw.gradcheck(net, ROWS))
    assert found == {"x": "passed on", "input of 1.0": "sign flipped"}
