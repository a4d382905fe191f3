"""The scenes: small situations whose surprise is a number, computed here as a learner would compute it.

A scene is shown by pictures, by worked examples, in the notebook and in the course; its numbers stand here.
"""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
from tests.support.refusals import refused
from tests.support.tally import Tally

import layerwise as lw
from layerwise import formulas
from layerwise.errors import ShapeError
from layerwise.insight import gradcheck, layer_information, race, side_by_side, through_stack
from layerwise.insight.propagation import median_of
from layerwise.types import Array


def sigmoid(x: float) -> float:
    return float(formulas.sigmoid(np.array(x))[0])


# Opening: one neuron is a line.


def test_no_line_parts_the_quadrants() -> None:
    """At most 75 % of the four corners, and about two thirds of the filled square."""
    corners = np.array([[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]])
    assert best_line(corners, np.array([0, 1, 1, 0])) == 0.75
    grid = (np.arange(80) + 0.5) / 40 - 1
    square = np.stack(np.meshgrid(grid, grid), axis=-1).reshape(-1, 2)
    assert best_line(square, square[:, 0] * square[:, 1] < 0) == pytest.approx(2 / 3, abs=0.01)


def best_line(x: Array, y: Array) -> float:
    """The best accuracy of any line, over directions a degree apart and every place of each."""
    best = 0.0
    for angle in np.radians(np.arange(180)):
        order = np.argsort(x @ [math.cos(angle), math.sin(angle)], kind="stable")
        right = np.cumsum(np.where(y[order], 1, -1))  # one class on this side, the other beyond
        wins = np.concatenate([[0], right]) + (~y.astype(bool)).sum()
        best = max(best, wins.max() / len(y), 1 - wins.min() / len(y))
    return best


def test_two_futures_of_one_past_part_where_the_rate_changes() -> None:
    x, y = lw.data.load("xor", n=60).train
    how = {"loss": lw.CrossEntropyLoss(), "optimizer": lw.SGD(lr=0.1), "epochs": 10, "batch_size": 10}
    run = lw.Run(lw.mlp(2, 4, 2), (x, y), **how)
    run.advance(10)
    other = run.fork()
    other.set(lr=0.01)
    np.testing.assert_array_equal(run.net.theta, other.net.theta)
    run.advance(1)
    other.advance(1)
    assert (run.net.theta != other.net.theta).any()


@pytest.mark.slow
def test_a_hundred_times_the_rate_breaks_it_and_the_doctor_says_how() -> None:
    data = lw.data.load("xor", n=300)
    how = {"loss": lw.CrossEntropyLoss(), "epochs": 20, "batch_size": 16}
    sick = lw.doctor(lw.mlp(2, 4, 2), data.train, optimizer=lw.SGD(lr=0.3 * 100), **how)
    assert sick.findings[0].code in ("rate-too-high", "diverged")
    cured = lw.doctor(lw.mlp(2, 4, 2), data.train, optimizer=lw.SGD(lr=0.3), **how)
    assert all(each.code not in ("rate-too-high", "diverged") for each in cured.findings)


# 1. Chain rule: two votes that cancel.


def votes(second: float = -3.0, bias: float = 0.0) -> lw.Network:
    """x = 1, u = 2x, two rectifiers, and an answer of 3 h1 + second h2."""
    last = lw.Linear(2, 1, bias=False)
    net = lw.Network(lw.Linear(1, 1, bias=False), lw.Linear(1, 2), lw.ReLU(), last, dtype="float64")
    net[0].weight, net[1].weight, net[1].bias, net[3].weight = [[2.0]], [[1.0], [1.0]], [0.0, bias], [[3.0, second]]
    return net


@pytest.mark.parametrize(
    ("second", "bias", "gradient", "shares"),
    [(-3.0, 0.0, 0.0, [-15.0, 15.0]), (-2.0, 0.0, -3.0, [-9.0, 6.0]), (-3.0, -3.0, 3.0, [3.0, 0.0])],
)
def test_a_gradient_is_the_sum_of_the_votes_along_all_paths(second, bias, gradient, shares) -> None:
    half_squared = lw.HuberLoss(delta=100.0)  # below delta it is (ŷ - y)² / 2
    example = lw.explain(votes(second, bias), np.ones((1, 1)), np.array([[5.0]]), loss=half_squared)
    if second == -3.0 and not bias:
        assert example.loss == 12.5
    weight = example.weight("0.weight", 0, 0)
    assert weight.gradient == gradient
    assert sorted(path.value for path in weight.paths if path.value) == sorted(each for each in shares if each)
    assert sum(path.value for path in weight.paths) == gradient


