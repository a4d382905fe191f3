"""Colours that everyone can tell apart, and words that everyone can read, on light paper and on dark."""

from __future__ import annotations

import itertools
import re
from dataclasses import fields

import pytest
from tests.plots.colour_vision import VISIONS, contrast, distance, oklab_distance

from layerwise.plots import style

PALETTES = {"light": style.LIGHT, "dark": style.DARK}
each_palette = pytest.mark.parametrize("palette", PALETTES.values(), ids=PALETTES)


@each_palette
@pytest.mark.parametrize("vision", VISIONS)
def test_classes_are_told_apart_by_everyone(palette: style.Palette, vision: str) -> None:
    assert len(palette.classes) == len(set(style.MARKERS)) == len(style.MARKER_SIZES) == 8
    closest = min(oklab_distance(*pair, vision) for pair in itertools.combinations(palette.classes, 2))
    assert closest > (10.4 if palette is style.LIGHT else 9)
    assert distance(palette.ink_soft, palette.accent, vision) > 15, "training and validation"
    assert distance(palette.negative, palette.positive, vision) > 40


@each_palette
@pytest.mark.parametrize("vision", VISIONS)
def test_curves_and_quantities_are_told_apart_by_everyone(palette: style.Palette, vision: str) -> None:
    assert len(palette.curves) == len({str(dash) for dash in style.DASHES}) == 6
    quantities = (palette.weight, palette.gradient, palette.activation, palette.update)
    assert min(oklab_distance(*pair, vision) for pair in itertools.combinations(quantities, 2)) > 10
    assert min(oklab_distance(*pair, vision) for pair in itertools.combinations(palette.curves, 2)) > 6


@each_palette
def test_thin_lines_stand_out_from_their_paper(palette: style.Palette) -> None:
    quantities = (palette.weight, palette.gradient, palette.activation, palette.update)
    for colour in (
        *palette.curves,
        *quantities,
        palette.accent,
        palette.line_strong,
        palette.negative,
        palette.positive,
    ):
        assert contrast(colour, palette.surface) >= 3, colour


@each_palette
def test_words_are_readable_on_every_ground(palette: style.Palette) -> None:
    inks = (palette.ink, palette.ink_soft, palette.ink_faint, palette.accent, palette.accent_strong)
    inks += (palette.negative_text, palette.positive_text, palette.note, palette.warning, palette.serious)
    for ink, ground in itertools.product(inks, (palette.ground, palette.surface, palette.sunken)):
        assert contrast(ink, ground) >= 4.5, (ink, ground)
    assert contrast(palette.ink, palette.accent_tint) >= 4.5
    assert contrast(palette.on_accent, palette.accent) >= 4.5
    assert contrast(palette.warning, palette.warning_tint) >= 4.5
    assert contrast(palette.serious, palette.serious_tint) >= 4.5
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@each_palette
def test_both_signs_are_equally_light(palette: style.Palette) -> None:
    low, high = (
        style.mixing.to_oklab(style.blend(1.0, [each, each]))[0] for each in (palette.negative, palette.positive)
    )
    assert abs(low - high) < 0.06


@each_palette
def test_magnitudes_go_one_way(palette: style.Palette) -> None:
    light = [style.luminance(style.blend(place, palette.sequential)) for place in (0.0, 0.25, 0.5, 0.75, 1.0)]
    assert light == sorted(light, reverse=palette is style.LIGHT)


@each_palette
def test_every_colour_is_a_token_of_its_own_name(palette: style.Palette) -> None:
    tokens = palette.tokens()
    assert all(re.fullmatch(r"#[0-9a-f]{6}", colour) for colour in tokens.values())
    values = [getattr(palette, each.name) for each in fields(palette)]
    assert list(tokens.values()) == [
        colour for value in values for colour in ([value] if isinstance(value, str) else value)
    ]
    assert tokens["--line-strong"] == palette.line_strong
    assert tokens["--seq-4"] == palette.sequential[4]
    assert list(tokens) == list(style.DARK.tokens())
