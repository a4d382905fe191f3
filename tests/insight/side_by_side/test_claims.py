"""What the experiments show when they are called as they are: the lessons that they are there for."""

from __future__ import annotations

import numpy as np
import pytest

from layerwise.insight.side_by_side import EXPERIMENTS, SideBySide

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def found() -> dict[str, SideBySide]:
    return {name: experiment() for name, experiment in EXPERIMENTS.items()}


def test_all_of_them_have_a_verdict_and_several_seeds(found: dict[str, SideBySide]) -> None:
    for result in found.values():
        assert result.verdict.endswith(".")
        assert len(result.arms) >= 2
        for arm in result.arms:
            assert len(arm.numbers) >= 3
            assert arm.curves.shape == (len(arm.numbers), len(result.x))


def test_one_rate_is_too_low_one_right_one_too_high(found: dict[str, SideBySide]) -> None:
    low, right, high = found["learning_rates"].arms
    assert low.numbers.min() > 3 * right.numbers.max()
    assert (high.numbers > high.curves[:, 0]).all()
    assert (low.numbers < low.curves[:, 0]).all()


def test_depth_wins_and_loses(found: dict[str, SideBySide]) -> None:
    one, few, many = found["depth_and_width"].arms
    assert few.numbers.max() < one.numbers.min() < many.numbers.min()
    sizes = list(found["depth_and_width"].evidence.values())
    assert max(sizes) < 1.12 * min(sizes)


def test_only_the_proximal_step_makes_exact_zeros(found: dict[str, SideBySide]) -> None:
    *others, proximal = found["l1_and_l2"].arms
    assert (proximal.numbers == 17).all()
    assert all((each.numbers == 0).all() for each in others)


def test_more_updates_learn_more_and_jump_more(found: dict[str, SideBySide]) -> None:
    full, mini, single = found["batch_sizes"].arms
    assert single.median < mini.median < full.median
    jumps = list(found["batch_sizes"].evidence.values())
    assert jumps[2] > 10 * max(jumps[:2])


def test_normalisation_widens_the_range_of_rates(found: dict[str, SideBySide]) -> None:
    without, with_it = found["batch_normalization"].arms
    assert (with_it.numbers >= without.numbers + 2).all()


def test_a_schedule_buys_a_lower_loss(found: dict[str, SideBySide]) -> None:
    result = found["schedules"]
    assert result.best.name != "constant"
    assert result.best.wins(result["constant"]) == len(result.best.numbers)


def test_six_layers_of_sigmoids_do_not_move(found: dict[str, SideBySide]) -> None:
    result = found["hidden_activations"]
    np.testing.assert_allclose(result["Sigmoid"].median, np.log(2), atol=0.01)
    assert max(result[name].median for name in ("Tanh", "ReLU", "LeakyReLU", "GELU")) < 0.02


def test_a_linear_stack_knows_no_more_than_one_layer(found: dict[str, SideBySide]) -> None:
    one, stack, bent = found["linear_stack"].arms
    assert stack.numbers.max() < 0.7
    assert one.numbers.max() < 0.7
    assert bent.numbers.min() > 0.95
