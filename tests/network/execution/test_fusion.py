"""A fused chain has the bits of the layers run one by one, and steps aside where it can not compute."""

from __future__ import annotations

import pickle
import subprocess
import sys
from copy import deepcopy

import numpy as np
import pytest
from tests.network.silent import Silent

import layerwise as lw
from layerwise.errors import ShapeError
from layerwise.layers import Pass
from layerwise.network.execution.fusion import DenseChain, fused

pytest.importorskip("numba")

NETWORKS = {
    "tanh": lambda: [lw.Linear(3, 8), lw.Tanh(), lw.Linear(8, 8), lw.Tanh(), lw.Linear(8, 1)],
    "relu, no bias": lambda: [lw.Linear(3, 5, bias=False), lw.ReLU(), lw.Linear(5, 2)],
    "sigmoid at the end": lambda: [lw.Linear(3, 1), lw.Sigmoid()],
    "no activation": lambda: [lw.Linear(3, 4), lw.Linear(4, 4), lw.Linear(4, 2)],
    "two activations": lambda: [lw.Linear(3, 4), lw.Tanh(), lw.ReLU(), lw.Linear(4, 2)],
    "dropout between": lambda: [lw.Linear(3, 9), lw.ReLU(), lw.Dropout(0.5), lw.Linear(9, 2), lw.Tanh()],
    "nested": lambda: [lw.Sequential(lw.Linear(3, 4), lw.Tanh()), lw.Linear(4, 2)],
}


LARGE = 5000
"""So many rows that NumPy's products are used."""


def passes(net, x, tap, input_gradient=True):
    net.grad[:] = np.linspace(-1, 1, len(net.grad))  # gradients are added to what is there
    y, backward = net.forward(x, training=True, seed=0, step=3, tap=tap, input_gradient=input_gradient)
    dx = backward(np.cos(np.arange(y.size)).reshape(y.shape).astype(y.dtype))
    return y.copy(), dx, net.grad.copy()


@pytest.mark.parametrize("input_gradient", [True, False])
@pytest.mark.parametrize("rows", [1, 7, 64, 300, 700, 1500, LARGE])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", NETWORKS)
def test_fused_and_one_by_one_have_the_same_bits(name, dtype, rows, input_gradient):
    net = lw.Network(*NETWORKS[name](), seed=1, dtype=dtype)
    x = np.random.default_rng(rows).normal(size=(rows, 3)).astype(dtype)
    x[0, 0] = 0.0
    y, dx, grad = passes(net, x, None, input_gradient)
    plain_y, plain_dx, plain_grad = passes(net, x, Silent(), input_gradient)
    np.testing.assert_array_equal(y, plain_y)
    np.testing.assert_array_equal(grad, plain_grad)
    assert (dx is None) == (plain_dx is None) == (not input_gradient)
    if input_gradient:
        np.testing.assert_array_equal(dx, plain_dx)


@pytest.mark.parametrize("input_gradient", [True, False])
@pytest.mark.parametrize("shape", [(2, 5, 3), (1, 1, 3), (40, 50, 3), (2, 3, 4, 3)])
@pytest.mark.parametrize("name", NETWORKS)
def test_every_step_of_a_sequence_is_a_row(name, shape, input_gradient):
    net = lw.Network(*NETWORKS[name](), seed=1)
    x = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    y, dx, grad = passes(net, x, None, input_gradient)
    plain_y, plain_dx, plain_grad = passes(net, x, Silent(), input_gradient)
    assert y.shape[:-1] == shape[:-1]
    np.testing.assert_array_equal(y, plain_y)
    np.testing.assert_array_equal(grad, plain_grad)
    assert (dx is None) == (plain_dx is None) == (not input_gradient)
    if input_gradient:
        np.testing.assert_array_equal(dx, plain_dx)


