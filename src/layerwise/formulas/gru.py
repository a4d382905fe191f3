"""The gated recurrent unit: one state, which is a blend of what it was and of a candidate.

The update gate says how much of the old state stays, the reset gate how much of it the candidate looks at.

The form is PyTorch's. Its reset gate multiplies after the product with the matrix: r ⊙ (W_hn h + b_hn); in the paper it
stands before, W_hn (r ⊙ h), which is another function (ONNX has both, and calls this one `linear_before_reset=1`). The
rows of the weights are those of reset gate, update gate and candidate, in this order. Here both biases matter.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from layerwise.formulas.activation import sigmoid
from layerwise.formulas.machinery.registration import Case, formula, smooth
from layerwise.formulas.machinery.sequences import over_time, real_steps, walk
from layerwise.types import Array, Differentiable, Generator

SOURCE = "Cho et al., Learning phrase representations using RNN encoder-decoder, EMNLP 2014"


class GRUStep(NamedTuple):
    """What one time step makes: the hidden state, and what the gates said."""

    h: Array
    reset: Array
    update: Array
    candidate: Array


class GRU(NamedTuple):
    """What a sequence makes: the hidden state at every time step, that of its last real step, and the gates over time.

    In the padding behind the end of a sequence h and the gates are 0.
    """

    h: Array
    h_n: Array
    reset: Array
    update: Array
    candidate: Array


@formula(
    r"""\begin{aligned}
    r_t &= \sigma(W_{ir} x_t + b_{ir} + W_{hr} h_{t-1} + b_{hr}) \\
    u_t &= \sigma(W_{iu} x_t + b_{iu} + W_{hu} h_{t-1} + b_{hu}) \\
    n_t &= \tanh(W_{in} x_t + b_{in} + r_t \odot (W_{hn} h_{t-1} + b_{hn})) \\
    h_t &= (1 - u_t) \odot n_t + u_t \odot h_{t-1}
    \end{aligned}""",
    x="(N, D)",
    h_prev="(N, H)",
    W_ih="(3H, D)",
    W_hh="(3H, H)",
    b_ih="(3H,)",
    b_hh="(3H,)",
    h="(N, H)",
    reset="(N, H)",
    update="(N, H)",
    candidate="(N, H)",
    sample="step_samples",
    source=SOURCE,
)
def gru_step(x: Array, h_prev: Array, W_ih: Array, W_hh: Array, b_ih: Array, b_hh: Array) -> Differentiable:
    """One time step of a GRU: from x_t and the hidden state before to the hidden state after.

    u is the update gate, which papers call z, n the candidate. The rows of the weights are those of r, u, n.
    Backward: the product rule gives the gradients of gates and candidate, σ' = σ (1 - σ) and tanh' = 1 - tanh² those of
    the weighted sums. On the side of h the candidate's sum is multiplied by r, so that dr is the gradient at the
    candidate's sum times W_hn h + b_hn.

    >>> import numpy as np
    >>> one = np.ones((1, 1))
    >>> step, _ = gru_step(one, one, np.zeros((3, 1)), np.zeros((3, 1)), np.array([0.0, 9.0, 0.0]), np.zeros(3))
    >>> step.update.round(3), step.h.round(3)        # an open update gate keeps the state
    (array([[1.]]), array([[1.]]))
    """
    a_r, a_u, a_n = np.split(x @ W_ih.T + b_ih, 3, axis=1)  # from the input, each (N, H)
    s_r, s_u, s_n = np.split(h_prev @ W_hh.T + b_hh, 3, axis=1)  # from the state, each (N, H)
    r, _ = sigmoid(a_r + s_r)  # reset gate: how much of the state the candidate looks at
    u, _ = sigmoid(a_u + s_u)  # update gate: how much of the state stays
    n = np.tanh(a_n + r * s_n)  # candidate
    h = (1 - u) * n + u * h_prev  # hidden state

    def backward(dh: Array) -> tuple[Array, ...]:
        dn = dh * (1 - u)
        du = dh * (h_prev - n)
        da_n = dn * (1 - n * n)
        dr = da_n * s_n
        da_u = du * u * (1 - u)
        da_r = dr * r * (1 - r)
        da = np.concatenate([da_r, da_u, da_n], axis=1)  # (N, 3H)
        ds = np.concatenate([da_r, da_u, da_n * r], axis=1)  # (N, 3H)
        dx = da @ W_ih
        dh_prev = ds @ W_hh + dh * u
        dW_ih = da.T @ x
        dW_hh = ds.T @ h_prev
        db_ih = da.sum(axis=0)
        db_hh = ds.sum(axis=0)
        return dx, dh_prev, dW_ih, dW_hh, db_ih, db_hh

    return GRUStep(h, r, u, n), backward


@formula(
    r"h_t = \mathrm{GRU}(x_t, h_{t-1}), \quad t = 1, \dots, T",
    x="(N, T, D)",
    h0="(N, H)",
    W_ih="(3H, D)",
    W_hh="(3H, H)",
    b_ih="(3H,)",
    b_hh="(3H,)",
    lengths="(N,)",
    reverse="()",
    h="(N, T, H)",
    h_n="(N, H)",
    reset="(N, T, H)",
    update="(N, T, H)",
    candidate="(N, T, H)",
    constants=("lengths", "reverse"),
    sample="sequence_samples",
    source=SOURCE,
)
def gru(
    x: Array,
    h0: Array,
    W_ih: Array,
    W_hh: Array,
    b_ih: Array,
    b_hh: Array,
    lengths: Array | None = None,
    reverse: bool = False,
) -> Differentiable:
    """A GRU over whole sequences: `gru_step` at every time step, with the same weights.

    lengths: (N,), how many leading steps of each sequence are real; None if all are. The padding behind changes
    nothing: the state goes through it unaltered, and h is 0 there. reverse: walk from the end of each sequence to its
    beginning.
    Backward, from dh (N, T, H), and dh_n (N, H) where somebody uses the last state: back-propagation through time. The
    steps are walked the other way round; each adds to the gradients of the weights that all of them share, and hands on
    to the step before it what it finds at h_prev.

    `backward(..., input_gradient=False)` leaves out dx (it is None).

    >>> import numpy as np
    >>> x, h0, zero = np.array([[[1.0], [0.0]]]), np.zeros((1, 1)), np.zeros(3)
    >>> value, backward = gru(x, h0, np.ones((3, 1)), np.zeros((3, 1)), zero, zero)
    >>> value.h.ravel().round(3), value.update.ravel().round(3)
    (array([0.205, 0.102]), array([0.731, 0.5  ]))
    """
    real = real_steps(lengths, x)  # (N, T, 1)
    times = walk(x, reverse)
    x_real = np.where(real, x, 0)  # even NaN in the padding changes nothing
    h_t = h0
    steps, step_backwards = {}, {}
    for t in times:
        steps[t], step_backwards[t] = gru_step(x_real[:, t], h_t, W_ih, W_hh, b_ih, b_hh)
        h_t = np.where(real[:, t], steps[t].h, h_t)  # (N, H)
    h, reset, update, candidate = over_time(steps, real)  # each (N, T, H)

    def backward(dh: Array, dh_n: Array | None = None, input_gradient: bool = True) -> tuple[Array | None, ...]:
        dh_next = np.zeros_like(h0) if dh_n is None else dh_n
        dx = np.zeros_like(x)
        dW_ih, dW_hh, db_ih, db_hh = (np.zeros_like(each) for each in (W_ih, W_hh, b_ih, b_hh))
        for t in reversed(times):
            dh_t = np.where(real[:, t], dh[:, t] + dh_next, 0)  # from the output at t, and from the step after it
            dx_t, dh_prev, dW_ih_t, dW_hh_t, db_ih_t, db_hh_t = step_backwards[t](dh_t)
            dx[:, t] = np.where(real[:, t], dx_t, 0)
            dh_next = np.where(real[:, t], dh_prev, dh_next)
            dW_ih += dW_ih_t
            dW_hh += dW_hh_t
            db_ih += db_ih_t
            db_hh += db_hh_t
        dh0 = dh_next
        return dx if input_gradient else None, dh0, dW_ih, dW_hh, db_ih, db_hh

    return GRU(h, h_t, reset, update, candidate), backward


# What the formulas are tried on.


def step_samples(rng: Generator) -> Iterator[Case]:
    for n, d, h in [(1, 1, 1), (1, 3, 2), (5, 1, 4), (4, 5, 1), (3, 4, 3), (2, 2, 5)]:
        yield smooth(
            x=rng.normal(size=(n, d)),
            h_prev=rng.uniform(-1, 1, size=(n, h)),
            W_ih=rng.normal(size=(3 * h, d)),
            W_hh=rng.normal(size=(3 * h, h)),
            b_ih=rng.normal(size=3 * h),
            b_hh=rng.normal(size=3 * h),
        )


def sequence_samples(rng: Generator) -> Iterator[Case]:
    for n, t, d, h, lengths, reverse in [
        (1, 1, 1, 1, None, False),
        (1, 4, 3, 2, None, True),
        (3, 2, 1, 3, None, False),
        (2, 5, 2, 1, np.array([5, 2]), False),
        (3, 4, 3, 2, np.array([1, 4, 3]), True),
        (4, 3, 2, 3, np.array([2, 1, 1, 2]), False),
        (2, 1, 4, 2, np.array([1, 1]), True),
    ]:
        yield smooth(
            x=rng.normal(size=(n, t, d)),
            h0=rng.uniform(-1, 1, size=(n, h)),
            W_ih=rng.normal(size=(3 * h, d)),
            W_hh=rng.normal(size=(3 * h, h)),
            b_ih=rng.normal(size=3 * h),
            b_hh=rng.normal(size=3 * h),
            lengths=lengths,
            reverse=reverse,
        )
