"""A row runs in turn, forward and back; what nobody wants is neither computed nor kept."""

from __future__ import annotations

import weakref

import numpy as np
import pytest

import layerwise as lw
from layerwise.layers import Pass
from layerwise.network.row import in_turn


class Times:
    """Multiplies by a number, and notes what it is asked for."""

    def __init__(self, number, trains=True, blocks=False):
        self.number, self.trains, self.blocks, self.address = number, trains, blocks, str(number)
        self.asked, self.went_back, self.ways = [], 0, []

    def forward(self, x, pass_):
        self.asked.append(pass_.input_gradient)

        def backward(dy):
            self.went_back += 1
            return None if self.blocks else self.number * dy

        self.ways.append(weakref.ref(backward))
        return self.number * x, backward


class Notes(lw.Tap):
    """Notes what a tap is shown."""

    def __init__(self):
        self.seen = []

    def activation(self, address, value):
        self.seen.append(("activation", address, value.tolist()))

    def gradient(self, address, gradient):
        self.seen.append(("gradient", address, gradient.tolist()))


@pytest.mark.parametrize("count", [1, 2, 3])
def test_forward_and_back(count):
    units = [Times(number) for number in (2, 3, 5)[:count]]
    y, backward = in_turn(units, np.ones(1), Pass())
    product = np.prod([unit.number for unit in units])
    assert (y[0], backward(np.ones(1))[0], backward(np.full(1, 2.0))[0]) == (product, product, 2 * product)


def test_behind_the_first_unit_that_learns_every_gradient_is_wanted():
    units = [Times(2, trains=False), Times(3), Times(5, trains=False), Times(7)]
    in_turn(units, np.ones(1), Pass(input_gradient=False))
    assert [unit.asked for unit in units] == [[False], [False], [True], [True]]


def test_the_way_back_ends_where_nothing_below_wants_a_gradient():
    units = [Times(2), Times(3, blocks=True), Times(5)]
    _, backward = in_turn(units, np.ones(1), Pass())
    assert backward(np.ones(1)) is None
    assert [unit.went_back for unit in units] == [0, 1, 1]


@pytest.mark.parametrize("saves", [True, False])
def test_ways_back_are_kept_only_where_somebody_may_go_them(saves):
    """Each holds the values that its unit was given: in evaluation they are let go with it."""
    units = [Times(2), Times(3)]
    _, backward = in_turn(units, np.ones(1), Pass(saves=saves))
    assert [way() is not None for unit in units for way in unit.ways] == [saves, saves]
    del backward


@pytest.mark.parametrize("count", [1, 2])
def test_a_tap_is_shown_every_unit(count):
    tap = Notes()
    _, backward = in_turn([Times(2), Times(3)][:count], np.ones(1), Pass(tap=tap))
    backward(np.ones(1))
    there = [("activation", "2", [2.0]), ("activation", "3", [6.0])][:count]
    back = [("gradient", "2", [3.0]), ("gradient", "3", [1.0])] if count == 2 else [("gradient", "2", [1.0])]
    assert tap.seen == there + back[::-1]
