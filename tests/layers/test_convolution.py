"""Convolution layers: settings, first values, and words about what does not fit."""

from __future__ import annotations

import math
import tomllib

import numpy as np
import pytest
import tomli_w
from tests.support.refusals import refused

import layerwise as lw
from layerwise.errors import KindError, SettingError, ShapeError


def images(*shape):
    return np.zeros(shape, np.float32)


@pytest.mark.parametrize(
    "layer", [lambda: lw.Conv2d(4, 6_000, (2, 3), groups=2), lambda: lw.Conv1d(12, 6_000, 3, groups=3)]
)
def test_first_values_are_torchs_uniform_in_1_over_the_root_of_the_fan(layer):
    layer = layer()
    fan_in = math.prod(layer.weight.shape[1:])
    for values in (layer.weight, layer.bias):
        assert np.abs(values).max() <= 1 / math.sqrt(fan_in)
        assert values.std() == pytest.approx(1 / math.sqrt(3 * fan_in), rel=0.03)


def test_with_another_initializer_the_bias_starts_at_0():
    layer = lw.Conv2d(3, 200, 5, init="he_normal")
    assert not layer.bias.any()
    assert layer.weight.std() == pytest.approx(math.sqrt(2 / 75), rel=0.03)


def test_settings_may_be_pairs_and_come_back_from_a_table():
    layer = lw.Conv2d(2, 4, [3, 5], stride=(1, 2), padding=[0, 1], bias=False, init="he_normal")
    assert repr(layer) == "Conv2d(2, 4, [3, 5], stride=[1, 2], padding=[0, 1], bias=False, init='he_normal')"
    net = lw.Network(layer, lw.MaxPool2d(2, padding=(1, 0)))
    assert lw.Network.from_spec(net.spec()).spec() == net.spec()


def test_a_side_that_is_kept_goes_through_a_file_that_knows_no_none():
    net = lw.Network(lw.Conv2d(1, 2, 3), lw.AdaptiveAvgPool2d((None, 2)))
    assert net.layers[1].output_shape((2, 5, None)) == (2, 5, 2)
    again = lw.Network.from_spec(tomllib.loads(tomli_w.dumps(net.spec())))
    assert again.spec() == net.spec()
    assert again(images(3, 1, 7, 9)).shape == (3, 2, 5, 2)


def test_the_summary_counts_sizes_and_multiplications():
    net = lw.Network(
        lw.Conv2d(1, 16, 3, padding=1),
        lw.ReLU(),
        lw.MaxPool2d(2),
        lw.Conv2d(16, 32, 5, stride=2),
        lw.Flatten(),
        lw.Linear(800, 10),
    )
    text = net.summary((1, 28, 28))
    assert "(N, 16, 14, 14)" in text
    assert f"{16 * 9 * 28 * 28:,}" in text
    assert f"{32 * 16 * 25 * 25:,}" in text
    refused_words = "summary(input_shape=(1, 28, 28))"
    with pytest.raises(SettingError, match="does not fix the shape") as caught:
        net.summary()
    assert refused_words in str(caught.value)


def test_a_network_names_both_layers_where_sizes_do_not_fit():
    with pytest.raises(ShapeError, match=r"Conv2d\(8, 4, 3\) expects 8 channels, got 16 from ReLU\(\) after Conv2d"):
        lw.Network(lw.Conv2d(1, 16, 3), lw.ReLU(), lw.Conv2d(8, 4, 3))
    with pytest.raises(
        ShapeError, match=r"Conv2d\(1, 16, 3\) expects images \(C, H, W\), got samples of shape \(784,\)"
    ):
        lw.Network(lw.Linear(2, 784), lw.Conv2d(1, 16, 3))


def test_images_in_any_order_of_memory():
    """Behind the shape (N, C, H, W) the channels may stand first, as they do between our compiled layers, or last."""
    layer, x = lw.Conv2d(3, 4, 3, padding=1), np.random.default_rng(0).normal(size=(2, 3, 5, 4)).astype(np.float32)
    for order in [(1, 0, 2, 3), (0, 2, 3, 1)]:
        other = np.ascontiguousarray(x.transpose(order)).transpose(np.argsort(order))
        np.testing.assert_allclose(layer(other), layer(x), rtol=1e-5, atol=1e-6)


