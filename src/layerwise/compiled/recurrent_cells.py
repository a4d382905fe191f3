"""What the kinds of recurrent networks make of the sums z: gates, states and h, and on the way back dz.

Every loop runs along units and lanes, with nothing but arithmetic in it, so that it is computed in vectors; C's own exp
and tanh are not (measured: 16,384 inputs of gates take 290 µs with them, 32 with ours). Numba keeps what it has
compiled until recurrent_kernels.py changes: a change here needs one there as well.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from layerwise.compiled.codes import GRU, LSTM, TANH_CELL
from layerwise.compiled.kernels import kernel, step
from layerwise.compiled.tiles import power_of_two
from layerwise.types import Array


class Numbers(NamedTuple):
    """Constants in the type of the arrays, since a loop with any other is computed in the wider of both types."""

    one: Any
    odds: tuple[Any, ...]
    """..., 5, 3, 1: how far the continued fraction of tanh goes."""
    terms: tuple[Any, ...]
    """..., 1/3!, 1/2!, 1, 1: the series of the exponential."""
    per_ln2: Any
    ln2_high: Any
    ln2_low: Any
    """1 / ln 2, and ln 2 in two parts: any whole number that occurs, times the first, is exact."""
    lowest: Any
    """The smallest x whose exponential is not taken for 0."""


def numbers(kind: type, odd: int, terms: int, bits: int, lowest: float) -> Numbers:
    """The constants for one type; bits: of the first part of ln 2."""
    high = round(math.log(2) * 2**bits) / 2**bits
    return Numbers(
        kind(1),
        tuple(kind(each) for each in range(odd, 0, -2)),
        tuple(kind(1 / math.factorial(each)) for each in range(terms, -1, -1)),
        kind(1 / math.log(2)),
        kind(high),
        kind(math.log(2) - high),
        kind(lowest),
    )


NUMBERS = {
    np.dtype(np.float32): numbers(np.float32, odd=9, terms=7, bits=9, lowest=-87),
    np.dtype(np.float64): numbers(np.float64, odd=19, terms=13, bits=32, lowest=-708),
}


@kernel
def tanh(x: float, number: Numbers) -> Any:
    """As `kernels.tanh`, in the type of x."""
    one, odds = number.one, number.odds
    two = one + one
    four = two + two
    limit = four * (four + one)
    a = (limit if x > limit else (-limit if x < -limit else x)) / (four + four)
    s = a * a
    v, w = odds[0], one
    for odd in odds[1:]:
        v, w = odd * v + s * w, v  # v/w = odd + s / (v/w)
    u = a * w
    for _ in range(3):
        u, v = two * u * v, u * u + v * v  # tanh 2a = 2t / (1 + t²), with t = u/v
    t = u / v
    return one if t > one else (-one if t < -one else t)


@kernel
def exp_of_negative(x: float, number: Numbers) -> Any:
    """eˣ for x ≤ 0: x = n ln 2 + r, and so 2ⁿ times a series in r, |r| ≤ ln 2 / 2. NaN stays NaN."""
    one = number.one
    half = one / (one + one)
    safe = x if x > number.lowest else number.lowest  # also where x is NaN
    n = np.floor(safe * number.per_ln2 + half)
    r = (x if x != x else safe) - n * number.ln2_high - n * number.ln2_low
    series = number.terms[0]
    for term in number.terms[1:]:
        series = series * r + term
    return series * power_of_two(n) if x > number.lowest or x != x else one - one


@kernel
def sigmoid(x: float, number: Numbers) -> Any:
    """1 / (1 + e⁻ˣ), with an exponent that is never positive."""
    one = number.one
    e = exp_of_negative(-x if x > 0 else x, number)
    return (one if x >= 0 else e) / (one + e)


@kernel
def cell_forward(cell: int, z: Array, before: Array, after: Array, extra: Array, h: Array, number: Numbers) -> None:
    """From the sums z make gates in their place, the state after the step, and h.

    z: (gates, M), M being units times lanes; the others: (M,). The state is c for an LSTM, whose tanh(c) is kept in
    `extra`, and h for the others.
    """
    one = number.one
    M = len(h)
    if cell == LSTM:
        for m in range(M):
            i = sigmoid(z[0, m], number)
            f = sigmoid(z[1, m], number)
            g = tanh(z[2, m], number)
            o = sigmoid(z[3, m], number)
            c = f * before[m] + i * g
            tanh_c = tanh(c, number)
            z[0, m], z[1, m], z[2, m], z[3, m] = i, f, g, o
            after[m], extra[m], h[m] = c, tanh_c, o * tanh_c
    elif cell == GRU:
        for m in range(M):
            r = sigmoid(z[0, m], number)
            u = sigmoid(z[1, m], number)
            n = tanh(z[2, m] + r * z[3, m], number)
            z[0, m], z[1, m], z[2, m] = r, u, n
            h[m] = (one - u) * n + u * before[m]
            after[m] = h[m]
    elif cell == TANH_CELL:
        for m in range(M):
            h[m] = tanh(z[0, m], number)
            after[m] = h[m]
    else:
        for m in range(M):
            h[m] = 0 if z[0, m] < 0 else z[0, m]
            after[m] = h[m]


@kernel
def cell_backward(
    cell: int, dh: Array, dc: Array, gates: Array, before: Array, after: Array, extra: Array, dz: Array
) -> None:
    """From dh, and for an LSTM dc, make dz. What goes around the product is left in them.

    dz, gates: (gates, M); the others: (M,).
    """
    one = dz.dtype.type(1)
    M = len(dh)
    if cell == LSTM:
        for m in range(M):
            i, f, g, o = gates[0, m], gates[1, m], gates[2, m], gates[3, m]
            dc_m = dh[m] * o * (one - extra[m] * extra[m]) + dc[m]
            dz[0, m] = dc_m * g * i * (one - i)
            dz[1, m] = dc_m * before[m] * f * (one - f)
            dz[2, m] = dc_m * i * (one - g * g)
            dz[3, m] = dh[m] * extra[m] * o * (one - o)
            dc[m] = dc_m * f
            dh[m] = 0
    elif cell == GRU:
        for m in range(M):
            r, u, n, s_n = gates[0, m], gates[1, m], gates[2, m], gates[3, m]
            da_n = dh[m] * (one - u) * (one - n * n)
            dz[0, m] = da_n * s_n * r * (one - r)
            dz[1, m] = dh[m] * (before[m] - n) * u * (one - u)
            dz[2, m] = da_n
            dz[3, m] = da_n * r
            dh[m] = dh[m] * u
    elif cell == TANH_CELL:
        for m in range(M):
            dz[0, m] = dh[m] * (one - after[m] * after[m])
            dh[m] = 0
    else:
        for m in range(M):
            dz[0, m] = dh[m] * step(after[m])
            dh[m] = 0
