"""What travels through a network beside the data: which steps are real, what is carried on, who looks inside."""

from __future__ import annotations

import numpy as np
import pytest
from tests.refusals import refused

import layerwise as lw
from layerwise.errors import DataError, KindError, SettingError, ShapeError
from layerwise.layers import Layer, Pass
from layerwise.layers.pass_ import checked_positions

REAL = np.array([[True, True, False], [True, False, False]])


class Witness(Layer):
    """Keeps what the pass told it, and what it takes."""

    def __init__(self, indices: bool = False):
        super().__init__()
        self.indices = indices
        self.seen = []

    @property
    def takes_indices(self):
        return self.indices

    def forward(self, x, pass_):
        self.seen.append((x.dtype, pass_.real(*x.shape[:2]), pass_.state))
        pass_.show(self, "twice", 2 * x)
        return x, lambda dy: dy

    def output_shape(self, shape):
        return shape


def test_lengths_and_masks_say_the_same():
    by_length, by_mask = Pass(lengths=np.array([2, 1])), Pass(mask=REAL)
    np.testing.assert_array_equal(by_length.real(2, 3), REAL)
    np.testing.assert_array_equal(by_mask.real(2, 3), REAL)
    np.testing.assert_array_equal(by_mask.real_lengths(2, 3), [2, 1])
    np.testing.assert_array_equal(by_length.real_lengths(2, 3), [2, 1])
    assert (Pass().real(2, 3), Pass().real_lengths(2, 3)) == (None, None)


def test_steps_are_not_skipped_in_the_middle(tally):
    refused(tally, ShapeError, "at the end", lambda: Pass(mask=REAL[:, ::-1]).real_lengths(2, 3))
    refused(tally, ShapeError, ("(2, 3)", "(2, 4)"), lambda: Pass(mask=REAL).real(2, 4))


@pytest.mark.parametrize(
    ("lengths", "mask", "error", "words"),
    [
        ([2, 1], REAL, SettingError, "one of them"),
        ([2.0, 1.0], None, KindError, ("whole numbers", "float64")),
        ([2, 1, 1], None, ShapeError, ("(2,)", "(3,)")),
        ([2, 0], None, DataError, ("1 to 3", "got 0 in row 1")),
        ([4, 1], None, DataError, ("1 to 3", "got 4 in row 0")),
        (None, REAL.astype(int), KindError, ("True and False", "int64")),
        (None, REAL.T, ShapeError, ("(2, 3)", "(3, 2)")),
        (None, REAL & [[True], [False]], DataError, "row 1"),
    ],
)
def test_positions_that_make_no_sense_are_refused(tally, lengths, mask, error, words):
    refused(tally, error, words, lambda: checked_positions(2, 3, lengths, mask))


def test_a_network_passes_on_what_it_is_told():
    net, x, state = lw.Network(Witness()), np.zeros((2, 3)), {}
    net.forward(x, lengths=[2, 1], state=state)
    net(x, mask=REAL, state=state)
    net(x)
    for dtype, real, carried in net[0].seen[:2]:
        assert (dtype, carried is state) == (np.float32, True)
        np.testing.assert_array_equal(real, REAL)
    assert net[0].seen[2] == (np.float32, None, None)


def test_a_state_is_a_dict(tally):
    net = lw.Network(Witness())
    refused(tally, KindError, "state", lambda: net.forward(np.zeros((2, 3)), state=[1]))


def test_indices_stay_whole_and_have_no_gradient():
    net = lw.Network(lw.Sequential(Witness(indices=True)))
    assert net.takes_indices
    x = np.array([[1, 2, 3]], np.int16)
    _, backward = net.forward(x)
    net(x)
    net([[1, 2, 3]])
    assert [dtype for dtype, *_ in net[0][0].seen] == [np.int16, np.int16, np.int64]
    assert backward(np.zeros((1, 3))) is None
    assert Witness(indices=True)(x).dtype == np.int16


class Values(lw.Tap):
    """A tap that keeps the values inside layers."""

    def __init__(self):
        self.kept = []

    def activation(self, address, value):
        """Not wanted."""

    def gradient(self, address, gradient):
        """Not wanted."""

    def value(self, address, name, value):
        self.kept.append((address, name, value))


class Plain(lw.Tap):
    """A tap that does not care for the values inside layers."""

    def activation(self, address, value):
        """Not wanted."""

    def gradient(self, address, gradient):
        """Not wanted."""


def test_a_tap_sees_what_layers_show():
    net, tap = lw.Network(lw.Identity(), Witness()), Values()
    net.forward(np.ones((2, 3)), tap=tap)
    net.forward(np.ones((2, 3)), tap=Plain())
    net.forward(np.ones((2, 3)))
    [(address, name, value)] = tap.kept
    assert (address, name) == ("1", "twice")
    np.testing.assert_array_equal(value, np.full((2, 3), 2))
