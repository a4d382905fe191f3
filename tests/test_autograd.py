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
    "elementwise": lambda a, b: ((0.5 * a).exp().tanh() + (a * a + 1).log()).sum() + (b * b + 0.1).sqrt().mean(),
    "a number to the power of a tensor": lambda a, b: (
        (2**a).sum() + (np.int64(3) ** b).sum() * (b ** np.int64(2)).sum()
    ),
    "reshape": lambda a, b: (a.reshape(2, 6)[:, :4] @ b).sum() + (a.reshape((6, -1)) @ b.reshape(2, -1)).mean(),
    "transpose": lambda a, b: ((b.T @ a.T) ** 2).sum() + (a.reshape(3, 2, 2).transpose(1, 2, 0) @ A).sum(),
    "index": lambda a, b: (a[1] * a[[0, 2, 2]] * a[..., None, 1:2][0]).sum() + b[b.value > 0].sum() * b[-1, 0],
    "rows": lambda a, b: sum((row * row).sum() * (1 + len(row)) for row in a) + b[0].sum(),
    "largest": lambda a, b: (a.max(axis=0) * b.max()).sum() + (a - a.max(1, keepdims=True)).exp().sum(),
    "kept axes": lambda a, b: (
        (a * a.sum(axis=-1, keepdims=True) * a.mean(0, keepdims=True)).sum() * b.sum(keepdims=True).mean()
    ),
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


@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("axis", [None, 0, 1, -1])
@pytest.mark.parametrize("name", ["sum", "mean", "max"])
def test_sums_means_and_maxima_are_numpys(name, axis, keepdims):
    value = getattr(Tensor(A), name)(axis, keepdims).value
    np.testing.assert_allclose(value, getattr(A, name)(axis=axis, keepdims=keepdims), rtol=1e-13, strict=True)


@pytest.mark.parametrize("axis", [0, 1, -2])
def test_of_equal_numbers_the_first_has_the_gradient(axis):
    a = Tensor(np.zeros((3, 3)))
    a.max(axis).sum().backward()
    expected = np.zeros((3, 3))
    expected[(slice(None), 0) if axis == 1 else 0] = 1
    np.testing.assert_array_equal(a.grad, expected)


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


# --- by hand, from expressions alone ----------------------------------------------------------------------------------


def log_softmax(z):
    shifted = z - z.max(axis=-1, keepdims=True)
    return shifted - shifted.exp().sum(axis=-1, keepdims=True).log()


def layer_norm(x, gamma, beta, eps):
    centred = x - x.mean(axis=-1, keepdims=True)
    var = (centred * centred).mean(axis=-1, keepdims=True)
    return gamma * centred / (var + eps).sqrt() + beta


def one_head(x, W, b, W_out, b_out):
    """Causal self-attention; the rows of W are those of queries, keys and values."""
    T, D = x.value.shape[1:]
    projected = x @ W.T + b
    q, k, v = (projected[..., start : start + D] for start in (0, D, 2 * D))
    scores = q @ k.transpose(0, 2, 1) / D**0.5 + np.where(np.tri(T, dtype=bool), 0, -1e9)
    return log_softmax(scores).exp() @ v @ W_out.T + b_out


def assert_gradients(tensors, gradients):
    for tensor, gradient in zip(tensors, gradients, strict=True):
        np.testing.assert_allclose(tensor.grad, gradient, rtol=1e-9, atol=1e-13)


def test_softmax_and_cross_entropy_by_hand():
    z, labels = Tensor(RNG.normal(size=(7, 3))), RNG.integers(3, size=7)
    cost = -log_softmax(z)[np.arange(7), labels].mean()
    cost.backward()
    value, backward = lw.CrossEntropyLoss()(z.value, labels)
    assert cost.value == pytest.approx(value, rel=1e-12)
    assert_gradients([z], [backward()])


@pytest.mark.parametrize(
    ("layer", "by_hand", "shape"),
    [
        (lw.LayerNorm(5), lambda x, *theta: layer_norm(x, *theta, 1e-5), (2, 4, 5)),
        (lw.MultiheadAttention(4, 1, causal=True), one_head, (2, 3, 4)),
    ],
    ids=["layer norm", "attention"],
)
def test_a_layer_by_hand(layer, by_hand, shape):
    net = lw.Network(layer, dtype="float64")
    net.theta = net.theta + 0.1 * RNG.normal(size=net.theta.shape)
    x, theta = Tensor(RNG.normal(size=shape)), [Tensor(each) for each in net.parameters().values()]
    y = by_hand(x, *theta)
    expected, backward = net.forward(x.value)
    np.testing.assert_allclose(y.value, expected, rtol=1e-9, atol=1e-13)
    dy = RNG.normal(size=y.value.shape)
    y.backward(dy)
    assert_gradients([x, *theta], [backward(dy), *net.gradients().values()])