# 2. dW as an outer product.


def test_the_gradient_of_a_weight_is_an_outer_product() -> None:
    a, delta = np.array([[1.0, 0.0, -2.0]]), np.array([[0.5, -1.0]])
    W = np.zeros((2, 3))
    _, dW, _ = formulas.linear(a, W, np.zeros(2))[1](delta)
    np.testing.assert_array_equal(dW, [[0.5, 0, -1], [-1, 0, 2]])
    assert np.linalg.matrix_rank(dW) == 1
    both = np.vstack([a, [[0.0, 1.0, 1.0]]]), np.vstack([delta, [[1.0, 1.0]]])
    _, dW, _ = formulas.linear(both[0], W, np.zeros(2))[1](both[1])
    np.testing.assert_array_equal(dW, both[1].T @ both[0])
    assert np.linalg.matrix_rank(dW) == 2


def test_the_gradient_check_names_the_transpose() -> None:
    def transposed(x: Array, W: Array, b: Array):
        z, backward = formulas.linear(x, W, b)

        def wrong(dz: Array):
            dx, dW, db = backward(dz)
            return dx, dW.T, db

        return z, wrong

    rng = np.random.default_rng(0)
    report = gradcheck(transposed, rng.normal(size=(4, 3)), rng.normal(size=(3, 3)), rng.normal(size=3))
    assert not report.ok
    assert "transposed" in str(report)


@pytest.mark.slow
def test_the_transposed_twin_learns_all_the_same() -> None:
    """2-8-8-1 with tanh on two rings: everything right in 5 seeds of 5, with dW of the square layer transposed."""
    x, labels = lw.data.load("circles", n=300, noise=0.05).train
    y = labels[:, None].astype("float32")
    for seed in range(5):
        net = lw.mlp(2, 8, 8, 1, activation="tanh", seed=seed)
        optimizer, loss = lw.Adam(lr=0.01), lw.BCEWithLogitsLoss()
        for _ in range(1000):
            net.zero_grad()
            net.backpropagate(x, y, loss)
            dW = net.gradients()["2.weight"]
            dW[...] = dW.T.copy()
            optimizer.step(net.theta, net.grad)
        assert ((net(x) > 0) == (y > 0.5)).all()


# 3. Softmax with cross-entropy.


def test_the_worse_the_mistake_the_weaker_squared_error() -> None:
    weight = np.ones((1, 1))

    def slopes(z: list[float]) -> tuple[Array, Array]:
        logits, label = np.array([z]), np.array([2])
        crossed = formulas.cross_entropy_with_logits(logits, label, weight, 1.0)[1](1.0)
        p, into_logits = formulas.softmax(logits)
        squared = formulas.mean_squared_error(p, np.eye(3)[label], weight, 3.0)[1](1.0)  # the mean of three
        return crossed[0], into_logits(squared)[0]

    p, _ = formulas.softmax(np.array([2.0, 1.0, 0.0]))
    np.testing.assert_allclose(p, [0.665, 0.245, 0.090], atol=5e-4)
    crossed, _ = slopes([2.0, 1.0, 0.0])
    np.testing.assert_allclose(crossed, [0.665, 0.245, -0.910], atol=5e-4)
    assert crossed.sum() == pytest.approx(0, abs=1e-15)
    assert -1 / p[2] == pytest.approx(-11.1, abs=0.05)
    crossed, squared = slopes([10.0, 1.0, 0.0])
    assert crossed[2] == pytest.approx(-1.0, abs=1e-3)
    assert squared[2] == pytest.approx(-0.00006, abs=5e-6)


# 4. Broadcasting and the batch sum.


def test_perfect_is_worse_than_clueless_where_shapes_broadcast(tally: Tally) -> None:
    y, prediction = np.array([[1.0], [2.0], [3.0], [4.0]]), np.array([1.0, 2.0, 3.0, 4.0])
    assert ((prediction - y) ** 2).mean() == 2.5
    assert ((np.full(4, 2.5) - y) ** 2).mean() == y.var() == 1.25
    refused(tally, ShapeError, ("(4,)", "(4, 1)"), lambda: lw.MSELoss()(prediction, y))


