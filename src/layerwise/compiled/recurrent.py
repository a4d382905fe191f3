"""Twins of recurrent networks: whole sequences in compiled loops, chunks of the batch on several threads.

Loops add in another order than NumPy. That shows where infinity comes in, of which sums and products make NaN or not:
weights and first states that are not moderate, and gradients that are not finite, are left to the formula. The look at
the weights takes 1 to 20 µs.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np

from layerwise import formulas
from layerwise.compiled import recurrent_kernels as kernels
from layerwise.compiled.choice import twin_of
from layerwise.compiled.codes import GRU, LSTM, RELU_CELL, TANH_CELL, TYPES
from layerwise.compiled.recurrent_cells import NUMBERS
from layerwise.compiled.tiles import COLUMNS, ROWS, TALL
from layerwise.compiled.workers import share
from layerwise.types import Array, Differentiable

LANES, FEW_LANES = COLUMNS, 8
"""Sequences in a chunk, and in one of a small batch, which then has two of them for two threads."""

WORTH = 2_000_000
"""Multiplications below which waking another thread costs more than it brings."""


class Parts(Sequence[Array]):
    """A value of several parts, as a named tuple; those that nobody looks at are never made."""

    def __init__(self, **makers: Callable[[], Array]) -> None:
        self._makers = makers

    def __getattr__(self, name: str) -> Array:
        if name.startswith("_") or name not in self._makers:
            raise AttributeError(name)
        part = self.__dict__[name] = self._makers[name]()
        return part

    def __getitem__(self, index: Any) -> Any:
        return getattr(self, list(self._makers)[index])

    def __len__(self) -> int:
        return len(self._makers)

    def __iter__(self) -> Iterator[Array]:
        return (getattr(self, name) for name in self._makers)


class _Weights:
    """The weights of a recurrent network as the loops want them: one matrix (gates H, H + D) on [h, x].

    The units of each gate are filled up to whole tiles with others that stay 0. from_h, from_x: which gates read h and
    x; those of PyTorch's matrices, in their order.
    """

    def __init__(self, W_hh: Array, W_ih: Array, from_h: Sequence[int], from_x: Sequence[int]) -> None:
        self.units, self.features = W_hh.shape[1], W_ih.shape[1]
        self.from_h, self.from_x = list(from_h), list(from_x)
        self.gates = len(set(from_h) | set(from_x))
        self.H = -(-self.units // ROWS) * ROWS
        blocks = np.zeros((self.gates, self.H, self.H + self.features), W_hh.dtype)
        blocks[self.from_h, : self.units, : self.units] = W_hh.reshape(len(self.from_h), self.units, -1)
        blocks[self.from_x, : self.units, self.H :] = W_ih.reshape(len(self.from_x), self.units, -1)
        self.matrix = blocks.reshape(self.gates * self.H, -1)

    def biases(self, b_hh: Array, b_ih: Array) -> Array:
        b = np.zeros((self.gates, self.H), b_hh.dtype)
        b[self.from_x, : self.units] = b_ih.reshape(-1, self.units)
        b[self.from_h, : self.units] += b_hh.reshape(-1, self.units)
        return b.reshape(-1)

    def packed(self) -> Array:
        return _packed(self.matrix)

    def packed_transposed(self, input_gradient: bool) -> Array:
        return _packed(self.matrix[:, : None if input_gradient else self.H].T)

    def widened(self, state: Array) -> Array:
        """(N, H) from the units that there are."""
        wide = np.zeros((len(state), self.H), state.dtype)
        wide[:, : self.units] = state
        return wide

    def gradients(self, dW: Array, db: Array) -> tuple[Array, Array, Array, Array]:
        """dW_ih, dW_hh, db_ih, db_hh, in PyTorch's layout."""
        blocks = dW.reshape(self.gates, self.H, -1)[:, : self.units]
        rows = db.reshape(self.gates, self.H)[:, : self.units]
        dW_ih = blocks[self.from_x, :, self.H : self.H + self.features].reshape(-1, self.features)
        dW_hh = blocks[self.from_h, :, : self.units].reshape(-1, self.units)
        return dW_ih, dW_hh, rows[self.from_x].reshape(-1), rows[self.from_h].reshape(-1)


