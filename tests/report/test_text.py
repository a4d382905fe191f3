"""A result in words: it fits any width, says what there is, and is plain where it must be."""

from __future__ import annotations

import re

import msgspec
import numpy as np
import pytest

import layerwise as lw
from layerwise.comparison import Result, result_of
from layerwise.report import Look, mistake_lines, result_lines
from layerwise.training.suited import suited


@pytest.fixture(scope="module", params=["digits", "iris", "diabetes", "spiral"])
def result(request: pytest.FixtureRequest) -> Result:
    data = lw.data.load(request.param)
    setup = msgspec.structs.replace(suited(data, {"name": request.param}), epochs=1).build()
    setup.train(data, progress=False)
    return result_of(setup.net, data)


@pytest.mark.parametrize("width", [24, 40, 59, 60, 61, 80])
def test_lines_fit_and_the_plain_look_is_plain(result: Result, width: int) -> None:
    lines = result_lines(result, Look(width=width))
    assert max(map(len, lines)) <= width
    assert "\x1b" not in "".join(lines)


@pytest.mark.parametrize("width", [40, 60, 80])
def test_colour_changes_no_letter(result: Result, width: int) -> None:
    coloured = result_lines(result, Look(colour=True, width=width))
    assert any("\x1b[1m" in line for line in coloured)
    assert [re.sub(r"\x1b\[\d+m", "", line) for line in coloured] == result_lines(result, Look(width=width))


def test_the_same_is_said_at_any_width(result: Result) -> None:
    """Narrow lines fold, and lose no figure."""
    wide, narrow = (" ".join(result_lines(result, Look(width=width))) for width in (80, 60))
    figures = re.compile(r"\d[\d,.]*")
    assert sorted(figures.findall(narrow.partition("confusion")[0])) == sorted(
        figures.findall(wide.partition("confusion")[0])
    )


@pytest.mark.parametrize(("width", "beside"), [(80, 3), (79, 2), (60, 2), (53, 2), (52, 1), (30, 1)])
def test_pictures_stand_below_one_another_where_it_is_narrow(width: int, beside: int) -> None:
    data = lw.data.load("digits")
    lines = mistake_lines(result_of(lw.Network(lw.Linear(64, 10)), data), Look(width=width))
    captions = [line.count("true: ") for line in lines if "true: " in line]
    assert captions[0] == beside
    assert sum(captions) == 3
    assert max(map(len, lines)) <= width


def test_no_mistakes_is_said() -> None:
    data = lw.data.load("blobs", noise=0.01)
    centres = np.stack([data.train.x[data.train.y == k].mean(axis=0) for k in range(3)])
    net = lw.Network(lw.Linear(2, 3))
    net.parameters()["0.weight"][:] = 20 * centres
    net.parameters()["0.bias"][:] = 0
    result = result_of(net, data)
    assert result.mistakes == ()
    assert "no mistakes among the 99 test samples" in result_lines(result)
