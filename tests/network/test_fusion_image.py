"""Convolution, ReLU and pooling as one: the bits of the layers run one by one, whoever computes them."""

from __future__ import annotations

import copy
import threading

import numpy as np
import pytest

import layerwise as lw
from layerwise.errors import ShapeError
from layerwise.random import generator

pytest.importorskip("numba")

from layerwise.compiled import workers
from layerwise.network.fusion_image import ImageBlock, with_blocks


class Nobody(lw.Tap):
    """A tap that only listens: it keeps the layers apart."""

    def activation(self, address, value):
        pass

    def gradient(self, address, gradient):
        pass


def block(channels=1, kernels=4, kernel=3, pool=2, bias=True, **settings):
    return [lw.Conv2d(channels, kernels, kernel, bias=bias, **settings), lw.ReLU(), lw.MaxPool2d(pool)]


BLOCKS = {
    "lenet": (block(1, 16, 3, padding=1), (5, 1, 28, 28)),
    "second": (block(16, 32, 3, padding=1), (9, 16, 14, 14)),
    "odd": (block(3, 5, 3), (3, 3, 17, 13)),
    "thirds": (block(2, 6, (2, 5), pool=3, padding=(1, 2)), (4, 2, 11, 40)),
    "oblong": (block(2, 7, 1, pool=(1, 2)), (1, 2, 6, 33)),
    "groups": (block(6, 9, 3, groups=3, padding=2), (2, 6, 7, 8)),
    "depthwise": (block(4, 4, 5, groups=4), (2, 4, 9, 9)),
    "dilation": (block(2, 4, 3, dilation=(2, 3)), (2, 2, 12, 12)),
    "stride": (block(3, 6, 3, padding=1, stride=2), (3, 3, 15, 18)),
    "strides": (block(4, 6, (5, 2), padding=(3, 0), stride=(3, 4), groups=2), (2, 4, 17, 19)),
    "sparse": (block(2, 4, 1, stride=3), (2, 2, 7, 11)),
    "plain": (block(3, 4, 3, bias=False, padding="same"), (2, 3, 4, 4)),
    "one": (block(1, 1, 1), (1, 1, 2, 2)),
}
each_block = pytest.mark.parametrize(("layers", "shape"), BLOCKS.values(), ids=BLOCKS)


def numbers(*shape, dtype=np.float32, purpose="fusion"):
    return generator(6, purpose, layer=str(shape)).normal(size=shape).astype(dtype)


def there_and_back(layers, x, tap=None, input_gradient=True):
    net = lw.Network(*fresh(layers), seed=1, dtype=x.dtype.name)
    net.zero_grad()
    y, backward = net.forward(x, training=True, tap=tap, input_gradient=input_gradient)
    dx = backward(numbers(*y.shape, dtype=x.dtype, purpose="dy"))
    return y, dx, net.grad.copy()


def fresh(layers):
    """Copies: a layer belongs to one network only."""
    return [copy.deepcopy(layer) for layer in layers]


def same_bits(one, other):
    for a, b in zip(one, other, strict=True):
        assert a.dtype == b.dtype
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@each_block
def test_fused_layers_have_the_bits_of_single_ones(layers, shape, dtype):
    assert isinstance(with_blocks(layers)[0], ImageBlock)
    x = numbers(*shape, dtype=dtype)
    same_bits(there_and_back(layers, x), there_and_back(layers, x, tap=Nobody()))
    _, _, grad = there_and_back(layers, x)
    _, none, same = there_and_back(layers, x, input_gradient=False)
    assert none is None
    np.testing.assert_array_equal(grad, same)


@each_block
def test_and_nearly_the_numbers_of_the_formulas(layers, shape):
    x = numbers(*shape, dtype=np.float64)
    found = there_and_back(layers, x)
    lw.use_compiled(False)
    try:
        expected = there_and_back(layers, x)
    finally:
        lw.use_compiled(True)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-11, atol=1e-12)


