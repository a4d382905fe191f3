"""Curves and surfaces: toy sets of regression, a quantity y over one or two numbers, made by a formula and a seed.

x is uniform on [-1, 1] in each coordinate and exact; the noise ε is added to y alone, normal with standard deviation
`noise`. The smallest error that any model can reach is therefore noise². Nothing is scaled: all is of order 1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from layerwise.data.assemble import Choices, Feature, Target, table_dataset
from layerwise.data.dataset import Card, Dataset
from layerwise.data.toys import SAMPLES, check_noise, check_samples
from layerwise.random import generator
from layerwise.types import Array


def line(x: Array) -> Array:
    """y = x / 2 + 1 / 4: a straight line, which one neuron without an activation meets exactly."""
    return x[:, 0] / 2 + 0.25


def parabola(x: Array) -> Array:
    """y = x²: the simplest bend."""
    return x[:, 0] ** 2


def sine(x: Array) -> Array:
    """y = sin 2πx: two whole waves."""
    return np.sin(2 * np.pi * x[:, 0])


def step(x: Array) -> Array:
    """y = 0 for x < 0 and 1 from 0 on: a jump, which no continuous network meets exactly."""
    return (x[:, 0] >= 0).astype(np.float64)


def plane(x: Array) -> Array:
    """y = 0.6 x1 - 0.8 x2: a plane of slope 1, which one neuron without an activation meets exactly."""
    return x @ np.array([0.6, -0.8])


def hills(x: Array) -> Array:
    """Two hills and two hollows: y = Σ s exp(-|x - c|² / 0.18), s = 1 at c = ±(½, ½) and s = -1 at c = ±(½, -½)."""
    centres = np.array([[0.5, 0.5], [-0.5, -0.5], [0.5, -0.5], [-0.5, 0.5]])
    squares = ((x[:, None, :] - centres) ** 2).sum(axis=2)
    return np.exp(-squares / 0.18) @ np.array([1, 1, -1, -1])


@dataclass(frozen=True)
class Curve:
    """A formula (N, D) to (N,) with its D and its usual noise."""

    formula: Callable[[Array], Array]
    features: int
    noise: float
    description: str


CURVES = {
    "line": Curve(line, 1, 0.1, "a straight line over one number"),
    "parabola": Curve(parabola, 1, 0.1, "a parabola over one number"),
    "sine": Curve(sine, 1, 0.1, "two waves of the sine over one number"),
    "step": Curve(step, 1, 0.1, "a jump from 0 to 1 over one number"),
    "plane": Curve(plane, 2, 0.1, "a tilted plane over two numbers"),
    "hills": Curve(hills, 2, 0.05, "two hills and two hollows over two numbers"),
}


def card(name: str, n: int = SAMPLES) -> Card:
    """What is known of a curve before it is made."""
    curve = CURVES[name]
    return Card(
        name=name,
        task="regression",
        samples=n,
        features=curve.features,
        classes=0,
        description=curve.description,
        source=f"Made by the formula of layerwise.data.curves.{name}.",
        terms="Free of any terms.",
    )


def load_curve(name: str, choices: Choices, *, n: int | None, noise: float | None) -> Dataset:
    """Make a curve or surface. None takes the default of the set: 500 samples, its own noise."""
    curve = CURVES[name]
    n = check_samples(n)
    noise = check_noise(curve.noise if noise is None else noise)
    draw = generator(choices.seed, f"data.{name}")
    x = draw.uniform(-1, 1, (n, curve.features))
    y = curve.formula(x) + noise * draw.standard_normal(n)
    columns = {f"x{number}": x[:, number - 1] for number in range(1, curve.features + 1)}
    return table_dataset(
        card(name, n), [Feature(*column) for column in columns.items()], Target("y", y), choices, scale=False
    )
