"""What learns nothing by design, the row of a word that is none, is no mistake of a gradient."""

from __future__ import annotations

import numpy as np
import pytest

import layerwise as lw
from layerwise.random import generator

WORDS = np.array([[0, 1, 2, 0], [3, 0, 0, 2], [1, 1, 0, 0]])  # 0 and 3, as padding, reach the loss


def bag(*layers, **settings):
    return lw.Network(*layers, lw.Flatten(), lw.Linear(12, 2), dtype="float64", **settings)


def tied(first):
    """The weight of the last map is that of the embedding, by either name."""
    net = {"0.weight": "1.weight"} if first else {"1.weight": "0.weight"}
    return lw.Network(lw.Embedding(4, 3, padding_idx=0), lw.Linear(3, 4), ties=net, dtype="float64")


NETWORKS = {
    "alone": lambda: bag(lw.Embedding(4, 3, padding_idx=0)),
    "another row": lambda: bag(lw.Embedding(4, 3, padding_idx=2)),
    "from the end": lambda: bag(lw.Embedding(4, 3, padding_idx=-1)),
    "masks": lambda: bag(lw.Embedding(4, 3, padding_idx=0, masks=True)),
    "deep inside": lambda: bag(lw.Sequential(lw.Residual(lw.Embedding(4, 3, 0), shortcut=lw.Embedding(4, 3, 3)))),
    "side by side": lambda: bag(
        lw.Parallel(lw.Embedding(4, 1, padding_idx=0), lw.Embedding(4, 2), combine="concatenate")
    ),
    "large": lambda: bag(lw.Embedding(400, 3, padding_idx=0)),
    "tied to the first": lambda: tied(True),
    "tied to the last": lambda: tied(False),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_padding_that_reaches_the_loss_is_no_mistake(name):
    net = NETWORKS[name]()
    shape = net(WORDS).shape
    report = lw.gradcheck(net, WORDS, generator(0, "t").normal(size=shape), lw.MSELoss())
    assert report.ok, str(report)
    assert sum(each.frozen for each in report.arrays) > 0
    left_out = [each for each in report.arrays if each.frozen]
    assert all("learn nothing" in each.verdict for each in left_out)
    for each in left_out:  # all others are looked at
        rows, width = each.shape
        assert each.frozen == width
        assert each.checked == (rows - 1) * width or rows * width > 300


class Wrong(lw.layers.Embedding):
    """Forgets half of the gradient."""

    def forward(self, x, pass_):
        y, backward = super().forward(x, pass_)
        return y, lambda dy: backward(0.5 * dy)


def test_a_mistake_in_the_other_rows_is_still_found():
    report = lw.gradcheck(bag(Wrong(4, 3, padding_idx=0)), WORDS, np.ones((3, 2)), lw.MSELoss())
    [wrong] = report.wrong
    assert wrong.name == "0.weight"
    assert wrong.mismatch.kind == "2 times too small"


def test_without_padding_every_element_is_checked():
    report = lw.gradcheck(bag(lw.Embedding(4, 3)), WORDS, np.ones((3, 2)), lw.MSELoss())
    assert report.ok
    assert [each.frozen for each in report.arrays] == [0] * len(report.arrays)
    assert report.arrays[0].checked == 12