def test_a_bias_that_was_copied_to_all_rows_gathers_from_all() -> None:
    delta = np.array([[0.1], [0.2], [0.3], [0.4]])
    _, _, db = formulas.linear(np.ones((4, 1)), np.ones((1, 1)), np.zeros(1))[1](delta)
    assert db == pytest.approx(1.0)


# 5. Vanishing gradients.


def test_ten_sigmoids_pass_on_less_than_a_millionth() -> None:
    assert pytest.approx(9.5e-7, rel=0.01) == 0.25**10
    slopes = formulas.sigmoid(np.linspace(-9, 9, 2001))[1](np.ones(2001))
    assert slopes.max() == 0.25
    largest = {w: (w * 0.25) ** 10 for w in (1, 4, 8)}
    assert (largest[4], largest[8]) == (1, 1024)
    assert pytest.approx(9.3, abs=0.02) == 1.25**10


@pytest.mark.parametrize(
    ("activation", "init", "low", "high"),
    [("Sigmoid", "xavier_normal", 2e-6, 8e-6), ("Tanh", "xavier_normal", 0.9, 1.9), ("ReLU", "he_normal", 0.7, 1.8)],
)
def test_the_gradient_at_the_first_weights_beside_that_at_the_last(activation, init, low, high) -> None:
    """RMS per weight in ten layers of 32, the median of 20 seeds."""
    ratios = [first_over_last(activation, init, seed) for seed in range(20)]
    assert low < np.median(ratios) < high


def first_over_last(activation: str, init: str, seed: int) -> float:
    layers = [layer for _ in range(10) for layer in (lw.Linear(32, 32, init=init), lw.layers.LAYERS[activation]())]
    net = lw.Network(*layers, seed=seed, dtype="float64")
    x = np.random.default_rng(seed).normal(size=(64, 32))
    net.zero_grad()
    y, backward = net.forward(x)
    backward(np.random.default_rng(100 + seed).normal(size=y.shape))
    gradients = net.gradients()
    first, last = (np.sqrt((gradients[f"{place}.weight"] ** 2).mean()) for place in (0, 18))
    return float(first / last)


@pytest.mark.slow
def test_a_frozen_floor_lets_the_loss_fall_to_guessing_and_no_further() -> None:
    """Seven layers of sigmoids: the first hardly move, and the loss comes to ln 3. With tanh the network learns."""
    data, ends, moved = lw.data.load("blobs", n=300), {}, {}
    for activation in ("sigmoid", "tanh"):
        net = lw.mlp(2, *[32] * 7, 3, activation=activation)
        before = {name: value.copy() for name, value in net.parameters().items()}
        how = {"loss": lw.CrossEntropyLoss(), "optimizer": lw.SGD(lr=0.3), "epochs": 40, "batch_size": 16}
        ends[activation] = lw.fit(net, data.train, progress=False, **how)["train_loss"]
        for place in (0, 12):
            name = f"{place}.weight"
            change, size = net.parameters()[name] - before[name], before[name]
            moved[activation, place] = float(np.sqrt((change**2).mean() / (size**2).mean()))
    assert ends["sigmoid"][0] > ends["sigmoid"][-1] > math.log(3) - 0.01
    assert ends["sigmoid"][-1] < math.log(3) + 0.05
    assert moved["sigmoid", 0] < 0.005 < 0.2 < moved["sigmoid", 12]
    assert ends["tanh"][-1] < 0.1
    assert moved["tanh", 0] > 0.02
    sick = {"loss": lw.CrossEntropyLoss(), "optimizer": lw.SGD(lr=0.3), "epochs": 20, "batch_size": 16}
    report = lw.doctor(lw.mlp(2, *[32] * 7, 3, activation="sigmoid"), data.train, **sick)
    assert report.findings[0].code == "vanishing"


# 6. Initialisation.


@pytest.mark.parametrize(("std", "after_ten"), [(0.0884, 1.0), (0.08, 0.37), (0.1, 3.4), (0.01, 3e-10)])
def test_a_tenth_off_is_ruin_in_depth(std: float, after_ten: float) -> None:
    """Each of the layers of 256 ReLU units multiplies the size by σ √(256 / 2)."""
    assert (std * math.sqrt(128)) ** 10 == pytest.approx(after_ten, rel=0.15)
    found = [through_stack({"name": "normal", "std": std}, depth=10, samples=16, seed=seed) for seed in range(2)]
    assert median_of(found).kept() == pytest.approx(after_ten, rel=0.25)


