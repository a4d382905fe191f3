"""Checks of settings, each with the sentence that helps when it fails.

Every check returns the value in the type that the caller stores, so that `lr = positive("lr", lr)` is one line.
"""

from __future__ import annotations

import math
import numbers
import os
from collections.abc import Iterable
from typing import Any

import numpy as np

from layerwise.errors import KindError, SettingError, nearest

_LONGEST = 200
"""Characters of a value that an error shows."""


def number(name: str, value: object) -> float:
    """A finite real number; True and "0.1" are refused, since they are nearly always a mistake."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise KindError(f"{name} must be a number, got {_shown(value)} ({type(value).__name__})")
    try:
        result = float(value)
    except OverflowError:
        raise SettingError(f"{name} must be a finite number, got {_shown(value)}") from None
    if not math.isfinite(result):
        raise SettingError(f"{name} must be a finite number, got {value!r}")
    return result


def positive(name: str, value: object) -> float:
    """A number above 0."""
    result = number(name, value)
    if result <= 0:
        raise SettingError(f"{name} must be above 0, got {value!r}")
    return result


def not_negative(name: str, value: object) -> float:
    """A number from 0 up."""
    result = number(name, value)
    if result < 0:
        raise SettingError(f"{name} must be 0 or more, got {value!r}")
    return result


def fraction(name: str, value: object, *, one_allowed: bool = False) -> float:
    """A number from 0 up to, but unless `one_allowed` not including, 1."""
    result = number(name, value)
    if not 0 <= result <= 1 or (result == 1 and not one_allowed):
        raise SettingError(f"{name} must lie in [0, 1{']' if one_allowed else ')'}, got {value!r}")
    return result


def whole_number(name: str, value: object, *, minimum: int = 1) -> int:
    """An integer from `minimum` up; 3.0 and True are refused."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise KindError(f"{name} must be a whole number, got {_shown(value)} ({type(value).__name__})")
    if value < minimum:
        raise SettingError(f"{name} must be at least {minimum}, got {_shown(value)}")
    if value >= 2**63:
        raise SettingError(f"{name} must be below 2**63, got {_shown(value)}")
    return int(value)


def several(values: object) -> tuple[Any, ...] | None:
    """What a tuple, a list, a range or a flat array holds; None for what is none of them.

    >>> several([3, 4]), several(np.array([3, 4])), several("34"), several(3)
    ((3, 4), (np.int64(3), np.int64(4)), None, None)
    """
    listed = isinstance(values, tuple | list | range) or (isinstance(values, np.ndarray) and values.ndim == 1)
    return tuple(values) if listed else None  # type: ignore[arg-type]


def whole_numbers(name: str, values: object, *, count: int | None = None) -> tuple[int, ...]:
    """Integers from 1 up, as `several` takes them: as many as `count` says, or at least one."""
    wanted = "one or more" if count is None else str(count)
    listed = several(values)
    if listed is None:
        raise KindError(f"{name} must be a tuple of {wanted} whole numbers, got {_shown(values)}")
    if not listed or count not in (None, len(listed)):
        raise SettingError(f"{name} must be a tuple of {wanted} whole numbers, got {_shown(values)}")
    return tuple(whole_number(f"{name}[{place}]", value) for place, value in enumerate(listed))


def yes_or_no(name: str, value: object) -> bool:
    """True or False, NumPy's own as well, and nothing that merely looks true."""
    if not isinstance(value, bool | np.bool_):
        raise KindError(f"{name} must be True or False, got {_shown(value)} ({type(value).__name__})")
    return bool(value)


def one_of(name: str, value: object, known: Iterable[str]) -> str:
    """One of the known names; a misspelt one is answered with its nearest neighbour."""
    known = list(known)
    if not isinstance(value, str):
        raise KindError(f"{name} must be one of {', '.join(sorted(known))}; got {value!r}")
    if value not in known:
        raise SettingError(f"{name} {value!r} is not known.{nearest(value, known)}")
    return value


def _shown(value: object) -> str:
    """A value as an error shows it: cut where it is long, such as all the weights of a network.

    Python itself refuses to print whole numbers of thousands of digits.
    """
    if isinstance(value, int) and value.bit_length() > 128:
        return f"a number of about {int(value.bit_length() * math.log10(2)) + 1:,} digits"
    words = repr(value)
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST]}..."


def require_kind(name: str, value: object, kind: type, example: str = "", optional: bool = False) -> None:
    """Refuse what is not of this kind, and a class where an object of it is wanted.

    >>> require_kind("patience", "five", int, example="5")
    Traceback (most recent call last):
    layerwise.errors.KindError: patience must be an int, such as 5; got 'five'
    """
    if isinstance(value, kind) or (optional and value is None):
        return
    article = "an" if kind.__name__[0] in "AEIOUaeiou" else "a"
    words = f"{article} {kind.__name__}" + (f", such as {example}" if example else "")
    advice = f": write {value.__name__}(...) with brackets" if isinstance(value, type) else ""
    raise KindError(f"{name} must be {words}; got {value!r}{advice}")


def require_path(name: str, value: object, optional: bool = False) -> None:
    """Refuse what can not name a file: 1 and True would be taken for the program's own output."""
    if isinstance(value, str | os.PathLike) or (optional and value is None):
        return
    raise KindError(f"{name} must be the path of a file, got {value!r}: write {name}='run.safetensors'")
