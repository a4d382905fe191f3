"""Optional packages: imported where they are used, with the line that installs them when they are missing."""

from __future__ import annotations

import importlib
from types import ModuleType

from layerwise.errors import MissingExtraError


def require(module: str, *, extra: str, purpose: str) -> ModuleType:
    """Import an optional package, or say in one sentence how to get it.

    >>> require("no_such_package", extra="bench", purpose="Timing")
    Traceback (most recent call last):
    layerwise.errors.MissingExtraError: Timing needs the package 'no_such_package': run  pip install -e ".[bench]"
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise MissingExtraError(f'{purpose} needs the package {module!r}: run  pip install -e ".[{extra}]"') from error