@each_block
def test_bits_do_not_depend_on_the_number_of_threads(layers, shape, monkeypatch):
    x = numbers(*shape)
    found = []
    for threads in (1, 2, 3, 7):
        monkeypatch.setattr(workers, "threads", lambda number=threads: number)
        found.append(there_and_back(layers, x))
    for other in found[1:]:
        same_bits(found[0], other)


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("place", [(0, 0, 0, 0), (2, 0, 16, 12), (1, 2, 8, 5)])
def test_nan_and_infinity_come_through_in_the_same_places(number, place):
    layers, shape = BLOCKS["odd"]
    x = numbers(*shape)
    x[place] = number
    with np.errstate(invalid="ignore"):
        same_bits(there_and_back(layers, x), there_and_back(layers, x, tap=Nobody()))


def test_equal_numbers_have_the_same_winner():
    layers, shape = BLOCKS["second"]
    x = numbers(*shape).round()
    same_bits(there_and_back(layers, x), there_and_back(layers, x, tap=Nobody()))
    same_bits(there_and_back(layers, 0 * x), there_and_back(layers, 0 * x, tap=Nobody()))


def test_changing_the_output_in_place_changes_no_gradient():
    layers, shape = BLOCKS["second"]
    net = lw.Network(*fresh(layers), seed=1)
    y, backward = net.forward(numbers(*shape), training=True)
    dy = numbers(*y.shape)
    dx = backward(dy)
    y[:] = 1 - y
    np.testing.assert_array_equal(backward(dy), dx)


def test_calling_backward_twice_gives_the_same_bits():
    layers, shape = BLOCKS["second"]
    net = lw.Network(*fresh(layers), seed=1)
    y, backward = net.forward(numbers(*shape), training=True)
    dy = numbers(*y.shape)
    first, grad = backward(dy), net.grad.copy()
    net.forward(numbers(*shape, purpose="another"), training=True)
    np.testing.assert_array_equal(backward(dy), first)
    np.testing.assert_array_equal(net.grad, grad + grad)


def test_networks_in_several_threads_do_not_disturb_each_other():
    layers, shape = BLOCKS["lenet"]
    batches = [numbers(*shape, purpose=str(number)) for number in range(4)]
    expected = [there_and_back(layers, x) for x in batches]
    found = [None] * 4

    def work(number):
        for _ in range(5):
            found[number] = there_and_back(layers, batches[number])

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    for one, other in zip(found, expected, strict=True):
        same_bits(one, other)


@pytest.mark.parametrize(
    "layers",
    [
        block(1, 2, (2, 2), padding="same"),
        block(1, 2, 3, pool=4),
        [lw.Conv2d(1, 2, 3), lw.ReLU(), lw.MaxPool2d(2, stride=1)],
        [lw.Conv2d(1, 2, 3), lw.ReLU(), lw.MaxPool2d(2, padding=1)],
        [lw.Conv2d(1, 2, 3), lw.ReLU(), lw.MaxPool2d(2, ceil_mode=True)],
        [lw.Conv2d(1, 2, 3), lw.Tanh(), lw.MaxPool2d(2)],
        [lw.Conv2d(1, 2, 3), lw.ReLU()],
    ],
)
def test_other_rows_stay_single(layers):
    assert with_blocks(layers) == layers
    x = numbers(2, 1, 12, 11)
    same_bits(there_and_back(layers, x), there_and_back(layers, x, tap=Nobody()))


def test_what_does_not_fit_is_told_by_the_layers():
    net = lw.Network(*block(1, 2, 3))
    with pytest.raises(ShapeError, match="needs at least 3 x 3, got 2 x 9"):
        net(numbers(2, 1, 2, 9))
    with pytest.raises(ShapeError, match=r"MaxPool2d\(2\) needs at least 2 x 2, got 1 x 7"):
        net(numbers(2, 1, 3, 9))
    assert net(numbers(0, 1, 8, 8)).shape == (0, 2, 3, 3)
    layer = with_blocks(net.layers)[0]
    _, backward = layer.forward(numbers(2, 1, 8, 8), lw.layers.Pass())
    with pytest.raises(ShapeError, match="the gradient behind"):
        backward(numbers(2, 2, 3, 4))
