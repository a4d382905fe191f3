"""How far apart two colours are, for the common kinds of colour vision."""

from __future__ import annotations

import numpy as np

from layerwise.plots import style

VISIONS = {
    "common": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
"""Linear RGB as seen: Machado, Oliveira and Fernandes, "A physiologically-based model for simulation of color vision
deficiency" (2009), at full severity."""
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE = np.array([0.9505, 1.0, 1.089])


def linear(colour: str) -> np.ndarray:
    c = np.array(style.rgb(colour)) / 255
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2, from 1 to 21."""
    dark, light = sorted(float(XYZ[1] @ linear(colour)) for colour in (one, other))
    return (light + 0.05) / (dark + 0.05)


def distance(one: str, other: str, vision: str) -> float:
    """CIELAB distance of 1976; about 2 is just noticeable."""
    a, b = (lab((VISIONS[vision] @ linear(colour)).clip(0, 1)) for colour in (one, other))
    return float(np.linalg.norm(a - b))


def lab(rgb: np.ndarray) -> np.ndarray:
    ratio = XYZ @ rgb / WHITE
    f = np.where(ratio > 0.008856, np.cbrt(ratio), 7.787 * ratio + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def oklab_distance(one: str, other: str, vision: str) -> float:
    """OKLab distance times 100."""
    a, b = (oklab((VISIONS[vision] @ linear(colour)).clip(0, 1)) for colour in (one, other))
    return float(100 * np.linalg.norm(a - b))


def oklab(rgb: np.ndarray) -> np.ndarray:
    """From light itself, by way of XYZ (Ottosson 2020), so apart from the way that the pictures go."""
    to_cones = np.array(
        [[0.8189330101, 0.3618667424, -0.1288597137], [0.0329845436, 0.9293118715, 0.0361456387],
         [0.0482003018, 0.2643662691, 0.6338517070]]
    )  # fmt: skip
    to_lab = np.array(
        [[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
         [0.0259040371, 0.7827717662, -0.8086757660]]
    )  # fmt: skip
    return to_lab @ np.cbrt(to_cones @ (XYZ @ rgb))
