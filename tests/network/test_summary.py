"""The summary: shapes, parameters and multiplications counted by hand, on a page that fits."""

from __future__ import annotations

import pytest
from tests.support.refusals import refused

import layerwise as lw
from layerwise.errors import KindError, SettingError, ShapeError


def cells(text):
    """The rows between the rules, split where two or more spaces stand."""
    return [line.split() for line in text.splitlines()]


def test_the_usual_network_by_hand():
    net = lw.Network(lw.Linear(784, 128), lw.ReLU(), lw.Linear(128, 64), lw.ReLU(), lw.Linear(64, 10))
    lines = cells(net.summary())
    assert lines[0] == ["Layer", "Output", "Parameters", "Multiplications"]
    assert lines[2] == ["input", "(N,", "784)"]
    assert lines[3][-2:] == ["100,480", "100,352"]  # 784 · 128 weights and 128 biases; 784 · 128 products
    assert lines[4] == ["1", "ReLU()", "(N,", "128)"]
    assert lines[5][-2:] == ["8,256", "8,192"]
    assert lines[7][-2:] == ["650", "640"]
    assert lines[9] == ["total", "109,386", "109,184"]
    assert int(lines[9][1].replace(",", "")) == net.theta.size
    assert "438 kB of parameters" in net.summary()
    assert max(map(len, net.summary().splitlines())) <= 80


def test_nested_rows_and_free_layers():
    net = lw.Network(
        lw.Flatten(), lw.Sequential(lw.Linear(8, 4, bias=False), lw.Sequential(lw.Tanh(), lw.Linear(4, 2)))
    )
    lines = cells(net.summary(input_shape=(2, 2, 2)))
    assert lines[2] == ["input", "(N,", "2,", "2,", "2)"]
    assert lines[3] == ["0", "Flatten()", "(N,", "8)"]
    assert [line[0] for line in lines[4:7]] == ["1.0", "1.1.0", "1.1.1"]
    assert lines[4][-2:] == ["32", "32"]
    assert lines[6][-2:] == ["10", "8"]
    assert lines[8] == ["total", "42", "40"]


def test_a_shared_layer_counts_its_parameters_once_and_its_work_twice():
    shared = lw.Linear(3, 3)
    lines = cells(lw.Network(shared, lw.Tanh(), shared).summary())
    assert lines[3][-2:] == ["12", "9"]
    assert lines[5][-2:] == ["shared", "9"]
    assert lines[7] == ["total", "12", "18"]


def test_more_axes_multiply_the_work():
    lines = cells(lw.Network(lw.Linear(3, 4)).summary((5, 3)))
    assert lines[3][-2:] == ["16", "60"]
    assert lines[3][-5:-2] == ["(N,", "5,", "4)"]


@pytest.mark.parametrize(("dtype", "size"), [("float32", "132 bytes"), ("float64", "264 bytes")])
def test_bytes_follow_the_type(dtype, size):
    net = lw.Network(lw.Linear(2, 8), lw.Tanh(), lw.Linear(8, 1), dtype=dtype)
    assert f"{size} of parameters" in net.summary()


def test_megabytes():
    assert "4.2 MB of parameters" in lw.Network(lw.Linear(1024, 1024)).summary()


@pytest.mark.parametrize("net", [
    lw.Network(lw.Linear(2, 8), lw.Tanh(), lw.Linear(8, 1)),
    lw.Network(lw.Flatten(), lw.Linear(3072, 256, init="he_normal"), lw.ReLU(), lw.Dropout(0.25), lw.Linear(256, 100)),
    lw.Network(lw.Linear(100_000, 12, bias=False, init="xavier_uniform"), lw.Sigmoid(), lw.Linear(12, 100_000)),
], ids=["toy", "images", "wide"])  # fmt: skip
def test_a_summary_fits_on_a_screen(net):
    text = net.summary((3072,) if isinstance(net[0], lw.Flatten) else None)
    assert max(map(len, text.splitlines())) <= 80
    assert f"{net.theta.size:,}" in text.splitlines()[-2]
    assert all(line == line.rstrip() for line in text.splitlines())


def test_the_network_is_not_changed():
    net = lw.Network(lw.Linear(2, 8), lw.Dropout())
    theta = net.theta.copy()
    assert net.summary() == net.summary()
    assert (net.theta.tobytes(), net.passes) == (theta.tobytes(), 0)


@pytest.mark.parametrize(("net", "shape", "error", "words"), [
    (lw.Network(lw.ReLU()), None, SettingError, "write summary(input_shape=(1, 28, 28))"),
    (lw.Network(lw.Tanh(), lw.Dropout()), None, SettingError, "does not fix the shape of its input"),
    (lw.Network(lw.Linear(3, 1)), (4,), ShapeError, "expects 3 features, got 4"),
    (lw.Network(lw.Linear(3, 1)), (), ShapeError, "expects 3 features"),
    (lw.Network(lw.Linear(3, 1)), 3, KindError, "shape of one sample, such as (1, 28, 28); got 3"),
    (lw.Network(lw.Linear(3, 1)), "3", KindError, "got '3'"),
    (lw.Network(lw.Linear(3, 1)), (3.0,), KindError, "whole number"),
    (lw.Network(lw.Linear(3, 1)), (-3,), SettingError, "input_shape must be at least 0"),
    (lw.Network(lw.Flatten(), lw.Linear(4, 1)), (2, 3), ShapeError, "expects 4 features, got 6"),
])  # fmt: skip
def test_shapes_that_do_not_fit(net, shape, error, words, tally):
    refused(tally, error, words, lambda: net.summary(shape))
