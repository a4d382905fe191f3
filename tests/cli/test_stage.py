"""The stage: words stay, a line is replaced, frames move; and where there is no terminal, little is said."""

from __future__ import annotations

import io
import sys
import time

import pytest

from layerwise.cli import stage as module
from layerwise.cli.stage import Stage
from layerwise.errors import SettingError


class Terminal(io.StringIO):
    """A terminal that keeps what was written."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def put_terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal of 40 columns in the place of standard error, for this test (a fixture's would be captured away)."""
    place = Terminal()
    monkeypatch.setattr(sys, "stderr", place)
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("TERM", "xterm")
    return place


def test_without_a_terminal_there_is_nothing_to_watch() -> None:
    with pytest.raises(SettingError, match="--watch shows games in a terminal, and this is none: leave it out"):
        Stage(shown=True, watch=True)


def test_without_a_terminal_a_word_comes_seldom(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter([0.0, 4.0, 11.0, 11.0, 15.0, 22.0, 22.0])
    monkeypatch.setattr(module.time, "monotonic", lambda: next(clock))
    with Stage(shown=True, watch=False) as stage:
        for words in ("one", "two", "three", "four"):
            stage.doing(words)
    assert capsys.readouterr().err == "  two\n  four\n"


def test_who_wants_no_progress_gets_none(capsys: pytest.CaptureFixture[str]) -> None:
    with Stage(shown=False, watch=False) as stage:
        stage.tell("words")
        stage.doing("words")
    assert capsys.readouterr().err == ""


def test_a_line_is_replaced_and_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = put_terminal(monkeypatch)
    with Stage(shown=True, watch=False) as stage:
        stage.tell("begins")
        stage.doing("far " * 20)
        stage.doing("farther")
        stage.tell("ends")
    begins, first, second, ends, nothing = terminal.getvalue().split("\r\x1b[2K")[1:]
    assert (begins, second, ends, nothing) == ("begins\n", "  farther", "ends\n", "")
    assert first == ("  " + "far " * 20)[:39]


def test_frames_follow_one_another_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = put_terminal(monkeypatch)
    widths = []

    def draw(width: int) -> list[list[str]]:
        widths.append(width)
        return [[f"frame {number}", "-" * width] for number in range(4)]

    begin = time.monotonic()
    with Stage(shown=True, watch=True) as stage:
        assert stage.watch
        stage.watch(draw, 0.01)
    assert time.monotonic() - begin >= 0.04
    assert widths == [39]
    shown = terminal.getvalue()
    places = [shown.index(f"frame {number}") for number in range(4)]
    assert places == sorted(places)
    assert "-" * 39 in shown
    assert "\x1b[?25h" in shown.split("frame 3")[-1]  # the cursor is back
