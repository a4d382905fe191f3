"""Regions of lines in a rectangle: by the formula as many as a fine picture has."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from layerwise.plots.arrangement import parts_of, regions_of_lines, straight


def values(lines: np.ndarray, size: int) -> np.ndarray:
    v, u = np.meshgrid(np.linspace(0, 1, size), np.linspace(0, 1, size), indexing="ij")
    return u[..., None] * lines[:, 0] + v[..., None] * lines[:, 1] + lines[:, 2]


def patterns(lines: np.ndarray) -> int:
    """How many different sides there are: at points drawn by lot, and close around every point where lines meet."""
    rng = np.random.default_rng(0)
    points = [rng.uniform(size=(5000, 2))]
    for one, other in itertools.combinations(lines, 2):
        meeting = np.linalg.solve(np.stack([one[:2], other[:2]]), [-one[2], -other[2]])
        turns = np.linspace(0, 2 * np.pi, 60)
        points.append(meeting + 1e-7 * np.stack([np.cos(turns), np.sin(turns)], axis=1))
    places = np.concatenate(points)
    places = places[((places > 0) & (places < 1)).all(axis=1)]
    return len(np.unique(places @ lines[:, :2].T + lines[:, 2] > 0, axis=0))


@pytest.mark.parametrize("seed", range(6))
def test_the_formula_counts_the_patterns_of_sides(seed: int) -> None:
    rng = np.random.default_rng(seed)
    lines = rng.normal(size=(5, 3))
    lines[:, 2] = -(lines[:, :2] @ [0.5, 0.5]) + 0.2 * rng.normal(size=5)
    found = straight(values(lines, 30))
    assert found is not None
    np.testing.assert_allclose(found, lines, atol=1e-12)
    assert regions_of_lines(found) == patterns(lines)
    _, seen = parts_of(values(lines, 200) > 0)
    assert abs(seen - regions_of_lines(found)) <= 3


@pytest.mark.parametrize(
    ("lines", "regions"),
    [
        ([], 1),
        ([[1, 0, -0.5]], 2),
        ([[1, 0, -0.5], [-2, 0, 1.0]], 2),  # one line, twice
        ([[1, 0, -0.5], [1, 0, -0.25]], 3),  # parallel
        ([[1, 0, -0.5], [0, 1, -0.5]], 4),
        ([[1, 0, -0.5], [0, 1, -0.5], [1, 1, -1.0]], 6),  # through one point
        ([[1, 0, -0.5], [0, 1, -0.5], [1, 1, -0.8]], 7),
        ([[1, 0, 5.0]], 1),  # elsewhere
        ([[0, 0, 1.0]], 1),  # no line
        ([[1, 1, -0.1], [1, -1, 0.05]], 4),
        ([[1, 1, -0.2], [1, -3, 1.0]], 3),  # they meet outside
    ],
)
def test_known_arrangements(lines: list[list[float]], regions: int) -> None:
    assert regions_of_lines(np.array(lines, float).reshape(-1, 3)) == regions


def test_what_is_bent_is_not_straight() -> None:
    bent = np.abs(values(np.array([[1.0, 0.0, -0.5]]), 21))
    assert straight(bent) is None


def test_parts_of_one_side_that_do_not_touch_are_two() -> None:
    bent = np.abs(values(np.array([[1.0, 0.0, -0.5]]), 41)) - 0.2
    parts, count = parts_of(bent > 0)
    assert count == 3
    assert len(np.unique(parts)) == 3
