"""A style sheet has every colour for light pages and for dark ones, and follows the page before the system."""

from __future__ import annotations

import re

from layerwise.plots import style


def test_light_is_said_first_and_dark_where_it_is_wanted() -> None:
    text = style.theme(".picture", ["--ink", "--ground"])
    light, dark = (f"--ink:{each.ink};--ground:{each.ground}" for each in (style.LIGHT, style.DARK))
    rules = re.findall(r"([^{}]+)\{([^{}]+)\}", text)
    assert rules[0] == (".picture", light)
    assert rules[1] == (".picture", dark)
    assert "@media (prefers-color-scheme:dark){.picture{" in text
    assert [body for _, body in rules[2:]] == [light, dark]
    for page in ('[data-theme="dark"]', '[data-jp-theme-light="false"]', ".vscode-dark"):
        assert f"{page} .picture" in rules[3][0]
    assert '[data-theme="light"] .picture' in rules[2][0]


def test_without_names_it_has_all_tokens() -> None:
    text = style.theme(".x")
    for palette in (style.LIGHT, style.DARK):
        assert all(f"{name}:{colour}" in text for name, colour in palette.tokens().items())
