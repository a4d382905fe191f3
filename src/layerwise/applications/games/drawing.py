"""A game as lines of text and as pictures, both to scale: the track is 4.8 m wide, the pole 1 m long."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from layerwise.applications.games import cartpole
from layerwise.plots import style
from layerwise.types import Array

if TYPE_CHECKING:
    from PIL import Image as Pillow

EVERY = 2
"""Of the 50 states a second that a game has, every second one is shown."""
FRAME_SECONDS = EVERY * cartpole.SECONDS
_TRACK, _POLE = 2 * cartpole.EDGE, 2 * cartpole.HALF
_TILTED = np.tan(np.pi / 60)
"""From 3° on a pole of letters is drawn with slanted ones."""
_WIDTH, _HEIGHT, _FINER = 720, 268, 3
"""Of a picture, in points; drawn so many times finer, for smooth edges."""


@dataclass(frozen=True)
class Scene:
    """One game to look at. states: (T, 4), from its start to its end. title: who plays."""

    states: Array
    title: str

    def __iter__(self) -> Iterator[tuple[int, Array]]:
        """The states that are shown, each with the number of steps before it; the last one is always among them."""
        last = len(self.states) - 1
        return ((t, self.states[t]) for t in [*range(0, last, EVERY), last])

    def words(self, t: int) -> str:
        """What stands below a state: the time, and at the end how it ended."""
        told = f"{t * cartpole.SECONDS:.2f} s"
        if t < len(self.states) - 1:
            return told
        last = self.states[-1]
        if not cartpole.lost(last[None])[0]:
            return f"{told}   held to the end" if t == cartpole.STEPS else told
        return f"{told}   " + ("the pole fell" if abs(last[2]) > cartpole.LEAN else "off the track")


def in_letters(scene: Scene, width: int = 76) -> Iterator[list[str]]:
    """Each frame as lines of text. width: columns of the track; a column is half as wide as a line is high."""
    per_metre = width / _TRACK
    rows = max(3, round(per_metre * _POLE / 2))
    for t, (x, _, theta, _) in scene:
        lines = [_pole_row((r + 0.5) / rows * _POLE, x, theta, width) for r in reversed(range(rows))]
        cart = _placed("▄" * max(3, round(0.5 * per_metre)), x, width)
        yield [scene.title, "", *lines, cart, "─" * width, scene.words(t)]


def _pole_row(height: float, x: float, theta: float, width: int) -> str:
    slope = np.tan(theta)
    letter = "/" if slope > _TILTED else "\\" if slope < -_TILTED else "|"
    return _placed(letter, x + height * slope, width)


def _placed(letters: str, x: float, width: int) -> str:
    """Letters whose middle is at x, in m from the middle of the track; they stop at its ends."""
    middle = (x / _TRACK + 0.5) * width
    left = round(middle - len(letters) / 2)
    return " " * int(np.clip(left, 0, width - len(letters))) + letters


def in_pictures(scene: Scene) -> Iterator[Pillow.Image]:
    """Each frame as a picture."""
    from PIL import Image, ImageDraw, ImageFont

    font = _font(ImageFont)
    for t, state in scene:
        fine = Image.new("RGB", (_WIDTH * _FINER, _HEIGHT * _FINER), style.SURFACE)
        _draw(ImageDraw.Draw(fine), state)
        picture = fine.reduce(_FINER)
        pen = ImageDraw.Draw(picture)
        pen.text((18, 14), scene.title, fill=style.INK, font=font)
        pen.text((18, _HEIGHT - 34), scene.words(t), fill=style.INK_SOFT, font=font)
        yield picture


def _draw(pen: Any, state: Array) -> None:
    """Track, cart and pole, in the finer points."""
    x, _, theta, _ = state
    scale = _FINER * 0.94 * _WIDTH / (_TRACK + 0.6)  # points a metre; the cart is 0.6 m wide, and may stand at an end
    ground, middle = _FINER * (_HEIGHT - 58), _FINER * _WIDTH / 2
    left, right = (middle + side * cartpole.EDGE * scale for side in (-1, 1))
    pen.line([(left, ground), (right, ground)], fill=style.LINE, width=2 * _FINER)
    for end in (left, right):
        pen.line([(end, ground - 6 * _FINER), (end, ground + 6 * _FINER)], fill=style.INK_FAINT, width=2 * _FINER)
    cart, pivot = middle + x * scale, ground - 0.28 * scale
    pen.rounded_rectangle([cart - 0.3 * scale, pivot, cart + 0.3 * scale, ground], 5 * _FINER, fill=style.INK_SOFT)
    tip = (cart + _POLE * scale * np.sin(theta), pivot - _POLE * scale * np.cos(theta))
    pen.line([(cart, pivot), tip], fill=style.POSITIVE, width=9 * _FINER)
    for at, radius in ((tip, 4.5), ((cart, pivot), 4.5)):
        box = [each + side * radius * _FINER for side in (-1, 1) for each in at]
        pen.ellipse(box, fill=style.POSITIVE)


def _font(fonts: Any) -> Any:
    """The letters of every other picture, which come with matplotlib."""
    import matplotlib

    return fonts.truetype(str(Path(matplotlib.get_data_path(), "fonts", "ttf", "DejaVuSans.ttf")), 16)


def film(scenes: Sequence[Scene]) -> bytes:
    """The scenes one after the other as an animated GIF, in the time of the games, which begins anew at its end.

    The last picture of each stays for a second.
    """
    from PIL import Image

    pictures: list[Pillow.Image] = []
    durations: list[int] = []
    for scene in scenes:
        pictures += list(in_pictures(scene))
        durations += [round(1000 * FRAME_SECONDS)] * (len(pictures) - len(durations))
        durations[-1] = 1000
    palette = pictures[0].quantize(32)  # one for all pictures, so that only what moves is written again
    few = [each.quantize(palette=palette, dither=Image.Dither.NONE) for each in pictures]
    content = io.BytesIO()
    few[0].save(content, "GIF", save_all=True, append_images=few[1:], duration=durations, loop=0, optimize=False)
    return content.getvalue()
