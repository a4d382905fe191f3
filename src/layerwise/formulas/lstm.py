"""The long short-term memory: a recurrent network whose cell keeps what its gates let it keep.

Gates are numbers between 0 and 1 that multiply: what is to be forgotten, let in and put out is decided anew at every
time step, from the input and the hidden state before. The cell is changed by a sum, not by a product with a matrix, so
that its gradient can go back through many steps: ∂c_t/∂c_{t-1} = f_t along the cell.

Textbooks write one matrix for each gate, applied to [h_{t-1}, x_t]. PyTorch's form, used here, is the same with the
matrices cut in two and piled up: W_ih (4H, D) holds the columns for x_t, W_hh (4H, H) those for h_{t-1}, each with the
rows of input gate, forget gate, candidate and output gate, in this order; of its two biases only the sum matters.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from layerwise.formulas.activation import sigmoid
from layerwise.formulas.machinery.registration import Case, formula, smooth
from layerwise.formulas.machinery.sequences import over_time, real_steps, walk
from layerwise.types import Array, Differentiable, Generator

SOURCE = (
    "Hochreiter and Schmidhuber, Long short-term memory, Neural Computation 9 (1997); the forget gate: Gers, "
    "Schmidhuber and Cummins, Learning to forget, Neural Computation 12 (2000)"
)


class LSTMStep(NamedTuple):
    """What one time step makes: the hidden state, the cell, and what the gates said."""

    h: Array
    c: Array
    forget: Array
    input: Array
    candidate: Array
    output: Array


class LSTM(NamedTuple):
    """What a sequence makes: the hidden state at every time step, both states at the end, and cell and gates over time.

    In the padding behind the end of a sequence all are 0; h_n and c_n are those of its last real step.
    """

    h: Array
    h_n: Array
    c_n: Array
    forget: Array
    input: Array
    candidate: Array
    output: Array
    cell: Array


@formula(
    r"""\begin{aligned}
    f_t &= \sigma(W_f [h_{t-1}, x_t] + b_f) \\
    i_t &= \sigma(W_i [h_{t-1}, x_t] + b_i) \\
    \tilde C_t &= \tanh(W_C [h_{t-1}, x_t] + b_C) \\
    C_t &= f_t \odot C_{t-1} + i_t \odot \tilde C_t \\
    o_t &= \sigma(W_o [h_{t-1}, x_t] + b_o) \\
    h_t &= o_t \odot \tanh(C_t)
    \end{aligned}""",
    x="(N, D)",
    h_prev="(N, H)",
    c_prev="(N, H)",
    W_ih="(4H, D)",
    W_hh="(4H, H)",
    b_ih="(4H,)",
    b_hh="(4H,)",
    h="(N, H)",
    c="(N, H)",
    forget="(N, H)",
    input="(N, H)",
    candidate="(N, H)",
    output="(N, H)",
    sample="step_samples",
    source=SOURCE,
)
def lstm_step(
    x: Array, h_prev: Array, c_prev: Array, W_ih: Array, W_hh: Array, b_ih: Array, b_hh: Array
) -> Differentiable:
    """One time step of an LSTM: from x_t and the states before to the states after.

    c is the cell, g the candidate values that books call C̃. The rows of the weights are those of i, f, g, o.
    Backward, from dh and dc (the gradient at the cell that comes from the step after; None for none): the cell gets a
    second part through h = o tanh(c); from dc, the product rule gives the gradients of gates, candidate and c_prev,
    σ' = σ (1 - σ) and tanh' = 1 - tanh² those of the weighted sums, and the rest is an affine map's backward.

    >>> import numpy as np
    >>> one = np.ones((1, 1))
    >>> W_ih, W_hh, b = np.zeros((4, 1)), np.zeros((4, 1)), np.array([-9.0, 9.0, 0.0, 9.0])
    >>> step, backward = lstm_step(one, one, 2 * one, W_ih, W_hh, b, 0 * b)   # nothing in, nothing forgotten
    >>> step.forget.round(3), step.input.round(3), step.c.round(3)
    (array([[1.]]), array([[0.]]), array([[2.]]))
    >>> dx, dh_prev, dc_prev, dW_ih, dW_hh, db_ih, db_hh = backward(0 * one, one)
    >>> dc_prev.round(3)     # and the gradient of the cell goes back whole
    array([[1.]])
    """
    z = x @ W_ih.T + b_ih + h_prev @ W_hh.T + b_hh  # (N, 4H)
    z_i, z_f, z_g, z_o = np.split(z, 4, axis=1)  # each (N, H)
    f, _ = sigmoid(z_f)  # forget gate: how much of the cell stays
    i, _ = sigmoid(z_i)  # input gate: how much of the candidate comes in
    g = np.tanh(z_g)  # candidate values
    c = f * c_prev + i * g  # cell state
    o, _ = sigmoid(z_o)  # output gate: how much of the cell is shown
    tanh_c = np.tanh(c)
    h = o * tanh_c  # hidden state

    def backward(dh: Array, dc: Array | None = None) -> tuple[Array, ...]:
        do = dh * tanh_c
        dc_t = dh * o * (1 - tanh_c * tanh_c) + (0 if dc is None else dc)
        df = dc_t * c_prev
        di = dc_t * g
        dg = dc_t * i
        dc_prev = dc_t * f
        dz_i = di * i * (1 - i)
        dz_f = df * f * (1 - f)
        dz_g = dg * (1 - g * g)
        dz_o = do * o * (1 - o)
        dz = np.concatenate([dz_i, dz_f, dz_g, dz_o], axis=1)  # (N, 4H)
        dx = dz @ W_ih
        dh_prev = dz @ W_hh
        dW_ih = dz.T @ x
        dW_hh = dz.T @ h_prev
        db_ih = dz.sum(axis=0)
        db_hh = dz.sum(axis=0)
        return dx, dh_prev, dc_prev, dW_ih, dW_hh, db_ih, db_hh

    return LSTMStep(h, c, f, i, g, o), backward


@formula(
    r"(h_t, C_t) = \mathrm{LSTM}(x_t, h_{t-1}, C_{t-1}), \quad t = 1, \dots, T",
    x="(N, T, D)",
    h0="(N, H)",
    c0="(N, H)",
    W_ih="(4H, D)",
    W_hh="(4H, H)",
    b_ih="(4H,)",
    b_hh="(4H,)",
    lengths="(N,)",
    reverse="()",
    h="(N, T, H)",
    h_n="(N, H)",
    c_n="(N, H)",
    forget="(N, T, H)",
    input="(N, T, H)",
    candidate="(N, T, H)",
    output="(N, T, H)",
    cell="(N, T, H)",
    constants=("lengths", "reverse"),
    sample="sequence_samples",
    source=SOURCE,
)
def lstm(
    x: Array,
    h0: Array,
    c0: Array,
    W_ih: Array,
    W_hh: Array,
    b_ih: Array,
    b_hh: Array,
    lengths: Array | None = None,
    reverse: bool = False,
) -> Differentiable:
    """An LSTM over whole sequences: `lstm_step` at every time step, with the same weights.

    lengths: (N,), how many leading steps of each sequence are real; None if all are. The padding behind changes
    nothing: the states go through it unaltered, and h is 0 there. reverse: walk from the end of each sequence to its
    beginning.
    Backward, from dh (N, T, H), and dh_n, dc_n (N, H) where somebody uses the last states: back-propagation through
    time. The steps are walked the other way round; each adds to the gradients of the weights that all of them share,
    and hands on to the step before it what it finds at h_prev and c_prev.

    `backward(..., input_gradient=False)` leaves out dx (it is None).

    >>> import numpy as np
    >>> x, h0, c0 = np.ones((2, 3, 1)), np.zeros((2, 1)), np.zeros((2, 1))
    >>> W_ih, W_hh, b = np.ones((4, 1)), np.zeros((4, 1)), np.zeros(4)
    >>> value, backward = lstm(x, h0, c0, W_ih, W_hh, b, b, lengths=np.array([3, 1]))
    >>> value.h[..., 0].round(3)
    array([[0.37 , 0.545, 0.622],
           [0.37 , 0.   , 0.   ]])
    >>> value.h_n.round(3)
    array([[0.622],
           [0.37 ]])
    >>> dx, dh0, dc0, dW_ih, dW_hh, db_ih, db_hh = backward(np.ones_like(value.h))
    >>> dx[1, :, 0].round(3)        # what stands in the padding has no influence
    array([0.348, 0.   , 0.   ])
    """
    real = real_steps(lengths, x)  # (N, T, 1)
    times = walk(x, reverse)
    x_real = np.where(real, x, 0)  # even NaN in the padding changes nothing
    h_t, c_t = h0, c0
    steps, step_backwards = {}, {}
    for t in times:
        steps[t], step_backwards[t] = lstm_step(x_real[:, t], h_t, c_t, W_ih, W_hh, b_ih, b_hh)
        h_t = np.where(real[:, t], steps[t].h, h_t)  # (N, H)
        c_t = np.where(real[:, t], steps[t].c, c_t)  # (N, H)
    h, cell, forget, input, candidate, output = over_time(steps, real)  # each (N, T, H)

    def backward(
        dh: Array, dh_n: Array | None = None, dc_n: Array | None = None, input_gradient: bool = True
    ) -> tuple[Array | None, ...]:
        dh_next = np.zeros_like(h0) if dh_n is None else dh_n
        dc_next = np.zeros_like(c0) if dc_n is None else dc_n
        dx = np.zeros_like(x)
        dW_ih, dW_hh, db_ih, db_hh = (np.zeros_like(each) for each in (W_ih, W_hh, b_ih, b_hh))
        for t in reversed(times):
            dh_t = np.where(real[:, t], dh[:, t] + dh_next, 0)  # from the output at t, and from the step after it
            dc_t = np.where(real[:, t], dc_next, 0)
            dx_t, dh_prev, dc_prev, dW_ih_t, dW_hh_t, db_ih_t, db_hh_t = step_backwards[t](dh_t, dc_t)
            dx[:, t] = np.where(real[:, t], dx_t, 0)
            dh_next = np.where(real[:, t], dh_prev, dh_next)
            dc_next = np.where(real[:, t], dc_prev, dc_next)
            dW_ih += dW_ih_t
            dW_hh += dW_hh_t
            db_ih += db_ih_t
            db_hh += db_hh_t
        dh0, dc0 = dh_next, dc_next
        return dx if input_gradient else None, dh0, dc0, dW_ih, dW_hh, db_ih, db_hh

    return LSTM(h, h_t, c_t, forget, input, candidate, output, cell), backward


# What the formulas are tried on.


def step_samples(rng: Generator) -> Iterator[Case]:
    for n, d, h in [(1, 1, 1), (1, 3, 2), (5, 1, 4), (4, 5, 1), (3, 4, 3), (2, 2, 5)]:
        yield smooth(
            x=rng.normal(size=(n, d)),
            h_prev=rng.uniform(-1, 1, size=(n, h)),
            c_prev=rng.normal(size=(n, h)),
            W_ih=rng.normal(size=(4 * h, d)),
            W_hh=rng.normal(size=(4 * h, h)),
            b_ih=rng.normal(size=4 * h),
            b_hh=rng.normal(size=4 * h),
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
            c0=rng.normal(size=(n, h)),
            W_ih=rng.normal(size=(4 * h, d)),
            W_hh=rng.normal(size=(4 * h, h)),
            b_ih=rng.normal(size=4 * h),
            b_hh=rng.normal(size=4 * h),
            lengths=lengths,
            reverse=reverse,
        )
