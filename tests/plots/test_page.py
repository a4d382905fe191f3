"""The page of pictures: every picture has its line, every line a picture, and the example runs."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from layerwise import plots
from layerwise.insight import side_by_side

PAGE = (Path(__file__).parents[2] / "docs" / "pictures.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `(\w+)[(`]", PAGE, flags=re.MULTILINE)


def test_every_picture_and_every_experiment_has_a_line() -> None:
    there = [*plots.__all__, *side_by_side.EXPERIMENTS]
    there.remove("side_by_side")  # it has a paragraph
    assert "`side_by_side(found)` draws" in PAGE
    assert sorted(ROWS) == sorted(there)


@pytest.mark.parametrize("name", [each for each in plots.__all__ if inspect.isfunction(getattr(plots, each))])
def test_every_picture_shows_an_example(name: str) -> None:
    assert ">>> " in (getattr(plots, name).__doc__ or "") or name in ("new_panels", "save_figure")


@pytest.mark.slow
def test_the_example_runs(tmp_path: Path) -> None:
    code = re.search(r"```python\n(.*?)```", PAGE, flags=re.DOTALL).group(1)
    exec(code.replace('"rates.png"', repr(str(tmp_path / "rates.png"))), {"print": lambda *words: None})
    assert (tmp_path / "rates.png").stat().st_size > 10_000
