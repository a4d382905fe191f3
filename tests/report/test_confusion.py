"""The confusion matrix as text: what fits, what is numbered, and what becomes a list."""

from __future__ import annotations

import numpy as np
import pytest

from layerwise.report.confusion import confusion_lines
from layerwise.report.look import Look


def test_long_names_are_numbered_and_many_classes_become_a_list() -> None:
    counts = np.diag([5, 5, 5])
    counts[0, 2] = 3
    lines = confusion_lines(counts, ["a very long name of a class", "b", "c"])
    assert lines[2].startswith("  1 a very long name ...")
    many = np.eye(40, dtype=np.int64)
    many[3, 7] = 9
    lines = confusion_lines(many, [f"class {k}" for k in range(40)])
    assert lines[1].split() == ["true", "class", "3", "said", "class", "7", "9"]
    assert max(map(len, lines)) <= 80


def test_control_characters_of_class_names_are_not_printed() -> None:
    lines = confusion_lines(np.eye(2, dtype=np.int64), ["\x1b[2J", "ok"])
    assert "\x1b" not in "".join(lines)


@pytest.mark.parametrize("width", [30, 40, 60, 80])
@pytest.mark.parametrize("classes", [2, 3, 10, 26])
def test_it_fits_any_width(width: int, classes: int) -> None:
    counts = np.full((classes, classes), 12)
    lines = confusion_lines(counts, [f"class {k}" for k in range(classes)], Look(width=width))
    assert max(map(len, lines)) <= width
    assert ("most frequent" in lines[0]) is (classes * 4 + 14 > width), "the matrix where there is room for it"


def test_mistakes_are_bold_and_zeros_dim() -> None:
    lines = confusion_lines(np.array([[9, 1], [0, 12]]), ["cat", "dog"], Look(colour=True))
    assert lines[0].startswith("\x1b[1mconfusion\x1b[0m:")
    assert lines[2] == "  cat    9    \x1b[1m1\x1b[0m"
    assert lines[3] == "  dog    \x1b[2m.\x1b[0m   12"