BATCHES = [
    (lambda: lw.Conv2d(1, 16, 3), images(5, 784), "expects a batch of images (N, 1, H, W), got shape (5, 784)"),
    (lambda: lw.Conv2d(1, 16, 3), images(5, 784), "write x.reshape(-1, 1, 28, 28)"),
    (lambda: lw.Conv2d(3, 16, 3), images(5, 3072), "write x.reshape(-1, 3, 32, 32)"),
    (lambda: lw.Conv2d(1, 16, 3), images(5, 7), "(-1, 1, 28, 28) for MNIST"),
    (lambda: lw.Conv2d(1, 16, 3), images(5, 28, 28), "write x[:, None] for images of one channel"),
    (lambda: lw.Conv2d(3, 16, 3), images(3, 28, 28), "write x[None] for one image"),
    (lambda: lw.Conv2d(3, 16, 3), images(5, 28, 28, 3), ("3 channels, got 28", "write x.transpose(0, 3, 1, 2)")),
    (lambda: lw.Conv2d(3, 16, 3), images(5, 1, 28, 28), "expects 3 channels, got 1"),
    (lambda: lw.Conv2d(1, 16, 5), images(5, 1, 4, 28), "needs at least 5 x 5, got 4 x 28"),
    (lambda: lw.Conv2d(1, 16, 5, padding=1), images(5, 1, 2, 28), "needs at least 3 x 3, got 2 x 28"),
    (lambda: lw.Conv2d(1, 16, 3, dilation=2), images(5, 1, 4, 4), "needs at least 5 x 5, got 4 x 4"),
    (lambda: lw.Conv2d(1, 16, 1), images(5, 1, 0, 4), "needs at least 1 x 1, got 0 x 4"),
    (lambda: lw.Conv1d(3, 4, 3), images(5, 30), "expects a batch of signals (N, 3, T), got shape (5, 30)"),
    (lambda: lw.Conv1d(3, 4, 3), images(5, 30, 3), ("expects 3 channels, got 30", "write x.swapaxes(1, 2)")),
    (lambda: lw.Conv1d(3, 4, 3), images(5, 3, 2), "needs at least 3, got 2"),
    (lambda: lw.MaxPool2d(2), images(5, 784), "write x.reshape(-1, 1, 28, 28)"),
    (lambda: lw.MaxPool2d(3), images(5, 4, 2, 2), "needs at least 3 x 3, got 2 x 2"),
    (lambda: lw.MaxPool2d(4, 2, ceil_mode=True), images(5, 4, 2, 2), "needs at least 3 x 3, got 2 x 2"),
    (lambda: lw.MaxPool2d((1, 2), 1, (0, 1), dilation=2), images(2, 1, 1, 1), "nothing but padding in images of 1 x 1"),
    (lambda: lw.MaxPool2d(2, 1, 1, dilation=4), images(2, 1, 9, 3), ("but padding in images of 9 x 3", "less padding")),
    (lambda: lw.MaxPool2d(2, padding=1), images(2, 1, 0, 4), "nothing but padding in images of 0 x 4"),
    (lambda: lw.AvgPool2d(2, padding=1), images(2, 1, 4, 0), "each must see a number"),
    (lambda: lw.AvgPool2d(2), images(5, 4, 4), "expects a batch of images (N, C, H, W)"),
    (lambda: lw.AdaptiveAvgPool2d(2), images(5, 4), "write x.reshape(-1, 1, 2, 2)"),
    (lambda: lw.AdaptiveAvgPool2d(2), images(5, 4, 0, 3), "got 0 x 3"),
    (lambda: lw.Conv2d(1, 1, 3, padding=10**6), images(2, 1, 5, 5), ("2000005 x 2000005 of 5 x 5", "less padding")),
    (lambda: lw.Conv2d(1, 1, 2, padding="same", dilation=10**9), images(2, 1, 5, 5), "up to 2,147,483,648"),
    (lambda: lw.Conv1d(1, 1, 3, padding=10**9), images(2, 1, 5), "2000000005 of 5"),
    (lambda: lw.MaxPool2d(2 * 10**6, padding=10**6), images(1, 1, 5, 5), "2000005 x 2000005 of 5 x 5"),
    (lambda: lw.AvgPool2d(2 * 10**18, padding=10**18), images(1, 1, 5, 5), "numbers more in (1, 1, 5, 5)"),
    (lambda: lw.AdaptiveAvgPool2d((None, 10**9)), images(1, 1, 5, 5), ("5 x 1000000000 of", "smaller output_size")),
    (lambda: lw.BatchNorm2d(3), images(5, 3), "expects a batch of images (N, 3, H, W)"),
    (lambda: lw.BatchNorm2d(3), images(5, 4, 2, 2), "expects 3 channels, got 4"),
]  # fmt: skip


