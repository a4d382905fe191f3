"""The declarations: what every contender is handed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from benchmarks.rows import addressed
from benchmarks.workloads import WORKLOADS, Workload, chosen, declared, sizes_of, varied

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
    assert {x[0].size for x in batches} == {workload.numbers}
    symbols = workload.layers[0]["name"] == "Embedding"
    assert {x.dtype for x in batches} == {np.dtype("int64" if symbols else "float32")}


@ALL
def test_the_pool_is_large_enough_not_to_be_one_batch_for_ever(workload: Workload) -> None:
    assert workload.pool >= 64


def test_the_pool_of_a_large_workload_is_not_larger_than_memory() -> None:
    large = declared("W3", side=28 * 8)
    assert large.pool == 8


FEATURES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "W1": lambda x: np.stack([x[:, 0] ** 2, x[:, 0] * x[:, 1], x[:, 1] ** 2], axis=1),
    "W2": lambda x: x,
    "W3": lambda x: x.reshape(len(x), -1),
    # Of a sequence: its last two symbols, of which the one before decides by whether it is odd.
    "W4": lambda x: np.eye(128, dtype=np.float32)[2 * x[:, -1] + x[:, -2] % 2],
    "W5": lambda x: np.eye(128, dtype=np.float32)[2 * x[:, -1] + x[:, -2] % 2],
}


@ALL
def test_the_teacher_is_the_same_in_all_rounds_and_uses_all_classes(workload: Workload) -> None:
    """A nearest-mean guess, fitted on one round, beats chance on another only if both have one teacher."""
    (x, t), (u, s) = (
        [np.concatenate(part) for part in zip(*workload.batches(0, number, count=64), strict=True)] for number in (1, 2)
    )
    t, s = (each.astype(int).reshape(len(each), -1)[:, -1] for each in (t, s))
    last = [value for name, value in workload.initial_weights(0).items() if name.endswith("bias")][-1]
    assert len(np.unique(t)) == max(2, last.size)
    features = FEATURES[workload.name]
    means = np.stack([features(x[t == k]).mean(axis=0) for k in np.unique(t)])
    guess = (features(u) @ means.T - 0.5 * (means**2).sum(axis=1)).argmax(axis=1)
    assert (guess == s).mean() > 1.5 / len(means)


def test_a_tenth_of_the_symbols_is_chance() -> None:
    """What the last two symbols say holds nine times of ten, and once in a while by chance."""
    x, t = (np.concatenate(part) for part in zip(*WORKLOADS["W4"].batches(0, 1, count=64), strict=True))
    state = (64 * (x[:, :-1] % 2) + x[:, 1:]).ravel()
    counts = np.zeros((128, 64))
    np.add.at(counts, (state, t[:, 1:].ravel()), 1)
    assert counts.max(axis=1).sum() / counts.sum() == pytest.approx(0.9 + 0.1 / 64, abs=0.005)
    np.testing.assert_array_equal(x[:, 1:], t[:, :-1])


@ALL
def test_sizes_are_arguments_of_the_declaration(workload: Workload) -> None:
    assert workload.sizes == sizes_of(workload.name)
    again = declared(workload.name, **workload.sizes)
    assert (again.title, again.layers) == (workload.title, workload.layers)
    larger = declared(workload.name, batch=2 * workload.batch)
    assert larger.batch == 2 * workload.batch
    assert larger.layers == workload.layers


@pytest.mark.parametrize("name", WORKLOADS)
def test_varied_sizes_lie_within_the_spread_and_odd_ones_among_them(name: str) -> None:
    seeds = [varied(name, seed).sizes for seed in range(40)]
    for size, value in sizes_of(name).items():
        drawn = {sizes[size] for sizes in seeds}
        assert all(0.7 * value <= each <= 1.3 * value for each in drawn)
        if value > 4:
            assert {each % 2 for each in drawn} == {0, 1}
            assert len(drawn) > 2
    assert varied(name, 3).sizes == seeds[3]


def test_places_of_rows_are_those_of_the_parameters() -> None:
    places = dict(addressed(WORKLOADS["W5"].layers))
    assert places["2.1"]["name"] == "MultiheadAttention"
    assert {name.rpartition(".")[0].removesuffix(".out_proj") for name in WORKLOADS["W5"].initial_weights(0)} == {
        place for place, row in places.items() if row["name"] != "GELU"
    }


def test_a_misspelt_workload_is_answered_with_the_known_ones() -> None:
    with pytest.raises(SettingError, match=r"'W9' is not known.*W1"):
        chosen(["w9"])
    assert chosen([]) == list(WORKLOADS)
