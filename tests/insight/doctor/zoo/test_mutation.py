"""Mutants: made from the source, known to nobody else, and shown by it."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

import layerwise as lw
from layerwise import formulas
from layerwise.insight.doctor.zoo.mutation import mutated, with_part

ONE = np.ones((1, 1))


def test_a_mutant_differs_by_its_line_alone():
    mutant = mutated(formulas.linear, "dx = dz @ W if", "dx = 2 * dz @ W if")
    z, backward = mutant(ONE, 3 * ONE, np.zeros(1))
    assert z == 3
    assert [each.item() for each in backward(ONE)] == [6, 1, 1]
    assert [each.item() for each in formulas.linear(ONE, 3 * ONE, np.zeros(1))[1](ONE)] == [3, 1, 1]


def test_neither_the_registry_nor_the_twins_know_it():
    mutant = mutated(formulas.tanh, "1 - y * y", "1 - x * x")
    assert lw.compiled.fast(mutant) is mutant
    assert all(entry.function is not mutant for entry in formulas.registry.values())


def test_its_source_is_that_of_the_mutant():
    assert "1 - x * x" in inspect.getsource(mutated(formulas.tanh, "1 - y * y", "1 - x * x"))


@pytest.mark.parametrize("old", ["dz", "no such text"])
def test_what_does_not_stand_there_once_is_refused(old):
    with pytest.raises(lw.errors.SettingError, match="once is wanted"):
        mutated(formulas.linear, old, "0")


def test_a_part_is_exchanged_in_what_calls_it():
    step = mutated(formulas.rnn_step, "dh_prev = dz @ W_hh", "dh_prev = 0 * dz @ W_hh")
    x, h0, b = np.ones((1, 2, 1)), np.zeros((1, 1)), np.zeros(1)
    _, backward = with_part(formulas.rnn, rnn_step=step)(x, h0, ONE, ONE, b, b)
    _, right = formulas.rnn(x, h0, ONE, ONE, b, b)
    dh = np.array([[[0.0], [1.0]]])
    assert backward(dh)[0][0, 0] == 0
    assert right(dh)[0][0, 0] != 0