def _packed(W: Array) -> Array:
    blocks = np.empty((-(-len(W) // TALL), W.shape[1], TALL), W.dtype)
    kernels.pack(W, blocks)
    return blocks


class _Walk:
    """One call of a twin: a batch of sequences on its way through time, and back."""

    def __init__(
        self, cell: int, x: Array, h0: Array, state: Array, weights: _Weights, b: Array, lengths: Any, reverse: bool
    ) -> None:
        self.cell, self.weights, self.reverse = cell, weights, reverse
        N, T, D = self.shape = x.shape
        self.L = L = LANES if N > LANES else FEW_LANES
        self.chunks = chunks = -(-N // L)
        self.ends = np.full(chunks * L, T)
        if lengths is not None:
            self.ends[:N] = lengths
        H, gates, dtype = weights.H, weights.gates, x.dtype
        E = -(-(H + D) // COLUMNS) * COLUMNS
        self.xh = np.empty((chunks, T + 1, L, E), dtype)
        self.gates = np.empty((chunks, T, gates, H * L), dtype)
        self.states = np.empty((chunks, T + 1, H * L), dtype)
        self.extra = np.empty((chunks, T, H * L) if cell == LSTM else (chunks, T, 0), dtype)
        self.y = np.empty((N, T, H), dtype)
        x, h0, state, W = np.ascontiguousarray(x), weights.widened(h0), weights.widened(state), weights.packed()
        self.work = N * T * weights.matrix.size

        def forward(first: int, last: int) -> None:
            kernels.walk(
                cell, first, last, x, state, h0, W, b, self.ends, reverse, self.xh, self.gates, self.states, self.extra,
                self.y, weights.units, NUMBERS[dtype],
            )  # fmt: skip

        self._share(forward, chunks)

    def _share(self, call: Callable[[int, int], None], count: int) -> None:
        if self.work > WORTH:
            share(call, count)
        else:
            call(0, count)

    def back(self, dy: Array, dh_n: Array | None, dstate: Array | None, input_gradient: bool) -> tuple[Any, ...]:
        """dx, dh0, the gradient at the first state, and those of the weights."""
        N, T, D = self.shape
        H, dtype = self.weights.H, self.y.dtype
        wide = np.zeros((N, T, H), dtype) if dy.shape[2] < H else np.ascontiguousarray(dy, dtype)
        if dy.shape[2] < H:
            wide[:, :, : dy.shape[2]] = dy
        dstate, dh_n = (
            np.zeros((N, H), dtype) if each is None else self.weights.widened(each) for each in (dstate, dh_n)
        )
        Wt = self.weights.packed_transposed(input_gradient)
        dz = np.empty_like(self.gates)
        dx = np.empty((N, T, D) if input_gradient else (0, 0, 0), dtype)
        dbegin, dh0 = np.empty((2, N, H), dtype)

        def backward(first: int, last: int) -> None:
            kernels.walk_back(
                self.cell, first, last, wide, dstate, dh_n, Wt, self.ends, self.reverse, self.gates, self.states,
                self.extra, dz, dx, dbegin, dh0,
            )  # fmt: skip

        self._share(backward, self.chunks)
        dW, db = self._parameters(dz)
        units = self.weights.units
        return dx if input_gradient else None, dh0[:, :units], dbegin[:, :units], *self.weights.gradients(dW, db)

    def _parameters(self, dz: Array) -> tuple[Array, Array]:
        """The gradients of the matrix and its bias; each thread takes a share of the rows, 8 at a time."""
        rows = len(self.weights.matrix)
        dW, db = np.empty((rows, self.xh.shape[3]), dz.dtype), np.empty(rows, dz.dtype)

        def call(first: int, last: int) -> None:
            kernels.weight_gradient(dz, self.xh, dW, db, first * ROWS, last * ROWS)

        self._share(call, rows // ROWS)
        return dW, db

    # --- what may be looked at -----------------------------------------------------------------------------------

    def outputs(self) -> Array:
        return self.y[:, :, : self.weights.units]

    def last_h(self) -> Array:
        return self.xh[:, -1, :, : self.weights.units].reshape(-1, self.weights.units)[: self.shape[0]]

    def last_state(self) -> Array:
        return self._sequences(self.states[:, -1:])[:, 0]

    def gate(self, number: int) -> Array:
        return self._sequences(self.gates[:, :, number])

    def cells(self) -> Array:
        """The state after each step, 0 in the padding."""
        cells = self._sequences(self.states[:, 1:])
        real = np.arange(self.shape[1]) < self.ends[: self.shape[0], None]
        return np.where(real[..., None], cells, 0)

    def _sequences(self, lanes: Array) -> Array:
        """(N, T, H), in the order of time, from (chunks, T, H L) in the order of the walk."""
        chunks, T, _ = lanes.shape
        apart = lanes.reshape(chunks, T, self.weights.H, self.L).transpose(0, 3, 1, 2)
        whole = apart.reshape(-1, T, self.weights.H)[: self.shape[0], :, : self.weights.units]
        return whole[:, ::-1] if self.reverse else whole


@twin_of("formulas.lstm", "lstm")
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
    formula = partial(formulas.lstm, x, h0, c0, W_ih, W_hh, b_ih, b_hh, lengths, reverse)
    if not _fit(4, x, (h0, c0), W_ih, W_hh, b_ih, b_hh, lengths):
        return formula()
    weights = _Weights(W_hh, W_ih, range(4), range(4))
    walk = _Walk(LSTM, x, h0, c0, weights, weights.biases(b_hh, b_ih), lengths, reverse)

    def backward(
        dh: Array, dh_n: Array | None = None, dc_n: Array | None = None, input_gradient: bool = True
    ) -> tuple[Array | None, ...]:
        return _gradients(walk, formula, dh, (dh_n, dc_n), input_gradient)

    value = Parts(
        h=walk.outputs,
        h_n=walk.last_h,
        c_n=walk.last_state,
        forget=lambda: walk.gate(1),
        input=lambda: walk.gate(0),
        candidate=lambda: walk.gate(2),
        output=lambda: walk.gate(3),
        cell=walk.cells,
    )
    return value, backward


@twin_of("formulas.gru", "gru")
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
    formula = partial(formulas.gru, x, h0, W_ih, W_hh, b_ih, b_hh, lengths, reverse)
    if not _fit(3, x, (h0,), W_ih, W_hh, b_ih, b_hh, lengths):
        return formula()
    weights = _Weights(W_hh, W_ih, from_h=[0, 1, 3], from_x=[0, 1, 2])  # the candidate's two sums are kept apart
    walk = _Walk(GRU, x, h0, h0, weights, weights.biases(b_hh, b_ih), lengths, reverse)

    def backward(dh: Array, dh_n: Array | None = None, input_gradient: bool = True) -> tuple[Array | None, ...]:
        return _gradients(walk, formula, dh, (dh_n,), input_gradient)

    value = Parts(
        h=walk.outputs,
        h_n=walk.last_h,
        reset=lambda: walk.gate(0),
        update=lambda: walk.gate(1),
        candidate=lambda: walk.gate(2),
    )
    return value, backward


@twin_of("formulas.rnn", "rnn")
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
    formula = partial(formulas.rnn, x, h0, W_ih, W_hh, b_ih, b_hh, nonlinearity, lengths, reverse)
    if not _fit(1, x, (h0,), W_ih, W_hh, b_ih, b_hh, lengths):
        return formula()
    weights = _Weights(W_hh, W_ih, [0], [0])
    cell = {"tanh": TANH_CELL, "relu": RELU_CELL}[nonlinearity]
    walk = _Walk(cell, x, h0, h0, weights, weights.biases(b_hh, b_ih), lengths, reverse)

    def backward(dh: Array, dh_n: Array | None = None, input_gradient: bool = True) -> tuple[Array | None, ...]:
        return _gradients(walk, formula, dh, (dh_n,), input_gradient)

    return Parts(h=walk.outputs, h_n=walk.last_h), backward


def _fit(
    gates: int, x: Array, states: tuple[Array, ...], W_ih: Array, W_hh: Array, b_ih: Array, b_hh: Array, lengths: Any
) -> bool:
    """Whether the loops, which look at no bounds, can take these arrays; of others the formula says what is wrong."""
    if x.ndim != 3 or W_hh.ndim != 2 or not x.size or not W_hh.size or x.dtype not in TYPES:
        return False
    (N, _, D), H = x.shape, W_hh.shape[1]
    shapes: list[tuple[Any, Any]] = [(each.shape, (N, H)) for each in states]
    shapes += [(W_ih.shape, (gates * H, D)), (W_hh.shape, (gates * H, H))]
    shapes += [(b_ih.shape, (gates * H,)), (b_hh.shape, (gates * H,))]
    if any(shape != wanted for shape, wanted in shapes):
        return False
    if lengths is not None and np.shape(lengths) != (N,):
        return False
    arrays = states[0], states[-1], W_ih, W_hh, b_ih, b_hh
    return all(each.dtype == x.dtype for each in arrays) and _moderate(*arrays)


def _moderate(*arrays: Array) -> bool:
    """Whether there is no NaN, no infinity, and nothing so large that a product of two may overflow.

    There the order of sums and products decides between infinity and NaN, and the formula has its own.
    """
    return math.isfinite(kernels.squares(*map(np.ascontiguousarray, arrays)))


def _gradients(
    walk: _Walk,
    formula: Callable[[], Differentiable],
    dh: Array,
    last: tuple[Array | None, ...],
    input_gradient: bool,
) -> tuple[Array | None, ...]:
    """Those of the loops; of the formula, where the loops can not take what comes back or find more than numbers.

    last: the gradients at what the walk ends with, h and for an LSTM c, as many as there are states to begin with.
    """
    N, T, _ = walk.shape
    H = walk.weights.units
    if dh.shape == (N, T, H) and all(each is None or each.shape == (N, H) for each in last):
        dh_n, dc_n = (*last, None)[:2]
        dx, dh0, dc0, *parameters = walk.back(dh, dh_n, dc_n, input_gradient)
        if math.isfinite(parameters[-1].sum()):  # NaN and infinity all show in the last bias, a sum over all
            return dx, *(dh0, dc0)[: len(last)], *parameters
    _, readable = formula()
    gradients: tuple[Array | None, ...] = readable(dh, *last, input_gradient)
    return gradients
