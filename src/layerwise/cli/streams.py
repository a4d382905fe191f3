"""Standard output and standard error as they should behave for people: any encoding, a closed pipe, colour or none."""

from __future__ import annotations

import codecs
import os
import sys
import unicodedata
from typing import Any, TextIO

from layerwise.errors import FileError

_PLAIN = {
    "×": "x", "–": "-", "—": "-", "−": "-", "…": "...", "²": "2", "→": "->", "·": "*", "≤": "<=", "≥": ">=",
    "“": '"', "”": '"', "‘": "'", "’": "'", "█": "#", "░": ".", "▒": "-", "▓": "+", "▀": "#", "▄": "#",
    "─": "-", "━": "-", "│": "|", "╶": "-", "╴": "-", "╸": "-", "╺": "-", "µ": "u", "±": "+-", "ß": "ss",
}  # fmt: skip

_ERRORS = "layerwise.plain"


class Stream:
    """A text stream that survives its reader: after a closed pipe (`| head`) the work goes on and the words are lost.

    Raises FileError when the words can not be written for another reason, such as a full disk.
    """

    def __init__(self, stream: TextIO, name: str) -> None:
        self._stream = stream
        self._name = name

    def write(self, text: str) -> int:
        try:
            return self._stream.write(text)
        except OSError as error:
            self._lost(error)
            return len(text)

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def write_bytes(self, content: bytes) -> None:
        """Bytes as they are, whatever the encoding of the stream."""
        self.flush()
        try:
            self._stream.buffer.write(content)
        except OSError as error:
            self._lost(error)
        self.flush()

    def flush(self) -> None:
        try:
            self._stream.flush()
        except OSError as error:
            self._lost(error)

    def _lost(self, error: OSError) -> None:
        """Send what is still to come nowhere, so that nothing fails a second time, at the end of the program."""
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self._stream.fileno())
        os.close(nowhere)
        if not isinstance(error, BrokenPipeError):
            raise FileError(f"could not write to standard {self._name}: {error.strerror or error}") from None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def prepare() -> tuple[TextIO, TextIO]:
    """Put such streams in the place of sys.stdout and sys.stderr; returns those that stood there."""
    codecs.register_error(_ERRORS, _plainer)
    before = sys.stdout, sys.stderr
    for name, stream in (("stdout", sys.stdout), ("stderr", sys.stderr)):
        if stream is None:  # a program without a console
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 (lives as long as the program)
            continue
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors=_ERRORS, **({"encoding": "ascii"} if _wants_ascii() else {}))
        setattr(sys, name, Stream(stream, {"stdout": "output", "stderr": "error"}[name]))
    return before


def restore(before: tuple[TextIO, TextIO]) -> None:
    """Put back what stood there."""
    sys.stdout, sys.stderr = before


def in_unicode(stream: TextIO) -> bool:
    """Whether the stream can show block characters."""
    try:
        "█▀▄░…²".encode(stream.encoding or "ascii")
    except (LookupError, UnicodeEncodeError):
        return False
    return True


def in_colour(stream: TextIO) -> bool:
    """Whether the stream is a terminal that understands styles, and NO_COLOR is not set (no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM", "dumb") != "dumb"


def _wants_ascii() -> bool:
    """The locale C was asked for by name. Python itself would write UTF-8 then."""
    asked = os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return asked in ("C", "POSIX") and "PYTHONIOENCODING" not in os.environ


def _plainer(error: UnicodeError) -> tuple[str, int]:
    """What is written for characters that an encoding lacks."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_plain, error.object[error.start : error.end])), error.end


def _plain(letter: str) -> str:
    """The nearest ASCII text: `x` for `×`, `e` for `é`, `?` for what has none."""
    base = unicodedata.normalize("NFKD", letter).encode("ascii", "ignore").decode()
    return _PLAIN.get(letter) or base or "?"
