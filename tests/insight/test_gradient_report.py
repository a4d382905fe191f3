"""The report: what was covered, and what was held still."""

from __future__ import annotations

import numpy as np

import layerwise as lw
from layerwise.random import generator


def numbers(*shape):
    return generator(0, "report tests").normal(size=shape)


def text(report):
    return " ".join(str(report).split())


def test_the_report_says_that_every_number_was_moved():
    report = lw.gradcheck(lw.Network(lw.Linear(4, 3), seed=0), numbers(5, 4))
    assert "Covered: 3 arrays, all 35 numbers moved one by one." in text(report)


def test_of_a_large_array_the_report_says_how_it_was_covered():
    report = lw.gradcheck(lw.Network(lw.Linear(30, 20), seed=0), numbers(2, 30))
    assert (
        "Covered: 3 arrays, 180 of 680 numbers moved one by one, and every number of 0.weight along 5 random"
        in text(report)
    )


def test_the_report_says_why_dropout_keeps_its_mask():
    assert "Dropout kept one mask (seed 0, step 0)" in text(lw.gradcheck(lw.Dropout(0.5), numbers(5, 4)))
    assert "Dropout" not in text(lw.gradcheck(lw.Dropout(0.0), numbers(5, 4)))


def test_the_report_says_what_has_no_gradient():
    report = lw.gradcheck(lw.Embedding(5, 3), np.array([[0, 1], [4, 2]]))
    assert "x holds whole numbers" in text(report)


def test_the_report_says_which_statistics_it_took():
    assert "running statistics were not moved" in text(lw.gradcheck(lw.BatchNorm1d(3), numbers(5, 3)))
