"""Layers for sequences stand behind layers that know the features of a step and nothing of the steps."""

from __future__ import annotations

import numpy as np
import pytest
from tests.support.refusals import refused

import layerwise as lw
from layerwise.errors import ShapeError

MAKE = [lambda: lw.MultiheadAttention(4, 2), lambda: lw.PositionalEmbedding(9, 4), lambda: lw.SinusoidalPositions(4)]


@pytest.mark.parametrize("make", MAKE)
def test_shapes_are_known_as_far_as_they_are_fixed(make):
    layer = make()
    assert layer.output_shape(None) == (None, 4)
    assert layer.output_shape((4,)) == layer.output_shape((None, None)) == (None, 4)
    assert layer.output_shape((7, 4)) == (7, 4)
    assert lw.Sequential(lw.Linear(3, 4), layer).output_shape((5, 3)) == (5, 4)
    assert lw.Sequential(lw.Embedding(3, 4), layer).output_shape((5,)) == (5, 4)


@pytest.mark.parametrize("make", MAKE)
def test_what_is_no_sequence_is_refused(tally, make):
    refused(tally, ShapeError, "sequences (N, T, 4), got shape (3, 4)", lambda: make()(np.ones((3, 4))))
    refused(tally, ShapeError, "got shape (1, 2, 3, 4)", lambda: make()(np.ones((1, 2, 3, 4))))
    refused(tally, ShapeError, ("4 features", "got 5"), lambda: make()(np.ones((1, 2, 5))))
    refused(tally, ShapeError, ("4 features", "got 5"), lambda: make().output_shape((2, 5)))
    refused(tally, ShapeError, "samples of shape (1, 2, 4)", lambda: make().output_shape((1, 2, 4)))
    refused(tally, ShapeError, "from Linear(3, 5)", lambda: lw.Sequential(lw.Linear(3, 5), make()))
