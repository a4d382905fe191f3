"""Losses at their edges: the type of the gradient, the accuracy at a tie, and which label is named as wrong."""

from __future__ import annotations

import numpy as np
import pytest

import layerwise as lw
from layerwise.errors import DataError

LOSSES = {
    "MSELoss": (lw.MSELoss(), np.zeros((2, 3))),
    "BCEWithLogitsLoss": (lw.BCEWithLogitsLoss(), np.ones((2, 3))),
    "CrossEntropyLoss": (lw.CrossEntropyLoss(), np.array([0, 2])),
}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("weight", [None, [1, 2]])
@pytest.mark.parametrize("name", LOSSES)
def test_the_gradient_has_the_type_of_the_output(name, weight, dtype):
    loss, target = LOSSES[name]
    value, backward = loss(np.ones((2, 3), dtype), target, weight=weight)
    assert type(value) is float
    assert backward().dtype == dtype


def test_yes_or_no_is_right_where_output_and_target_are_on_the_same_side():
    loss = lw.BCEWithLogitsLoss()
    output, target = np.array([[2.0], [-1.0], [0.5], [-3.0]]), np.array([[1.0], [0.0], [0.0], [0.25]])
    share = loss.accuracy(output, target)
    assert share == 0.75
    assert type(share) is float


def test_yes_or_no_at_a_tie_is_a_no():
    """A logit of 0 and a target of 1/2 stand for no."""
    loss = lw.BCEWithLogitsLoss()
    assert loss.accuracy(np.array([[0.0]]), np.array([[0.0]])) == 1
    assert loss.accuracy(np.array([[-1.0]]), np.array([[0.5]])) == 1
    assert loss.accuracy(np.array([[0.5]]), np.array([[0.6]])) == 1


@pytest.mark.parametrize(("labels", "label", "row"), [([1, 2, -1], -1, 2), ([0, 3, -1], 3, 1), ([2, -1, 9], -1, 1)])
def test_the_first_wrong_label_is_named(labels, label, row):
    with pytest.raises(DataError, match=f"label {label} in row {row} is outside 0 to 2: the network has 3 outputs"):
        lw.CrossEntropyLoss()(np.zeros((3, 3)), np.array(labels))
