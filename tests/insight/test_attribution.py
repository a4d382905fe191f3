"""What an answer hangs on: the slope of its output, and what covering a place does; nothing of the network moves."""

from __future__ import annotations

import numpy as np
import pytest
from tests.support.refusals import refused
from tests.support.slopes import slope
from tests.support.tally import Tally

import layerwise as lw
from layerwise.errors import SettingError, ShapeError
from layerwise.insight.attribution import occlusion, saliency

RNG = np.random.default_rng(4)
IMAGES = RNG.normal(size=(3, 2, 6, 5))


def network() -> lw.Network:
    return lw.Network(
        lw.Conv2d(2, 3, 3), lw.Tanh(), lw.Flatten(), lw.Dropout(0.5), lw.Linear(36, 4), seed=1, dtype="float64"
    )


def test_saliency_is_the_slope_of_the_output() -> None:
    net, answer = network(), np.array([0, 3, 1])
    before = net.theta.copy(), net.grad.copy(), net.passes
    found = saliency(net, IMAGES, answer)
    np.testing.assert_array_equal(net.grad, before[1])
    assert net.passes == before[2]
    wanted = slope(lambda: float(net(IMAGES)[np.arange(3), answer].sum()), IMAGES)
    np.testing.assert_allclose(found, wanted, rtol=1e-6, atol=1e-8)


def test_the_largest_output_unless_told() -> None:
    net = network()
    np.testing.assert_array_equal(saliency(net, IMAGES), saliency(net, IMAGES, net(IMAGES).argmax(axis=1)))
    np.testing.assert_array_equal(saliency(net, IMAGES, 2), saliency(net, IMAGES, [2, 2, 2]))


@pytest.mark.parametrize("size", [1, 3])
def test_occlusion_is_what_covering_by_hand_does(size: int) -> None:
    net, half = network(), size // 2
    found = occlusion(net, IMAGES, [1, 1, 0], size=size, fill=0.2)
    assert found.shape == (3, 6, 5)
    for sample, i, j in [(0, 0, 0), (1, 3, 2), (2, 5, 4)]:
        covered = IMAGES[[sample]].copy()
        covered[..., max(0, i - half) : i + half + 1, max(0, j - half) : j + half + 1] = 0.2
        k = [1, 1, 0][sample]
        wanted = net(IMAGES[[sample]])[0, k] - net(covered)[0, k]
        assert found[sample, i, j] == pytest.approx(wanted, abs=1e-12)


def test_steps_of_sequences_words_and_features_are_covered() -> None:
    net = lw.Network(lw.Linear(4, 3, bias=False), dtype="float64")
    x = RNG.normal(size=(2, 4))
    np.testing.assert_allclose(occlusion(net, x, [1, 2]), x * net[0].weight[[1, 2]], atol=1e-12)
    words, tokens = lw.Network(lw.Embedding(6, 3), lw.LSTM(3, 4, output="last"), lw.Linear(4, 2)), np.array([[1, 4, 5]])
    fall = occlusion(words, tokens, 0)
    without = words(np.array([[1, 0, 5]]))
    assert fall.shape == (1, 3)
    assert fall[0, 1] == pytest.approx(float(words(tokens)[0, 0] - without[0, 0]), abs=1e-6)
    recurrent = lw.Network(lw.LSTM(4, 3, output="last"), lw.Linear(3, 2))
    assert occlusion(recurrent, RNG.normal(size=(2, 5, 4)), size=3).shape == (2, 5)


def test_sequences_and_attention_have_saliency_too() -> None:
    x = RNG.normal(size=(2, 5, 4))
    for layers in ([lw.LSTM(4, 3, output="last")], [lw.MultiheadAttention(4, 2), lw.Flatten()]):
        net = lw.Network(*layers, lw.Linear(3 if len(layers) == 1 else 20, 2), dtype="float64")
        wanted = slope(lambda net=net: float(net(x)[:, 1].sum()), x)
        np.testing.assert_allclose(saliency(net, x, 1), wanted, rtol=1e-6, atol=1e-9)


def test_mistakes(tally: Tally) -> None:
    net = network()
    indices = lw.Network(lw.Embedding(5, 2), lw.Flatten(), lw.Linear(6, 2))
    refused(tally, SettingError, "occlusion", lambda: saliency(indices, np.ones((1, 3), int)))
    refused(tally, SettingError, "0 to 3", lambda: saliency(net, IMAGES, 4))
    refused(tally, ShapeError, "a batch", lambda: occlusion(net, IMAGES[0, 0, 0]))
    refused(tally, SettingError, "an index", lambda: occlusion(indices, np.ones((1, 3), int), fill=0.5))
    refused(tally, SettingError, "odd", lambda: occlusion(net, IMAGES, size=2))
