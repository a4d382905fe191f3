"""The drawing in letters: every layer is a line, weights are lines of dots, and nothing is cut in silence."""

from __future__ import annotations

import pytest
from tests.plots.drawing.nets import TEST_SET, mlp, two_branches
from tests.plots.drawing.test_drawing import layers_of

import layerwise as lw
from layerwise.plots import architecture
from layerwise.plots.drawing.columns import columns_of
from layerwise.plots.drawing.unit_text import unit_text


@pytest.mark.parametrize(("make", "shape"), TEST_SET.values(), ids=TEST_SET)
def test_every_layer_is_a_line(make, shape) -> None:
    net = make()
    lines = str(architecture(net, input_shape=shape, kind="blocks", unfold=True)).splitlines()
    marks = [line for line in lines if "■ " in line or "○ " in line]
    assert len(marks) == len(layers_of(net))
    for address, line in zip(layers_of(net), marks, strict=True):
        assert f" {address} " in line
    assert all(len(line) <= 80 for line in lines)
    assert f"{net.theta.size:,} parameter" in lines[0]


def test_ways_around_and_side_by_side() -> None:
    assert str(architecture(lw.Network(lw.Residual(lw.Linear(4, 4)), lw.Linear(4, 1)), kind="blocks")) == (
        "Network               25 parameters\n\n"
        "  │ input                    (N, 4)\n"
        "  ├─╮\n"
        "  │ ■ 0.0  Linear(4, 4)  20  (N, 4)\n"
        "  ⊕─╯ x + f(x)               (N, 4)\n"
        "  ■ 1  Linear(4, 1)       5  (N, 1)\n"
        "  ▼ output                   (N, 1)"
    )
    lines = str(architecture(two_branches("multiply"))).splitlines()
    assert [line.split("  ")[1].strip() for line in lines[3:10]] == [
        "├─╮ way 1 of 2", "│ ■ 0.0.0", "│ ○ 0.0.1", "│ ■ 0.0.2", "├─╮ way 2 of 2", "│ ■ 0.1", "⊕─╯ multiply",
    ]  # fmt: skip


def dots(text: str) -> set[tuple[int, int]]:
    """The places of all dots, in half letters across and quarters of a line down."""
    bits = [
        (0x01, 0, 0),
        (0x08, 1, 0),
        (0x02, 0, 1),
        (0x10, 1, 1),
        (0x04, 0, 2),
        (0x20, 1, 2),
        (0x40, 0, 3),
        (0x80, 1, 3),
    ]
    found = set()
    for row, line in enumerate(text.splitlines()):
        for column, letter in enumerate(line):
            if 0x2800 <= ord(letter) < 0x2900:
                code = ord(letter) - 0x2800
                found |= {(2 * column + x, 4 * row + y) for bit, x, y in bits if code & bit}
    return found


def test_three_three_one_has_twelve_lines_and_none_within_a_layer() -> None:
    text = unit_text(columns_of(mlp(3, 3, 1)))
    lines = text.splitlines()
    assert [line[:2] for line in lines[::3]] == ["x1", "x2", "x3"]
    hidden = lines[0].index("h1")
    assert [line[hidden : hidden + 2] for line in lines[::3]] == ["h1", "h2", "h3"]
    assert lines[3].endswith("y")
    own = 0
    found = dots(text)
    rows = [2, 14, 26]  # in quarters of a line, of the middles of the names
    left, middle, right = 2 * 2, 2 * hidden, 2 * lines[3].index("y")
    for start, end, ups, downs in [(left, middle, rows, rows), (middle + 4, right, rows, [14])]:
        for up in ups:
            for down in downs:
                way = [(x, up + (down - up) * (x + 0.5 - start) / (end - start)) for x in range(start, end)]
                assert all(any(abs(y - b) <= 1.5 for a, b in found if a == x) for x, y in way), (up, down)
                own += 1
    assert own == 12
    between = {x for x, _ in found}
    assert between <= set(range(left, middle)) | set(range(middle + 4, right)), "no line within a column"


def test_columns_that_would_be_grey_are_left_to_the_picture() -> None:
    assert unit_text(columns_of(mlp(7, 2))) == ""
    assert unit_text(columns_of(mlp(2, 2, 2, 2, 2, 2))) == ""
    block = lw.Residual(lw.Linear(3, 4), lw.ReLU(), lw.Linear(4, 3))
    assert unit_text(columns_of(lw.Network(block))) == ""
    assert str(architecture(mlp(7, 2))).startswith("Network")
    assert str(architecture(mlp(2, 3))).startswith(unit_text(columns_of(mlp(2, 3))))
