"""Into how many regions borders cut a rectangle: exactly where they are straight, else as a picture shows it."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from layerwise.types import Array

_NEAR = 1e-9


def straight(z: Array) -> Array | None:
    """(R, R, H) values on a grid → (H, 3) of a u + b v + c, u and v from 0 to 1; None where one is of another form."""
    c = z[0, 0]
    a, b = z[0, -1] - c, z[-1, 0] - c
    v, u = (np.linspace(0, 1, size)[:, None] for size in z.shape[:2])
    flat = v[:, None, :] * b + u[None, :, :] * a + c
    size = np.abs(z).max(axis=(0, 1)) + 1e-300
    return np.stack([a, b, c], axis=1) if (np.abs(z - flat).max(axis=(0, 1)) <= 1e-5 * size).all() else None


def regions_of_lines(lines: Array) -> int:
    """Into how many regions the lines a u + b v + c = 0 cut the unit square.

    Each line that crosses it adds one, and each point where m of them meet adds m - 1: 1 + lines + Σ (m - 1).

    >>> regions_of_lines(np.array([[1, 0, -0.5], [0, 1, -0.5], [1, 1, -1.0]]))     # three through one point
    6
    """
    crossing = _different([line for line in lines if _crosses(line)])
    points: list[Array] = []
    for one, other in combinations(crossing, 2):
        point = _meeting(one, other)
        if point is not None and not any(np.abs(point - known).max() < _NEAR for known in points):
            points.append(point)
    through = [sum(abs(line[0] * u + line[1] * v + line[2]) < _NEAR for line in crossing) for u, v in points]
    return int(1 + len(crossing) + sum(max(m, 2) - 1 for m in through))


def _crosses(line: Array) -> bool:
    a, b, c = line
    corners = [c, a + c, b + c, a + b + c]
    return bool(min(corners) < 0 < max(corners))


def _different(lines: list[Array]) -> list[Array]:
    """Each line once, with a normal of length 1; a line does not change where its sides change their names."""
    found: list[Array] = []
    for line in lines:
        unit = line / np.hypot(line[0], line[1])
        if not any(min(np.abs(unit - known).max(), np.abs(unit + known).max()) < _NEAR for known in found):
            found.append(unit)
    return found


def _meeting(one: Array, other: Array) -> Array | None:
    """Where two lines meet inside the square."""
    matrix = np.stack([one[:2], other[:2]])
    if abs(np.linalg.det(matrix)) < _NEAR:
        return None
    point = np.linalg.solve(matrix, [-one[2], -other[2]])
    return point if (point > _NEAR).all() and (point < 1 - _NEAR).all() else None


def parts_of(above: Array) -> tuple[Array, int]:
    """(R, R, H) on which side of each border a place is → the number of its part, and how many parts there are.

    A part is all places on the same sides that hang together. What is thinner than a step of
    the grid is not seen, or in pieces.
    """
    from scipy import ndimage

    _, sides = np.unique(above.reshape(-1, above.shape[-1]), axis=0, return_inverse=True)
    sides = sides.reshape(above.shape[:2])
    parts, count = np.zeros(sides.shape, int), 0
    for each in range(int(sides.max()) + 1):
        own, found = ndimage.label(sides == each, structure=np.ones((3, 3)))
        parts[own > 0] = own[own > 0] + count
        count += found
    return parts, count
