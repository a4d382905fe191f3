"""Names of the cases of a test, the same in every process: pytest shares tests among processes by their names."""

from __future__ import annotations

import re


def steady(value: object) -> str:
    """The value as text, without the address in memory that an object of no other name shows."""
    return re.sub(r" at 0x[0-9a-f]+", "", str(value))
