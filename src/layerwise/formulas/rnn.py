"""The simple recurrent network: the hidden state is an affine map of the input and of itself one step before, bent.

The same weights at every time step. Back through T steps the gradient is multiplied T times by W_hhᵀ and by the slope
of the bend, which is at most 1: it fades where W_hh shrinks and may explode where it stretches.

Textbooks write h_t = tanh(W_hh h_{t-1} + W_xh x_t + b_h). PyTorch's form, used here, calls W_xh `W_ih` and has two
biases, of which only the sum b_h = b_ih + b_hh matters. The output y_t = W_hy h_t + b_y is an affine map after it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from layerwise.formulas.activation import relu, tanh
from layerwise.formulas.machinery.registration import Case, formula, smooth
from layerwise.formulas.machinery.sequences import over_time, real_steps, walk
from layerwise.types import Array, Differentiable, Generator

SOURCE = (
    "Elman, Finding structure in time, Cognitive Science 14 (1990); back-propagation through time: Werbos, Proceedings "
    "of the IEEE 78 (1990)"
)


class RNN(NamedTuple):
    """What a sequence makes: the hidden state at every time step, 0 in the padding, and that of its last real step."""

    h: Array
    h_n: Array


@formula(
    r"h_t = f(W_{xh} x_t + W_{hh} h_{t-1} + b_h), \quad f = \tanh \text{ or } \mathrm{relu}",
    x="(N, D)",
    h_prev="(N, H)",
    W_ih="(H, D)",
    W_hh="(H, H)",
    b_ih="(H,)",
    b_hh="(H,)",
    nonlinearity="()",
    h="(N, H)",
    constants=("nonlinearity",),
    sample="step_samples",
    source=SOURCE,
)
def rnn_step(
    x: Array, h_prev: Array, W_ih: Array, W_hh: Array, b_ih: Array, b_hh: Array, nonlinearity: str = "tanh"
) -> Differentiable:
    """One time step of a simple recurrent network: from x_t and the hidden state before to the hidden state after.

    nonlinearity: "tanh" or "relu".
    Backward: dz = dh ⊙ f'(z), and from there as for an affine map, with one product for each of the two inputs.

    >>> import numpy as np
    >>> one, zero = np.ones((1, 1)), np.zeros(1)
    >>> h, backward = rnn_step(one, one, 0.5 * one, -0.5 * one, zero, zero)
    >>> h
    array([[0.]])
    >>> dx, dh_prev, dW_ih, dW_hh, db_ih, db_hh = backward(np.array([[1.0]]))
    >>> dx, dh_prev
    (array([[0.5]]), array([[-0.5]]))
    """
    z = x @ W_ih.T + b_ih + h_prev @ W_hh.T + b_hh  # (N, H)
    h, bend_backward = {"tanh": tanh, "relu": relu}[nonlinearity](z)

    def backward(dh: Array) -> tuple[Array, ...]:
        dz = bend_backward(dh)
        dx = dz @ W_ih
        dh_prev = dz @ W_hh
        dW_ih = dz.T @ x
        dW_hh = dz.T @ h_prev
        db_ih = dz.sum(axis=0)
        db_hh = dz.sum(axis=0)
        return dx, dh_prev, dW_ih, dW_hh, db_ih, db_hh

    return h, backward


@formula(
    r"h_t = \mathrm{RNN}(x_t, h_{t-1}), \quad t = 1, \dots, T",
    x="(N, T, D)",
    h0="(N, H)",
    W_ih="(H, D)",
    W_hh="(H, H)",
    b_ih="(H,)",
    b_hh="(H,)",
    nonlinearity="()",
    lengths="(N,)",
    reverse="()",
    h="(N, T, H)",
    h_n="(N, H)",
    constants=("nonlinearity", "lengths", "reverse"),
    sample="sequence_samples",
    source=SOURCE,
)
def rnn(
    x: Array,
    h0: Array,
    W_ih: Array,
    W_hh: Array,
    b_ih: Array,
    b_hh: Array,
    nonlinearity: str = "tanh",
    lengths: Array | None = None,
    reverse: bool = False,
) -> Differentiable:
    """A simple recurrent network over whole sequences: `rnn_step` at every time step, with the same weights.

    nonlinearity: "tanh" or "relu". lengths: (N,), how many leading steps of each sequence are real; None if all are.
    The padding behind changes nothing: the state goes through it unaltered, and h is 0 there. reverse: walk from the
    end of each sequence to its beginning.
    Backward, from dh (N, T, H), and dh_n (N, H) where somebody uses the last state: back-propagation through time. The
    steps are walked the other way round; each adds to the gradients of the weights that all of them share, and hands on
    to the step before it what it finds at h_prev.

    `backward(..., input_gradient=False)` leaves out dx (it is None).

    >>> import numpy as np
    >>> x, h0, one, zero = np.array([[[1.0], [0.0], [0.0]]]), np.zeros((1, 1)), np.ones((1, 1)), np.zeros(1)
    >>> value, backward = rnn(x, h0, one, 0.5 * one, zero, zero, "relu")
    >>> value.h.ravel()             # an echo that halves at every step
    array([1.  , 0.5 , 0.25])
    >>> dx, dh0, dW_ih, dW_hh, db_ih, db_hh = backward(np.array([[[0.0], [0.0], [1.0]]]))
    >>> dx.ravel()                  # and so does its gradient, on the way back
    array([0.25, 0.5 , 1.  ])
    """
    real = real_steps(lengths, x)  # (N, T, 1)
    times = walk(x, reverse)
    x_real = np.where(real, x, 0)  # even NaN in the padding changes nothing
    h_t = h0
    steps, step_backwards = {}, {}
    for t in times:
        h_next, step_backwards[t] = rnn_step(x_real[:, t], h_t, W_ih, W_hh, b_ih, b_hh, nonlinearity)
        h_t = np.where(real[:, t], h_next, h_t)  # (N, H)
        steps[t] = (h_t,)
    (h,) = over_time(steps, real)  # (N, T, H)

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

    return RNN(h, h_t), backward


# What the formulas are tried on.


def step_samples(rng: Generator) -> Iterator[Case]:
    for n, d, h, nonlinearity in [
        (1, 1, 1, "tanh"),
        (1, 3, 2, "relu"),
        (5, 1, 4, "tanh"),
        (4, 5, 1, "relu"),
        (3, 4, 3, "tanh"),
        (2, 2, 5, "relu"),
    ]:
        yield smooth(
            x=rng.normal(size=(n, d)),
            h_prev=rng.uniform(-1, 1, size=(n, h)),
            W_ih=rng.normal(size=(h, d)),
            W_hh=rng.normal(size=(h, h)),
            b_ih=rng.normal(size=h),
            b_hh=rng.normal(size=h),
            nonlinearity=nonlinearity,
        )


def sequence_samples(rng: Generator) -> Iterator[Case]:
    for n, t, d, h, nonlinearity, lengths, reverse in [
        (1, 1, 1, 1, "tanh", None, False),
        (1, 4, 3, 2, "relu", None, True),
        (3, 2, 1, 3, "tanh", None, False),
        (2, 5, 2, 1, "relu", np.array([5, 2]), False),
        (3, 4, 3, 2, "tanh", np.array([1, 4, 3]), True),
        (4, 3, 2, 3, "tanh", np.array([2, 1, 1, 2]), False),
        (2, 1, 4, 2, "relu", np.array([1, 1]), True),
    ]:
        yield smooth(
            x=rng.normal(size=(n, t, d)),
            h0=rng.uniform(-1, 1, size=(n, h)),
            W_ih=rng.normal(size=(h, d)),
            W_hh=rng.normal(size=(h, h)),
            b_ih=rng.normal(size=h),
            b_hh=rng.normal(size=h),
            nonlinearity=nonlinearity,
            lengths=lengths,
            reverse=reverse,
        )
