"""Progress: one live line in a terminal, one display in a notebook, plain lines anywhere else.

Everything goes to standard error, so that a program's own output stays clean, and the display is refreshed at most ten
times a second, so that watching costs nothing and floods nothing. A silence of more than three seconds is explained.
The line is made by hand: `rich` draws with a thread of its own, which takes turns from the training, and in a notebook
it wants widgets.
"""

from __future__ import annotations

import contextlib
import math
import os
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any, TextIO

from layerwise.compiled import in_use
from layerwise.training.events import Ended, EpochEnded, Listener, Started, StepEnded

_INTERVAL = 0.1
_PATIENCE = 3.0
_PLAIN_LINES = 10
_SHORTEST = 1.0
"""Seconds that are watched before the time that is left is told."""


def progress_listener(wanted: bool | None, stream: TextIO | None = None) -> Listener | None:
    """The display that fits this place. None: only where it can be live; True: everywhere; False: none."""
    if wanted is False:
        return None
    if _in_notebook():
        return NotebookProgress()
    stream = sys.stderr if stream is None else stream
    if stream is None:  # a program without a console
        return None
    if _is_live(stream):
        return TerminalProgress(stream)
    return PlainProgress(stream) if wanted else None


def describe(metrics: Mapping[str, float]) -> str:
    """The numbers of an epoch in words.

    >>> describe({"lr": 0.001, "train_loss": 0.12345, "val_loss": 0.25, "val_accuracy": 0.975})
    'loss 0.1235  validation loss 0.25, accuracy 97.5 %'
    """
    titles = {"train_loss": "loss", "val_loss": "  validation loss", "val_accuracy": ", accuracy"}
    words = ""
    for name, title in titles.items():
        if name in metrics:
            words += f"{title} {_number(name, metrics[name])}"
    return words


def shorter(metrics: Mapping[str, float]) -> list[str]:
    """The same in ever fewer words; the last says what matters most.

    >>> shorter({"train_loss": 0.12345, "val_loss": 0.25, "val_accuracy": 0.975})
    ['loss 0.1235, validation 0.25, 97.5 %', 'validation 0.25, 97.5 %', '97.5 %']
    """
    titles = {"train_loss": "loss ", "val_loss": "validation ", "val_accuracy": ""}
    words = [f"{title}{_number(name, metrics[name])}" for name, title in titles.items() if name in metrics]
    return [", ".join(words[first:]) for first in range(len(words))]


def duration(seconds: float) -> str:
    """A time as people say it.

    >>> duration(0.4), duration(59.6), duration(200), duration(3599), duration(7500)
    ('1 s', '1 min', '3 min', '1 h 00 min', '2 h 05 min')
    """
    if seconds <= 59:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02} min"


class _Watching(Listener):
    """What all displays share: when they were last told something, and a thread that explains a long silence."""

    beginning = "at work on the first step"

    over: threading.Event | None = None
    """Set when there is nothing more to watch; None before the run is started."""

    def started(self, event: Started) -> None:
        if self.over is not None:  # a run that goes back is started again
            self.over.set()
        self.begun = False
        self.told = time.monotonic()
        self.over = threading.Event()
        threading.Thread(target=self._watch, args=[self.over], daemon=True).start()

    def epoch_ended(self, event: EpochEnded) -> None:
        self.begun = True
        self.told = time.monotonic()

    def ended(self, event: Ended) -> None:
        if self.over is not None:
            self.over.set()

    def _watch(self, over: threading.Event) -> None:
        while not over.wait(_PATIENCE):
            if time.monotonic() - self.told >= _PATIENCE:
                self.explain(self.reason_of_silence())

    def explain(self, words: str) -> None:
        """Show why nothing moves."""

    def reason_of_silence(self) -> str:
        """Why nothing moves, as far as it can be known."""
        if self.begun:
            return "still at work"
        return self.beginning + (", which compiles, once on this machine" if in_use() else "")


