"""What a notebook shows of each kind of object: whole, small, from nowhere else, readable on dark, changing nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from copy import deepcopy
from functools import cache
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pandas as pd
import pytest

import layerwise as lw
from layerwise.comparison.contest.comparison import Comparison
from layerwise.comparison.result import result_of
from layerwise.insight.explain import both_modes
from layerwise.models import gpt
from layerwise.plots import style
from layerwise.report.notebook import html

VOID = {"img", "br"}


class Balance(HTMLParser):
    """Every tag is closed where it should be; and the words are kept."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: Any) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.words.append(data.strip())


def words(text: str) -> list[str]:
    parser = Balance()
    parser.feed(text)
    assert parser.open == []
    return [each for each in parser.words if each]


def mlp() -> lw.Network:
    return lw.Network(lw.Linear(4, 8), lw.Tanh(), lw.Linear(8, 3), seed=0, dtype="float64")


def trained() -> lw.History:
    history = lw.History({"train_loss": [1.2, 0.9, 0.5], "val_loss": [1.1, 0.7, 0.8], "val_accuracy": [0.3, 0.6, 0.5]})
    history.stopped = "finished"
    return history


X, Y = np.random.default_rng(0).normal(size=(2, 4)), np.array([0, 2])


def checked() -> Any:
    return lw.gradcheck(mlp(), X, Y, lw.CrossEntropyLoss())


def wrong() -> Any:
    def square(x: Any) -> Any:
        return x**2, lambda dy: x * dy

    return lw.gradcheck(square, np.array([1.0, 2.0, 3.0]))


def example() -> Any:
    return lw.explain(mlp(), X, Y, loss=lw.CrossEntropyLoss(), optimizer=lw.Adam())


def tied() -> lw.Network:
    return lw.Network(lw.Embedding(9, 4), lw.Linear(4, 9, bias=False), ties={"1.weight": "0.weight"})


@cache
def large() -> lw.Network:
    return lw.Network(*[lw.Linear(k, k + 1) for k in range(1, 110)])


def drowned() -> Any:
    history = lw.History()
    for step in range(3000):
        history.append({"train_loss": np.nan if step % 7 == 0 else 1 / (step + 1)})
    return history


FORMS: dict[str, tuple[Callable[[], Any], list[str]]] = {
    "network": (mlp, ["4 → 8 → 3", "67 parameters", "Table of layers"]),
    "gpt": (lambda: gpt(50, blocks=3), ["× 3", "Unfold", "Q", "weight is 0.weight"]),
    "large network": (large, ["... and", "more lines"]),
    "deep network": (
        lambda: lw.Network(*[layer for _ in range(60) for layer in (lw.Linear(3, 3), lw.Tanh())]),
        ["× 60", "Unfold", "■ 90   Linear(3, 3)", "720 parameters"],
    ),
    "network without weights": (lambda: lw.Network(lw.ReLU()), ["ReLU", "0 parameters"]),
    "layer of a network": (lambda: mlp()[0], ["Linear", "weight", "8 × 4", "Picture of weight"]),
    "fresh layer": (lambda: lw.LSTM(3, 4), ["LSTM", "weight_ih_l0", "16 × 3", "h and c to the next step"]),
    "layer without weights": (lambda: lw.ReLU(), ["ReLU"]),
    "block": (lambda: lw.Residual(lw.Linear(3, 3)), ["x + f(x)"]),
    "parameter": (lambda: mlp()[0].parameters["weight"], ["parameter, 8 × 4"]),
    "fresh parameter": (lambda: lw.Linear(2, 2).parameters["weight"], ["2 × 2"]),
    "parameters": (lambda: mlp().parameters(), ["4 arrays", "67 numbers", 'net.parameters()["2.bias"]']),
    "tied parameters": (lambda: tied().parameters(), ["2 arrays", "36 numbers", "is 0.weight"]),
    "large parameters": (lambda: large().parameters(), ["18 more arrays are not shown."]),
    "gradients": (lambda: mlp().gradients(), ["4 arrays"]),
    "history": (trained, ["History", "3 epochs, finished", "train_loss", "0.7 after epoch 2", "0.6 after epoch 2"]),
    "empty history": (lw.History, ["Nothing is recorded yet."]),
    "history with gaps": (drowned, ["3000 epochs, running", "train_loss", "0.0003333 after epoch 3000"]),
    "digits": (lambda: lw.data.load("digits"), ["digits", "1,259", "The first training images.", "9.9 %"]),
    "iris": (lambda: lw.data.load("iris"), ["iris", "setosa", "petal length (cm)", "105 × 4, float32"]),
    "regression": (lambda: lw.data.load("sine"), ["regression", "y"]),
    "gradient check": (checked, ["Gradient check: all right", "0.weight", "right"]),
    "wrong gradient": (wrong, ["Gradient check: 1 of 1 arrays wrong"]),
    "example": (example, ["Worked example", "1. layer 0 linear, forward   formulas/affine.py:38"]),
    "one weight": (lambda: example().weight("0.weight", 0, 1), ["0.weight[0, 1]"]),
    "both modes": (lambda: both_modes(mlp(), X), ["Training and evaluation, side by side"]),
    "test of classes": (lambda: result_of(mlp(), lw.data.load("iris")), ["Test of a classifier", "30 samples"]),
}