def test_fifty_layers_and_normalisation() -> None:
    assert (0.08 * math.sqrt(128)) ** 50 == pytest.approx(0.007, rel=0.05)
    assert (0.1 * math.sqrt(128)) ** 50 == pytest.approx(480, rel=0.02)
    how = {"depth": 10, "width": 64, "samples": 16, "normalization": "batch"}
    small, large = (through_stack({"name": "normal", "std": std}, **how).kept() for std in (0.08, 0.1))
    assert small == pytest.approx(large, rel=0.02), "with normalisation the slider hardly matters"


# 7. Momentum and Adam.


@pytest.mark.slow
def test_adam_scales_the_axes_and_not_the_valley() -> None:
    updates = {name: [way.updates for way in race(name).ways.values()] for name in ("ravine", "turned ravine")}
    assert updates == {"ravine": [223, 100, 82], "turned ravine": [223, 100, 388]}


def test_the_first_steps_of_adam_are_equally_long() -> None:
    theta = np.zeros(2)
    lw.Adam(lr=0.1).step(theta, np.array([0.001, 1000.0]))
    assert theta[0] / theta[1] == pytest.approx(1, abs=1e-4)


# 8. Dropout: all sixteen masks.


def test_the_scaling_is_exact_for_sums_and_not_behind_a_bend() -> None:
    h, w = np.array([2.0, 4.0, 6.0, 8.0]), np.array([1.0, -1.0, 1.0, -1.0])
    masks = [np.array(mask) for mask in itertools.product([0.0, 1.0], repeat=4)]
    z = np.array([formulas.dropout(h, mask, 0.5)[0] @ w for mask in masks])
    assert z.mean() == h @ w == -4
    assert np.mean([(h * mask) @ w for mask in masks]) == 0.5 * (h @ w) == -2
    assert formulas.relu(z)[0].mean() == 2.75
    assert formulas.relu(h @ w)[0] == 0


# 9. Batch normalisation.


def test_the_same_sample_in_other_company() -> None:
    for batch, seen in (([1.0, 2.0, 3.0, 6.0], 0.0), ([3.0, 10.0, 11.0, 12.0], -1.70)):
        x = np.array(batch)[:, None]
        found, _ = formulas.batch_norm(x, np.ones(1), np.zeros(1), 1e-5)
        assert found.y[batch.index(3.0), 0] == pytest.approx(seen, abs=0.005)
    assert np.var([1.0, 2.0, 3.0, 6.0]) == 3.5
    net = lw.Network(lw.BatchNorm1d(1, momentum=1.0), dtype="float64")
    y, backward = net.forward(np.array([[1.0], [2.0], [3.0], [6.0]]), training=True)
    backward(np.zeros_like(y))  # a batch counts once it was used to learn from
    assert net.state_dict()["0.running_var"][0] == pytest.approx(4.67, abs=0.005)
    alone, _ = formulas.batch_norm(np.array([[123.0]]), np.ones(1), np.array([0.7]), 1e-5)
    assert alone.y == pytest.approx(0.7)


@pytest.mark.parametrize(("batches", "known"), [(3, 0.27), (10, 0.65), (44, 0.99)])
def test_running_statistics_know_little_at_first(batches: int, known: float) -> None:
    net = lw.Network(lw.BatchNorm1d(1), dtype="float64")
    for _ in range(batches):
        y, backward = net.forward(np.array([[9.0], [11.0]]), training=True)
        backward(np.zeros_like(y))
    assert net.state_dict()["0.running_mean"][0] / 10 == pytest.approx(known, abs=0.005)


# 10. Convolution arithmetic.


@pytest.mark.parametrize(("padding", "size", "unread"), [(0, 3, 15), (1, 4, 0)])
def test_the_column_that_nobody_reads(padding: int, size: int, unread: int) -> None:
    net = lw.Network(lw.Conv2d(1, 8, 3, stride=2, padding=padding), dtype="float64")
    y, backward = net.forward(np.ones((1, 1, 8, 8)))
    assert y.shape == (1, 8, size, size)
    dx = backward(np.random.default_rng(0).normal(size=y.shape))
    assert (dx == 0).sum() == unread
    assert net.theta.size == 80
    assert lw.Network(lw.Linear(64, 8 * 3 * 3)).theta.size == 4680
    assert lw.Network(lw.Conv2d(1, 1, 3, stride=2))(np.ones((1, 1, 7, 7))).shape[-1] == 3