class _Line(_Watching):
    """The live line: where the run stands, and drawing only when some time has passed."""

    def started(self, event: Started) -> None:
        self.epochs = event.epochs
        self.steps = event.steps_per_epoch or 0  # 0: nobody knows, and the bar moves with the epochs
        self.epoch = event.epoch
        self.step_in_epoch = 0
        self.metrics: Mapping[str, float] = {}
        self.reason = ""
        self.drawn = 0.0
        self.first: tuple[float, float] | None = None  # the time after the first step, and the share done then
        self.drawing = threading.Lock()
        super().started(event)

    def step_ended(self, event: StepEnded) -> None:
        self.begun = True
        self.told = time.monotonic()
        self.step_in_epoch = (event.step - 1) % self.steps + 1 if self.steps else 0
        if self.first is None:
            self.first = self.told, self.share
        if self.told - self.drawn >= _INTERVAL:
            if not self.metrics:
                self.metrics = {"train_loss": event.loss}
            self.redraw()
            self.drawn = time.monotonic()

    def epoch_ended(self, event: EpochEnded) -> None:
        super().epoch_ended(event)
        self.epoch = event.epoch
        self.step_in_epoch = 0
        self.metrics = event.metrics

    def ended(self, event: Ended) -> None:
        super().ended(event)
        if self.over is not None:  # the run may have failed before this listener was started
            self.reason = "" if event.reason == "finished" else event.reason
            self.first = None  # no time is left
            self.redraw()

    def explain(self, words: str) -> None:
        self.redraw(words)

    @property
    def share(self) -> float:
        """How much of the run is done."""
        return min(1.0, (self.epoch + self.step_in_epoch / max(1, self.steps)) / max(1, self.epochs))

    def left(self) -> str:
        """How long the rest will take at the pace since the first step, which may have compiled; "" while unknown."""
        if self.first is None:
            return ""
        passed, done = self.told - self.first[0], self.share - self.first[1]
        if passed < _SHORTEST or done <= 0:
            return ""
        return f"{duration(passed / done * (1 - self.share))} left" if self.share < 1 else ""

    def line(self, width: int, full: str, empty: str, silence: str = "") -> str:
        """The whole line: a bar, or why the run ended before its end; the epoch, the numbers, the time left.

        Where it would be too wide, words go first and then the bar; the accuracy and the time left go last.
        """
        cells = 20 if width > 90 else 10
        done = round(self.share * cells)
        bar = self.reason or full * done + empty * (cells - done)
        epoch = f"epoch {self.epoch}/{self.epochs}"
        end = silence or self.left()
        fewer = shorter(self.metrics) or [""]
        forms = [[bar, epoch, words, end] for words in (describe(self.metrics), *fewer[:-1])]
        bare = self.reason or epoch
        forms += [*([bare, words, end] for words in fewer), [f"{self.epoch}/{self.epochs}", fewer[-1]]]
        return _first_that_fits(forms, width)

    def redraw(self, silence: str = "") -> None:
        """Show the line, from whichever thread."""
        with self.drawing:
            self.draw(silence)

    def draw(self, silence: str) -> None:
        """Show the line. silence: why nothing moves, if nothing does."""


class TerminalProgress(_Line):
    """One line that is written over itself."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        unicode = "utf" in (getattr(stream, "encoding", None) or "").lower()
        self.cells = ("█", "░") if unicode else ("#", ".")

    def draw(self, silence: str) -> None:
        width = _width(self.stream) - 1  # a full line would wrap
        _tell(self.stream, "\r" + self.line(width, *self.cells, silence).ljust(width))

    def ended(self, event: Ended) -> None:
        super().ended(event)
        _tell(self.stream, "\n")


class NotebookProgress(_Line):
    """One display that is updated in place."""

    def __init__(self) -> None:
        self.handle: Any = None

    def draw(self, silence: str) -> None:
        from IPython.display import HTML, display

        html = HTML(f"<pre style='margin:0'>{self.line(110, '█', '░', silence)}</pre>")
        if self.handle is None:
            self.handle = display(html, display_id=True)
        else:
            self.handle.update(html)


class PlainProgress(_Watching):
    """A line for about every tenth of the run: for pipes, log files and dumb terminals.

    It hears epochs only, so that no step makes an event for it.
    """

    beginning = "at work on the first epoch, with its first step"

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.explained = ""

    def epoch_ended(self, event: EpochEnded) -> None:
        super().epoch_ended(event)
        every = math.ceil(event.epochs / _PLAIN_LINES)
        if event.epoch % every == 0 or event.epoch == event.epochs:
            _tell(self.stream, f"epoch {event.epoch}/{event.epochs}  {describe(event.metrics)}\n")

    def ended(self, event: Ended) -> None:
        super().ended(event)
        if event.reason != "finished":
            _tell(self.stream, f"{event.reason} after {event.epoch} whole epochs\n")

    def explain(self, words: str) -> None:
        if words != self.explained:  # once is enough
            self.explained = words
            _tell(self.stream, f"{words} ...\n")


def _number(name: str, value: float) -> str:
    return f"{100 * value:.1f} %" if "accuracy" in name else f"{value:.4g}"


def _first_that_fits(forms: Sequence[Sequence[str]], width: int) -> str:
    """The first form, its parts joined, that is no wider; else the last one, cut."""
    lines = ["  ".join(part for part in form if part) for form in forms]
    return next((line for line in lines if len(line) <= width), lines[-1][:width])


def _is_live(stream: TextIO) -> bool:
    return bool(getattr(stream, "isatty", lambda: False)()) and os.environ.get("TERM") != "dumb"


def _tell(stream: TextIO, text: str) -> None:
    """Write at once; a display that has gone away is no reason to lose a run."""
    with contextlib.suppress(OSError, ValueError):
        stream.write(text)
        stream.flush()


def _width(stream: TextIO) -> int:
    """The columns of the terminal behind the stream, which need not be that of standard output."""
    try:
        return os.get_terminal_size(stream.fileno()).columns or 80
    except (OSError, ValueError):
        return 80


def _in_notebook() -> bool:
    """Whether this process is the kernel of a notebook; asks only what is loaded already."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None and hasattr(ipython, "get_ipython") else None
    return type(shell).__name__ == "ZMQInteractiveShell"
