"""The compiled loops behind convolution and pooling of images.

A convolution needs no matrix of all its windows. Let an image with its padding lie row behind row in one line of
memory. Then moving the kernel moves a place in that line, what the kernel sees at (i, j) lies a fixed `term` further
on, and one output channel is a weighted sum of shifted lines:

    z[k, m] = b[k] + Σ_t W[k, t] x[m + term[t]],     t = (c, i, j)

With a stride, the numbers that a place of the kernel may see lie `stride` apart: they are put into lines of their own,
one for each remainder (a phase), and all is as before. At the end of each row stand a few places where the kernel would
reach into the next row; they are computed with the others, which costs less than going around them, and left out when
the rows are copied. The gradient at x is the same sum with negative terms over dz, between whose rows stand zeros; the
gradient of W is a sum of products along the line.

A worker goes through its images one by one (forward) or a few at a time (backward), so that their lines stay in its
cache. What is summed over images is summed within chunks of a fixed number, and the chunks are added in their order:
bits do not depend on who computes which.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from layerwise.compiled.codes import NOT_A_NUMBER
from layerwise.compiled.kernels import kernel
from layerwise.compiled.line_kernels import add_products, correlate
from layerwise.compiled.vectors import WIDE, pool_2, pool_3, unpool_2, unpool_3
from layerwise.types import Array


class Plan(NamedTuple):
    """The sizes of a convolution, and of the lines that it is computed in."""

    channels: int
    kernels: int
    groups: int
    terms: int
    """Terms of a sum: channels in a group, times the places of the kernel."""
    step_h: int
    step_w: int
    """The stride."""
    pitch: int
    """From row to row of a line."""
    high: int
    wide: int
    """The sides of the output."""
    places: int
    """From the first place of the output to its last, along the line."""
    x_line: int
    """The length of one channel, with all its phases."""
    x_plane: int
    """The length of one phase of it."""
    z_line: int
    dz_line: int
    dx_line: int
    """The length of one channel."""
    lead: int
    """Zeros before the first row of dz: as far as the kernel reaches back."""
    images: int
    """Images in a chunk."""


FIRST_ROW, FIRST_COLUMN, CORNER, BACK, TERMS, WEIGHTS, PLACES = range(7)
"""What the table of phases holds in each row: where in the image the phase begins, and where in its line; the first of
its terms on the way back, their number, and the first of their weights; its places along the line."""


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
def lay_phases(line: Array, at: int, image: Array, phases: Array, plan: Any) -> None:
    """The image in a line, phase by phase, within the zeros of its padding."""
    for phase in phases:
        if plan.step_h == plan.step_w == 1:
            lay(line, at + phase[CORNER], plan.x_line, plan.pitch, image)
        else:
            part = image[:, phase[FIRST_ROW] :: plan.step_h, phase[FIRST_COLUMN] :: plan.step_w]
            lay(line, at + phase[CORNER], plan.x_line, plan.pitch, part)


@kernel
def sum_line(z: Array, x: Array, terms: Array, W: Array, b: Array, plan: Any) -> None:
    """The output of one image, line by line, from its own line."""
    kernels, channels = plan.kernels // plan.groups, plan.channels // plan.groups
    for g in range(plan.groups):
        k = g * kernels
        x_at = g * channels * plan.x_line
        correlate(z, k * plan.z_line, plan.z_line, x, x_at, terms, W, k * plan.terms, b, k, kernels, plan.places)


@kernel
def convolve(
    x: Array, W: Array, b: Array, z: Array, terms: Array, phases: Array, plan: Any, first: int, last: int
) -> None:
    """z of the images from first to last. x: (N, C, H, W), z: (N, K, H', W'), W: flat."""
    line = np.zeros(plan.channels * plan.x_line + WIDE, x.dtype)
    sums = np.empty(plan.kernels * plan.z_line, x.dtype)
    for n in range(first, last):
        lay_phases(line, 0, x[n], phases, plan)
        sum_line(sums, line, terms, W, b, plan)
        pick_up(z[n], sums, plan.z_line, plan.pitch)


@kernel
def any_nan(numbers: Array) -> bool:
    found = False
    for i in range(len(numbers)):  # by index it is computed in vectors, number by number it is not
        found |= numbers[i] != numbers[i]
    return found


@kernel
def convolve_relu_pool(
    x: Array,
    W: Array,
    b: Array,
    y: Array,
    winner: Array,
    terms: Array,
    phases: Array,
    plan: Any,
    high: int,
    wide: int,
    first: int,
    last: int,
) -> None:
    """y = the largest of max(0, z) in each window of high by wide, side by side; winner: its place in the window.

    Where y is 0, so that no gradient passes, stands the complement of the place, which is negative: the way back need
    not look at y, which others may have changed by then. If z is NaN anywhere, also where no window sees it, the first
    place of that image is NOT_A_NUMBER: the slope of max(0, z) is NaN there, and the layers go the way back.
    """
    lanes = WIDE // x.itemsize
    _, K, H, W_out = y.shape
    line = np.zeros(plan.channels * plan.x_line + WIDE, x.dtype)
    sums = np.zeros(plan.kernels * plan.z_line + (plan.pitch + WIDE) * wide, x.dtype)
    best, place = np.empty(H * W_out + WIDE, x.dtype), np.empty(H * W_out + WIDE, np.int32)
    for n in range(first, last):
        lay_phases(line, 0, x[n], phases, plan)
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
                winners[m] = place[m] if best[m] > 0 else ~place[m]
        if any_nan(sums):
            winner[n, 0, 0, 0] = NOT_A_NUMBER


@kernel
def convolve_backward(
    dz: Array,
    x: Array,
    Wt: Array,
    dW: Array,
    db: Array,
    dx: Array,
    terms: Array,
    phases: Array,
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
        chunk_backward(gradients, lines, x, begin, images, Wt, dW[chunk], db[chunk], dx, terms, phases, back, plan)


@kernel
def convolve_relu_pool_backward(
    dy: Array,
    winner: Array,
    high: int,
    wide: int,
    x: Array,
    Wt: Array,
    dW: Array,
    db: Array,
    dx: Array,
    terms: Array,
    phases: Array,
    back: Array,
    plan: Any,
    first: int,
    last: int,
) -> None:
    """The same, from the gradient behind pooling: all of it goes to the winner, if that is above 0. None is NaN."""
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
                above, winners = dy[begin + n, k].reshape(-1), winner[begin + n, k].reshape(-1)
                for m in range(len(above)):
                    passed[m] = above[m] * (1 if winners[m] >= 0 else 0)
                for m in range(len(above)):
                    place[m] = winners[m] if winners[m] >= 0 else ~winners[m]
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
        chunk_backward(gradients, lines, x, begin, images, Wt, dW[chunk], db[chunk], dx, terms, phases, back, plan)


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
    phases: Array,
    back: Array,
    plan: Any,
) -> None:
    """dW, db and dx of one chunk, whose dz lies in `gradients`. Wt: for each phase (C, its terms), flat."""
    kernels, channels = plan.kernels // plan.groups, plan.channels // plan.groups
    x_size, dz_size = plan.channels * plan.x_line, plan.kernels * plan.dz_line
    for n in range(images):
        lay_phases(lines, n * x_size, x[begin + n], phases, plan)
    dW[:] = 0
    db[:] = 0
    if finite(lines):
        for g in range(plan.groups):
            k, x_at = g * kernels, g * channels * plan.x_line
            dz_at = k * plan.dz_line + plan.lead
            add_products(
                dW,
                k * plan.terms,
                gradients,
                dz_at,
                plan.dz_line,
                dz_size,
                lines,
                x_at,
                x_size,
                terms,
                kernels,
                plan.places,
                images,
            )
    else:
        add_exactly(dW, gradients, lines, terms, images, plan)
    ones = np.ones(plan.places + WIDE, x.dtype)
    here = np.zeros(1, terms.dtype)
    add_products(
        db, 0, gradients, plan.lead, plan.dz_line, dz_size, ones, 0, 0, here, plan.kernels, plan.places, images
    )
    if len(dx):
        for n in range(images):
            sum_back(dx[begin + n], gradients, n * dz_size + plan.lead, Wt, phases, back, plan)


@kernel
def sum_back(dx: Array, gradients: Array, at: int, Wt: Array, phases: Array, back: Array, plan: Any) -> None:
    """dx of one image: each phase is a sum over the kernel's places that see it."""
    kernels, channels = plan.kernels // plan.groups, plan.channels // plan.groups
    sums = np.empty(plan.channels * plan.dx_line, gradients.dtype)
    nothing = np.zeros(channels, gradients.dtype)
    for phase in phases:
        count = phase[TERMS]
        terms = back[phase[BACK] : phase[BACK] + count]
        for g in range(plan.groups):
            c = g * channels
            correlate(
                sums,
                c * plan.dx_line,
                plan.dx_line,
                gradients,
                at + g * kernels * plan.dz_line + phase[CORNER] % plan.x_plane,
                terms,
                Wt,
                phase[WEIGHTS] + c * count,
                nothing,
                0,
                channels,
                phase[PLACES],
            )
        if plan.step_h == plan.step_w == 1:
            pick_up(dx, sums, plan.dx_line, plan.pitch)
        else:
            part = dx[:, phase[FIRST_ROW] :: plan.step_h, phase[FIRST_COLUMN] :: plan.step_w]
            pick_up(part, sums, plan.dx_line, plan.pitch)


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
                for m in range(plan.places):
                    if m % plan.pitch < plan.wide:
                        dW[k * plan.terms + t] += gradients[dz_at + m] * lines[x_at + m + terms[t]]