# 11. LSTM and time.


@pytest.mark.parametrize(("bias", "left"), [(0.0, 9.5e-7), (1.0, 0.002), (2.0, 0.08), (4.0, 0.70), (3.34, 0.5)])
def test_what_the_forget_gates_leave_after_twenty_steps(bias: float, left: float) -> None:
    """The direct gradient through the cell, with weights that are all 0."""
    zeros, b = np.zeros((4, 1)), np.array([0.0, bias, 0.0, 0.0])  # input, forget, candidate, output
    x, state = np.zeros((1, 1)), np.zeros((1, 1))
    dc = np.ones((1, 1))
    for _ in range(20):
        value, _ = formulas.lstm_step(x, state, state, zeros, zeros, b, np.zeros(4))
        assert value.forget == sigmoid(bias)
        dc = dc * value.forget
    assert float(dc[0, 0]) == pytest.approx(left, rel=0.06)
    found, _ = formulas.lstm(np.zeros((1, 20, 1)), state, state, zeros, zeros, b, np.zeros(4), None, False)
    np.testing.assert_allclose(found.forget, sigmoid(bias))


# 12. Entropy and mutual information.


def test_nothing_plus_nothing_is_one_bit() -> None:
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    y = x[:, 0] ^ x[:, 1]

    def told(values: Array) -> float:
        return formulas.mutual_information(formulas.joint_distribution(values, y), base=2)

    assert (told(x[:, 0]), told(x[:, 1])) == (0, 0)
    assert told(x) == pytest.approx(1)
    hidden = np.stack([x.any(axis=1), x.all(axis=1)], axis=1)
    assert told(hidden[:, 0]) == told(hidden[:, 1]) == pytest.approx(0.311, abs=5e-4)
    assert told(hidden) == pytest.approx(1)


def test_ever_finer_bins_tell_of_the_sample() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(1000, 3))
    bits = [layer_information(x, x @ rng.normal(size=(3, 2)), x[:, 0] > 0, width=w).input_bits for w in (1, 0.1, 1e-6)]
    assert bits[0] < bits[1] < bits[2] == pytest.approx(math.log2(1000))


# 13. Universal approximation.


def test_steps_come_near_slowly() -> None:
    assert staircase(32, periods=1) == pytest.approx(0.098, abs=1e-3)
    assert staircase(31, periods=1) > 0.1
    assert staircase(64, periods=8) == pytest.approx(0.38, abs=5e-3)


def staircase(pieces: int, periods: int) -> float:
    """The largest error of so many steps, each as high as the wave is in its middle."""
    x = np.linspace(0, 1, 20_001)
    middles = (np.minimum(np.floor(x * pieces), pieces - 1) + 0.5) / pieces
    wave = 2 * np.pi * periods
    return float(np.abs(np.sin(wave * x) - np.sin(wave * middles)).max())


class Square(lw.Layer):
    """x²: a bend without which theory, and width, help nothing."""

    def forward(self, x: Array, pass_: object):
        return x**2, lambda dy: 2 * x * dy

    def output_shape(self, shape):
        return shape


def largest_error(net: lw.Network, periods: int, lr: float = 0.01, updates: int = 4000) -> float:
    x = np.linspace(0, 1, 200, dtype="float32")[:, None]
    y = np.sin(2 * np.pi * periods * x)
    fine = {"loss": lw.MSELoss(), "optimizer": lw.Adam(lr=lr), "epochs": updates, "batch_size": 200}
    lw.fit(net, (x, y), progress=False, **fine)
    return float(np.abs(net(x) - y).max())


@pytest.mark.slow
def test_trained_units_do_better_where_it_is_easy_and_worse_where_it_is_hard() -> None:
    few = [largest_error(lw.mlp(1, 8, 1, activation="tanh", seed=seed), periods=1) for seed in range(3)]
    assert max(few) < 0.098
    many = [largest_error(lw.mlp(1, 64, 1, activation="tanh", seed=seed), periods=8) for seed in range(2)]
    assert min(many) > 0.9


@pytest.mark.slow
def test_a_sum_of_parabolas_is_a_parabola() -> None:
    x = np.linspace(0, 1, 200)
    y = np.sin(2 * np.pi * x)
    parabola = np.polynomial.Polynomial.fit(x, y, 2)(x)
    for width in (32, 200):
        net = lw.Network(lw.Linear(1, width), Square(), lw.Linear(width, 1))
        assert largest_error(net, periods=1, updates=1500) > 0.9 * np.abs(parabola - y).max() > 0.5


