"""Twins of convolution: no windows are copied, and each thread does a share of the images."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial

import numpy as np

from layerwise import formulas
from layerwise.compiled import image_kernels
from layerwise.compiled.choice import twin_of
from layerwise.compiled.codes import TYPES
from layerwise.compiled.image_kernels import Plan
from layerwise.compiled.vectors import WIDE
from layerwise.compiled.workers import share
from layerwise.formulas.windows import Pair, output_size
from layerwise.types import Array, Differentiable

CHUNK_BYTES = 2**18
"""The lines of a chunk of images and of their gradients should stay in the cache of one core."""
MOST_IMAGES = 8


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
    convolution = Convolution(x, W, b, padding, dilation, groups)
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


def fits(x: Array, W: Array, b: Array, stride: Pair, padding: Pair, dilation: Pair, groups: int) -> bool:
    """Whether the loops can take these arrays; about any others, the formula says what is wrong."""
    if tuple(stride) != (1, 1) or x.ndim != 4 or W.ndim != 4 or not x.size or not W.size:
        return False
    if not x.dtype == W.dtype == b.dtype or x.dtype not in TYPES:
        return False
    if x.shape[1] != W.shape[1] * groups or len(W) % groups or b.shape != W.shape[:1]:
        return False
    sides = zip(x.shape[2:], W.shape[2:], padding, dilation, strict=True)
    return all(output_size(side, k, 1, p, d) > 0 for side, k, p, d in sides)


class Convolution:
    """One call of the twin: its arrays as the loops want them, and both ways through them."""

    def __init__(self, x: Array, W: Array, b: Array, padding: Pair, dilation: Pair, groups: int) -> None:
        self.x, self.W, self.b = np.ascontiguousarray(x), np.ascontiguousarray(W), np.ascontiguousarray(b)
        self.plan, self.terms, self.back = plan_of(
            x.shape[1:], W.shape, tuple(padding), tuple(dilation), groups, x.itemsize
        )

    def forward(self) -> Array:
        plan, W = self.plan, self.W.reshape(-1)
        z = np.empty((len(self.x), plan.kernels, plan.high, plan.wide), self.x.dtype)
        share(lambda *part: image_kernels.convolve(self.x, W, self.b, z, self.terms, plan, *part), len(z))
        return z

    def backward(self, dz: Array, input_gradient: bool) -> tuple[Array | None, Array, Array]:
        return self._gradients(partial(image_kernels.convolve_backward, dz), input_gradient)

    def forward_relu_pool(self, high: int, wide: int) -> tuple[Array, Array]:
        """max(0, z) pooled in windows side by side, and the place of the winner in each."""
        plan, W = self.plan, self.W.reshape(-1)
        y = np.empty((len(self.x), plan.kernels, plan.high // high, plan.wide // wide), self.x.dtype)
        winner = np.empty(y.shape, np.int8)
        share(
            lambda *part: image_kernels.convolve_relu_pool(
                self.x, W, self.b, y, winner, self.terms, plan, high, wide, *part
            ),
            len(y),
        )
        return y, winner

    def backward_relu_pool(
        self, dy: Array, y: Array, winner: Array, high: int, wide: int, input_gradient: bool
    ) -> tuple[Array | None, Array, Array]:
        loop = partial(image_kernels.convolve_relu_pool_backward, dy, y, winner, high, wide)
        return self._gradients(loop, input_gradient)

    def _gradients(self, loop: Callable[..., None], input_gradient: bool) -> tuple[Array | None, Array, Array]:
        """dx, dW and db, chunk by chunk; the chunks are added in their order."""
        x, W, plan, dtype = self.x, self.W, self.plan, self.x.dtype
        chunks = -(-len(x) // plan.images)
        dW, db = np.empty((chunks, W.size), dtype), np.empty((chunks, plan.kernels), dtype)
        dx = np.empty(x.shape if input_gradient else (0, *x.shape[1:]), dtype)
        Wt = self._turned() if input_gradient else W.reshape(-1)
        share(lambda *part: loop(x, Wt, dW, db, dx, self.terms, self.back, plan, *part), chunks)
        return (dx if input_gradient else None), dW.sum(axis=0).reshape(W.shape), db.sum(axis=0)

    def _turned(self) -> Array:
        """W by channel of x: (C, kernels of a group, I, J), flat."""
        G = self.plan.groups
        by_group = self.W.reshape(G, len(self.W) // G, *self.W.shape[1:])  # (G, K/G, C/G, I, J)
        return np.ascontiguousarray(by_group.swapaxes(1, 2)).reshape(-1)


@lru_cache(maxsize=256)
def plan_of(
    sample: tuple[int, int, int],
    kernel: tuple[int, int, int, int],
    padding: Pair,
    dilation: Pair,
    groups: int,
    itemsize: int,
) -> tuple[Plan, Array, Array]:
    """The sizes of a convolution, and the terms of its sums, forward and back. sample: (C, H, W). kernel: of W."""
    (C, H, W), (K, own, kernel_height, kernel_width) = sample, kernel
    (p, q), (d, e) = padding, dilation
    pitch, line = W + 2 * q, (H + 2 * p) * (W + 2 * q)
    high, wide = output_size(H, kernel_height, 1, p, d), output_size(W, kernel_width, 1, q, e)
    lanes = WIDE // itemsize
    i, j = np.arange(kernel_height)[:, None] * d * pitch, np.arange(kernel_width) * e
    reach = i + j  # (I, J)
    places, dx_places = (high - 1) * pitch + wide, (H - 1) * pitch + W
    dz_line = int(reach.max()) + line + lanes
    one = itemsize * (C * line + K * dz_line)
    plan = Plan(
        channels=C, height=H, width=W, kernels=K, groups=groups, terms=own * kernel_height * kernel_width,
        top=p, left=q, pitch=pitch, high=high, wide=wide, places=places,
        x_line=line, z_line=_whole(places, lanes), dx_line=_whole(dx_places, lanes), dz_line=dz_line,
        lead=int(reach.max()), dx_places=dx_places, images=min(max(CHUNK_BYTES // one, 1), MOST_IMAGES),
    )  # fmt: skip
    terms = (np.arange(own)[:, None, None] * line + reach).reshape(-1)
    back = (np.arange(K // groups)[:, None, None] * dz_line - reach).reshape(-1)
    return plan, terms, back


def _whole(places: int, lanes: int) -> int:
    """Rounded up to whole vectors."""
    return -(-places // lanes) * lanes
