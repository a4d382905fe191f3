"""The samples that a network gets most wrong: their columns, gaps and unseen texts included."""

from __future__ import annotations

import numpy as np

import layerwise as lw
from layerwise.comparison.mistakes import unusual, worst_classes
from layerwise.data import Column, Preparation

GAPS = Preparation(
    (Column("age", 40.0, 10.0, fill=30.0, gaps=True), Column("town", categories=("Bonn", "Ulm"), gaps=True)),
    target="kind",
    classes=("a", "b"),
)


def test_few_columns_are_all_shown():
    x = GAPS.apply({"age": ["50", "NA"], "town": ["NA", "Bonn"]})
    assert unusual(GAPS, x[0]) == (("age", "50"), ("town", "NA"))


def test_of_equal_probabilities_in_float32_the_higher_loss_is_the_worse():
    """1 - p would tie at 1, and a softmax of float32 logits would give 0 for both."""
    data = lw.data.load("blobs", n=60)
    logits = np.zeros((len(data.test.y), 3), np.float32)
    logits[np.arange(len(logits)), data.test.y] = 5
    for row, far in ((1, 200.0), (4, 300.0), (7, 100.0)):
        logits[row] = 0
        logits[row, (data.test.y[row] + 1) % 3] = far
    found = worst_classes(data, logits, logits.argmax(axis=1))
    assert [each.row for each in found] == [4, 1, 7]
    assert all(each.sure == 1.0 for each in found)
