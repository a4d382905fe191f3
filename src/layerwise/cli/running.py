"""One run of the command line: from arguments to an exit code, whatever happens between."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import textwrap
import traceback
from collections.abc import Sequence
from typing import Any

import typer

from layerwise.cli import streams
from layerwise.cli.codes import DEFECT, FINE, INTERRUPTED, MISTAKE, USAGE
from layerwise.cli.interrupts import Interrupted, Terminated, sigterm_as_interrupt
from layerwise.errors import LayerwiseError

# typer keeps a copy of click inside; the root of its usage errors has no public name.
_CommandLineError: type[Exception] = next(cls for cls in typer.BadParameter.__mro__ if cls.__name__ == "ClickException")


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code. Everything that goes wrong ends in a sentence on standard error."""
    before = streams.prepare()
    try:
        with sigterm_as_interrupt() as terminated:
            code = _guarded(list(sys.argv[1:] if arguments is None else arguments), terminated)
        return _flushed(code)
    finally:
        streams.restore(before)


def _guarded(arguments: list[str], terminated: Terminated) -> int:
    try:
        return _command(arguments)
    except Interrupted:  # told already, with the command that goes on
        return terminated.exit_code
    except (KeyboardInterrupt, typer.Abort):
        return _tell("interrupted", terminated.exit_code)
    except LayerwiseError as error:
        return _tell(str(error), MISTAKE)
    except _CommandLineError as error:
        return _usage(error, arguments)
    except MemoryError:
        return _tell("the memory is full: use a smaller network, batch or file", MISTAKE)
    except OSError as error:  # what no module has put into words, such as a full disk while drawing
        reason = error.strerror or str(error)
        return _tell(f"{error.filename}: {reason}" if error.filename else reason, MISTAKE)
    except Exception as error:
        return _defect(error)


def _command(arguments: list[str]) -> int:
    from layerwise.cli.app import app

    command = typer.main.get_command(app)
    code = command.main(arguments, prog_name="layerwise", standalone_mode=False)
    if code == INTERRUPTED:  # what typer makes of Ctrl-C, where no command was ready for it
        raise KeyboardInterrupt
    return code if isinstance(code, int) else FINE


def _tell(sentence: str, code: int) -> int:
    """One sentence on standard error, without control characters from names and files."""
    shown = "".join(letter if letter.isprintable() or letter == "\n" else "?" for letter in sentence)
    lines = f"layerwise: {shown}".split("\n")
    if sys.stderr.isatty():  # a terminal would break in the middle of words
        width = shutil.get_terminal_size().columns
        lines = [part for line in lines for part in textwrap.wrap(line, width, break_long_words=False)]
    sys.stderr.write("\n".join(lines) + "\n")
    return code


def _usage(error: Any, arguments: list[str]) -> int:
    """Wrong usage: what is wrong, the nearest name, and where the help is."""
    from layerwise.cli.app import app

    message = error.format_message().rstrip()
    names = [each.callback.__name__ for each in app.registered_commands if each.callback is not None]
    first = next((each for each in arguments if not each.startswith("-")), None)
    command = f" {first}" if first in names else ""
    return _tell(f"{message}\nHelp: layerwise{command} --help", USAGE)


def _defect(error: Exception) -> int:
    """An error of the program itself: the traceback goes to a file, or is shown with LAYERWISE_DEBUG=1."""
    what = f"this is an error in Layerwise itself ({type(error).__name__}: {error})"
    if os.environ.get("LAYERWISE_DEBUG"):
        traceback.print_exception(error)
        return _tell(what, DEFECT)
    with tempfile.NamedTemporaryFile(
        "w", prefix="layerwise-error-", suffix=".txt", delete=False, encoding="utf-8", errors="replace"
    ) as file:
        traceback.print_exception(error, file=file)
    return _tell(f"{what}. Please report it, with the file {file.name}", DEFECT)


def _flushed(code: int) -> int:
    """Write what is still held back; a full disk is told here, and not by the interpreter at its end."""
    try:
        sys.stdout.flush()
    except LayerwiseError as error:
        code = code or _tell(str(error), MISTAKE)
    sys.stderr.flush()
    return code
