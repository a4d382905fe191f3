"""Generated pictures that stand for photos: five shapes of any size, place and colour, in files of both kinds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

SHAPES = ("circle", "cross", "ring", "square", "triangle")


def draw(shape: str, rng: np.random.Generator) -> Image.Image:
    """One picture, 40 to 160 pixels each side, now and then grey."""
    width, height = (int(side) for side in rng.integers(40, 160, size=2))
    dark, light = rng.integers(0, 110, size=3), rng.integers(150, 256, size=3)
    ground, ink = (light, dark) if rng.random() < 0.5 else (dark, light)
    noise = rng.normal(0, 8, size=(height, width, 3))
    picture = Image.fromarray(np.clip(ground + noise, 0, 255).astype(np.uint8))
    pen, small = ImageDraw.Draw(picture), min(width, height)
    r = small * rng.uniform(0.25, 0.4)
    x, y = width / 2 + (small / 2 - r) * rng.uniform(-1, 1), height / 2 + (small / 2 - r) * rng.uniform(-1, 1)
    box, colour = (x - r, y - r, x + r, y + r), tuple(int(each) for each in ink)
    if shape == "circle":
        pen.ellipse(box, fill=colour)
    elif shape == "ring":
        pen.ellipse(box, outline=colour, width=max(2, int(r / 3)))
    elif shape == "square":
        pen.rectangle(box, fill=colour)
    elif shape == "triangle":
        pen.polygon([(x, y - r), (x - r, y + r), (x + r, y + r)], fill=colour)
    else:
        thick = max(2, int(r / 2.5))
        pen.line([(x - r, y), (x + r, y)], fill=colour, width=thick)
        pen.line([(x, y - r), (x, y + r)], fill=colour, width=thick)
    return picture.convert("L") if rng.random() < 0.2 else picture


def write(folder: Path, count: int = 40, seed: int = 0) -> Path:
    """A folder of `count` pictures of each shape, half of them PNG and half JPEG."""
    rng = np.random.default_rng(seed)
    for shape in SHAPES:
        (folder / shape).mkdir(parents=True)
        for number in range(count):
            draw(shape, rng).save(folder / shape / f"{number:03}.{('png', 'jpg')[number % 2]}")
    draw("ring", rng).save(folder / "what is this.png")
    return folder
