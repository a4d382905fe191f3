"""Every error a user can meet: it says what came, what was wanted, and what to do.

Each class also derives from the built-in class that fits, so `except ValueError` works as a stranger
to this library expects.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class LayerwiseError(Exception):
    """The root of all errors that Layerwise raises on purpose."""


class ShapeError(LayerwiseError, ValueError):
    """An array has the wrong shape for the place where it is used.

    What is wrong and what to do are kept apart, so that a network can say between them where it happened.
    """

    def __init__(self, problem: str, advice: str = "") -> None:
        super().__init__(f"{problem}: {advice}" if advice else problem)
        self.problem = problem
        self.advice = advice


class SettingError(LayerwiseError, ValueError):
    """A setting (a rate, a size, a name) is outside what it may be."""


class DataError(LayerwiseError, ValueError):
    """The data can not be learnt from as it is: missing values, wrong labels, an empty file."""


class KindError(LayerwiseError, TypeError):
    """A value is of a type that can not be used here."""


class FileError(LayerwiseError, OSError):
    """A file is missing, damaged, or not what it should be."""


class MissingExtraError(LayerwiseError, ImportError):
    """An optional package is needed and not installed."""


class DivergedError(LayerwiseError, ArithmeticError):
    """A training run left the range of the numbers; the best weights that it had are kept.

    step: the step, counted from 1, whose loss was not finite or out of all proportion. history: what was recorded.
    """

    def __init__(self, message: str, step: int = 0, history: object = None) -> None:
        super().__init__(message)
        self.step = step
        self.history = history


class TrainingInterrupted(KeyboardInterrupt):
    """Ctrl-C ended a run, between two steps: the network holds the weights of the last whole step.

    A KeyboardInterrupt, so that it also ends whatever called `fit`. step: steps made. history: what was recorded.
    """

    def __init__(self, message: str, step: int = 0, history: object = None) -> None:
        super().__init__(message)
        self.step = step
        self.history = history


def nearest(name: object, known: Iterable[str]) -> str:
    """Return ` Did you mean 'relu'?` for a misspelt name, or the list of the known ones.

    >>> nearest("Lineer", ["Linear", "ReLU"])
    " Did you mean 'Linear'?"
    >>> nearest("zzz", ["Linear", "ReLU"])
    ' Known: Linear, ReLU.'
    """
    known = sorted(known)
    close = difflib.get_close_matches(str(name).lower(), {each.lower() for each in known}, n=1, cutoff=0.6)
    if close:
        same = [
            each for each in known if each.lower() == close[0]
        ]  # such as Network, the class, and network, the module
        return f" Did you mean {difflib.get_close_matches(str(name), same, n=1, cutoff=0)[0]!r}?"
    return f" Known: {', '.join(known)}."
