"""One example of every law, for after each edit (`make quick`): it finds most mistakes, and proves nothing.

The laws are those of the tables, called here with one row each; what they check is counted where they stand.
"""

from __future__ import annotations

import copy

import numpy as np
import pytest
from tests import test_losses
from tests.formulas import test_gradients
from tests.formulas.samples import FORMULAS, cases
from tests.layers import test_conformance
from tests.layers.table import TABLE
from tests.optimizers import test_paths
from tests.optimizers.paths import PATHS
from tests.support.tally import Tally
from tests.training import runs

import layerwise as lw
from layerwise.compiled import twins


@pytest.mark.parametrize("formula", FORMULAS, ids=lambda formula: formula.name)
def test_a_formula_at_one_sample(formula):
    case = next(case for case in cases(formula)[1:] if case.smooth)
    test_gradients.test_backward_is_the_slope_of_forward(formula, case, "C", Tally())
    test_gradients.test_float32_agrees_with_float64_and_stays_float32(formula, case)
    test_gradients.test_nothing_that_is_passed_in_changes(formula, case)


@pytest.mark.parametrize("name", [name for name in twins() if name.startswith("layerwise.formulas.")])
def test_a_twin_at_one_sample(name):
    from tests.compiled import test_twins  # skips where Numba is not installed, and has no twins there

    formula = name.rpartition(".")[2]
    case = next(case for known, _, case in test_twins.EVERYWHERE if known == formula)
    test_twins.test_a_twin_gives_what_its_formula_gives(formula, case, "C")


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.label)
def test_a_layer_at_one_shape(row):
    row = row._replace(shapes=row.shapes[1:2])
    test_conformance.test_gradients_are_the_slopes(row=row, training=True, tally=Tally())
    test_conformance.test_float32_stays_float32_and_agrees_with_float64(row=row, training=True)
    test_conformance.test_a_batch_is_its_samples_one_by_one(row=row)
    test_conformance.test_spec_round_trip(row)


@pytest.mark.parametrize("name", test_losses.TABLE)
def test_a_loss_at_one_shape(name):
    test_losses.test_gradients_are_the_slopes(name, 3, 2, Tally())
    test_losses.test_spec_and_repr(name)


@pytest.mark.parametrize("name", PATHS)
def test_an_optimizer_on_its_path(name):
    test_paths.test_the_golden_path(name)


def test_a_stopped_run_goes_on_with_the_same_bits(tmp_path):
    whole, part = (runs.network() for _ in range(2))
    runs.fit(whole)
    runs.fit(part, epochs=2, checkpoint=tmp_path / "run.safetensors")
    again = runs.network()
    runs.fit(again, resume=tmp_path / "run.safetensors")
    assert again.theta.tobytes() == whole.theta.tobytes() != part.theta.tobytes()


def test_a_network_learns_is_copied_and_comes_back_from_a_file(tmp_path):
    net = runs.network(dropout=0.0)
    history = runs.fit(net, epochs=20)
    assert history["train_loss"][-1] < history["train_loss"][0] / 2
    x, _ = runs.classes(9, "validation")
    net.save(tmp_path / "net.safetensors")
    for twin in (lw.load(tmp_path / "net.safetensors"), copy.deepcopy(net)):
        np.testing.assert_array_equal(twin(x), net(x))