@pytest.mark.torch
def test_by_hand_pytorch_finds_the_same():
    torch = pytest.importorskip("torch")
    z, labels = RNG.normal(size=(7, 3)), RNG.integers(3, size=7)
    x, theta = RNG.normal(size=(2, 3, 4)), [RNG.normal(size=shape) for shape in [(12, 4), (12,), (4, 4), (4,)]]
    gamma, beta = RNG.normal(size=(2, 4))
    mine = [Tensor(each) for each in (z, x, *theta, gamma, beta)]
    cost = -log_softmax(mine[0])[np.arange(7), labels].mean()
    (cost + (layer_norm(one_head(*mine[1:6]), *mine[6:], 1e-5) ** 3).sum()).backward()

    theirs = [torch.tensor(each, requires_grad=True) for each in (z, x, *theta, gamma, beta)]
    functional = torch.nn.functional
    W, b, W_out, b_out = theirs[2:6]
    q, k, v = functional.linear(theirs[1], W, b).chunk(3, dim=-1)
    attended = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
    y = functional.layer_norm(functional.linear(attended, W_out, b_out), (4,), *theirs[6:], 1e-5)
    (functional.cross_entropy(theirs[0], torch.tensor(labels)) + (y**3).sum()).backward()
    assert_gradients(mine, [each.grad.numpy() for each in theirs])


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
    (lambda a: a ** True, KindError, "the exponent must be a number, got True"),
    (lambda a: (-2) ** a, SettingError, "the base of a power must be above 0, got -2"),
    (lambda a: a + np.ones(3), ShapeError, ("add wants a (...), b (...); got a (2,), b (3,)", "broadcast")),
    (lambda a: np.ones((2, 2)) / Tensor(np.ones((3, 3))), ShapeError, "divide wants a (...), b (...); got a (2, 2), b"),
    (lambda a: a[None] @ a[None], ShapeError, "@ multiplies (N, D) by (D, K), got shapes (1, 2) and (1, 2)"),
    (lambda a: Tensor(np.ones((2, 3, 4))) @ np.ones((5, 4, 3)), ShapeError, "wants a (..., N, D), b (..., D, K)"),
    (lambda a: a.sum(axis=5), ShapeError, ("total wants x (..., I, ...); got x (2,), axis=5", "out of bounds")),
    (lambda a: a.mean(axis=5), ShapeError, "axis=5"),
    (lambda a: a.max(axis=-2), ShapeError, "largest wants x (..., I, ...); got x (2,), axis=-2"),
    (lambda a: a.sum(axis=(0, 1)), KindError, "axis must be a whole number, or None for all axes, got (0, 1)"),
    (lambda a: a.max(axis="rows"), KindError, "axis must be a whole number"),
    (lambda a: a.reshape(3, 2), ShapeError, "reshape wants x (...); got x (2,), shape=(3, 2)"),
    (lambda a: a.reshape("a"), KindError, "shape=('a',)"),
    (lambda a: a.transpose(0, 1), ShapeError, "transpose wants x (...); got x (2,), axes=(0, 1)"),
    (lambda a: a[2], ShapeError, "index wants x (...); got x (2,), place=2"),
    (lambda a: a["a"], ShapeError, "place='a'"),
    (lambda a: apply(formulas.linear, a), SettingError, "linear: missing a required argument: 'W'"),
    (lambda a: apply(formulas.tanh, a, b=2), SettingError, "tanh: got an unexpected keyword argument 'b'"),
    (lambda a: apply(formulas.linear, a[None], np.ones((2, 5)), a), ShapeError, "b (K,); got x (1, 2), W (2, 5)"),
    (lambda a: a + "a", KindError, "text"),
    (lambda a: Tensor(None), KindError, "value"),
    (lambda a: apply(np.tanh, a), SettingError, "tanh is not in the registry of formulas. Did you mean 'tanh'?"),
    (lambda a: apply(lambda x: x, a), SettingError, "<lambda> is not in the registry"),
    (lambda a: apply(3, a), SettingError, "3 is not in the registry"),
    (lambda a: apply(formulas.tanh, a, a), SettingError, "tanh takes 1 arguments, got 2"),
    (lambda a: a.sum(axis=True), KindError, "axis must be a whole number, or None for all axes, got True"),
    (lambda a: a.sum().sum(axis=1), ShapeError, "total wants x (..., I, ...); got x (), axis=1"),
    (lambda a: a.sum().mean(axis=-2), ShapeError, "total wants x (..., I, ...); got x (), axis=-2"),
    (lambda a: a.sum().max(axis=1), ShapeError, "largest wants x (..., I, ...); got x (), axis=1"),
    (lambda a: apply(formulas.total, a.sum(), axis=0), ShapeError, "total wants x (..., I, ...); got x (), axis=0"),
    (lambda a: apply(formulas.largest, a.sum(), axis=0), ShapeError, "largest wants x (..., I, ...); got x ()"),
    (lambda a: apply(formulas.concatenate, a.sum(), a, axis=0), ShapeError, "concatenate wants a (..., I, ...), b"),
    (lambda a: a.sum()[0], ShapeError, "index wants x (...); got x (), place=0"),
    (lambda a: len(a.sum()), KindError, "Tensor(3.) is a single number, without rows"),
    (lambda a: list(a.sum()), KindError, "Tensor(3.) is a single number, without rows"),
    (lambda a: apply(formulas.entropy, a.sum(), 2.0).backward(), ShapeError, ("shape ()", "shape (1,)", "shapes that")),
    (lambda a: apply(formulas.mean_squared_error, a.sum(), np.ones((1, 1)), np.ones((1, 1)), 1.0).backward(),
     ShapeError, "a formula was given a tensor of shape () and has a gradient of shape (1, 1) for it"),
])  # fmt: skip
def test_what_is_refused(call, error, words, tally):
    refused(tally, error, words, lambda: call(Tensor([1.0, 2.0])))


