"""The compiled loops behind recurrent networks: a whole sequence in one call each way.

Sequences are taken L at a time, L being the lanes of a vector: what stands in memory side by side are the same numbers
of L sequences, and one instruction computes on all of them. Such a chunk of the batch never meets another one on its
way through time, so that chunks may run on several threads, and no result depends on how many there are. Only the
gradients of the weights add up over all chunks; there threads share the rows of the matrix, and each sum keeps its
order.

All kinds of recurrent networks have the same products, z_t = [h_{t-1}, x_t] Wᵀ + b, and differ in what they make of z:
that is the `cell`. W has R rows; rows and columns are filled up with zeros to whole tiles.

A product goes tile by tile, see tiles.py, at the peak of the processor: the weights are packed once for all time
steps, which a library that is called once a step can not know.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from layerwise.compiled.batch_kernels import spread
from layerwise.compiled.codes import GRU
from layerwise.compiled.compiling import any_order, kernel, slow_to_compile
from layerwise.compiled.recurrent_cells import Numbers, cell_backward, cell_forward
from layerwise.compiled.tiles import COLUMNS, ROWS, TALL, matrix_8, matrix_16, tall_matrix_8, tall_matrix_16
from layerwise.types import Array


@any_order
def squares(h0: Array, c0: Array, W_ih: Array, W_hh: Array, b_ih: Array, b_hh: Array) -> Any:
    """Σ a² of all of them: finite if they are, and their squares."""
    zero = h0.dtype.type(0)
    states, biases = spread(h0.ravel(), zero) + spread(c0.ravel(), zero), spread(b_ih, zero) + spread(b_hh, zero)
    return states + biases + spread(W_ih.ravel(), zero) + spread(W_hh.ravel(), zero)


@kernel
def product(W: Array, begin: int, end: int, k: int, K: int, u: Array, z: Array, L: int, add: bool) -> None:
    """z (+)= W u, of rows `begin` to `end`, which begin and end with tiles, and columns k to K.

    W: packed, blocks of TALL rows (columns, TALL); u: (columns, L), z: (rows, L).
    """
    columns = W.shape[1]
    r = begin
    while r < end:
        inside = r % TALL
        at = (r - inside) * columns + k * TALL + inside
        tall = inside == 0 and end - r >= TALL
        if L == COLUMNS:
            if tall:
                tall_matrix_16(z, r * L, L, W, at, 1, TALL, 0, u, k * L, L, 0, K - k, 1, add)
            else:
                matrix_16(z, r * L, L, W, at, 1, TALL, 0, u, k * L, L, 0, K - k, 1, add)
        elif tall:
            tall_matrix_8(z, r * L, L, W, at, 1, TALL, 0, u, k * L, L, 0, K - k, 1, add)
        else:
            matrix_8(z, r * L, L, W, at, 1, TALL, 0, u, k * L, L, 0, K - k, 1, add)
        r += TALL if tall else ROWS


@kernel
def weight_gradient(dz: Array, xh: Array, dW: Array, db: Array, begin: int, end: int) -> None:
    """Rows `begin` to `end` of dW = Σ dz [h, x]ᵀ and db = Σ dz, over all chunks, steps and lanes.

    dz: (chunks, T, gates, H L), xh: (chunks, T + 1, L, E), dW: (R, E). Four steps at a time, which stay in the nearest
    cache; db adds up lane by lane first.
    """
    chunks, T = dz.shape[:2]
    L, E = xh.shape[2:]
    R = len(db)
    tall_end = end - (end - begin) % TALL
    sums = np.zeros((end - begin) * L, dz.dtype)
    for c in range(chunks):
        for s in range(0, T, 4):
            steps = min(4, T - s)
            for e in range(0, E, COLUMNS):
                xh_at = (c * (T + 1) + s) * L * E + e
                for r in range(begin, tall_end, TALL):
                    dz_at = ((c * T + s) * R + r) * L
                    tall_matrix_16(dW, r * E + e, E, dz, dz_at, L, 1, R * L, xh, xh_at, E, L * E, L, steps, c + s > 0)
                for r in range(tall_end, end, ROWS):
                    dz_at = ((c * T + s) * R + r) * L
                    matrix_16(dW, r * E + e, E, dz, dz_at, L, 1, R * L, xh, xh_at, E, L * E, L, steps, c + s > 0)
            for step in range(s, s + steps):
                rows = dz[c, step].reshape(R * L)[begin * L : end * L]
                for m in range(len(rows)):
                    sums[m] += rows[m]
    for r in range(begin, end):
        db[r] = sums[(r - begin) * L : (r - begin + 1) * L].sum()


@slow_to_compile("recurrent networks")
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
                y[first + n, t] = xh[chunk, s + 1, n, :H]
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


@slow_to_compile("recurrent networks")
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
    rows = -(-(H + D) // ROWS) * ROWS
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
    """packed[block, k, r] = W[TALL block + r, k], 0 beyond the last row. W: any strides."""
    rows, columns = W.shape
    for block in range(len(packed)):
        for r in range(TALL):
            row = block * TALL + r
            for k in range(columns):
                packed[block, k, r] = W[row, k] if row < rows else 0