# Stuck is not a minimum, and a minimum that is real.


@pytest.mark.slow
def test_the_valleys_in_which_xor_gets_stuck() -> None:
    """2-2-1 sigmoid, normal(0, 1) weights, rate 1, on the four points: 29 of 40 seeds learn it."""
    ends = np.array([xor_loss(2, seed) for seed in range(40)])
    half, third = math.log(2) / 2, (2 * math.log(1.5) + math.log(3)) / 4
    learnt = ends < 0.1
    assert 25 <= learnt.sum() <= 33
    stuck = ends[~learnt]
    near = np.minimum(np.abs(stuck - half), np.abs(stuck - third))
    assert (near < 0.02).all()
    assert (stuck[np.abs(stuck - half) < 0.02] > half).all(), "they still sink towards it"


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "words"), [(1, "two of four points right"), (36, "one of four points right")])
def test_the_doctor_knows_both_valleys(seed: int, words: str) -> None:
    report = lw.doctor(xor_network(2, seed), (XOR, ODD), **xor_run())
    assert report.findings[0].code == "valley"
    assert words in report.findings[0].sentence


XOR, ODD = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([[0.0], [1.0], [1.0], [0.0]])


def xor_network(hidden: int, seed: int) -> lw.Network:
    init = {"name": "normal", "std": 1.0}
    layers = lw.Linear(2, hidden, init=init), lw.Sigmoid(), lw.Linear(hidden, 1, init=init)
    net = lw.Network(*layers, seed=seed, dtype="float64")
    for name, value in net.parameters().items():
        if name.endswith("bias"):
            value[...] = 0
    return net


def xor_run() -> dict[str, Any]:
    optimizer = lw.GradientDescent(lr=1.0)
    return {"loss": lw.BCEWithLogitsLoss(), "optimizer": optimizer, "epochs": 4000, "batch_size": 4}


def xor_loss(hidden: int, seed: int) -> float:
    return lw.fit(xor_network(hidden, seed), (XOR, ODD), progress=False, **xor_run())["train_loss"][-1]


def test_one_sigmoid_unit_can_have_two_minima_and_cross_entropy_has_one() -> None:
    x, y = np.array([[0.2], [10.0]]), np.array([[0.2], [1.0]])
    weight = np.ones((1, 1))
    w = np.linspace(-12, 4, 3_201)

    def squared(z: Array) -> float:
        p, _ = formulas.sigmoid(z)
        return formulas.mean_squared_error(p, y, weight, 2.0)[0]

    def crossed(z: Array) -> float:
        return formulas.binary_cross_entropy_with_logits(z, y, weight, 2.0)[0]

    costs = np.array([squared(each * x) for each in w])
    inner = (costs[1:-1] < costs[:-2]) & (costs[1:-1] < costs[2:])
    places, heights = w[1:-1][inner], costs[1:-1][inner]
    np.testing.assert_allclose(places, [-6.93, 0.32], atol=0.02)
    np.testing.assert_allclose(heights, [0.500, 0.0507], atol=5e-4)
    convex = np.diff([crossed(each * x) for each in w], n=2)
    assert convex.min() > -1e-12


# L1 and exact zeros.


@pytest.mark.slow
def test_only_the_soft_threshold_makes_exact_zeros() -> None:
    found = side_by_side.l1_and_l2(seeds=1)
    assert {arm.name: int(arm.median) for arm in found.arms} == {
        "no penalty": 0,
        "L2": 0,
        "L1, gradient": 0,
        "L1, proximal": 17,
    }
    tremble = found.evidence["largest useless weight, L1, gradient"]
    assert 1e-4 < tremble < 0.01


# The floor of the loss.


def test_no_classifier_comes_below_the_entropy_of_flipped_labels() -> None:
    floor, _ = formulas.entropy(np.array([0.1, 0.9]), math.e)
    assert float(floor) == pytest.approx(0.325, abs=5e-4)
    q = np.linspace(0.01, 0.99, 99)
    expected, _ = formulas.cross_entropy_between(np.array([0.1, 0.9]), np.stack([q, 1 - q], axis=1), math.e)
    assert expected.min() == pytest.approx(float(floor))
    assert q[expected.argmin()] == pytest.approx(0.1)
