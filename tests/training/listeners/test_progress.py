"""Progress: one live line where there is a terminal, a few plain ones where there is none, and never on stdout."""

from __future__ import annotations

import io
import os
import select
import sys
import threading
import time
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.training import runs
from tests.training.runs import CtrlC

import layerwise as lw
from layerwise.errors import DivergedError, TrainingInterrupted
from layerwise.training.events import Ended, EpochEnded, Started, StepEnded
from layerwise.training.listeners import progress, progress_listener
from layerwise.training.listeners.progress import NotebookProgress, PlainProgress, TerminalProgress, describe


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine no silence is explained, unless a test asks for it."""
    monkeypatch.setattr(progress, "_PATIENCE", 600.0)


class Clock:
    """A time that goes on only when it is told to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        fake = types.SimpleNamespace(monotonic=lambda: self.now)
        monkeypatch.setattr(progress, "time", fake)


class Terminal:
    """The far end of a pseudo-terminal, and a stream into it."""

    def __init__(self, columns: int, encoding: str = "utf-8") -> None:
        import fcntl
        import pty
        import struct
        import termios

        self.far, near = pty.openpty()
        fcntl.ioctl(near, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self.stream = os.fdopen(near, "w", encoding=encoding)
        self.encoding = encoding

    def text(self) -> str:
        """All that was written up to the line feed; it has to fit the buffer of the terminal."""
        found, end = b"", time.monotonic() + 5
        while b"\n" not in found and time.monotonic() < end:
            if select.select([self.far], [], [], 0.1)[0]:
                found += os.read(self.far, 65536)
        return found.decode(self.encoding)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        self.stream.close()
        os.close(self.far)


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    pytest.importorskip("pty")
    monkeypatch.setenv("TERM", "xterm")
    with Terminal(80) as terminal:
        yield terminal


def screens(text: str) -> list[str]:
    """What the one line showed, one after the other; more lines than one fail."""
    body, end, rest = text.partition("\r\n")
    assert (end, rest) == ("\r\n", ""), "one line, and one line feed at its end"
    return body.split("\r")[1:]


NET = runs.network()
RUN: Any = None  # a display looks at numbers alone
BATCH: Any = None


def begun(epochs: int, steps: int) -> Started:
    return Started(NET, 100, epochs, steps, 0, 0, ("lr", "train_loss"), RUN)


def made(step: int, epoch: int) -> StepEnded:
    return StepEnded(step, epoch, 1.25, 0.1, RUN, BATCH, NET.snapshot(), 1.0)


def events(listener: Any, epochs: int, steps: int, clock: Clock | None = None, per_step: float = 0.001) -> None:
    """A run as the loop tells it."""
    listener.started(begun(epochs, steps))
    for epoch in range(1, epochs + 1):
        for step in range(steps):
            if clock:
                clock.now += per_step
            listener.step_ended(made((epoch - 1) * steps + step + 1, epoch))
        metrics = {"lr": 0.1, "train_loss": 1 / epoch, "val_loss": 0.123456, "val_accuracy": 0.9876}
        listener.epoch_ended(EpochEnded(epoch, epochs, epoch * steps, metrics, NET))
    listener.ended(Ended("finished", epochs * steps, epochs))


def test_one_line_written_over_itself(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", terminal.stream)
    runs.fit(runs.network(), epochs=120, progress=None)
    shown = screens(terminal.text())
    assert len(shown) >= 2
    assert all(len(screen) == 79 for screen in shown), "a line of 80 would wrap"
    assert shown[-1].startswith("█" * 10 + "  epoch 120/120  loss ")
    assert shown[-1].rstrip().endswith("%"), "nothing was cut off"


def test_ten_times_a_second_at_most(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    events(TerminalProgress(terminal.stream), epochs=10, steps=100, clock=clock)
    assert 9 <= len(screens(terminal.text())) <= 12  # one second


def test_the_bar_moves_on_and_never_back(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    events(TerminalProgress(terminal.stream), epochs=5, steps=4, clock=Clock(monkeypatch), per_step=0.2)
    shown = screens(terminal.text())
    done = [screen.count("█") for screen in shown]
    assert done == sorted(done)
    assert done[-1] == 10
    assert "loss 1.25" in shown[0], "before the first epoch has ended: the loss of the batch"
    assert "epoch 4/5  loss 0.25  validation loss 0.1235, accuracy 98.8 %" in shown[-2]


@pytest.mark.parametrize("columns", [20, 24, 30, 40, 50, 60, 70, 80, 120])
def test_the_per_cent_stay_on_any_terminal(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """From 40 columns the time left stays as well; words go first, then the bar."""
    pytest.importorskip("pty")
    with Terminal(columns) as terminal:
        events(TerminalProgress(terminal.stream), epochs=12, steps=2, clock=Clock(monkeypatch), per_step=4)
        shown = [screen.rstrip() for screen in screens(terminal.text())]
    begun = [screen for screen in shown if "12/12" not in screen][4:-1]
    assert all("98.8 %" in screen for screen in begun)
    if columns >= 40:
        assert all(screen.endswith(" left") for screen in begun)
        assert "1 min left" in begun[0]
    assert shown[-1].endswith("98.8 %"), "nothing is left at the end"


def test_the_time_left_is_that_of_the_pace_since_the_first_step(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first step took a minute to compile, each of the others 0.5 s: 40 steps less those done are left."""
    clock = Clock(monkeypatch)
    display = TerminalProgress(terminal.stream)
    display.started(begun(4, 10))
    for step in range(1, 21):
        clock.now += 60.0 if step == 1 else 0.5
        display.step_ended(made(step, (step - 1) // 10 + 1))
        if step % 10 == 0:
            display.epoch_ended(EpochEnded(step // 10, 4, step, {"train_loss": 1.0}, NET))
    assert display.left() == "10 s left"
    display.ended(Ended("finished", 20, 2))
    shown = screens(terminal.text())
    assert not any("left" in screen for screen in shown[:2]), "one step says nothing"
    assert "15 s left" in shown[9]


@pytest.mark.parametrize("kind", ["terminal", "pipe"])
@pytest.mark.parametrize("twins", [True, False])
def test_a_silence_is_explained(kind: str, twins: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_PATIENCE", 0.05)
    monkeypatch.setattr(progress, "in_use", lambda: twins)
    stream = io.StringIO()
    display = TerminalProgress(stream) if kind == "terminal" else PlainProgress(stream)
    before = threading.active_count()
    display.started(begun(2, 1))
    time.sleep(0.3)
    said = stream.getvalue()
    assert "at work on the first" in said
    assert ("compiles, once on this machine" in said) is twins
    assert kind == "terminal" or said.count("\n") == 1, "said once"
    display.step_ended(made(1, 1))
    display.epoch_ended(EpochEnded(1, 2, 1, {"train_loss": 1.0}, NET))
    time.sleep(0.3)
    assert "still at work" in stream.getvalue()
    display.ended(Ended("finished", 2, 2))
    time.sleep(0.2)
    assert threading.active_count() == before
    assert "at work" not in stream.getvalue().split("\r")[-1] or kind == "pipe"


def test_a_run_that_is_started_again_is_watched_once() -> None:
    display = TerminalProgress(io.StringIO())
    before = threading.active_count()
    for _ in range(3):
        display.started(begun(2, 1))
    display.ended(Ended("finished", 0, 0))
    time.sleep(0.2)
    assert threading.active_count() == before


def test_a_run_that_goes_on_well_is_not_explained() -> None:
    stream = io.StringIO()
    events(PlainProgress(stream), epochs=3, steps=2)
    assert "at work" not in stream.getvalue()
    assert not PlainProgress(stream).hears_steps, "a pipe costs no step an event"


@pytest.mark.parametrize("columns", [20, 40, 60, 200])
def test_narrow_and_wide_terminals(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The width is that of the terminal behind the stream, whatever COLUMNS and standard output say."""
    pytest.importorskip("pty")
    monkeypatch.setenv("COLUMNS", "300")
    with Terminal(columns) as terminal:
        events(TerminalProgress(terminal.stream), epochs=2, steps=2)
        assert {len(screen) for screen in screens(terminal.text())} == {columns - 1}


def test_a_terminal_that_does_not_tell_its_width() -> None:
    pytest.importorskip("pty")
    with Terminal(0) as terminal:
        events(TerminalProgress(terminal.stream), epochs=2, steps=2)
        assert {len(screen) for screen in screens(terminal.text())} == {79}


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_terminals_without_blocks_get_plain_letters(encoding: str) -> None:
    pytest.importorskip("pty")
    with Terminal(80, encoding) as terminal:
        events(TerminalProgress(terminal.stream), epochs=2, steps=2)
        shown = screens(terminal.text())
    assert shown[-1].startswith("#" * 10 + "  epoch 2/2")
    assert all(screen.isascii() for screen in shown)


@pytest.mark.parametrize(
    ("options", "error", "reason"),
    [
        ({"listeners": [CtrlC(7)]}, TrainingInterrupted, "interrupted  epoch 1/4  loss"),
        ({"optimizer": lw.SGD(1e30)}, DivergedError, "diverged  epoch 0/4"),
        ({"listeners": [lw.EarlyStopping()], "validation": None}, lw.errors.SettingError, None),
    ],
    ids=["interrupted", "diverged", "not begun"],
)
def test_the_line_is_ended_however_the_run_ends(
    options: dict[str, Any], error: type[BaseException], reason: str | None, terminal: Terminal, monkeypatch: Any
) -> None:
    """The message that follows begins on a line of its own."""
    monkeypatch.setattr(sys, "stderr", terminal.stream)
    with pytest.raises(error):
        runs.fit(runs.network(), **options, progress=None)
    text = terminal.text()
    assert text.endswith("\r\n")
    if reason:
        assert screens(text)[-1].startswith(reason)


@pytest.mark.parametrize("epochs", [1, 2, 9, 10, 11, 19, 25, 99, 100, 101, 400, 12345])
def test_a_pipe_gets_ten_lines_at_most(epochs: int) -> None:
    stream = io.StringIO()
    events(PlainProgress(stream), epochs=epochs, steps=1)
    lines = stream.getvalue().splitlines()
    assert min(epochs, 6) <= len(lines) <= 10 + (epochs % 10 != 0)
    assert lines[-1] == f"epoch {epochs}/{epochs}  loss {1 / epochs:.4g}  validation loss 0.1235, accuracy 98.8 %"


def test_a_pipe_is_told_the_end_that_was_not_planned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", stream := io.StringIO())
    history = runs.fit(
        runs.network(), epochs=60, optimizer=lw.Adam(0.5), listeners=[lw.EarlyStopping(2)], progress=True
    )
    assert stream.getvalue().splitlines()[-1] == f"stopped early after {history.epochs} whole epochs"
    with pytest.raises(TrainingInterrupted):
        runs.fit(runs.network(), listeners=[CtrlC(3)], progress=True)
    assert stream.getvalue().endswith("interrupted after 0 whole epochs\n")


def test_which_display_fits_where(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = io.StringIO()
    assert isinstance(progress_listener(None, terminal.stream), TerminalProgress)
    assert isinstance(progress_listener(True, terminal.stream), TerminalProgress)
    assert progress_listener(False, terminal.stream) is None
    assert progress_listener(None, pipe) is None
    assert isinstance(progress_listener(True, pipe), PlainProgress)
    monkeypatch.setenv("TERM", "dumb")
    assert progress_listener(None, terminal.stream) is None
    assert isinstance(progress_listener(True, terminal.stream), PlainProgress)
    monkeypatch.setattr(sys, "stderr", None)
    assert progress_listener(True) is None, "a program without a console"


class Handle:
    """What `display(..., display_id=True)` gives: every update replaces what was shown."""

    def __init__(self, first: str) -> None:
        self.shown = [first]

    def update(self, html: str) -> None:
        self.shown.append(html)


@pytest.fixture
def notebook(monkeypatch: pytest.MonkeyPatch) -> list[Handle]:
    """IPython as a kernel has it, with a front end that remembers."""
    displays: list[Handle] = []

    def display(html: str, display_id: bool) -> Handle:
        assert display_id is True
        displays.append(Handle(html))
        return displays[-1]

    shell = type("ZMQInteractiveShell", (), {})()
    ipython, module = types.ModuleType("IPython"), types.ModuleType("IPython.display")
    ipython.get_ipython = lambda: shell  # type: ignore[attr-defined]
    module.display, module.HTML = display, str  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    monkeypatch.setitem(sys.modules, "IPython.display", module)
    return displays


def test_a_notebook_has_one_display_updated_in_place(
    notebook: list[Handle], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    runs.fit(runs.network(), epochs=30, progress=None)
    assert len(notebook) == 1
    assert len(notebook[0].shown) >= 2
    assert "epoch 30/30  loss" in notebook[0].shown[-1]
    assert capfd.readouterr() == ("", "")
    clock = Clock(monkeypatch)
    events(NotebookProgress(), epochs=10, steps=100, clock=clock)
    assert len(notebook) == 2
    assert len(notebook[1].shown) <= 12


@pytest.mark.parametrize(("names", "shown"), [
    (["ZMQInteractiveShell"], True),
    (["ZMQInteractiveShell", "Shell"], True),
    (["ZMQInteractiveShell", "DatabricksShell"], True),
    (["InteractiveShell", "ZMQInteractiveShell", "SpyderShell", "Mine"], True),
    (["InteractiveShell"], False),
    (["InteractiveShell", "TerminalInteractiveShell"], False),
    (["ZMQ"], False),
], ids=str)  # fmt: skip
def test_shells_made_from_that_of_a_notebook_show_progress_too(
    notebook: list[Handle], names: list[str], shown: bool
) -> None:
    """Colab's is called Shell, and derives from ZMQInteractiveShell. names: from the base to the shell's own class."""
    cls: type = object
    for name in names:
        cls = type(name, (cls,), {})
    sys.modules["IPython"].get_ipython = cls  # type: ignore[attr-defined]
    assert isinstance(progress_listener(None, io.StringIO()), NotebookProgress) == shown


def test_an_ipython_terminal_is_a_terminal(notebook: list[Handle], terminal: Terminal) -> None:
    sys.modules["IPython"].get_ipython = lambda: object()  # type: ignore[attr-defined]
    assert isinstance(progress_listener(None, terminal.stream), TerminalProgress)


def test_a_display_that_goes_away_does_not_end_the_run(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    for live in (True, False):
        closed = io.StringIO()
        monkeypatch.setattr(closed, "isatty", lambda live=live: live)
        closed.close()
        listener = TerminalProgress(closed) if live else PlainProgress(closed)
        assert runs.fit(runs.network(), listeners=[listener]).stopped == "finished"
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(os.dup(writer), "w", buffering=1) as broken:
        events(PlainProgress(broken), epochs=3, steps=1)
        os.dup2(os.open(os.devnull, os.O_WRONLY), broken.fileno())  # so that closing it can flush
    os.close(writer)


def test_standard_output_stays_clean(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for choice in (True, None, False):
        runs.fit(runs.network(), progress=choice, checkpoint=tmp_path / "run")
    out, error = capfd.readouterr()
    assert out == ""
    assert len(error.splitlines()) == 4, "progress=True alone writes here: a line for every epoch"


def test_numbers_in_words() -> None:
    assert describe({"lr": 0.1}) == ""
    assert describe({"train_loss": 1234567.0}) == "loss 1.235e+06"
    assert describe({"train_loss": 0.5, "val_loss": float("inf")}) == "loss 0.5  validation loss inf"
    assert describe({"train_loss": 0.5, "val_loss": 1.0, "val_accuracy": 1.0}) == (
        "loss 0.5  validation loss 1, accuracy 100.0 %"
    )
