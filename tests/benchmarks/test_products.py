"""The bare products: as many multiplications as a training step needs, counted by hand."""

from __future__ import annotations

import pytest
from benchmarks.contenders import CONTENDERS
from benchmarks.contenders.products_ import of_step
from benchmarks.workloads import WORKLOADS

CONVOLUTIONS = (784 * 9 * 16, 196 * 9 * 16 * 32)
DENSE = 1568 * 64 + 64 * 10
PROJECTIONS, HEADS, INNER, HEAD = 4 * 64 * 64, 2 * 64 * 64, 2 * 64 * 256, 64 * 64
# A product forward is two backward, but for the first layer, whose input needs no gradient.
BY_HAND = {
    "W1": 10 * (2 * 2 * 8 + 3 * (8 * 8 + 8)),
    "W2": 128 * (2 * 784 * 128 + 3 * (128 * 64 + 64 * 10)),
    "W3": 64 * (2 * CONVOLUTIONS[0] + 3 * (CONVOLUTIONS[1] + DENSE)),
    "W4": 32 * 64 * 3 * (64 * 512 + 128 * 512 + 128 * 64),
    # For each position; the two products of attention run over all 64 positions, 64 wide in all heads together.
    "W5": 16 * 64 * 3 * (2 * (PROJECTIONS + HEADS + INNER) + HEAD),
}


@pytest.mark.parametrize("name", WORKLOADS)
def test_multiplications_are_those_of_a_training_step(name: str) -> None:
    x, _ = WORKLOADS[name].batches(0, 0, count=1)[0]
    assert sum(a.size * b.shape[-1] for a, b, _ in of_step(WORKLOADS[name], x)) == BY_HAND[name]


@pytest.mark.parametrize("name", WORKLOADS)
def test_results_fit_and_a_step_runs(name: str) -> None:
    workload = WORKLOADS[name]
    trainee = CONTENDERS["products"].build(workload, workload.initial_weights(0))
    assert trainee.read(trainee.step(*trainee.convert(*workload.batches(0, 1, count=1)[0]))) is None


def test_the_recurrent_products_share_their_weights() -> None:
    """64 copies of the matrix would not stay in the cache, as the one matrix does."""
    x, _ = WORKLOADS["W4"].batches(0, 0, count=1)[0]
    onward = [b for a, b, _ in of_step(WORKLOADS["W4"], x) if a.shape == (32, 128) and b.shape == (128, 512)]
    assert len(onward) == 64
    assert len({id(b.base) for b in onward}) == 1
