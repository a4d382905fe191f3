"""`layerwise explain`: one update of a run, worked out with all its numbers."""

from __future__ import annotations

import re

from layerwise import files
from layerwise.cli.output import announced, look, note, say
from layerwise.errors import SettingError
from layerwise.insight.explain.notation import ascii_of
from layerwise.insight.explain.text import head_of
from layerwise.runs import folder as folders
from layerwise.runs.explaining import PARTS, explained, mirrored, weight_in

_MOST_SAMPLES = 64
"""A batch whose numbers can still be read."""


def samples_in(text: str) -> list[int]:
    """The rows in a text such as 3 or 3,7-9.

    >>> samples_in("3"), samples_in("3,7-9")
    ([3], [3, 7, 8, 9])
    """
    rows: list[int] = []
    for each in text.split(","):
        found = re.fullmatch(r"\s*(\d{1,12})(?:-(\d{1,12}))?\s*", each)
        if found is None:
            raise SettingError(f"--sample wants rows of the data, such as 3 or 3,7-9; got {text!r}")
        first, last = int(found[1]), int(found[2] or found[1])
        if last - first >= _MOST_SAMPLES or len(rows) > _MOST_SAMPLES:
            raise SettingError(f"--sample takes {_MOST_SAMPLES} samples at most: the numbers of more are not readable")
        rows += range(first, last + 1)
    return rows


def explain(
    run: str,
    sample: str,
    *,
    part: str,
    weight: str | None,
    step: int | None,
    digits: int,
    html: str | None,
    conventions: bool,
    modes: bool,
) -> int:
    """Print the example, or write its page."""
    if part not in PARTS:
        raise SettingError(f"--part is one of {', '.join(PARTS)}; got {part!r}")
    chosen, place = samples_in(sample), None if weight is None else weight_in(weight)
    with announced(f"working out an update of {run}"):
        folder = folders.found(run)
        if modes:
            return _said(mirrored(folder, chosen, part, step).text(digits, look().width))
        example = explained(folder, chosen, part, step)
        one = None if place is None else example.weight(place[0], *place[1])
    if html is not None:
        files.replace(html, [example.to_html(digits, one).encode()])
        note(f"written to {html}")
        return 0
    width = look().width
    if one is not None:
        return _said(f"{head_of(example, digits, width)}\n\n{one.text(digits)}")
    return _said(example.text(digits, width, conventions))


def _said(text: str) -> int:
    say(text if look().unicode else ascii_of(text))
    return 0
