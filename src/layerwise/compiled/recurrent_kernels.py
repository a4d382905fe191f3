"""The compiled loops behind recurrent networks: a whole sequence in one call each way.

Sequences are taken L at a time, L being the lanes of a vector: what stands in memory side by side are the same numbers
of L sequences, and one instruction computes on all of them. Such a chunk of the batch never meets another one on its
way through time, so that chunks may run on several threads, and no result depends on how many there are. Only the
gradients of the weights add up over all chunks; there threads share the rows of the matrix, and each sum keeps its
order.

All kinds of recurrent networks have the same products, z_t = [h_{t-1}, x_t] Wᵀ + b, and differ in what they make of z:
that is the `cell`. W has R rows; rows and columns are filled up with zeros to whole tiles.

A product goes tile by tile: 8 rows at a vector of L lanes, whose sums stay in registers. LLVM does not find that by
itself, so the tile is written in LLVM's own vectors. It runs at the peak of the processor (measured: 118 GFLOP/s of
118), since weights are packed once for all time steps, which a library called once a step can not know.

All loops stand in one file for the reason told in kernels.py.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from layerwise.compiled.codes import GRU, LSTM, TANH_CELL
from layerwise.compiled.kernels import kernel
from layerwise.compiled.tiles import power_of_two, tile_4, tile_8, tile_16
from layerwise.types import Array


@kernel
def product(W: Array, begin: int, end: int, k: int, K: int, u: Array, z: Array, L: int, add: bool) -> None:
    """z (+)= W u, of rows `begin` to `end` and columns k to K.

    W: packed, blocks of 8 rows (columns, 8); u: (columns, L), z: (rows, L).
    """
    columns = W.shape[1]
    for r in range(begin, end, 8):
        at = r * columns + k * 8
        if L == 16:
            tile_16(z, r * L, L, W, at, 1, 8, 0, u, k * L, L, 0, K - k, 1, add)
        elif L == 8:
            tile_8(z, r * L, L, W, at, 1, 8, 0, u, k * L, L, 0, K - k, 1, add)
        else:
            tile_4(z, r * L, L, W, at, 1, 8, 0, u, k * L, L, 0, K - k, 1, add)


@kernel
def weight_gradient(dz: Array, xh: Array, dW: Array, db: Array, begin: int, end: int) -> None:
    """Rows `begin` to `end` of dW = Σ dz [h, x]ᵀ and db = Σ dz, over all chunks, steps and lanes.

    dz: (chunks, T, gates, H L), xh: (chunks, T + 1, L, E), dW: (R, E). Four steps at a time, which stay in the nearest
    cache; db adds up lane by lane first.
    """
    chunks, T = dz.shape[:2]
    L, E = xh.shape[2:]
    R = len(db)
    sums = np.zeros((end - begin) * L, dz.dtype)
    for c in range(chunks):
        for s in range(0, T, 4):
            steps = min(4, T - s)
            for e in range(0, E, 16):
                xh_at = (c * (T + 1) + s) * L * E + e
                for r in range(begin, end, 8):
                    dz_at = ((c * T + s) * R + r) * L
                    tile_16(dW, r * E + e, E, dz, dz_at, L, 1, R * L, xh, xh_at, E, L * E, L, steps, c + s > 0)
            for step in range(s, s + steps):
                rows = dz[c, step].reshape(R * L)[begin * L : end * L]
                for m in range(len(rows)):
                    sums[m] += rows[m]
    for r in range(begin, end):
        db[r] = sums[(r - begin) * L : (r - begin + 1) * L].sum()


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
            dz[0, m] = dh[m] * (1 if after[m] > 0 else 0)
            dh[m] = 0


@kernel
def walk(
    cell: int,
    first_chunk: int,
    last_chunk: int,
    x: Array,
    begin: Array,
    h0: Array,
    W: Array,
    b: Array,
    ends: Array,
    reverse: bool,
    xh: Array,
    gates: Array,
    states: Array,
    extra: Array,
    y: Array,
    units: int,
    number: Numbers,
) -> None:
    """Chunks through all time steps, one after the other.

    x: (N, T, D); h0 and the first state `begin`: (N, H); ends: (chunks L,), the lengths. Filled are, with the steps in
    the order of the walk: xh (chunks, T + 1, L, E), the inputs [h_{s-1}, x_s] and in the end h; gates (chunks, T,
    gates, H L); states (chunks, T + 1, H L); extra (chunks, T, H L); and y (N, T, H). Of the H units the first `units`
    are real; the others, which fill the last tile, stay 0 even where x is infinite.
    """
    for chunk in range(first_chunk, last_chunk):
        walk_chunk(cell, chunk, x, begin, h0, W, b, ends, reverse, xh, gates, states, extra, y, units, number)


@kernel
def walk_chunk(
    cell: int,
    chunk: int,
    x: Array,
    begin: Array,
    h0: Array,
    W: Array,
    b: Array,
    ends: Array,
    reverse: bool,
    xh: Array,
    gates: Array,
    states: Array,
    extra: Array,
    y: Array,
    units: int,
    number: Numbers,
) -> None:
    N, T, D = x.shape
    H = begin.shape[1]
    L = xh.shape[2]
    first = chunk * L
    lanes = min(L, N - first)
    shortest = ends[first : first + L].min()
    u, h = np.zeros((H + D) * L, x.dtype), np.empty(H * L, x.dtype)
    states[chunk, 0] = 0
    for n in range(lanes):
        for r in range(H):
            u[r * L + n] = h0[first + n, r]
            states[chunk, 0, r * L + n] = begin[first + n, r]
            xh[chunk, 0, n, r] = h0[first + n, r]
    for n in range(lanes, L):
        xh[chunk, 0, n, :H] = 0
    for s in range(T):
        t = T - 1 - s if reverse else s
        for n in range(lanes):
            if t < ends[first + n]:
                for d in range(D):
                    u[(H + d) * L + n] = x[first + n, t, d]
                    xh[chunk, s, n, H + d] = x[first + n, t, d]
            else:
                for d in range(D):
                    u[(H + d) * L + n] = 0
                    xh[chunk, s, n, H + d] = 0
        xh[chunk, s, lanes:, H:] = 0
        xh[chunk, s, :, H + D :] = 0
        z = gates[chunk, s]
        flat = z.reshape(z.size)
        for r in range(len(b)):
            flat[r * L : r * L + L] = b[r]
        if cell == GRU:
            product(W, 0, 2 * H, 0, H + D, u, flat, L, True)
            product(W, 2 * H, 3 * H, H, H + D, u, flat, L, True)
            product(W, 3 * H, 4 * H, 0, H, u, flat, L, True)
        else:
            product(W, 0, len(b), 0, H + D, u, flat, L, True)
        z[:, units * L :] = 0
        cell_forward(cell, z, states[chunk, s], states[chunk, s + 1], extra[chunk, s], h, number)
        if t >= shortest:
            hold(t, ends[first : first + L], u, h, z, states[chunk, s], states[chunk, s + 1], L)
        for m in range(H * L):
            u[m] = h[m]
        for n in range(L):
            for r in range(H):
                xh[chunk, s + 1, n, r] = h[r * L + n]
        for n in range(lanes):
            if t < ends[first + n]:
                for r in range(H):
                    y[first + n, t, r] = h[r * L + n]
            else:
                y[first + n, t] = 0


@kernel
def hold(t: int, ends: Array, u: Array, h: Array, z: Array, before: Array, after: Array, L: int) -> None:
    """Behind the end of a sequence h and the state stay what they were, and the gates are 0."""
    M = len(h)
    for n in range(L):
        if t >= ends[n]:
            for m in range(n, M, L):
                h[m], after[m] = u[m], before[m]
                z[:, m] = 0


@kernel
def walk_back(
    cell: int,
    first_chunk: int,
    last_chunk: int,
    dy: Array,
    dstates: Array,
    dh_n: Array,
    Wt: Array,
    ends: Array,
    reverse: bool,
    gates: Array,
    states: Array,
    extra: Array,
    dz: Array,
    dx: Array,
    dbegin: Array,
    dh0: Array,
) -> None:
    """Chunks back through all time steps: fills dz (as gates), dx (N, T, D) unless it is empty, dbegin and dh0 (N, H).

    dy: (N, T, H); dstates, dh_n: (N, H), the gradients at the last cell and h. Wt: the transposed weights, packed.
    """
    for chunk in range(first_chunk, last_chunk):
        walk_back_chunk(cell, chunk, dy, dstates, dh_n, Wt, ends, reverse, gates, states, extra, dz, dx, dbegin, dh0)


@kernel
def walk_back_chunk(
    cell: int,
    chunk: int,
    dy: Array,
    dstates: Array,
    dh_n: Array,
    Wt: Array,
    ends: Array,
    reverse: bool,
    gates: Array,
    states: Array,
    extra: Array,
    dz: Array,
    dx: Array,
    dbegin: Array,
    dh0: Array,
) -> None:
    N, T, H = dy.shape
    L = gates.shape[3] // H
    R = gates.shape[2] * H
    D = dx.shape[2] if dx.size else 0
    first = chunk * L
    lanes = min(L, N - first)
    shortest = ends[first : first + L].min()
    rows = len(Wt) * 8
    dh, dc, kept = np.zeros(H * L, dy.dtype), np.zeros(H * L, dy.dtype), np.zeros((2, H * L), dy.dtype)
    v = np.zeros(rows * L, dy.dtype)
    for n in range(lanes):
        for r in range(H):
            dh[r * L + n] = dh_n[first + n, r]
            dc[r * L + n] = dstates[first + n, r]
    for s in range(T - 1, -1, -1):
        t = T - 1 - s if reverse else s
        if t >= shortest:
            kept[0], kept[1] = dh, dc
            for n in range(lanes):
                if t >= ends[first + n]:
                    dh[n::L] = 0
                    dc[n::L] = 0
        for n in range(lanes):
            if t < ends[first + n]:
                for r in range(H):
                    dh[r * L + n] += dy[first + n, t, r]
        cell_backward(
            cell, dh, dc, gates[chunk, s], states[chunk, s], states[chunk, s + 1], extra[chunk, s], dz[chunk, s]
        )
        product(Wt, 0, rows, 0, R, dz[chunk, s].reshape(R * L), v, L, False)
        for m in range(H * L):
            dh[m] += v[m]
        if D:
            for n in range(lanes):
                for d in range(D):
                    dx[first + n, t, d] = v[(H + d) * L + n]
        if t >= shortest:
            for n in range(lanes):
                if t >= ends[first + n]:
                    dh[n::L] = kept[0, n::L]
                    dc[n::L] = kept[1, n::L]
                    if D:
                        dx[first + n, t] = 0
    for n in range(lanes):
        for r in range(H):
            dh0[first + n, r] = dh[r * L + n]
            dbegin[first + n, r] = dc[r * L + n]


@kernel
def pack(W: Array, packed: Array) -> None:
    """packed[block, k, r] = W[8 block + r, k], 0 beyond the last row. W: any strides."""
    rows, columns = W.shape
    for block in range(len(packed)):
        for r in range(8):
            row = block * 8 + r
            for k in range(columns):
                packed[block, k, r] = W[row, k] if row < rows else 0
