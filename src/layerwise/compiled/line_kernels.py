"""The two sums of a convolution along lines of any length, for any number of kernels and terms.

They go over everything in blocks of 4 kernels, then over what is left one by one; each number comes out the same, in
whatever block it is computed.
"""

from __future__ import annotations

from layerwise.compiled.compiling import kernel
from layerwise.compiled.tiles import (
    line_1x1,
    line_1x4,
    line_4x1,
    line_4x2,
    line_4x4,
    product_1x1,
    product_1x4,
    product_4x1,
    product_4x4,
)
from layerwise.compiled.vector_code import WIDE
from layerwise.types import Array

STRIP = 32
"""So many vectors of places are done for all kernels before the next, so that what the kernels see stays near."""


@kernel
def correlate(
    z: Array,
    z_at: int,
    z_step: int,
    x: Array,
    x_at: int,
    terms: Array,
    W: Array,
    w_at: int,
    start: Array,
    start_at: int,
    kernels: int,
    places: int,
) -> None:
    """z[k, m] = start[k] + Σ_t W[k, t] x[m + term[t]] for all m below `places`, and up to the end of that vector."""
    lanes = WIDE // x.itemsize
    vectors = -(-places // lanes)
    count = len(terms)
    for strip in range(0, vectors, STRIP):
        end = min(strip + STRIP, vectors)
        for k in range(0, kernels // 4 * 4, 4):
            row, w, b, v = z_at + k * z_step, w_at + k * count, start_at + k, strip
            while v + 4 <= end:
                m = v * lanes
                line_4x4(z, row + m, z_step, x, x_at + m, terms, count, W, w, count, start, b)
                v += 4
            while v + 2 <= end:
                m = v * lanes
                line_4x2(z, row + m, z_step, x, x_at + m, terms, count, W, w, count, start, b)
                v += 2
            if v < end:
                m = v * lanes
                line_4x1(z, row + m, z_step, x, x_at + m, terms, count, W, w, count, start, b)
        for k in range(kernels // 4 * 4, kernels):
            row, w, b, v = z_at + k * z_step, w_at + k * count, start_at + k, strip
            while v + 4 <= end:
                m = v * lanes
                line_1x4(z, row + m, z_step, x, x_at + m, terms, count, W, w, count, start, b)
                v += 4
            while v < end:
                m = v * lanes
                line_1x1(z, row + m, z_step, x, x_at + m, terms, count, W, w, count, start, b)
                v += 1


@kernel
def add_products(
    dW: Array,
    w_at: int,
    dz: Array,
    dz_at: int,
    dz_step: int,
    dz_image: int,
    x: Array,
    x_at: int,
    x_image: int,
    terms: Array,
    kernels: int,
    places: int,
    images: int,
) -> None:
    """dW[k, t] += Σ_n Σ_m dz[n, k, m] x[n, m + term[t]]; dz is 0 from `places` to the end of that vector."""
    lanes = WIDE // x.itemsize
    vectors = -(-places // lanes)
    count = len(terms)
    for k in range(0, kernels // 4 * 4, 4):
        row, w, t = dz_at + k * dz_step, w_at + k * count, 0
        while t + 4 <= count:
            product_4x4(dW, w + t, count, dz, row, dz_step, dz_image, x, x_at, x_image, terms, t, vectors, images)
            t += 4
        while t < count:
            product_4x1(dW, w + t, count, dz, row, dz_step, dz_image, x, x_at, x_image, terms, t, vectors, images)
            t += 1
    for k in range(kernels // 4 * 4, kernels):
        row, w, t = dz_at + k * dz_step, w_at + k * count, 0
        while t + 4 <= count:
            product_1x4(dW, w + t, count, dz, row, dz_step, dz_image, x, x_at, x_image, terms, t, vectors, images)
            t += 4
        while t < count:
            product_1x1(dW, w + t, count, dz, row, dz_step, dz_image, x, x_at, x_image, terms, t, vectors, images)
            t += 1
