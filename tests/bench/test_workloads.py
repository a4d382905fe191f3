"""The declarations: what every contender is handed."""

from __future__ import annotations

import numpy as np
import pytest

from layerwise.bench.workloads import WORKLOADS, Workload, chosen
from layerwise.errors import SettingError

ALL = pytest.mark.parametrize("workload", WORKLOADS.values(), ids=WORKLOADS)


@ALL
def test_weights_are_seeded_float32_and_differ_by_layer(workload: Workload) -> None:
    weights, again = workload.initial_weights(3), workload.initial_weights(3)
    other = workload.initial_weights(4)
    assert {value.dtype for value in weights.values()} == {np.dtype("float32")}
    assert all(np.array_equal(weights[name], again[name]) for name in weights)
    assert not any(np.array_equal(weights[name], other[name]) for name in weights)


@ALL
def test_each_round_has_fresh_batches(workload: Workload) -> None:
    batches = [x for number in (1, 2) for x, _ in workload.batches(0, number, count=4)]
    assert len({x.tobytes() for x in batches}) == 8
    assert {x.shape[0] for x in batches} == {workload.batch}
    assert {x.dtype for x in batches} == {np.dtype("float32")}


@ALL
def test_the_pool_is_large_enough_not_to_be_one_batch_for_ever(workload: Workload) -> None:
    assert workload.pool >= 64


@ALL
def test_the_teacher_is_the_same_in_all_rounds_and_uses_all_classes(workload: Workload) -> None:
    """A nearest-mean guess, fitted on one round, beats chance on another only if both have one teacher."""
    (x, t), (u, s) = (
        [np.concatenate(part) for part in zip(*workload.batches(0, number, count=64), strict=True)] for number in (1, 2)
    )
    t, s = t.ravel().astype(int), s.ravel().astype(int)
    assert len(np.unique(t)) == max(2, workload.initial_weights(0)[last_bias(workload)].size)
    features = quadratic if workload.name == "W1" else lambda x: x
    means = np.stack([features(x[t == k]).mean(axis=0) for k in np.unique(t)])
    guess = (features(u) @ means.T - 0.5 * (means**2).sum(axis=1)).argmax(axis=1)
    assert (guess == s).mean() > 1.5 / len(means)


def last_bias(workload: Workload) -> str:
    return f"{len(workload.layers) - 1}.bias"


def quadratic(x: np.ndarray) -> np.ndarray:
    return np.stack([x[:, 0] ** 2, x[:, 0] * x[:, 1], x[:, 1] ** 2], axis=1)


def test_a_misspelt_workload_is_answered_with_the_known_ones() -> None:
    with pytest.raises(SettingError, match=r"'W9' is not known.*W1"):
        chosen(["w9"])
    assert [each.name for each in chosen([])] == list(WORKLOADS)
