"""The compiled loops behind attention, normalisation along the features and GELU.

Those that are worth it work on a range, from `first` to before `last`, so that several threads may share a batch.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import types
from numba.extending import overload

from layerwise.compiled.compiling import kernel, slow_to_compile, summing
from layerwise.compiled.tiles import COLUMNS, ROWS, matrix_4, matrix_8, matrix_16
from layerwise.types import Array

F32, I32 = np.float32, np.int32  # a Python number in a loop over float32 would make it compute in float64
F64, I64 = np.float64, np.int64
LOWEST, LOG2_E, LN2_HIGH, LN2_LOW = F32(-87), F32(1.44269504), F32(0.693359375), F32(-2.12194440e-4)
E0, E1, E2, E3, E4, E5 = map(F32, (1.00000007, 0.999999692, 0.499988949, 0.166675747, 0.0419153820, 0.00829765496))
ROUNDS = F32(12_582_912)
"""1.5 · 2²³: a small number added to it leaves its nearest whole number in the last bits of the sum."""
BIAS, MANTISSA, SIGN, POSITIVE = I32(127), I32(23), I32(31), I32(2**31 - 1)
"""How float32 writes a number: the exponent this much too large and this many bits to the left, the sign in front."""
SIGN64, POSITIVE64 = I64(63), I64(2**63 - 1)

ZERO, HALF, ONE, INVERSE_ROOT_2_PI = F32(0), F32(0.5), F32(1), F32(0.3989422804)
NEAR = F32(0.3)
P0, P1, P2, P3 = map(F32, (0.11962638795, 0.12079835683, 0.09963747859, 0.12946924567))
P4, P5, P6, P7 = map(F32, (-0.05539394543, 0.20820672810, -0.15827608109, 0.03593175486))


@kernel
def exp32(x: Any) -> Any:
    """eˣ for x ≤ 0 in float32, many at a time in a loop, which Numba's own math.exp is not.

    x = n ln 2 + r with a whole number n, so eˣ = 2ⁿ eʳ: a polynomial of r (fitted to a relative error of 8e-8) and a
    power of two, whose exponent is written into its bits. Below -87, where float32 ends, it is 0. NaN stays NaN.
    """
    shifted = x * LOG2_E + ROUNDS
    n = shifted - ROUNDS
    r = x - n * LN2_HIGH - n * LN2_LOW
    power = I32((F32(shifted).view(I32) + BIAS) << MANTISSA).view(F32)
    e = power * (E0 + r * (E1 + r * (E2 + r * (E3 + r * (E4 + r * E5)))))
    return ZERO if x < LOWEST else e


def exp(x: Any) -> Any:
    """eˣ for x ≤ 0, in the type of x."""
    return np.exp(x)


@overload(exp)  # type: ignore[untyped-decorator]
def _exp(x: Any) -> Any:
    def narrow(x: Any) -> Any:
        return exp32(x)

    def wide(x: Any) -> Any:
        return math.exp(x)

    return narrow if x == types.float32 else wide


@kernel
def gelu(x: Array, y: Array, slope: Array) -> None:
    """y = x Φ(x), and slope = Φ(x) + x φ(x), by which the way back multiplies. float32.

    Φ(-u) = e^(-u²/2) t P(t) for u ≥ 0, with t = 1 / (1 + 0.3 u) and a polynomial fitted to a relative error of 2e-7.
    """
    for i in range(len(x)):
        u = abs(x[i])
        e = exp32(-HALF * u * u)
        t = ONE / (ONE + NEAR * u)
        tail = e * (t * (P0 + t * (P1 + t * (P2 + t * (P3 + t * (P4 + t * (P5 + t * (P6 + t * P7))))))))
        Phi = tail if x[i] < ZERO else ONE - tail
        y[i] = x[i] * Phi
        slope[i] = Phi + x[i] * (e * INVERSE_ROOT_2_PI)


@summing
def total(x: Array, n: int) -> Any:
    """Σ x_n, of a row."""
    found = x.dtype.type(0)
    for k in range(x.shape[1]):
        found += x[n, k]
    return found


@summing
def square_distance(x: Array, n: int, centre: Any) -> Any:
    """Σ (x_n - centre)²."""
    found = x.dtype.type(0)
    for k in range(x.shape[1]):
        found += (x[n, k] - centre) * (x[n, k] - centre)
    return found


@summing
def inner(x: Array, n: int, y: Array, m: int) -> Any:
    """Σ x_n y_m."""
    found = x.dtype.type(0)
    for k in range(x.shape[1]):
        found += x[n, k] * y[m, k]
    return found


@kernel
def largest32(x: Array, n: int) -> Any:
    """The bits of two numbers compare as the numbers do, if those of negative ones are turned round; NaN is above all.

    Whole numbers may be compared in any order, so LLVM takes many at a time.
    """
    found = I32(-(2**31))
    for k in range(x.shape[1]):
        bits = F32(x[n, k]).view(I32)
        key = I32(bits ^ ((bits >> SIGN) & POSITIVE))
        found = key if key > found else found
    return I32(found ^ ((found >> SIGN) & POSITIVE)).view(F32)


@kernel
def largest64(x: Array, n: int) -> Any:
    """The same in float64."""
    found = I64(-(2**63))
    for k in range(x.shape[1]):
        bits = F64(x[n, k]).view(I64)
        key = I64(bits ^ ((bits >> SIGN64) & POSITIVE64))
        found = key if key > found else found
    return I64(found ^ ((found >> SIGN64) & POSITIVE64)).view(F64)


def largest(x: Array, n: int) -> Any:
    """The largest number of a row, NaN if there is one."""
    return x[n].max()


@overload(largest)  # type: ignore[untyped-decorator]
def _largest(x: Array, n: int) -> Any:
    def narrow(x: Array, n: int) -> Any:
        return largest32(x, n)

    def wide(x: Array, n: int) -> Any:
        return largest64(x, n)

    return narrow if x.dtype == types.float32 else wide


@kernel
def layer_norm(x: Array, gamma: Array, beta: Array, eps: float, y: Array, x_hat: Array, scale: Array) -> None:
    """y = γ x̂ + β with x̂ = (x - μ) scale, scale = 1 / √(σ² + ε), row by row. x, y, x_hat: (N, K), scale: (N,)."""
    number = x.dtype.type
    K = x.shape[1]
    for n in range(len(x)):
        mean = total(x, n) / number(K)
        var = square_distance(x, n, mean) / number(K)
        scale[n] = number(1) / np.sqrt(var + number(eps))
        for k in range(K):
            x_hat[n, k] = (x[n, k] - mean) * scale[n]
            y[n, k] = gamma[k] * x_hat[n, k] + beta[k]


@kernel
def rms_norm(x: Array, gamma: Array, eps: float, y: Array, x_hat: Array, scale: Array) -> None:
    """y = γ x̂ with x̂ = x scale, scale = 1 / √(mean(x²) + ε), row by row."""
    number = x.dtype.type
    K = x.shape[1]
    for n in range(len(x)):
        scale[n] = number(1) / np.sqrt(inner(x, n, x, n) / number(K) + number(eps))
        for k in range(K):
            x_hat[n, k] = x[n, k] * scale[n]
            y[n, k] = gamma[k] * x_hat[n, k]


@kernel
def norm_backward(
    dy: Array, gamma: Array, x_hat: Array, scale: Array, centres: bool, dx: Array, dgamma: Array, dbeta: Array
) -> None:
    """dx = (dx̂ - mean(dx̂) - x̂ mean(dx̂ x̂)) scale, row by row; without mean(dx̂) where no mean was taken out.

    dγ = Σ dy x̂ and dβ = Σ dy are added to what is there. dx holds dx̂ until it is dx.
    """
    number = dy.dtype.type
    N, K = dy.shape
    for n in range(N):
        for k in range(K):
            dx[n, k] = dy[n, k] * gamma[k]
            dgamma[k] += dy[n, k] * x_hat[n, k]
            dbeta[k] += dy[n, k]
        mean = total(dx, n) / number(K) if centres else number(0)
        along = inner(dx, n, x_hat, n) / number(K)
        for k in range(K):
            dx[n, k] = (dx[n, k] - mean - x_hat[n, k] * along) * scale[n]


@kernel
def softmax(
    scores: Array, rows: int, scale: Any, barrier: Array, t: int, weights: Array, row: int, of_row: Array
) -> None:
    """weights[row + i] = softmax(scale scores[i] + barrier[t + i]) for some rows; where all of these are -inf, it is 0.

    Loops go over whole rows, however little of them counts, for LLVM then computes many numbers at a time; and all rows
    take each step before the next, so that no row waits for its own sum. of_row: room for a number of each row.
    """
    number = scores.dtype.type
    wide = scores.shape[1]
    for i in range(rows):
        for s in range(wide):
            scores[i, s] = scale * scores[i, s] + barrier[t + i, s]
    for i in range(rows):
        of_row[i] = max(largest(scores, i), number(np.finfo(scores.dtype).min))
    for i in range(rows):
        exps(scores, i, of_row[i], weights, row + i)
    for i in range(rows):
        mass = total(weights, row + i)
        of_row[i] = number(1) / (number(1) if mass < number(1) else mass)
    for i in range(rows):
        for s in range(wide):
            weights[row + i, s] *= of_row[i]


@kernel
def exps(x: Array, i: int, shift: Any, y: Array, n: int) -> None:
    for s in range(x.shape[1]):
        y[n, s] = exp(x[i, s] - shift)


@kernel
def softmax_backward(dA: Array, rows: int, weights: Array, row: int, dscores: Array, t: int, along: Array) -> None:
    """dscores[t + i] = A (dA[i] - Σ A dA[i]), of some rows of weights A."""
    for i in range(rows):
        along[i] = inner(weights, row + i, dA, i)
    for i in range(rows):
        for s in range(dA.shape[1]):
            dscores[t + i, s] = weights[row + i, s] * (dA[i, s] - along[i])


@kernel
def drop(weights: Array, row: int, factors: Array, factor: int, dropped: Array, t: int) -> None:
    """dropped[t] = weights[row] factors[factor]."""
    for s in range(dropped.shape[1]):
        dropped[t, s] = weights[row, s] * factors[factor, s]


@kernel
def tile(C: Array, c: int, A: Array, a: int, a_row: int, a_k: int, B: Array, b: int, K: int, lanes: int) -> None:
    """C[r, :] = Σ_k A[r, k] B[k, :], for ROWS rows and the lanes of one vector. C, B: (rows, width); c, a, b: first."""
    if lanes == COLUMNS:
        matrix_16(C, c, C.shape[1], A, a, a_row, a_k, 0, B, b, B.shape[1], 0, K, 1, False)
    elif lanes == 8:
        matrix_8(C, c, C.shape[1], A, a, a_row, a_k, 0, B, b, B.shape[1], 0, K, 1, False)
    else:
        matrix_4(C, c, C.shape[1], A, a, a_row, a_k, 0, B, b, B.shape[1], 0, K, 1, False)


@kernel
def product(C: Array, A: Array, a: int, a_row: int, a_k: int, B: Array, b: int, K: int, lanes: int) -> None:
    """ROWS whole rows of C."""
    for c in range(0, C.shape[1], lanes):
        tile(C, c, A, a, a_row, a_k, B, b + c, K, lanes)


@kernel
def pick(source: Array, b: Array, parts: Array) -> None:
    """parts[h, t] = source[t, h] + b[h], for all heads h of a sequence, (T, heads, d)."""
    T, heads, d = source.shape
    for t in range(T):
        for h in range(heads):
            for j in range(d):
                parts[h, t, j] = source[t, h, j] + b[h, j]


@kernel
def turn(part: Array, turned: Array, d: int) -> None:
    for t in range(len(part)):
        for j in range(d):
            turned[j, t] = part[t, j]


@slow_to_compile("attention")
@kernel
def attend(
    P: Array, b: Array, causal: bool, barrier: Array, dropout: Array, weights: Array, y: Array, lanes: int,
    first: int, last: int,
) -> None:  # fmt: skip
    """Attention of the sequences `first` to before `last`.

    P: (N, T, 3, heads, d), the products x W_inᵀ; b: (3, heads, d); y: (N, T, heads, d). Below, T' is T filled up to
    whole tiles. barrier: (N or 1, heads or 1, T, T'), 0 where a step may look and -inf where not. dropout:
    (N heads T, T'), empty where there is none. weights: (N heads T', T'). lanes: of a vector along the features of a
    head. causal: whether the barrier stands behind the diagonal, where tiles then need not be computed.
    """
    _, T, _, heads, d = P.shape
    wide = weights.shape[1]
    number = P.dtype.type
    one, scale = number(1), number(1 / math.sqrt(d))
    q = np.zeros((heads, wide, -(-d // lanes) * lanes), P.dtype)
    deep, of_row = q.shape[2], np.empty(ROWS, P.dtype)
    k, v, k_turned = np.zeros_like(q), np.zeros_like(q), np.zeros((deep, wide), P.dtype)
    scores, dropped, out = (
        np.zeros((ROWS, wide), P.dtype),
        np.zeros((ROWS, wide), P.dtype),
        np.zeros((ROWS, deep), P.dtype),
    )
    for head in range(first * heads, last * heads):
        n, h = head // heads, head % heads
        if h == 0:
            pick(P[n, :, 0], b[0], q)
            pick(P[n, :, 1], b[1], k)
            pick(P[n, :, 2], b[2], v)
        turn(k[h], k_turned, d)
        wall = barrier[n % barrier.shape[0], h % barrier.shape[1]]
        for r in range(0, T, ROWS):
            end = min(r + ROWS, T)
            seen = end if causal else T
            for c in range(0, seen, COLUMNS):
                tile(scores, c, q, (h * wide + r) * deep, deep, 1, k_turned, c, d, COLUMNS)
            softmax(scores, end - r, scale, wall, r, weights, head * wide + r, of_row)
            if dropout.size:
                for i in range(end - r):
                    drop(weights, head * wide + r + i, dropout, head * T + r + i, dropped, i)
                product(out, dropped, 0, wide, 1, v[h], 0, seen, lanes)
            else:
                product(out, weights, (head * wide + r) * wide, wide, 1, v[h], 0, seen, lanes)
            put(out, one, y[n, r:end, h])


@slow_to_compile("attention")
@kernel
def attend_backward(
    dy: Array, P: Array, b: Array, causal: bool, dropout: Array, weights: Array, dP: Array, lanes: int,
    first: int, last: int,
) -> None:  # fmt: skip
    """dP, of the shape of P, from dy, (N, T, heads, d); all else as for `attend`."""
    _, T, _, heads, d = P.shape
    wide = weights.shape[1]
    number = P.dtype.type
    one, scale = number(1), number(1 / math.sqrt(d))
    q = np.zeros((heads, wide, -(-d // lanes) * lanes), P.dtype)
    deep, of_row = q.shape[2], np.empty(ROWS, P.dtype)
    k, v, g, v_turned = np.zeros_like(q), np.zeros_like(q), np.zeros_like(q), np.zeros((deep, wide), P.dtype)
    dA, out = np.zeros((ROWS, wide), P.dtype), np.zeros((ROWS, deep), P.dtype)
    dscores, dropped = np.zeros((wide, wide), P.dtype), np.zeros((wide if dropout.size else 0, wide), P.dtype)
    for head in range(first * heads, last * heads):
        n, h = head // heads, head % heads
        if h == 0:
            pick(P[n, :, 0], b[0], q)
            pick(P[n, :, 1], b[1], k)
            pick(P[n, :, 2], b[2], v)
            pick(dy[n], np.zeros_like(b[0]), g)
        turn(v[h], v_turned, d)
        for r in range(0, T, ROWS):
            end = min(r + ROWS, T)
            seen = end if causal else T
            for c in range(0, seen, COLUMNS):
                tile(dA, c, g, (h * wide + r) * deep, deep, 1, v_turned, c, d, COLUMNS)
            if dropout.size:
                for i in range(end - r):
                    drop(weights, head * wide + r + i, dropout, head * T + r + i, dropped, r + i)
                    drop(dA, i, dropout, head * T + r + i, dA, i)
            softmax_backward(dA, end - r, weights, head * wide + r, dscores, r, of_row)
            product(out, dscores, r * wide, wide, 1, k[h], 0, seen, lanes)
            put(out, scale, dP[n, r:end, 0, h])
        for r in range(0, T, ROWS):
            end = min(r + ROWS, T)
            begin = r if causal else 0  # the steps before do not look at this one
            product(out, dscores, begin * wide + r, 1, wide, q[h], begin * deep, T - begin, lanes)
            put(out, scale, dP[n, r:end, 1, h])
            if dropout.size:
                product(out, dropped, begin * wide + r, 1, wide, g[h], begin * deep, T - begin, lanes)
            else:
                product(out, weights, (head * wide + begin) * wide + r, 1, wide, g[h], begin * deep, T - begin, lanes)
            put(out, one, dP[n, r:end, 2, h])


@kernel
def put(out: Array, scale: Any, place: Array) -> None:
    for i in range(place.shape[0]):
        for j in range(place.shape[1]):
            place[i, j] = scale * out[i, j]
