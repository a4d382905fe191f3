"""Numbers and names as people read them."""

from __future__ import annotations

from collections.abc import Iterable


def percent(share: float) -> str:
    """A share in per cent with one digit after the point, never rounded up to certainty.

    >>> percent(0.978), percent(0.9999), percent(1.0)
    ('97.8 %', '99.9 %', '100.0 %')
    """
    tenths = round(share * 1000)
    if tenths >= 1000 and share < 1:
        tenths = 999
    if tenths <= 0 and share > 0:
        return "under 0.1 %"
    return f"{tenths / 10:.1f} %"


def quantity(value: float) -> str:
    """A number with four digits that count, as people write it.

    >>> quantity(19183.2), quantity(0.012345), quantity(-0.5), quantity(6.02e23)
    ('19,180', '0.01235', '-0.5', '6.02e+23')
    """
    if value != 0 and not 1e-3 <= abs(value) < 1e7:
        return f"{value:.4g}"
    rounded = float(f"{value:.4g}")
    return f"{rounded:,.0f}" if abs(rounded) >= 1000 else f"{rounded:g}"


def setting(value: object) -> str:
    """The value of a setting, numbers with four digits that count.

    >>> setting(1 / 21), setting(0.002), setting(400), setting([0.9, 0.999]), setting("he_normal"), setting(1e-30)
    ('0.04762', '0.002', '400', '[0.9, 0.999]', 'he_normal', '1e-30')
    """
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(setting, value))}]"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def printable(text: str, width: int = 24) -> str:
    """A name from a file: without control characters, and cut to a readable length.

    >>> printable("a\\x1b[2J", 24), printable("x" * 30, 8)
    ('a?[2J', 'xxxxx...')
    """
    text = "".join(letter if letter.isprintable() else "?" for letter in text)
    return text if len(text) <= width else text[: width - 3] + "..."


def listed(names: Iterable[str]) -> str:
    """Names as a list for people.

    >>> listed({"b", "a"}), listed([])
    ('a, b', 'none')
    """
    return ", ".join(sorted(names)) or "none"
