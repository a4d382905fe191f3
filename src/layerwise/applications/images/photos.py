"""Photos of one's own: a folder with one subfolder a class."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from layerwise.checks import whole_number
from layerwise.errors import DataError, FileError
from layerwise.types import Array

ENDINGS = (".png", ".jpg", ".jpeg")
FEWEST = 8
"""Photos of a class, below which there is nothing to hold out."""


@dataclass(frozen=True, eq=False)
class Photos:
    """Photos as arrays.

    x: (N, 3, S, S) float32, 0 to 1. labels: (N,) int64, places in `classes`. classes: the names of the subfolders, in
    the order of the alphabet. paths: of the N files. asked: files that lie beside the subfolders and have no class, and
    asked_x, (M, 3, S, S): the network is to answer for them.
    """

    x: Array
    labels: Array
    classes: tuple[str, ...]
    paths: tuple[Path, ...]
    asked: tuple[Path, ...]
    asked_x: Array


def read_photos(folder: str | os.PathLike[str], *, side: int = 32) -> Photos:
    """Read PNG and JPEG files of any size, colour or grey.

    folder: holds one subfolder a class. side: S, to which the middle square of each photo is scaled; 32 unless given.
    Raises FileError for a folder or a file that can not be read, DataError for fewer than two classes or than eight
    photos of one.
    """
    root, side = Path(folder), whole_number("side", side)
    if not root.is_dir():
        raise FileError(f"there is no folder {folder}: it should hold one subfolder of photos for each class")
    shown = [each for each in sorted(root.iterdir()) if not each.name.startswith(".")]
    classes = [each for each in shown if each.is_dir()]
    if len(classes) < 2:
        raise DataError(f"{folder} has {len(classes)} subfolders; at least two are wanted, one for each class")
    files = [_pictures(each) for each in classes]
    for place, found in zip(classes, files, strict=True):
        if len(found) < FEWEST:
            raise DataError(f"{place} holds {len(found)} photos ({', '.join(ENDINGS)}); at least {FEWEST} are wanted")
    paths, asked = [path for found in files for path in found], _pictures(root)
    return Photos(
        np.stack([read_photo(path, side) for path in paths]),
        np.repeat(np.arange(len(classes)), list(map(len, files))),
        tuple(each.name for each in classes),
        tuple(paths),
        tuple(asked),
        np.array([read_photo(path, side) for path in asked], dtype=np.float32).reshape(-1, 3, side, side),
    )


def read_photo(path: str | os.PathLike[str], side: int) -> Array:
    """One photo as (3, S, S), float32, 0 to 1: turned as the camera was held, on white where it is transparent."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with Image.open(path) as file:
            upright = ImageOps.exif_transpose(file).convert("RGBA")
    except (UnidentifiedImageError, Image.DecompressionBombError, SyntaxError, ValueError) as error:
        raise FileError(f"{path} is no picture that can be read ({type(error).__name__}): take it out") from None
    except OSError as error:
        raise FileError(f"{path} can not be read: {error.strerror or error}") from None
    white = Image.new("RGBA", upright.size, "white")
    square = ImageOps.fit(Image.alpha_composite(white, upright).convert("RGB"), (side, side))
    return np.asarray(square, dtype=np.float32).transpose(2, 0, 1) / 255


def _pictures(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.iterdir()) if path.suffix.lower() in ENDINGS and path.is_file()]
