"""Through depth: two lines with the numbers of the pass, on every kind of network and at any depth."""

from __future__ import annotations

import numpy as np
import pytest
from tests.insight.test_layer_history import LABELS, NETWORKS
from tests.plots.pictures import assert_dressed, assert_looks_like, assert_readable
from tests.support.refusals import refused
from tests.support.tally import Tally

import layerwise as lw
from layerwise.errors import DataError
from layerwise.insight import Depth, through_depth
from layerwise.plots import gradient_flow


@pytest.mark.parametrize("kind", NETWORKS)
def test_every_kind_of_network(kind: str) -> None:
    layers, x = NETWORKS[kind]
    found = through_depth(lw.Network(*layers()), x, LABELS, lw.CrossEntropyLoss())
    ax = gradient_flow(found)
    activations, gradients = (line.get_ydata() for line in ax.get_lines()[:2])
    np.testing.assert_array_equal(activations, [each.activation for each in found])
    np.testing.assert_array_equal(gradients, [each.signal for each in found])
    assert_dressed(ax)


@pytest.mark.parametrize("layers", [60, *(pytest.param(few, marks=pytest.mark.slow) for few in (1, 5))])
def test_any_depth_fits(layers: int) -> None:
    found = [Depth(str(k), "Linear(64, 64)", 0.5, 0.1 * 0.6 ** (layers - k), {}) for k in range(layers)]
    ax = gradient_flow(found)
    assert_readable(ax.figure)
    if layers == 60:
        assert_looks_like(ax.figure, "gradient_flow")
        assert ax.get_title(loc="left") == f"The gradient at the first layer is {0.6**59:.2g} of that at the last"


def test_nothing_is_a_mistake(tally: Tally) -> None:
    refused(tally, DataError, "no layer", lambda: gradient_flow([]))