def test_a_sequence_goes_through_the_chain_and_not_its_layers():
    chain = fused(NETWORKS["tanh"]())[0]
    lw.Network(*chain.layers, seed=1)
    chain.layers = chain.layers[-1:]  # which it asks where it can not compute itself, and for its words
    y, backward = chain.forward(np.ones((2, 5, 3), np.float32), Pass())
    assert y.shape == (2, 5, 1)
    for wrong in [(5, 2, 1), (2, 5), (10, 1), (2, 5, 1, 1), (2, 5, 2)]:
        with pytest.raises(ShapeError, match=r"the gradient behind Linear\(8, 1\) has shape"):
            backward(np.ones(wrong, np.float32))


@pytest.mark.parametrize("shape", [(0, 3), (0, 5, 3), (2, 0, 3)])
def test_nothing_goes_through_as_nothing(shape):
    net = lw.Network(*NETWORKS["tanh"](), seed=1)
    y, backward = net.forward(np.ones(shape, np.float32))
    assert y.shape == (*shape[:-1], 1)
    assert backward(y).shape == shape
    assert not net.grad.any()


@pytest.mark.parametrize("vectors", ["each its own", "one"])
def test_parameters_are_found_wherever_they_lie(vectors):
    """Layers that nobody has adopted have vectors of their own; then a network takes them into one."""
    layers, x = [lw.Linear(3, 4), lw.Tanh(), lw.Linear(4, 2)], np.ones((7, 3), np.float32)
    (chain,) = fused(layers if vectors == "each its own" else layers[:2])
    for _ in range(2):  # the first gives a layer that nobody has adopted its vector
        before, _ = chain.forward(x, Pass())
    net = lw.Network(*layers, seed=1)
    net.theta *= 2
    after, backward = chain.forward(x, Pass())
    backward(np.ones_like(after))
    assert net.grad[:16].all()  # those of the first layer lie in the network
    assert not np.array_equal(before, after)
    if vectors == "each its own":
        np.testing.assert_array_equal(after, net(x))
        net.zero_grad()
        assert chain.backpropagate(x, after, lw.MSELoss(), None) == 0
        assert chain.backpropagate(x, after + 1, lw.MSELoss(), None) == pytest.approx(1)
        assert net.grad.any()


@pytest.mark.parametrize("shape", [(3,), (2, 4), ()])
def test_an_input_that_does_not_fit_is_left_to_the_layers(shape):
    net = lw.Network(*NETWORKS["tanh"](), seed=1)
    (chain,) = fused(net.layers)
    chain.forward(np.ones((2, 3), np.float32), Pass())
    chain.layers = ()  # which give back what they are given
    x = np.ones(shape, np.float32)
    assert chain.forward(x, Pass())[0] is x
    assert chain.backpropagate(x, x, lw.MSELoss(), None) is None


def test_the_tests_above_do_compare_two_ways():
    net = lw.Network(*NETWORKS["tanh"](), seed=1)
    pass_ = Pass()
    units = fused(net.layers)
    assert [type(each) for each in units] == [DenseChain]
    units[0].layers = ()  # which it asks where it can not compute itself
    y, backward = units[0].forward(np.zeros((7, 3), np.float32), pass_)
    assert y.shape == (7, 1)
    assert backward(y).shape == (7, 3)


