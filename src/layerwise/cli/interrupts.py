"""SIGTERM ends a run as Ctrl-C does: after the step it is in, with a checkpoint. Only the exit code differs."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from layerwise.cli.codes import INTERRUPTED, TERMINATED


class Interrupted(Exception):  # noqa: N818 (it is no error)
    """Ctrl-C, after the command has said what is to be said."""


class Terminated:
    """Whether SIGTERM has come."""

    def __init__(self) -> None:
        self.requested = False

    def handle(self, number: int, frame: FrameType | None) -> None:
        self.requested = True
        signal.raise_signal(signal.SIGINT)  # whoever waits for Ctrl-C now hears it

    @property
    def exit_code(self) -> int:
        """The code by which a shell knows the signal."""
        return TERMINATED if self.requested else INTERRUPTED


@contextmanager
def sigterm_as_interrupt() -> Iterator[Terminated]:
    """Treat SIGTERM as Ctrl-C while the body runs, where Python lets us: in the main thread."""
    terminated = Terminated()
    if threading.current_thread() is not threading.main_thread():
        yield terminated
        return
    before = signal.signal(signal.SIGTERM, terminated.handle)
    try:
        yield terminated
    finally:
        signal.signal(signal.SIGTERM, before)
