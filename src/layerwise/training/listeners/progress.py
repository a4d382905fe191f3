"""Progress: one live line in a terminal, one display in a notebook, plain lines anywhere else.

Everything goes to standard error, so that a program's own output stays clean, and the display is refreshed at most ten
times a second, so that watching costs nothing and floods nothing.
"""

from __future__ import annotations

import contextlib
import math
import os
import sys
import time
from collections.abc import Mapping
from typing import Any, TextIO

from layerwise.training.events import Ended, EpochEnded, Listener, Started, StepEnded

_INTERVAL = 0.1
_PLAIN_LINES = 10


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
            value = metrics[name]
            words += f"{title} {100 * value:.1f} %" if "accuracy" in name else f"{title} {value:.4g}"
    return words


class _Throttled(Listener):
    """What all displays share: where the run stands, and drawing only when some time has passed."""

    def started(self, event: Started) -> None:
        self.epochs = event.epochs
        self.steps = event.steps_per_epoch or 0  # 0: nobody knows, and the bar moves with the epochs
        self.epoch = event.epoch
        self.step_in_epoch = 0
        self.words = ""
        self.reason = ""
        self.drawn = 0.0

    def step_ended(self, event: StepEnded) -> None:
        self.step_in_epoch = (event.step - 1) % self.steps + 1 if self.steps else 0
        if time.monotonic() - self.drawn >= _INTERVAL:
            if not self.words:
                self.words = describe({"train_loss": event.loss})
            self.draw()
            self.drawn = time.monotonic()

    def epoch_ended(self, event: EpochEnded) -> None:
        self.epoch = event.epoch
        self.step_in_epoch = 0
        self.words = describe(event.metrics)

    def ended(self, event: Ended) -> None:
        if hasattr(self, "epochs"):  # it may have failed before this listener was started
            self.reason = "" if event.reason == "finished" else event.reason
            self.draw()

    @property
    def share(self) -> float:
        """How much of the run is done."""
        return min(1.0, (self.epoch + self.step_in_epoch / max(1, self.steps)) / max(1, self.epochs))

    def line(self, width: int, full: str, empty: str) -> str:
        """The whole line: a bar, or why the run ended before its end; the epoch, the numbers; cut to the width."""
        cells = 20 if width > 90 else 10
        done = round(self.share * cells)
        bar = full * done + empty * (cells - done)
        return f"{self.reason or bar}  epoch {self.epoch}/{self.epochs}  {self.words}"[:width]

    def draw(self) -> None:
        """Show the line."""


class TerminalProgress(_Throttled):
    """One line that is written over itself."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        unicode = "utf" in (getattr(stream, "encoding", None) or "").lower()
        self.cells = ("█", "░") if unicode else ("#", ".")

    def draw(self) -> None:
        width = _width(self.stream) - 1  # a full line would wrap
        _tell(self.stream, "\r" + self.line(width, *self.cells).ljust(width))

    def ended(self, event: Ended) -> None:
        super().ended(event)
        _tell(self.stream, "\n")


class NotebookProgress(_Throttled):
    """One display that is updated in place."""

    def __init__(self) -> None:
        self.handle: Any = None

    def draw(self) -> None:
        from IPython.display import HTML, display

        html = HTML(f"<pre style='margin:0'>{self.line(110, '█', '░')}</pre>")
        if self.handle is None:
            self.handle = display(html, display_id=True)
        else:
            self.handle.update(html)


class PlainProgress(Listener):
    """A line for about every tenth of the run: for pipes, log files and dumb terminals."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def epoch_ended(self, event: EpochEnded) -> None:
        every = math.ceil(event.epochs / _PLAIN_LINES)
        if event.epoch % every == 0 or event.epoch == event.epochs:
            _tell(self.stream, f"epoch {event.epoch}/{event.epochs}  {describe(event.metrics)}\n")

    def ended(self, event: Ended) -> None:
        if event.reason != "finished":
            _tell(self.stream, f"{event.reason} after {event.epoch} whole epochs\n")


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
    return any(cls.__name__ == "ZMQInteractiveShell" for cls in type(shell).__mro__)  # Colab's derives from it
