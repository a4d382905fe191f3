"""The form of an object for a notebook, by its class."""

from __future__ import annotations

from functools import singledispatch
from typing import Any


@singledispatch
def html(thing: Any) -> str | None:
    """The object as HTML for a notebook; None, and so plain text, for what has no form.

    >>> html(3) is None
    True
    """
    return None
