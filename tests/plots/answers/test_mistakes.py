"""The worst first, in each form that samples have."""

from __future__ import annotations

import numpy as np
import pytest
from tests.plots.pictures import assert_looks_like, assert_readable
from tests.support.refusals import refused
from tests.support.tally import Tally

import layerwise as lw
from layerwise.errors import DataError, SettingError, ShapeError
from layerwise.plots import worst_mistakes

RNG = np.random.default_rng(0)
LOGITS, LABELS = 2 * RNG.normal(size=(40, 3)), RNG.integers(0, 3, 40)
DRAWINGS = np.where(RNG.random((40, 8, 8)) < 0.6, 0.0, RNG.random((40, 8, 8)))
FORMS = {
    "drawings": DRAWINGS,
    "grey": RNG.random((40, 1, 12, 9)),
    "colour": RNG.random((40, 3, 10, 10)),
    "rows": RNG.normal(size=(40, 6)),
    "texts": [f"the text of number {k}, which goes on and on " * (1 + k % 7) for k in range(40)],
}


def order() -> list[int]:
    """By the loss itself."""
    losses = [lw.CrossEntropyLoss()(LOGITS[[k]], LABELS[[k]])[0] for k in range(40)]
    return sorted(np.flatnonzero(LOGITS.argmax(axis=1) != LABELS), key=lambda k: -losses[k])


QUICK = ("drawings", "texts")


@pytest.mark.parametrize(
    "form", [form if form in QUICK else pytest.param(form, marks=pytest.mark.slow) for form in FORMS]
)
def test_every_form_of_samples_is_shown(form: str) -> None:
    ax = worst_mistakes(LOGITS, LABELS, FORMS[form], classes=["ham", "spam", "other"], count=6)
    assert ax.get_title(loc="left") == f"The 6 worst of {len(order())} mistakes"
    assert_readable(ax.figure)
    assert_looks_like(ax.figure, f"mistakes_{form}")


def test_the_worst_come_first() -> None:
    ax = worst_mistakes(LOGITS, LABELS, [f"number {k}" for k in range(40)], count=5)
    said = [text.get_text() for text in ax.texts]
    assert said[1::2] == [f"number {k}" for k in order()[:5]]
    first = order()[0]
    assert said[0].startswith(f"true {LABELS[first]}, said {LOGITS[first].argmax()} (")


def test_the_right_images_are_shown() -> None:
    ax = worst_mistakes(LOGITS, LABELS, DRAWINGS, count=4)
    for panel, k in zip(ax.child_axes, order(), strict=False):
        np.testing.assert_array_equal(panel.images[0].get_array(), DRAWINGS[k])
        assert panel.get_xlabel().startswith(f"true {LABELS[k]}, said")


def test_quantities_by_their_distance() -> None:
    truth = RNG.normal(size=(20, 1))
    ax = worst_mistakes(
        truth + 0.1 * np.arange(20)[:, None], truth, RNG.normal(size=(20, 2)), names=["a", "b"], count=3
    )
    assert ax.get_title(loc="left") == "The 3 largest errors of 20 answers"
    assert ax.texts[0].get_text().startswith(f"true {truth[19, 0]:.3g}"[:8])
    assert_readable(ax.figure)


def test_mistakes(tally: Tally) -> None:
    right = np.eye(3)[LABELS]
    refused(tally, DataError, "no mistake", lambda: worst_mistakes(right, LABELS, DRAWINGS))
    refused(tally, ShapeError, "N each", lambda: worst_mistakes(LOGITS, LABELS[:5], DRAWINGS))
    refused(tally, SettingError, "classes", lambda: worst_mistakes(LOGITS, LABELS, DRAWINGS, classes=["a"]))
    refused(tally, SettingError, "0 to 2", lambda: worst_mistakes(LOGITS, LABELS + 1, DRAWINGS))
    refused(tally, SettingError, "names", lambda: worst_mistakes(LOGITS, LABELS, FORMS["rows"], names=["a"]))
