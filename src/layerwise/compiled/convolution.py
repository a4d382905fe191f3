"""Twins of convolution: no windows are copied, and each thread does a share of the images."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache, partial
from typing import NamedTuple, TypeAlias

import numpy as np

from layerwise import formulas
from layerwise.compiled import image_kernels
from layerwise.compiled.choice import twin_of
from layerwise.compiled.codes import TYPES
from layerwise.compiled.image_kernels import PLACES, Plan
from layerwise.compiled.vectors import WIDE
from layerwise.compiled.workers import share
from layerwise.formulas.machinery.windows import Pair, output_size
from layerwise.types import Array, Differentiable

CHUNK_BYTES = 2**18
"""The lines of a chunk of images and of their gradients should stay in the cache of one core."""
MOST_IMAGES = 8
MOST_PHASES = 1024
"""Each phase of a stride is laid out for itself; the windows of longer strides are few, and the formula is quick."""

Sizes: TypeAlias = tuple[int, ...]


@twin_of("formulas.convolution", "conv2d")
def conv2d(
    x: Array,
    W: Array,
    b: Array,
    stride: Pair = (1, 1),
    padding: Pair = (0, 0),
    dilation: Pair = (1, 1),
    groups: int = 1,
) -> Differentiable:
    if not fits(x, W, b, stride, padding, dilation, groups):
        return formulas.conv2d(x, W, b, stride, padding, dilation, groups)
    convolution = Convolution(x, W, b, stride, padding, dilation, groups)
    z = convolution.forward()

    def backward(dz: Array, input_gradient: bool = True) -> tuple[Array | None, Array, Array]:
        if dz.shape != z.shape:  # a loop looks at no bounds; the formula says what is wrong
            _, readable = formulas.conv2d(x, W, b, stride, padding, dilation, groups)
            gradients: tuple[Array | None, Array, Array] = readable(dz, input_gradient)
            return gradients
        return convolution.backward(np.ascontiguousarray(dz, x.dtype), input_gradient)

    return z, backward


@twin_of("formulas.convolution", "conv1d")
def conv1d(
    x: Array, W: Array, b: Array, stride: int = 1, padding: int = 0, dilation: int = 1, groups: int = 1
) -> Differentiable:
    if x.ndim != 3 or W.ndim != 3:
        return formulas.conv1d(x, W, b, stride, padding, dilation, groups)
    z, backward_image = conv2d(x[:, :, None, :], W[:, :, None, :], b, (1, stride), (0, padding), (1, dilation), groups)

    def backward(dz: Array, input_gradient: bool = True) -> tuple[Array | None, Array, Array]:
        dimage, dkernels, db = backward_image(dz[:, :, None, :], input_gradient)
        return (dimage[:, :, 0] if dimage is not None else None), dkernels[:, :, 0], db

    return z[:, :, 0], backward


def fits(x: Array, W: Array, b: Array, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int) -> bool:
    """Whether the loops can take these arrays; about any others, the formula says what is wrong."""
    if x.ndim != 4 or W.ndim != 4 or not x.size or not W.size:
        return False
    if not x.dtype == W.dtype == b.dtype or x.dtype not in TYPES:
        return False
    if x.shape[1] != W.shape[1] * groups or len(W) % groups or b.shape != W.shape[:1]:
        return False
    if math.prod(stride) > MOST_PHASES or not np.isfinite(W).all():  # on the way back W meets zeros between the rows
        return False
    sides = zip(x.shape[2:], W.shape[2:], stride, padding, dilation, strict=True)
    return all(output_size(*side) > 0 for side in sides)


class Convolution:
    """One call of the twin: its arrays as the loops want them, and both ways through them."""

    def __init__(
        self, x: Array, W: Array, b: Array, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int
    ) -> None:
        self.x, self.W, self.b = np.ascontiguousarray(x), np.ascontiguousarray(W), np.ascontiguousarray(b)
        sides = zip(x.shape[2:], stride, padding, strict=True)
        steps = [min(s, side + 2 * p) for side, s, p in sides]  # a longer step leaves the image, as this one does
        settings = tuple(int(each) for pair in (steps, padding, dilation) for each in pair)
        self.lines = lines_of(x.shape[1:], W.shape, settings, groups, x.itemsize)

    def forward(self) -> Array:
        lines, W = self.lines, self.W.reshape(-1)
        plan = lines.plan
        z = np.empty((len(self.x), plan.kernels, plan.high, plan.wide), self.x.dtype)
        share(
            lambda *part: image_kernels.convolve(self.x, W, self.b, z, lines.terms, lines.phases, plan, *part), len(z)
        )
        return z

    def backward(self, dz: Array, input_gradient: bool) -> tuple[Array | None, Array, Array]:
        return self._gradients(partial(image_kernels.convolve_backward, dz), input_gradient)

    def forward_relu_pool(self, high: int, wide: int) -> tuple[Array, Array]:
        """max(0, z) pooled in windows side by side, and the place of the winner in each, or its complement."""
        lines, W = self.lines, self.W.reshape(-1)
        plan = lines.plan
        y = np.empty((len(self.x), plan.kernels, plan.high // high, plan.wide // wide), self.x.dtype)
        winner = np.empty(y.shape, np.int8)
        share(
            lambda *part: image_kernels.convolve_relu_pool(
                self.x, W, self.b, y, winner, lines.terms, lines.phases, plan, high, wide, *part
            ),
            len(y),
        )
        return y, winner

    def backward_relu_pool(
        self, dy: Array, winner: Array, high: int, wide: int, input_gradient: bool
    ) -> tuple[Array | None, Array, Array]:
        loop = partial(image_kernels.convolve_relu_pool_backward, dy, winner, high, wide)
        return self._gradients(loop, input_gradient)

    def _gradients(self, loop: Callable[..., None], input_gradient: bool) -> tuple[Array | None, Array, Array]:
        """dx, dW and db, chunk by chunk; the chunks are added in their order."""
        x, W, lines, dtype = self.x, self.W, self.lines, self.x.dtype
        plan = lines.plan
        chunks = -(-len(x) // plan.images)
        dW, db = np.empty((chunks, W.size), dtype), np.empty((chunks, plan.kernels), dtype)
        dx = np.empty(x.shape if input_gradient else (0, *x.shape[1:]), dtype)
        Wt = W.reshape(-1)
        if input_gradient:
            Wt = self._turned()
        share(lambda *part: loop(x, Wt, dW, db, dx, lines.terms, lines.phases, lines.back, plan, *part), chunks)
        return (dx if input_gradient else None), dW.sum(axis=0).reshape(W.shape), db.sum(axis=0)

    def _turned(self) -> Array:
        """W as the way back reads it: for each phase, by channel of x, the kernels' weights that see it; flat."""
        K, own, *sides = self.W.shape
        groups = self.lines.plan.groups
        by_group = self.W.reshape(groups, K // groups, own, *sides)  # (G, K/G, C/G, I, J)
        by_channel = by_group.swapaxes(1, 2).reshape(groups * own, K // groups, *sides)  # (C, K/G, I, J)
        return np.concatenate([by_channel[:, :, i, j].reshape(-1) for i, j in self.lines.seen])


class Lines(NamedTuple):
    """What the loops must know of a convolution. seen: for each phase, the kernel's rows and columns that see it."""

    plan: Plan
    terms: Array
    phases: Array
    back: Array
    seen: list[tuple[Array, Array]]


@lru_cache(maxsize=256)
def lines_of(sample: Sizes, kernel: Sizes, settings: Sizes, groups: int, itemsize: int) -> Lines:
    """The sizes of a convolution, and the terms of its sums, forward and back.

    sample: (C, H, W). kernel: the shape of W. settings: stride, padding, dilation. Of images with their padding, row r
    stands in phase r mod stride, at row r div stride of its lines; and so do columns.
    """
    (C, H, W), (K, own, tall, broad) = sample, kernel
    s, u, p, q, d, e = settings
    lanes = WIDE // itemsize
    pitch = -(-(W + 2 * q) // u)
    plane = -(-(H + 2 * p) // s) * pitch
    row, column = np.arange(tall)[:, None] * d, np.arange(broad)[None, :] * e  # (I, 1), (1, J)
    reach = row // s * pitch + column // u  # (I, J): how far along its line the kernel sees
    phase = row % s * u + column % u  # (I, J): and in which
    high, wide = output_size(H, tall, s, p, d), output_size(W, broad, u, q, e)
    lead, places = int(reach.max()), (high - 1) * pitch + wide
    dz_line = lead + plane + lanes
    terms = (np.arange(own)[:, None, None] * (s * u * plane) + phase * plane + reach).reshape(-1)
    table, back, seen = _way_back(
        sample, settings, phase, np.arange(K // groups)[:, None] * dz_line, reach, pitch, plane
    )
    plan = Plan(
        channels=C,
        kernels=K,
        groups=groups,
        terms=len(terms),
        step_h=s,
        step_w=u,
        pitch=pitch,
        high=high,
        wide=wide,
        places=places,
        x_line=s * u * plane,
        x_plane=plane,
        z_line=_whole(places, lanes),
        dz_line=dz_line,
        dx_line=_whole(int(table[:, PLACES].max()), lanes),
        lead=lead,
        images=min(max(CHUNK_BYTES // (itemsize * (C * s * u * plane + K * dz_line)), 1), MOST_IMAGES),
    )
    return Lines(plan, terms, table, back, seen)


def _way_back(
    sample: Sizes, settings: Sizes, phase: Array, kernels: Array, reach: Array, pitch: int, plane: int
) -> tuple[Array, Array, list[tuple[Array, Array]]]:
    """The table of phases, the terms of all of them, and which places of the kernel see each."""
    C, H, W = sample
    s, u, p, q, _, _ = settings
    table: list[tuple[int, ...]] = []
    back: list[Array] = []
    seen: list[tuple[Array, Array]] = []
    terms = 0
    for a, b in np.ndindex(s, u):
        first_row, first_column = (a - p) % s, (b - q) % u  # of the image; of the remainders, -3 mod 2 is 1
        if first_row >= H or first_column >= W:
            continue  # nothing but padding
        corner = (a * u + b) * plane + (first_row + p) // s * pitch + (first_column + q) // u
        places = (H - 1 - first_row) // s * pitch + (W - 1 - first_column) // u + 1
        rows, columns = np.nonzero(phase == a * u + b)
        count = len(kernels) * len(rows)
        table.append((first_row, first_column, corner, terms, count, C * terms, places))
        back.append((kernels - reach[rows, columns]).reshape(-1))
        seen.append((rows, columns))
        terms += count
    return np.array(table), np.concatenate(back), seen


def _whole(places: int, lanes: int) -> int:
    """Rounded up to whole vectors."""
    return -(-places // lanes) * lanes
