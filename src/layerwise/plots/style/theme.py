"""The palette as a style sheet, for what a page or a notebook draws itself: light, and dark where that is wanted."""

from __future__ import annotations

from collections.abc import Iterable

from layerwise.palette import DARK, LIGHT

_DARK_PAGES = (
    '[data-theme="dark"]',  # pages of our own, Read the Docs and many more
    '[data-jp-theme-light="false"]',  # JupyterLab and Notebook 7
    ".vscode-dark",
    "html[theme=dark]",  # Colab
)
_LIGHT_PAGES = ('[data-theme="light"]', '[data-jp-theme-light="true"]', ".vscode-light", "html[theme=light]")
"""A notebook says which it is, whatever the system prefers."""


def theme(selector: str, tokens: Iterable[str] | None = None) -> str:
    """Custom properties for what a selector names. tokens: those needed, such as "--ink"; all unless given.

    >>> theme(".x", ["--ink"])[:17]
    '.x{--ink:#2b2a28}'
    """
    names = list(LIGHT.tokens() if tokens is None else tokens)
    light, dark = (";".join(f"{name}:{each.tokens()[name]}" for name in names) for each in (LIGHT, DARK))
    pages = ",".join(f"{page} {selector}" for page in _DARK_PAGES)
    pages_light = ",".join(f"{page} {selector}" for page in _LIGHT_PAGES)
    return (
        f"{selector}{{{light}}}"
        f"@media (prefers-color-scheme:dark){{{selector}{{{dark}}}}}"
        f"{pages_light}{{{light}}}{pages}{{{dark}}}"
    )
