"""The same numbers as other books write them, side by side, with the proof that both agree, or where they do not.

Each function computes one side by the library and the other as the other convention says it, in bare NumPy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from layerwise import formulas
from layerwise.insight.explain.notation import number
from layerwise.optimizers import SGD, Momentum
from layerwise.types import Array

_CLOSE = 1e-12
"""Of the largest number: what two orders of the same sums may differ by in float64."""


@dataclass(frozen=True, eq=False)
class Comparison:
    """One thing in two conventions.

    title: what it is about. ours, theirs: how each writes it. rows: what is compared, (name, our number, theirs).
    words: what follows from it.
    """

    title: str
    ours: str
    theirs: str
    rows: tuple[tuple[str, Array, Array], ...]
    words: str

    @property
    def difference(self) -> float:
        """The largest difference between the two sides."""
        return max(float(np.abs(a - b).max(initial=0)) for _, a, b in self.rows)

    @property
    def agrees(self) -> bool:
        """Whether both sides have the same numbers, but for the last bits."""
        scale = max(float(np.abs(a).max(initial=0)) for _, a, _ in self.rows)
        return self.difference <= _CLOSE * max(scale, 1.0)

    @property
    def verdict(self) -> str:
        """In a sentence, with the number that proves it."""
        if self.difference == 0:
            return "They agree to the bit."
        if self.agrees:
            return f"They agree: the largest difference is {self.difference:.1e}."
        name = next(name for name, a, b in self.rows if not np.allclose(a, b, rtol=_CLOSE, atol=_CLOSE))
        return f"They do not agree: {name} differs; the largest difference is {number(self.difference)}."


def rows_or_columns(x: Array, W: Array, b: Array, dz: Array) -> Comparison:
    """A layer for all samples at once, X Wᵀ + b, and for one sample after the other as a column, W a + b.

    x: (N, D), W: (K, D), b: (K,), dz: (N, K), the gradient at the output.

    >>> found = rows_or_columns(np.ones((2, 3)), np.eye(2, 3), np.zeros(2), np.ones((2, 2)))
    >>> found.agrees, [name for name, _, _ in found.rows]
    (True, ['z', '∂C/∂a', '∂C/∂W', '∂C/∂b'])
    """
    x, W, b, dz = (each.astype(np.float64) for each in (x, W, b, dz))
    z, backward = formulas.linear(x, W, b)
    dx, dW, db = backward(dz)
    columns = [a[:, None] for a in x]  # each (D, 1)
    deltas = [delta[:, None] for delta in dz]  # each (K, 1)
    z_columns = np.hstack([W @ a + b[:, None] for a in columns]).T
    dx_columns = np.hstack([W.T @ delta for delta in deltas]).T
    dW_columns = sum((delta @ a.T for delta, a in zip(deltas, columns, strict=True)), start=np.zeros_like(W))
    db_columns = sum((delta[:, 0] for delta in deltas), start=np.zeros_like(b))
    return Comparison(
        title="Rows or columns",
        ours="a batch, each sample a row: Z = X Wᵀ + b, dX = dZ W, dW = dZᵀ X, db = the sum of the rows of dZ",
        theirs="one sample after the other, a column: z = W a + b, ∂C/∂a = Wᵀ δ, ∂C/∂W = Σ δ aᵀ, ∂C/∂b = Σ δ",
        rows=(("z", z, z_columns), ("∂C/∂a", dx, dx_columns), ("∂C/∂W", dW, dW_columns), ("∂C/∂b", db, db_columns)),
        words="Both have the same W of shape (K, D); the sum over the samples is the product of matrices.",
    )


def rate_inside_or_outside(gradient: Array, rates: Sequence[float], momentum: float = 0.9) -> Comparison:
    """Momentum with the rate inside the velocity, v ← γ v + η g, and outside of it, v ← γ v + g, θ ← θ - η v.

    gradient: (P,), the same at every step. rates: η of each step.

    >>> g = np.array([1.0, -2.0])
    >>> rate_inside_or_outside(g, [0.1, 0.1, 0.1]).agrees, rate_inside_or_outside(g, [0.1, 0.05, 0.05]).agrees
    (True, False)
    """
    gradient = gradient.astype(np.float64)
    inside, outside = np.zeros_like(gradient), np.zeros_like(gradient)
    ours, theirs = Momentum(rates[0], momentum), SGD(rates[0], momentum)
    rows = []
    for step, rate in enumerate(rates, start=1):
        ours.step(inside, gradient, rate)
        theirs.step(outside, gradient, rate)
        rows.append((f"θ after step {step} (η = {number(rate)})", inside.copy(), outside.copy()))
    constant = len(set(rates)) == 1
    return Comparison(
        title="Momentum with the rate inside or outside" + ("" if constant else ", where the rate is scheduled"),
        ours="Momentum: v ← γ v + η g, θ ← θ - v",
        theirs="SGD(momentum=γ), as in PyTorch: v ← γ v + g, θ ← θ - η v",
        rows=tuple(rows),
        words=(
            "While η stays the same, one velocity is η times the other, and θ goes the same way."
            if constant
            else "Inside, an old gradient keeps the rate that it came with; outside, all are scaled by the rate of now."
        ),
    )


def dropped_or_kept(x: Array, mask: Array, p: float, W: Array) -> Comparison:
    """Dropout by the probability p of being dropped, scaled in training, and by q = 1 - p of being kept, scaled later.

    x: (N, D), the input of dropout. mask: (N, D), True where it is kept. W: (K, D), the weights of the layer behind it.

    >>> found = dropped_or_kept(np.ones((1, 2)), np.array([[True, False]]), 0.5, np.ones((1, 2)))
    >>> found.agrees, found.rows[0][1]
    (True, array([[2.]]))
    """
    x, W, q = x.astype(np.float64), W.astype(np.float64), 1 - p
    inverted, _ = formulas.dropout(x, mask, p)
    classic = np.where(mask, x, 0.0)  # in training nothing is scaled
    W_classic = W / q if q else W
    return Comparison(
        title="Dropout by drop or by keep probability",
        ours=f"p = {number(p)} is dropped; y = x ⊙ m / (1 - p) in training, y = x in evaluation; weights W behind it",
        theirs=f"q = 1 - p = {number(q)} is kept; y = x ⊙ m in training, y = q x in evaluation; weights W / q there",
        rows=(
            ("z of the next layer in training", inverted @ W.T, classic @ W_classic.T),
            ("z of the next layer in evaluation", x @ W.T, (q * x if q else 0 * x) @ W_classic.T),
        ),
        words="A network trained the one way answers the other way when the weights behind dropout are divided by q.",
    )


def one_or_half_lambda(w: Array, strength: float) -> Comparison:
    """L2 as λ Σw², whose gradient is 2λw, and as (λ'/2) Σw², whose gradient is λ'w: λ' = 2λ.

    >>> found = one_or_half_lambda(np.array([1.0, -2.0]), 0.1)
    >>> found.agrees, float(found.rows[0][1])
    (True, 0.5)
    """
    w, doubled = w.astype(np.float64), 2 * strength
    value, backward = formulas.l2_penalty(w, strength)
    return Comparison(
        title="λ or 2λ",
        ours=f"λ Σw² with λ = {number(strength)}: the gradient is 2λw",
        theirs=f"(λ'/2) Σw² with λ' = 2λ = {number(doubled)}: the gradient is λ'w, as in weight_decay",
        rows=(
            ("the penalty", np.asarray(value, np.float64), np.asarray(doubled / 2 * (w * w).sum())),
            ("its gradient", backward(1.0), doubled * w),
        ),
        words="The same λ in both would pull half as hard in the second: take twice as much there.",
    )


def flipped_or_not(image: Array, kernel: Array) -> Comparison:
    """Convolution as mathematics has it, with the kernel turned, and as networks have it: cross-correlation.

    image: (H, W). kernel: (I, J).

    >>> found = flipped_or_not(np.arange(9.0).reshape(3, 3), np.array([[1.0, 2.0], [3.0, 4.0]]))
    >>> found.agrees, found.rows[0][1]
    (True, array([[13., 23.],
           [43., 53.]]))
    """
    image, kernel = image.astype(np.float64), kernel.astype(np.float64)
    turned = kernel[::-1, ::-1]
    b = np.zeros(1)
    ours, _ = formulas.conv2d(image[None, None], turned[None, None], b, (1, 1), (0, 0), (1, 1), 1)
    high, wide = kernel.shape
    theirs = np.zeros((image.shape[0] - high + 1, image.shape[1] - wide + 1))
    for m, n in np.ndindex(*theirs.shape):  # at the places where the whole kernel lies on the image
        for i, j in np.ndindex(high, wide):
            theirs[m, n] += image[m + high - 1 - i, n + wide - 1 - j] * kernel[i, j]
    return Comparison(
        title="Convolution or cross-correlation",
        ours="networks: the kernel, turned by half a turn, lies on the image as it is: Σ W[i, j] x[m + i, n + j]",
        theirs="mathematics: (f * g)[m, n] = Σ f[i, j] g[m - i, n - j], which turns the kernel",
        rows=(("the result", ours[0, 0], theirs),),
        words="A network learns its kernels, so it learns them turned: for it nothing else changes.",
    )