@pytest.mark.parametrize(("make", "x", "words"), BATCHES)
def test_batches_that_do_not_fit_are_refused_with_advice(make, x, words, tally):
    refused(tally, ShapeError, words, lambda: make()(x))


@pytest.mark.parametrize(
    "layer", [lambda: lw.Conv2d(1, 1, 3, padding=10**6), lambda: lw.MaxPool2d(2 * 10**6, padding=10**6),
              lambda: lw.AvgPool2d(2 * 10**6, padding=10**6), lambda: lw.AdaptiveAvgPool2d(10**6)]
)  # fmt: skip
def test_sizes_that_no_memory_holds_are_refused_in_the_summary_as_well(layer):
    with pytest.raises(ShapeError, match="up to 2,147,483,648 are possible"):
        lw.Network(layer()).summary((1, 5, 5))


SETTINGS = [
    (SettingError, "in_channels: 3 channels do not make 2 groups", lambda: lw.Conv2d(3, 4, 3, groups=2)),
    (SettingError, "groups must divide out_channels", lambda: lw.Conv2d(4, 3, 3, groups=2)),
    (SettingError, "stride must be at least 1, got 0", lambda: lw.Conv2d(1, 1, 3, stride=0)),
    (SettingError, "dilation must be at least 1, got 0", lambda: lw.Conv2d(1, 1, 3, dilation=(1, 0))),
    (SettingError, "padding must be at least 0, got -1", lambda: lw.Conv2d(1, 1, 3, padding=-1)),
    (SettingError, "must be a number, 'same' or 'valid'; got 'full'", lambda: lw.Conv2d(1, 1, 3, padding="full")),
    (SettingError, "padding='same' keeps the size, which needs stride 1", lambda: lw.Conv2d(1, 1, 3, 2, "same")),
    (SettingError, "padding='same' keeps the size, which needs stride 1", lambda: lw.Conv1d(1, 1, 3, 2, "same")),
    (SettingError, "one number, or 2: (height, width); got (3, 3, 3)", lambda: lw.Conv2d(1, 1, (3, 3, 3))),
    (SettingError, "kernel_size must be one number; got (3, 3)", lambda: lw.Conv1d(1, 1, (3, 3))),
    (KindError, "kernel_size must be a whole number, got 3.0", lambda: lw.Conv2d(1, 1, 3.0)),
    (KindError, "bias must be True or False", lambda: lw.Conv2d(1, 1, 3, bias=1)),
    (SettingError, "at most half of kernel_size, got padding=2 with kernel_size=3", lambda: lw.MaxPool2d(3, 1, 2)),
    (SettingError, "stride must be at least 1, got 0", lambda: lw.MaxPool2d(2, 0)),
    (KindError, "count_include_pad must be True or False", lambda: lw.AvgPool2d(2, count_include_pad=0)),
    (KindError, "ceil_mode must be True or False", lambda: lw.MaxPool2d(2, ceil_mode=1)),
    (SettingError, "output_size must be at least 1, got 0", lambda: lw.AdaptiveAvgPool2d(0)),
    (SettingError, "output_size must be at least 1, got 0", lambda: lw.AdaptiveAvgPool2d((None, 0))),
    (SettingError, "one number, or 2: (height, width); got", lambda: lw.AdaptiveAvgPool2d((None, 1, 1))),
    (KindError, "output_size must be a whole number, got None", lambda: lw.AdaptiveAvgPool2d(None)),
    (SettingError, "num_features must be at least 1", lambda: lw.BatchNorm2d(0)),
]  # fmt: skip


@pytest.mark.parametrize(("error", "words", "make"), SETTINGS)
def test_settings_out_of_range_are_refused(error, words, make, tally):
    refused(tally, error, words, make)
