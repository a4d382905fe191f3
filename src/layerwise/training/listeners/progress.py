"""Progress: one live line in a terminal, one display in a notebook, plain lines anywhere else.

Everything goes to standard error, so that a program's own output stays clean, and the display is refreshed at most ten
times a second, so that watching costs nothing and floods nothing.
"""

from __future__ import annotations

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
    if _is_live(stream):
        return TerminalProgress(stream)
    return PlainProgress(stream) if wanted else None


def describe(metrics: Mapping[str, float]) -> str:
    """The numbers of an epoch in words.

    >>> describe({"train_loss": 0.12345, "val_accuracy": 0.975, "lr": 0.001})
    'loss 0.1235  validation accuracy 97.5 %'
    """
    titles = {"train_loss": "loss", "val_loss": "validation loss", "val_accuracy": "validation accuracy"}
    words = []
    for name, title in titles.items():
        if name in metrics:
            value = metrics[name]
            words.append(f"{title} {value:.1%}".replace("%", " %") if "accuracy" in name else f"{title} {value:.4g}")
    return "  ".join(words)


class _Throttled(Listener):
    """What all displays share: where the run stands, and drawing only when some time has passed."""

    def started(self, event: Started) -> None:
        self.epochs = event.epochs
        self.steps = event.steps_per_epoch
        self.epoch = event.epoch
        self.step_in_epoch = 0
        self.words = ""
        self.drawn = 0.0

    def step_ended(self, event: StepEnded) -> None:
        self.step_in_epoch = (event.step - 1) % self.steps + 1
        if time.monotonic() - self.drawn >= _INTERVAL:
            if not self.words:
                self.words = describe({"train_loss": event.loss})
            self.draw()
            self.drawn = time.monotonic()

    def epoch_ended(self, event: EpochEnded) -> None:
        self.epoch = event.epoch
        self.step_in_epoch = 0
        self.words = describe(event.metrics)

    @property
    def share(self) -> float:
        """How much of the run is done."""
        return min(1.0, (self.epoch + self.step_in_epoch / self.steps) / max(1, self.epochs))

    def line(self, width: int, full: str, empty: str) -> str:
        """The whole line: a bar, the epoch, the numbers; cut to the width."""
        cells = 20
        done = round(self.share * cells)
        return f"{full * done}{empty * (cells - done)}  epoch {self.epoch}/{self.epochs}  {self.words}"[:width]

    def draw(self) -> None:
        """Show the line."""


class TerminalProgress(_Throttled):
    """One line that is written over itself."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        unicode = "utf" in (getattr(stream, "encoding", None) or "").lower()
        self.cells = ("█", "░") if unicode else ("#", ".")

    def draw(self) -> None:
        self.stream.write("\r" + self.line(_width() - 1, *self.cells).ljust(_width() - 1))
        self.stream.flush()

    def ended(self, event: Ended) -> None:
        if not hasattr(self, "epochs"):
            return
        self.draw()
        self.stream.write("\n")
        self.stream.flush()


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

    def ended(self, event: Ended) -> None:
        if hasattr(self, "epochs"):
            self.draw()


class PlainProgress(Listener):
    """A line for about every tenth of the run: for pipes, log files and dumb terminals."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def epoch_ended(self, event: EpochEnded) -> None:
        every = max(1, event.epochs // _PLAIN_LINES)
        if event.epoch % every == 0 or event.epoch == event.epochs:
            print(f"epoch {event.epoch}/{event.epochs}  {describe(event.metrics)}", file=self.stream, flush=True)


def _is_live(stream: TextIO) -> bool:
    return bool(getattr(stream, "isatty", lambda: False)()) and os.environ.get("TERM") != "dumb"


def _width() -> int:
    import shutil

    return max(20, shutil.get_terminal_size((80, 24)).columns)


def _in_notebook() -> bool:
    """Whether this process is the kernel of a notebook; asks only what is loaded already."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None and hasattr(ipython, "get_ipython") else None
    return type(shell).__name__ == "ZMQInteractiveShell"
