"""Recurrent layers: RNN, LSTM and GRU, under PyTorch's names."""

from __future__ import annotations

from layerwise import formulas
from layerwise.checks import one_of
from layerwise.layers.layer import LAYERS
from layerwise.layers.pass_ import Pass
from layerwise.layers.recurrence import Arrays, Recurrent
from layerwise.types import Array, Differentiable


@LAYERS.register
class RNN(Recurrent):
    """h_t = tanh(W_ih x_t + b_ih + W_hh h_{t-1} + b_hh): the simple recurrent network.

    input_size, hidden_size: D and H. x: (N, T, D); y: (N, T, H), or with output="last" (N, H).
    num_layers: layers on top of each other; each reads the h of the one below.
    nonlinearity: "tanh", or "relu", which may explode.
    bias: False leaves out both biases. dropout: between the layers while training, 0 (none) to 1.
    bidirectional: a second set of weights walks from the end of each sequence to its beginning; the outputs of both
        stand side by side, so that there are 2H features.
    output: "sequence", h at every step; "last", h at the last real step of each sequence (of the backward direction: at
        its first step, where that direction ends).
    Parameters have torch's names, weight_ih_l0 (H, D), weight_hh_l0 (H, H), bias_ih_l0, bias_hh_l0 (H,), with _l1 for
    the second layer and _reverse for the backward direction, and begin uniform in ±1/√H.
    lengths, mask: steps behind the end of a sequence change nothing, and y is 0 there. state: carries (layers, N, H)
    from one chunk of long sequences to the next; see `Network.forward`.
    Raises ShapeError for other shapes, DataError for sequences without a step. See `formulas.rnn`.

    The textbook's y_t = W_hy h_t + b_y is a `Linear` behind it: Network(RNN(3, 4), Linear(4, 2)).

    >>> import numpy as np
    >>> layer = RNN(1, 1, nonlinearity="relu", bias=False)
    >>> layer.weight_ih_l0, layer.weight_hh_l0 = [[1]], [[0.5]]
    >>> layer(np.array([[[1.0], [0.0], [0.0]]])).ravel()
    array([1.  , 0.5 , 0.25])
    """

    rows_per_unit = 1

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        nonlinearity: str = "tanh",
        bias: bool = True,
        *,
        dropout: float = 0.0,
        bidirectional: bool = False,
        output: str = "sequence",
    ) -> None:
        self.nonlinearity = one_of("nonlinearity", nonlinearity, ("tanh", "relu"))
        super().__init__(input_size, hidden_size, num_layers, bias, dropout, bidirectional, output)

    def run(
        self, x: Array, states: Arrays, parameters: Arrays, lengths: Array | None, reverse: bool, pass_: Pass
    ) -> Differentiable:
        (h0,) = states
        W_ih, W_hh, b_ih, b_hh = parameters
        return pass_.call(self, formulas.rnn, x, h0, W_ih, W_hh, b_ih, b_hh, self.nonlinearity, lengths, reverse)


@LAYERS.register
class LSTM(Recurrent):
    """The long short-term memory: gates decide what a cell forgets, lets in and puts out.

    Arguments, shapes and names as for `RNN`, without nonlinearity; the weights have four rows for each unit, those of
    input gate, forget gate, candidate and output gate, in torch's order. The carried state is a pair, (h, c).
    Inside, for a tap: forget, input, candidate, output, cell, (N, T, H) each, of every layer and direction. See
    `formulas.lstm`.

    >>> import numpy as np
    >>> layer = LSTM(3, 2, output="last")
    >>> layer(np.ones((4, 5, 3))).shape, layer.weight_hh_l0.shape
    ((4, 2), (8, 2))
    """

    rows_per_unit = 4
    states = ("h", "c")
    shown = ("forget", "input", "candidate", "output", "cell")

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        *,
        dropout: float = 0.0,
        bidirectional: bool = False,
        output: str = "sequence",
    ) -> None:
        super().__init__(input_size, hidden_size, num_layers, bias, dropout, bidirectional, output)

    def run(
        self, x: Array, states: Arrays, parameters: Arrays, lengths: Array | None, reverse: bool, pass_: Pass
    ) -> Differentiable:
        h0, c0 = states
        W_ih, W_hh, b_ih, b_hh = parameters
        return pass_.call(self, formulas.lstm, x, h0, c0, W_ih, W_hh, b_ih, b_hh, lengths, reverse)


@LAYERS.register
class GRU(Recurrent):
    """The gated recurrent unit: the state is a blend of what it was and of a candidate.

    Arguments, shapes and names as for `RNN`, without nonlinearity; the weights have three rows for each unit, those of
    reset gate, update gate and candidate, in torch's order, with the reset after the product.
    Inside, for a tap: reset, update, candidate, (N, T, H) each, of every layer and direction. See `formulas.gru`.

    >>> import numpy as np
    >>> GRU(3, 2, bidirectional=True)(np.ones((4, 5, 3))).shape
    (4, 5, 4)
    """

    rows_per_unit = 3
    shown = ("reset", "update", "candidate")

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        *,
        dropout: float = 0.0,
        bidirectional: bool = False,
        output: str = "sequence",
    ) -> None:
        super().__init__(input_size, hidden_size, num_layers, bias, dropout, bidirectional, output)

    def run(
        self, x: Array, states: Arrays, parameters: Arrays, lengths: Array | None, reverse: bool, pass_: Pass
    ) -> Differentiable:
        (h0,) = states
        W_ih, W_hh, b_ih, b_hh = parameters
        return pass_.call(self, formulas.gru, x, h0, W_ih, W_hh, b_ih, b_hh, lengths, reverse)
