"""The compiled loops behind convolution and pooling of images.

A convolution needs no matrix of all its windows. Let an image with its padding lie row behind row in one line of
memory. Then moving the kernel moves a place in that line, what the kernel sees at (i, j) lies a fixed `term` further
on, and one output channel is a weighted sum of shifted lines:

    z[k, m] = b[k] + Σ_t W[k, t] x[m + term[t]],     t = (c, i, j)

At the end of each row stand a few places where the kernel would reach into the next row; they are computed with the
others, which costs less than going around them, and left out when the rows are copied. The gradient at x is the same
sum with negative terms over dz, between whose rows stand zeros; the gradient of W is a sum of products along the line.

A worker goes through its images one by one (forward) or a few at a time (backward), so that their lines stay in its
cache. What is summed over images is summed within chunks of a fixed number, and the chunks are added in their order:
bits do not depend on who computes which.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from layerwise.compiled.kernels import kernel
from layerwise.compiled.vectors import (
    WIDE,
    pool_2,
    pool_3,
    product_1x1,
    product_1x4,
    product_4x1,
    product_4x4,
    tile_1x1,
    tile_1x4,
    tile_4x1,
    tile_4x2,
    tile_4x4,
    unpool_2,
    unpool_3,
)
from layerwise.types import Array

STRIP = 32
"""So many vectors of places are done for all kernels before the next, so that what the kernels see stays near."""


class Plan(NamedTuple):
    """The sizes of a convolution, and of the lines that it is computed in."""

    channels: int
    height: int
    width: int
    kernels: int
    groups: int
    terms: int
    """Terms of a sum: channels in a group, times the places of the kernel."""
    top: int
    left: int
    """The padding."""
    pitch: int
    """From row to row of a line: the width with its padding."""
    high: int
    wide: int
    """The sides of the output."""
    places: int
    """From the first place of the output to its last, along the line."""
    x_line: int
    z_line: int
    dx_line: int
    dz_line: int
    """The length of one channel."""
    lead: int
    """Zeros before the first row of dz: as far as the kernel reaches back."""
    dx_places: int
    images: int
    """Images in a chunk."""


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
                tile_4x4(z, row + m, z_step, x, x_at + m, terms, count, W, w, count, start, b)
                v += 4
            while v + 2 <= end:
                m = v * lanes
                tile_4x2(z, row + m, z_step, x, x_at + m, terms, count, W, w, count, start, b)
                v += 2
            if v < end:
                m = v * lanes
                tile_4x1(z, row + m, z_step, x, x_at + m, terms, count, W, w, count, start, b)
        for k in range(kernels // 4 * 4, kernels):
            row, w, b, v = z_at + k * z_step, w_at + k * count, start_at + k, strip
            while v + 4 <= end:
                m = v * lanes
                tile_1x4(z, row + m, z_step, x, x_at + m, terms, count, W, w, count, start, b)
                v += 4
            while v < end:
                m = v * lanes
                tile_1x1(z, row + m, z_step, x, x_at + m, terms, count, W, w, count, start, b)
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


@kernel
def lay(line: Array, at: int, step: int, pitch: int, image: Array) -> None:
    """Copy the rows of an image (C, H, W) into a line, each channel `step` and each row `pitch` after the last."""
    C, H, W = image.shape
    for c in range(C):
        for h in range(H):
            begin = at + c * step + h * pitch
            for w in range(W):
                line[begin + w] = image[c, h, w]


@kernel
def pick_up(image: Array, line: Array, step: int, pitch: int) -> None:
    """The other way round: fill an image from a line."""
    C, H, W = image.shape
    for c in range(C):
        for h in range(H):
            begin = c * step + h * pitch
            for w in range(W):
                image[c, h, w] = line[begin + w]


@kernel
def sum_line(z: Array, x: Array, terms: Array, W: Array, b: Array, plan: Any) -> None:
    """The output of one image, line by line, from its own line."""
    kernels, channels = plan.kernels // plan.groups, plan.channels // plan.groups
    for g in range(plan.groups):
        k = g * kernels
        x_at = g * channels * plan.x_line
        correlate(z, k * plan.z_line, plan.z_line, x, x_at, terms, W, k * plan.terms, b, k, kernels, plan.places)


@kernel
def convolve(x: Array, W: Array, b: Array, z: Array, terms: Array, plan: Any, first: int, last: int) -> None:
    """z of the images from first to last. x: (N, C, H, W), z: (N, K, H', W'), W: flat."""
    line = np.zeros(plan.channels * plan.x_line + WIDE, x.dtype)
    sums = np.empty(plan.kernels * plan.z_line, x.dtype)
    for n in range(first, last):
        lay(line, plan.top * plan.pitch + plan.left, plan.x_line, plan.pitch, x[n])
        sum_line(sums, line, terms, W, b, plan)
        pick_up(z[n], sums, plan.z_line, plan.pitch)


@kernel
def convolve_relu_pool(
    x: Array,
    W: Array,
    b: Array,
    y: Array,
    winner: Array,
    terms: Array,
    plan: Any,
    high: int,
    wide: int,
    first: int,
    last: int,
) -> None:
    """y = the largest of max(0, z) in each window of high by wide, side by side; winner: its place in the window."""
    lanes = WIDE // x.itemsize
    _, K, H, W_out = y.shape
    line = np.zeros(plan.channels * plan.x_line + WIDE, x.dtype)
    sums = np.zeros(plan.kernels * plan.z_line + (plan.pitch + WIDE) * wide, x.dtype)
    best, place = np.empty(H * W_out + WIDE, x.dtype), np.empty(H * W_out + WIDE, np.int32)
    for n in range(first, last):
        lay(line, plan.top * plan.pitch + plan.left, plan.x_line, plan.pitch, x[n])
        sum_line(sums, line, terms, W, b, plan)
        for k in range(K):
            for h in range(H):
                row = k * plan.z_line + h * high * plan.pitch
                for w in range(0, W_out, lanes):  # what lies beyond a row is overwritten by the next one
                    if wide == 2:
                        pool_2(best, place, h * W_out + w, sums, row + w * 2, plan.pitch, high)
                    else:
                        pool_3(best, place, h * W_out + w, sums, row + w * 3, plan.pitch, high)
            plane, winners = y[n, k].reshape(-1), winner[n, k].reshape(-1)
            for m in range(len(plane)):
                plane[m] = best[m]
            for m in range(len(plane)):
                winners[m] = place[m]


@kernel
def convolve_backward(
    dz: Array,
    x: Array,
    Wt: Array,
    dW: Array,
    db: Array,
    dx: Array,
    terms: Array,
    back: Array,
    plan: Any,
    first: int,
    last: int,
) -> None:
    """dW and db of the chunks from first to last, one row each; dx of their images, if it has any."""
    lines = np.zeros(plan.images * plan.channels * plan.x_line + WIDE, x.dtype)
    gradients = np.zeros(plan.images * plan.kernels * plan.dz_line + WIDE, x.dtype)
    size = plan.kernels * plan.dz_line
    for chunk in range(first, last):
        begin = chunk * plan.images
        images = min(plan.images, len(x) - begin)
        for n in range(images):
            lay(gradients, n * size + plan.lead, plan.dz_line, plan.pitch, dz[begin + n])
        chunk_backward(gradients, lines, x, begin, images, Wt, dW[chunk], db[chunk], dx, terms, back, plan)


@kernel
def convolve_relu_pool_backward(
    dy: Array,
    y: Array,
    winner: Array,
    high: int,
    wide: int,
    x: Array,
    Wt: Array,
    dW: Array,
    db: Array,
    dx: Array,
    terms: Array,
    back: Array,
    plan: Any,
    first: int,
    last: int,
) -> None:
    """The same, from the gradient behind pooling: all of it goes to the winner, if that is above 0."""
    lanes = WIDE // x.itemsize
    _, K, H, W_out = dy.shape
    lines = np.zeros(plan.images * plan.channels * plan.x_line + WIDE, x.dtype)
    gradients = np.zeros(plan.images * plan.kernels * plan.dz_line + WIDE * wide, x.dtype)
    passed, place = np.zeros(H * W_out + WIDE, x.dtype), np.zeros(H * W_out + WIDE, np.int32)
    for chunk in range(first, last):
        begin = chunk * plan.images
        images = min(plan.images, len(x) - begin)
        for n in range(images):
            for k in range(K):
                above, outputs = dy[begin + n, k].reshape(-1), y[begin + n, k].reshape(-1)
                winners = winner[begin + n, k].reshape(-1)
                for m in range(len(above)):
                    passed[m] = above[m] * (1 if outputs[m] > 0 else 0)
                for m in range(len(above)):
                    place[m] = winners[m]
                corner = (n * plan.kernels + k) * plan.dz_line + plan.lead
                for h in range(H):
                    for i in range(high):
                        row = corner + (h * high + i) * plan.pitch
                        for w in range(0, W_out, lanes):
                            at, count = h * W_out + w, W_out - w
                            if wide == 2:
                                unpool_2(gradients, row + w * 2, passed, place, at, i, count)
                            else:
                                unpool_3(gradients, row + w * 3, passed, place, at, i, count)
        chunk_backward(gradients, lines, x, begin, images, Wt, dW[chunk], db[chunk], dx, terms, back, plan)


@kernel
def chunk_backward(
    gradients: Array,
    lines: Array,
    x: Array,
    begin: int,
    images: int,
    Wt: Array,
    dW: Array,
    db: Array,
    dx: Array,
    terms: Array,
    back: Array,
    plan: Any,
) -> None:
    """dW, db and dx of one chunk, whose dz lies in `gradients`. Wt: (C, kernels of a group, I, J), flat."""
    kernels, channels = plan.kernels // plan.groups, plan.channels // plan.groups
    size = plan.kernels * plan.dz_line
    corner = plan.top * plan.pitch + plan.left
    for n in range(images):
        lay(lines, n * plan.channels * plan.x_line + corner, plan.x_line, plan.pitch, x[begin + n])
    dW[:] = 0
    db[:] = 0
    if finite(lines):
        for g in range(plan.groups):
            k = g * kernels
            add_products(
                dW,
                k * plan.terms,
                gradients,
                k * plan.dz_line + plan.lead,
                plan.dz_line,
                size,
                lines,
                g * channels * plan.x_line,
                plan.channels * plan.x_line,
                terms,
                kernels,
                plan.places,
                images,
            )
    else:
        add_exactly(dW, gradients, lines, terms, images, plan)
    ones = np.ones(plan.places + WIDE, x.dtype)
    here = np.zeros(1, terms.dtype)
    add_products(db, 0, gradients, plan.lead, plan.dz_line, size, ones, 0, 0, here, plan.kernels, plan.places, images)
    if not len(dx):
        return
    sums = np.empty(plan.channels * plan.dx_line, x.dtype)
    nothing = np.zeros(plan.channels, x.dtype)
    for n in range(images):
        for g in range(plan.groups):
            c = g * channels
            correlate(
                sums,
                c * plan.dx_line,
                plan.dx_line,
                gradients,
                n * size + g * kernels * plan.dz_line + plan.lead + corner,
                back,
                Wt,
                c * len(back),
                nothing,
                0,
                channels,
                plan.dx_places,
            )
        pick_up(dx[begin + n], sums, plan.dx_line, plan.pitch)


@kernel
def finite(line: Array) -> bool:
    """Whether no number is infinite or NaN: such ones must not meet the zeros between the rows of dz."""
    strange = 0
    for i in range(len(line)):
        strange += 1 if line[i] - line[i] != 0 else 0
    return strange == 0


@kernel
def add_exactly(dW: Array, gradients: Array, lines: Array, terms: Array, images: int, plan: Any) -> None:
    """dW at the places of the output only: what infinity and NaN ask for. It is slow, and such a run is lost anyway."""
    kernels, channels = plan.kernels // plan.groups, plan.channels // plan.groups
    for n in range(images):
        for k in range(plan.kernels):
            dz_at = (n * plan.kernels + k) * plan.dz_line + plan.lead
            x_at = (n * plan.channels + k // kernels * channels) * plan.x_line
            for t in range(plan.terms):
                for h in range(plan.high):
                    for w in range(plan.wide):
                        m = h * plan.pitch + w
                        dW[k * plan.terms + t] += gradients[dz_at + m] * lines[x_at + m + terms[t]]


@kernel
def max_pool(x: Array, y: Array, winner: Array, settings: Any, first: int, last: int) -> None:
    """y: the largest number of each window, of equal ones the first, of NaN the first. winner: where in its channel."""
    I, J, step_h, step_w, top, left, apart_h, apart_w = settings  # noqa: E741
    _, C, H, W = x.shape
    for n in range(first, last):
        for c in range(C):
            for h in range(y.shape[2]):
                for w in range(y.shape[3]):
                    best, place = x.dtype.type(-np.inf), -1
                    for i in range(I):
                        row = h * step_h - top + i * apart_h
                        if row < 0 or row >= H:
                            continue
                        for j in range(J):
                            column = w * step_w - left + j * apart_w
                            if column < 0 or column >= W:
                                continue
                            new = x[n, c, row, column]
                            if place < 0 or new > best or (new != new and best == best):
                                best, place = new, row * W + column
                    y[n, c, h, w] = best
                    winner[n, c, h, w] = place


@kernel
def max_pool_backward(dy: Array, winner: Array, dx: Array, first: int, last: int) -> None:
    """The gradient of each window, added at its winner. dx: zeros."""
    _, C, H, W = dy.shape
    width = dx.shape[3]
    for n in range(first, last):
        for c in range(C):
            for h in range(H):
                for w in range(W):
                    place = winner[n, c, h, w]
                    dx[n, c, place // width, place % width] += dy[n, c, h, w]