@pytest.mark.parametrize("name", FORMS)
def test_each_form_is_whole_small_and_from_nowhere_else(name: str) -> None:
    make, expected = FORMS[name]
    text = make()._repr_html_()
    said = words(text)
    for each in expected:
        assert any(each in words for words in said), (each, said)
    assert len(text.encode()) < 250_000
    assert "<script" not in text
    assert not re.search(r'(src|href)="(?!data:)', text)
    assert "url(" not in text
    assert set(re.findall(r"https?://[^\s\"<]+", text)) <= {"http://www.w3.org/2000/svg"}
    assert f"--ink:{style.DARK.ink}" in text
    assert f"--ink:{style.LIGHT.ink}" in text


@pytest.mark.slow
def test_a_comparison_has_its_verdict_first() -> None:
    found = lw.compare("iris", budget_seconds=4)
    assert isinstance(found, Comparison)
    said = words(found._repr_html_() or "")
    assert said[0] == f"Verdict: {found.verdict}"
    assert set(found.scores) <= set(said)


def test_a_quantity_has_its_error() -> None:
    data = lw.data.load("sine")
    said = " ".join(words(result_of(lw.Network(lw.Linear(1, 1)), data)._repr_html_() or ""))
    assert "RMSE" in said


def test_looking_changes_nothing() -> None:
    layer = lw.Linear(4, 8)
    layer._repr_html_()
    layer.parameters["weight"]._repr_html_()
    looked = lw.Network(layer, lw.Tanh(), lw.Linear(8, 3), seed=0, dtype="float64")
    assert (looked.theta == mlp().theta).all()
    net = mlp()
    net.forward(X, training=True)[1](np.ones((2, 3)))
    before = deepcopy(net)
    for thing in (net, net[0], net.parameters(), net.gradients(), net[0].parameters["bias"]):
        thing._repr_html_()
    assert (net.theta == before.theta).all()
    assert (net.grad == before.grad).all()
    assert net.passes == before.passes


def test_words_from_files_are_escaped() -> None:
    frame = pd.DataFrame({"<b>a": range(40), "y": ["<script>", "x&y"] * 20})
    data = lw.data.read_table(frame, target="y")
    text = data._repr_html_() or ""
    assert "&lt;b&gt;a" in text
    assert "&lt;script&gt;" in text
    assert "<b>a" not in text
    assert "<script>" not in text


def test_the_pictures_of_parameters_are_those_of_their_numbers() -> None:
    net = mlp()
    net[0].weight[0, 0] = np.nan
    said = words(net.parameters()._repr_html_() or "")
    assert "1 not finite" in said
    assert "1 NaN" in said


def test_parameters_are_a_dict_of_views() -> None:
    net = mlp()
    found = net.parameters()
    assert isinstance(found, dict)
    assert list(found) == ["0.weight", "0.bias", "2.weight", "2.bias"]
    found["0.bias"][...] = 7.0
    assert (net[0].bias == 7.0).all()


def test_what_has_no_form_is_plain_text() -> None:
    assert html(object()) is None
    assert html([1, 2]) is None
