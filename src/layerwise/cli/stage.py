"""What is shown of an application at work: words that stay, a line that is replaced, and frames that move."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Sequence
from types import TracebackType

from rich.console import Console
from rich.live import Live
from rich.text import Text

from layerwise.cli.output import look, note
from layerwise.errors import SettingError

_SELDOM = 10.0
"""Seconds between two words about how far it is, where no line can be replaced."""


class Stage:
    """On standard error; on a terminal a line moves, elsewhere a word is said now and then.

    shown: whether anything is told. watch: whether frames are shown, which need a terminal: else SettingError.
    """

    def __init__(self, *, shown: bool, watch: bool) -> None:
        self.live = sys.stderr.isatty()
        if watch and not self.live:
            raise SettingError(
                "--watch shows games in a terminal, and this is none: leave it out; the report has films"
            )
        self.shown = shown
        self.watch = self._play if watch else None
        self.told = time.monotonic()

    def tell(self, words: str) -> None:
        """Words that stay."""
        if self.shown:
            self._clear()
            note(words)
            self.told = time.monotonic()

    def doing(self, words: str) -> None:
        """How far it is; the next words take the place of these."""
        if not self.shown:
            return
        if self.live:
            self._clear()
            sys.stderr.write(f"  {words}"[: look().width - 1])
            sys.stderr.flush()
        elif time.monotonic() - self.told >= _SELDOM:
            note(f"  {words}")
            self.told = time.monotonic()

    def _play(self, draw: Callable[[int], Iterable[Sequence[str]]], seconds: float) -> None:
        """Show frames, each for so many seconds, and leave the last one."""
        self._clear()
        console = Console(stderr=True, highlight=False)
        due = time.monotonic()
        with Live(console=console, auto_refresh=False) as live:
            for lines in draw(look().width - 1):
                live.update(Text("\n".join([*lines, ""]), no_wrap=True, overflow="crop"), refresh=True)
                now = time.monotonic()
                due = max(due + seconds, now)  # a frame that came late is not made up for
                time.sleep(due - now)
        note("")

    def _clear(self) -> None:
        if self.live:
            sys.stderr.write("\r\x1b[2K")

    def __enter__(self) -> Stage:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._clear()
        if self.live:
            sys.stderr.flush()