@pytest.mark.parametrize("rows", [1, 3, 4, 5, 20, 25, 26, 200])
def test_each_layer_is_computed_as_it_would_be_alone(rows):
    """Of 64 to 64 and 64 to 10, the first is left to NumPy from 5 rows on, the second from 26."""
    net = lw.Network(lw.Linear(64, 64), lw.Tanh(), lw.Linear(64, 10), seed=1)
    x = np.random.default_rng(rows).normal(size=(rows, 64)).astype(np.float32)
    for one, other in zip(passes(net, x, None), passes(net, x, Silent()), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("shape", [(4, 4), (3,), (), (1, 3), (1300,), (4, 3, 1)])
@pytest.mark.parametrize("rows", [4, LARGE])
def test_a_gradient_of_another_shape_is_refused(rows, shape):
    """Inside a network, it may come from a learner's own layer."""

    class Odd(lw.Layer):
        def forward(self, x, pass_):
            return x, lambda dy: np.ones(shape, x.dtype)

        def output_shape(self, shape):
            return shape

    net = lw.Network(lw.Linear(3, 3), lw.Tanh(), Odd())
    y, backward = net.forward(np.ones((rows, 3)), training=True)
    with pytest.raises(ShapeError, match=r"the gradient behind Tanh\(\) has shape"):
        backward(y)


@pytest.mark.parametrize("rows", [4, LARGE])
def test_a_layer_of_a_learner_may_compute_in_another_type(rows):
    class Wide(lw.Layer):
        def forward(self, x, pass_):
            return x.astype(np.float64), lambda dy: dy.astype(np.float64)

        def output_shape(self, shape):
            return shape

    x = np.random.default_rng(0).normal(size=(rows, 3))
    net = lw.Network(lw.Linear(3, 3), lw.Tanh(), Wide(), lw.Linear(3, 2))
    for one, other in zip(passes(net, x, None), passes(net, x, Silent()), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-5)


def test_an_output_keeps_nothing_else_alive():
    net = lw.Network(lw.Linear(3, 900), lw.Tanh(), lw.Linear(900, 1))
    y = net(np.ones((1, 3)))
    assert y.base is None or y.base.size == y.size


def test_threads_that_meet_a_new_network_at_once():
    code = """
import sys, threading, numpy as np, layerwise as lw
sys.setswitchinterval(1e-6)
x = np.ones((4, 3), np.float32)
lw.Network(lw.Linear(3, 4), lw.Tanh(), lw.Linear(4, 1))(x)
errors = []
for _ in range(200):
    net = lw.Network(lw.Linear(3, 4), lw.Tanh(), lw.Linear(4, 1))
    barrier = threading.Barrier(4)
    def work():
        barrier.wait()
        try:
            net(x)
        except Exception as error:
            errors.append(repr(error))
    threads = [threading.Thread(target=work) for _ in range(4)]
    for each in threads: each.start()
    for each in threads: each.join()
print(len(errors), errors[:1])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.stdout == "0 []\n", done.stderr


def test_nan_passes_through_the_chain():
    net = lw.Network(*NETWORKS["tanh"](), seed=1)
    x = np.zeros((4, 3), np.float32)
    x[2, 1] = np.nan
    y = net(x)
    assert np.isnan(y[2]).all()
    assert np.isfinite(np.delete(y, 2, axis=0)).all()


def test_the_rows_above_go_both_ways():
    chain = fused(NETWORKS["tanh"]())[0]
    assert 64 <= chain.small < LARGE


def test_a_wrong_number_of_features_is_told_by_the_layer():
    net = lw.Network(*NETWORKS["tanh"]())
    with pytest.raises(ShapeError, match=r"Linear\(3, 8\) expects 3 features, got 4"):
        net(np.zeros((2, 4)))


@pytest.mark.parametrize(
    "copied", [deepcopy, lambda net: pickle.loads(pickle.dumps(net)), lambda net: net.astype("float64")]
)
def test_a_copy_looks_at_its_own_parameters(copied):
    net = lw.Network(*NETWORKS["tanh"](), seed=1)
    x = np.ones((2, 3), np.float32)
    before = net(x)  # the chain has found its places
    twin = copied(net)
    net.theta[:] = 0
    np.testing.assert_allclose(twin(x), before, rtol=1e-6, atol=0)
    assert not np.any(net(x))


def test_tied_layers_add_up_their_gradients():
    tied = lw.Linear(4, 4)
    net = lw.Network(lw.Linear(3, 4), lw.Tanh(), tied, lw.Tanh(), tied, dtype="float64")
    x = np.random.default_rng(0).normal(size=(5, 3))
    for one, other in zip(passes(net, x, None), passes(net, x, Silent()), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-14, atol=1e-15)


def test_what_is_a_chain():
    class Odd(lw.Linear):
        """Computes something else."""

    kinds = [type(each).__name__ for each in fused([lw.Tanh(), lw.Linear(2, 3), lw.Tanh(), Odd(3, 3), lw.Linear(3, 1)])]
    assert kinds == ["Tanh", "DenseChain", "Odd", "DenseChain"]
