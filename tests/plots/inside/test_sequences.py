"""Gates as a recorder has them, of LSTM and GRU; attention head by head; gradients at each step."""

from __future__ import annotations

import numpy as np
import pytest
from tests.plots.pictures import assert_looks_like, assert_readable
from tests.support.refusals import refused
from tests.support.tally import Tally

import layerwise as lw
from layerwise.errors import SettingError, ShapeError
from layerwise.insight import Recorder
from layerwise.plots import attention, gates

RNG = np.random.default_rng(0)
X = RNG.normal(size=(3, 12, 4)).astype("float32")
MADE = {
    name: 1 / (1 + np.exp(-RNG.normal(size=(1, 20, 5)).cumsum(axis=1)))
    for name in ("input_l0", "forget_l0", "output_l0")
}


@pytest.mark.parametrize(("layer", "words"), [
    (lambda: lw.LSTM(4, 5), ["input gate", "forget gate", "candidate", "output gate", "cell state"]),
    (lambda: lw.LSTM(4, 5, num_layers=2), ["input gate", "forget gate", "candidate", "output gate", "cell state"]),
    (lambda: lw.GRU(4, 5), ["reset gate", "update gate", "candidate"]),
])  # fmt: skip
def test_what_a_recorder_has_of_a_network(layer, words: list[str]) -> None:
    recorder, net = Recorder(), lw.Network(layer(), lw.Linear(5, 2))
    y, backward = net.forward(X, tap=recorder)
    dx = backward(np.ones_like(y))
    ax = gates(recorder.values["0"], gradient=dx, sample=1)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == words
    last = max(name.rpartition("_")[2] for name in recorder.values["0"])
    first = ax.get_lines()[0].get_ydata()
    name = words[0].split()[0]
    np.testing.assert_allclose(first, recorder.values["0"][f"{name}_{last}"][1].mean(axis=1), rtol=1e-5)
    lower = ax.figure.axes[1]
    np.testing.assert_allclose(lower.get_lines()[0].get_ydata(), np.sqrt((dx[1].astype(float) ** 2).mean(axis=1)))


def test_the_looks() -> None:
    gradient = 0.1 * 0.7 ** np.arange(20)[::-1][None, :, None] * np.ones((1, 20, 3))
    ax = gates(MADE, gradient=gradient)
    assert_readable(ax.figure)
    assert_looks_like(ax.figure, "gates")
    draw = np.random.default_rng(1).random((1, 4, 8, 8))
    ax = attention(draw / draw.sum(axis=-1, keepdims=True))
    assert_readable(ax.figure)
    assert_looks_like(ax.figure, "attention")


def test_attention_of_a_network() -> None:
    recorder = Recorder()
    net = lw.Network(lw.MultiheadAttention(4, 2, causal=True))
    net(X, tap=recorder)
    weights = recorder.values["0"]["weights"]
    ax = attention(weights, list("the quick fox"[:12]), sample=2)
    for head, panel in enumerate(ax.child_axes):
        np.testing.assert_array_equal(panel.images[0].get_array(), weights[2, head])
        assert panel.get_title(loc="left") == f"head {head + 1}"
    assert_readable(ax.figure)


@pytest.mark.slow
@pytest.mark.parametrize("heads", [1, 3, 8])
def test_any_number_of_heads_and_places(heads: int) -> None:
    for T in (1, 60):
        assert_readable(attention(np.full((1, heads, T, T), 1 / T)).figure)


def test_mistakes(tally: Tally) -> None:
    refused(tally, SettingError, "no gates", lambda: gates({"weights": np.ones((1, 2, 3))}))
    refused(tally, ShapeError, "a sample 5", lambda: gates(MADE, sample=5))
    refused(tally, ShapeError, "T = 20", lambda: gates(MADE, gradient=np.ones((1, 3, 2))))
    refused(tally, ShapeError, "heads", lambda: attention(np.ones((2, 3, 3))))
    refused(tally, SettingError, "tokens", lambda: attention(np.ones((3, 3)), ["a"]))
