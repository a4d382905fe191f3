"""Tensors: reuse, broadcasting, the gradients of the layers, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from tests.refusals import refused
from tests.slopes import assert_slope, slope

import layerwise as lw
from layerwise import formulas
from layerwise.autograd import Tensor, apply
from layerwise.errors import KindError, SettingError, ShapeError
from layerwise.random import generator

RNG = generator(0, "autograd")
A, B = RNG.normal(size=(3, 4)), RNG.normal(size=(4, 2))


def naive_backward(tensor, arrived=1.0):
    """What one writes first: every path by itself."""
    tensor.grad = arrived if tensor.grad is None else tensor.grad + arrived
    if tensor.derivative is not None:
        for parent, share in zip(tensor.parents, tensor.derivative(np.asarray(tensor.grad)), strict=True):
            naive_backward(parent, share)


def test_a_tensor_that_is_used_twice():
    """a = 1, b = a + a, c = b + b: dc/da = 4. Going path by path, b hands on again what it has handed on before."""
    a = Tensor(1.0)
    b = a + a
    c = b + b
    c.backward()
    assert (c.value, c.grad, b.grad, a.grad) == (4, 1, 2, 4)
    for tensor in (a, b, c):
        tensor.grad = None
    naive_backward(c)
    assert a.grad == 6


EXPRESSIONS = {
    "add": lambda a, b: (a + a + 1).sum() + (2 + b).sum(),
    "subtract": lambda a, b: (1 - a).sum() - (b - 2).sum() * 3,
    "multiply": lambda a, b: (a * a * 2).sum() * b.sum(),
    "divide": lambda a, b: (1 / (a * a + 1) / 3).sum() / (b * b).sum(),
    "power": lambda a, b: (a**3).sum() + ((b * b) ** 0.5).sum(),
    "matmul": lambda a, b: ((a @ b) ** 2).sum(),
    "arrays on the left": lambda a, b: ((A - a) * (A @ b).sum()).sum() + (A.T @ a).sum() / b.mean(),
    "negative": lambda a, b: (-a * b.sum()).sum(),
    "mean": lambda a, b: (a.mean() * b.mean(axis=0)).sum() + a.mean(1).sum(),
    "broadcast": lambda a, b: (a * b.sum(axis=1) + a.sum(axis=0) - b.sum()).sum(),
    "functions": lambda a, b: apply(formulas.tanh, apply(formulas.relu, a + 0.3) @ b).sum(),
    "reused": lambda a, b: ((a @ b + (a @ b).mean()) * (a @ b)).sum(),
}


@pytest.mark.parametrize("expression", EXPRESSIONS.values(), ids=EXPRESSIONS)
def test_the_gradient_is_the_slope(expression, tally):
    values = [A.copy(), B.copy()]

    def cost():
        return float(expression(*map(Tensor, values)).value)

    a, b = map(Tensor, values)
    expression(a, b).backward()
    for tensor, value in zip((a, b), values, strict=True):
        assert_slope(tensor.grad, slope(cost, value))
    tally.add("gradient checks", 2)


@pytest.mark.parametrize("shape", [(), (1,), (4,), (3, 1), (1, 4), (2, 3, 4), (2, 1, 1)])
def test_what_was_broadcast_is_summed(shape):
    a, b = Tensor(A), Tensor(RNG.normal(size=shape))
    (a * b + b).sum().backward()
    assert (a.grad.shape, b.grad.shape) == (A.shape, shape)


def test_gradients_add_up_until_they_are_cleared():
    a = Tensor([1.0, 2.0])
    cost = (a * a).sum()
    cost.backward()
    cost.backward()
    np.testing.assert_array_equal(a.grad, [4, 8])
    a.grad = None
    (3 * a).sum().backward()
    np.testing.assert_array_equal(a.grad, [3, 3])


def test_a_gradient_may_arrive_from_outside():
    a = Tensor([1.0, 2.0])
    (a * a).backward([10, 100])
    np.testing.assert_array_equal(a.grad, [20, 400])


def test_an_expression_deeper_than_pythons_stack():
    a = Tensor(1.0)
    b = a
    for _ in range(5000):
        b = b + a
    b.backward()
    assert a.grad == 5001


def test_float32_stays_float32():
    a = Tensor(A.astype(np.float32))
    cost = (2 * a**2 / 3 + 1 - a).mean()
    cost.backward()
    assert cost.value.dtype == a.grad.dtype == np.float32
    assert Tensor([1, 2]).value.dtype == np.float64


def test_no_array_that_somebody_holds_is_changed():
    value, upstream = A.copy(), np.ones((3, 4))
    for array in (value, upstream):
        array.flags.writeable = False
    a = Tensor(value)
    (a + a).backward(upstream)
    a.grad += 1  # and nobody else holds the gradient
    a.backward(upstream)
    b = Tensor(value)
    b.backward(upstream)
    b.grad += 1
    assert (upstream == 1).all()


@pytest.mark.parametrize("axis", [None, 0, 1, -1])
def test_sums_and_means_are_numpys(axis):
    np.testing.assert_allclose(Tensor(A).sum(axis).value, A.sum(axis=axis), rtol=1e-13)
    np.testing.assert_allclose(Tensor(A).mean(axis).value, A.mean(axis=axis), rtol=1e-13)


def test_arguments_may_be_lists_and_settings_may_be_tensors():
    """What the formula differentiates by becomes a tensor of floats, and settings are what they hold."""
    y = apply(formulas.relu, [1, -2])
    y.backward([5, 7])
    assert y.value.dtype == np.float64
    np.testing.assert_array_equal(y.parents[0].grad, [5, 0])
    np.testing.assert_array_equal(apply(formulas.power, [1.0, 3.0], Tensor(2.0)).value, [1, 9])


def test_an_mlp_has_the_gradients_of_its_layers():
    net = lw.Network(lw.Linear(3, 5), lw.Tanh(), lw.Linear(5, 4), lw.GELU(), lw.Linear(4, 2), seed=1, dtype="float64")
    x, labels = RNG.normal(size=(7, 3)), RNG.integers(2, size=7)
    y, backward = net.forward(x)
    value, backward_loss = lw.CrossEntropyLoss()(y, labels)
    dx = backward(backward_loss())

    inputs, turned = Tensor(x), Tensor(net[0].weight.T)
    theta = {name: Tensor(each) for name, each in net.parameters().items()}
    a = apply(formulas.tanh, inputs @ turned + theta["0.bias"])
    a = apply(formulas.gelu, apply(formulas.linear, a, theta["2.weight"], theta["2.bias"]))
    z = apply(formulas.linear, a, theta["4.weight"], theta["4.bias"])
    cost = apply(formulas.cross_entropy_with_logits, z, labels, np.ones((7, 1)), 7.0)
    cost.backward()
    assert cost.value == pytest.approx(value, rel=1e-12)
    np.testing.assert_allclose(inputs.grad, dx, rtol=1e-10, atol=1e-14)
    theta["0.weight"].grad = turned.grad.T
    for name, gradient in net.gradients().items():
        np.testing.assert_allclose(theta[name].grad, gradient, rtol=1e-10, atol=1e-14)


def test_a_convolution_has_the_gradients_of_its_layer():
    layer = lw.Conv2d(2, 3, 3, padding=1)
    net = lw.Network(layer, lw.ReLU(), lw.MaxPool2d(2), dtype="float64")
    x = RNG.normal(size=(2, 2, 6, 6))
    y, backward = net.forward(x)
    dy = RNG.normal(size=y.shape)
    dx = backward(dy)
    inputs, W, b = map(Tensor, (x, layer.weight, layer.bias))
    z = apply(formulas.conv2d, inputs, W, b, stride=(1, 1), padding=(1, 1), dilation=(1, 1), groups=1)
    a = apply(formulas.relu, z)
    apply(
        formulas.max_pool2d, a, kernel=np.array([2, 2]), stride=np.array([2, 2]), padding=np.array([0, 0]),
        dilation=np.array([1, 1]),
    ).backward(dy)  # fmt: skip
    for tensor, gradient in zip((inputs, W, b), (dx, *net.gradients().values()), strict=True):
        np.testing.assert_allclose(tensor.grad, gradient, rtol=1e-10, atol=1e-13)


def test_an_lstm_has_the_gradients_of_its_layer():
    layer = lw.LSTM(3, 4)
    net = lw.Network(layer, lw.Linear(4, 2), dtype="float64")
    x, labels = RNG.normal(size=(2, 5, 3)), RNG.integers(2, size=(2, 5))
    y, backward = net.forward(x)
    value, backward_loss = lw.CrossEntropyLoss()(y, labels)
    dx = backward(backward_loss())
    inputs, zeros = Tensor(x), np.zeros((2, 4))
    theta = {name: Tensor(each) for name, each in net.parameters().items()}
    weights = [theta[f"0.{name}"] for name in layer.parameters]
    h = apply(formulas.lstm, inputs, zeros, zeros, *weights)
    cost = Tensor(0.0)
    for t in range(5):  # one step after the other: the affine map of a step, and its cross-entropy
        step = np.zeros((5, 1))
        step[t] = 1
        z = (h * step).sum(axis=1)
        logits = apply(formulas.linear, z, theta["1.weight"], theta["1.bias"])
        cost += apply(formulas.cross_entropy_with_logits, logits, labels[:, t], np.ones((2, 1)), 10.0)
    cost.backward()
    assert cost.value == pytest.approx(value, rel=1e-12)
    np.testing.assert_allclose(inputs.grad, dx, rtol=1e-10, atol=1e-14)
    for name, gradient in net.gradients().items():
        np.testing.assert_allclose(theta[name].grad, gradient, rtol=1e-10, atol=1e-14)


def test_every_formula_can_be_applied():
    """With the formula's own samples, tensors for what it differentiates by."""
    for entry in list(formulas.registry.values()):
        case = next(iter(entry.sample(generator(0, "samples", layer=entry.name))))
        tensors = {name: Tensor(case.arguments[name]) for name in entry.differentiable}
        result = apply(entry.function, **(case.arguments | tensors))
        result.backward(np.ones_like(result.value))
        assert all(tensor.grad.shape == tensor.value.shape for tensor in tensors.values())


@pytest.mark.parametrize(("call", "error", "words"), [
    (lambda a: a.backward(), ShapeError, ("one number, the cost", "(2,)", "tensor.sum().backward()")),
    (lambda a: a.backward([1.0]), ShapeError, "the gradient must have the tensor's shape, (2,), got (1,)"),
    (lambda a: a.backward("a"), KindError, "gradient must hold real numbers"),
    (lambda a: a @ a, ShapeError, ("@ multiplies matrices", "(2,) and (2,)")),
    (lambda a: a ** a, KindError, "the exponent must be a number"),
    (lambda a: a + "a", KindError, "text"),
    (lambda a: Tensor(None), KindError, "value"),
    (lambda a: apply(np.tanh, a), SettingError, "tanh is not in the registry of formulas. Did you mean 'tanh'?"),
    (lambda a: apply(lambda x: x, a), SettingError, "<lambda> is not in the registry"),
    (lambda a: apply(3, a), SettingError, "3 is not in the registry"),
    (lambda a: apply(formulas.tanh, a, a), SettingError, "tanh takes 1 arguments, got 2"),
])  # fmt: skip
def test_what_is_refused(call, error, words, tally):
    refused(tally, error, words, lambda: call(Tensor([1.0, 2.0])))
