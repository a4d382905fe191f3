"""A picture that stands in the page itself, in the address that an image has there."""

from __future__ import annotations

import base64

from layerwise.pages.markup import Markup
from layerwise.pages.png import png_of_brightness
from layerwise.types import Array


def image_of(pixels: Array) -> Markup:
    """The address of an image for `src`, which holds all of its bytes. pixels: see `png_of_brightness`.

    >>> import numpy as np
    >>> image_of(np.eye(2))[:30]
    'data:image/png;base64,iVBORw0K'
    """
    return address_of(png_of_brightness(pixels))


def address_of(content: bytes, kind: str = "png") -> Markup:
    """The address of an image for `src` from the bytes of its file. kind: of the file, "png" or "gif".

    >>> address_of(b"abc")
    'data:image/png;base64,YWJj'
    """
    return Markup(f"data:image/{kind};base64,{base64.b64encode(content).decode()}")