@pytest.mark.parametrize("way", ["sum", "mean", "max"])
@pytest.mark.parametrize("settings", [
    {"axis": 0}, {"axis": -1}, {}, {"axis": 0, "keepdims": True}, {"axis": -1, "keepdims": True}, {"keepdims": True},
], ids=str)  # fmt: skip
def test_a_single_number_is_its_own_sum_mean_and_maximum(way, settings):
    """As in torch, which takes axes 0 and -1 of it."""
    a = Tensor(5.0)
    result = getattr(a, way)(**settings)
    assert result.value.shape == ()
    (3 * result).backward()
    assert (float(result.value), float(a.grad)) == (5.0, 3.0)


@pytest.mark.torch
@pytest.mark.parametrize("way", ["sum", "mean", "max"])
@pytest.mark.parametrize("axis", [0, -1])
@pytest.mark.parametrize("keepdim", [False, True])
def test_torch_says_the_same_of_a_single_number(way, axis, keepdim):
    torch = pytest.importorskip("torch")
    x = torch.tensor(5.0, requires_grad=True)
    result = getattr(x, way)(dim=axis, keepdim=keepdim)
    result = result.values if way == "max" else result
    (3 * result).backward()
    assert result.shape == ()
    assert (result.item(), x.grad.item()) == (5.0, 3.0)


@pytest.mark.parametrize("name", ["softmax", "log_softmax", "tanh", "relu", "exp"])
def test_the_gradient_at_a_single_number_is_an_array(name):
    a = Tensor(2.0)
    apply(formulas.registry[name].function, a).backward()
    assert isinstance(a.grad, np.ndarray)
    assert a.grad.shape == ()


ROOTS = {
    "sqrt": lambda a: a.sqrt(),
    "power": lambda a: a**0.5,
    "one over a root": lambda a: 1 / a.sqrt(),
    "log": lambda a: a.log(),
    "a root of it": lambda a: (2 * a + 1).sqrt(),
    "a root of a sum": lambda a: (a * a.log()).sqrt(),
}


@pytest.mark.parametrize("name", ROOTS)
@pytest.mark.parametrize("number", [-np.inf, -1.0, -1e-300, np.nan])
def test_where_a_tensor_is_nan_so_is_its_gradient(name, number):
    a = Tensor([number, 4.0])
    with np.errstate(all="ignore"):
        result = ROOTS[name](a)
        result.sum().backward()
    if np.isnan(result.value[0]):
        assert np.isnan(a.grad[0])
    else:
        assert (name, number) == ("a root of it", -1e-300)
    assert np.isfinite(a.grad[1])
