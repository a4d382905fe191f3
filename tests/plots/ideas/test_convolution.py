"""A step of a convolution: the numbers in the picture are those of the formula, and the sum adds up."""

from __future__ import annotations

import re

import numpy as np
import pytest
from tests.plots.pictures import assert_looks_like, assert_readable
from tests.support.refusals import refused
from tests.support.tally import Tally

import layerwise as lw
from layerwise.errors import SettingError, ShapeError
from layerwise.plots import convolution_step, convolution_steps

RNG = np.random.default_rng(0)
X, W = RNG.integers(0, 5, (5, 6)).astype(float), RNG.integers(-2, 3, (3, 3)).astype(float)


def words(ax) -> list[str]:
    return [text.get_text().replace("−", "-") for text in ax.texts]


@pytest.mark.parametrize(("stride", "padding", "bias"), [(1, 0, 0.0), (2, 1, 0.5), (3, 2, -1.0)])
def test_the_title_is_what_the_layer_computes_and_the_sum_below_says_the_same(stride, padding, bias) -> None:
    layer = lw.Conv2d(1, 1, 3, stride=stride, padding=padding)
    net = lw.Network(layer, dtype="float64")
    layer.weight, layer.bias = W[None, None], [bias]
    z = net(X[None, None])[0, 0]
    for step in {0, 1, z.size // 2, z.size - 1}:
        value = z.ravel()[step]
        ax = convolution_step(X, W, step, bias=bias, stride=stride, padding=padding)
        row, column = divmod(step, z.shape[1])
        expected = f"Step {step + 1} of {z.size}: z[{row}, {column}] = {value:.4g}".replace("-", "−")
        assert ax.get_title(loc="left") == expected
        lines = words(ax)
        begin = next(k for k, line in enumerate(lines) if line.startswith(f"z[{row}, {column}]"))
        terms = " ".join(lines[begin:-1]).partition("= ")[2].replace("·", "*")
        assert re.fullmatch(r"[-+*().\d ]+", terms)
        assert eval(terms) == pytest.approx(value)  # the sum, as it is written
        assert lines[-1] == f"= {value:.4g}"


def test_the_output_is_filled_up_to_the_step() -> None:
    before = len(convolution_step(X[:3], W, 0).texts)
    assert len(convolution_step(X[:3], W, 3).texts) == before + 3


def test_it_can_be_read_and_looks_as_it_did() -> None:
    ax = convolution_step(X, W, 4, padding=1)
    assert_looks_like(ax.figure, "convolution")
    assert_readable(ax.figure)


@pytest.mark.slow
def test_several_steps_can_be_read() -> None:
    panels = convolution_steps(X, W, stride=2, padding=1, bias=0.5)
    assert_readable(panels[0].figure)
    assert [ax.get_title(loc="left").split(":")[0] for ax in panels] == [f"Step {k} of 9" for k in (1, 2, 3, 9)]


def test_what_can_not_be_drawn(tally: Tally) -> None:
    refused(tally, ShapeError, "(3,)", lambda: convolution_step([1, 2, 3], W))
    refused(tally, SettingError, "12 cells", lambda: convolution_step(np.ones((20, 20)), W))
    refused(tally, ShapeError, "larger", lambda: convolution_step(np.ones((2, 2)), W))
    refused(tally, SettingError, "0 to 11", lambda: convolution_step(X, W, 12))
    refused(tally, SettingError, "steps", lambda: convolution_steps(X, W, []))
