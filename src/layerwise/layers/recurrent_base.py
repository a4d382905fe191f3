"""What recurrent layers share: several of them on top of each other, in one direction or in both, and their states."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar, NamedTuple, TypeAlias

import numpy as np

from layerwise import formulas
from layerwise.arrays import real_array
from layerwise.checks import fraction, one_of, whole_number, yes_or_no
from layerwise.errors import DataError, SettingError, ShapeError, nearest
from layerwise.layers.layer import Layer
from layerwise.layers.pass_ import Pass
from layerwise.types import Array, Backward, Differentiable, Generator, Shape

Arrays: TypeAlias = tuple[Array, ...]

KINDS = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")


_MOST_LAYERS = 1000
"""A slip such as num_layers=10**6 is refused before it takes the memory of the machine."""


class Track(NamedTuple):
    """One layer in one direction: `suffix` ends the names of its parameters, as in weight_ih_l1_reverse."""

    suffix: str
    layer: int
    reverse: bool


class Recurrent(Layer):
    """What RNN, LSTM and GRU share: layers, directions, parameters, lengths and states. They differ in the formula.

    A subclass says how many rows of weights there are for each unit (`rows_per_unit`), which states its formula begins
    with (`states`), which values inside it are worth a look (`shown`), and calls the formula (`run`).
    """

    rows_per_unit: ClassVar[int]
    states: ClassVar[tuple[str, ...]] = ("h",)
    shown: ClassVar[tuple[str, ...]] = ()

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int,
        bias: bool,
        dropout: float,
        bidirectional: bool,
        output: str,
    ) -> None:
        super().__init__()
        self.input_size = whole_number("input_size", input_size)
        self.hidden_size = whole_number("hidden_size", hidden_size)
        self.num_layers = whole_number("num_layers", num_layers)
        if self.num_layers > _MOST_LAYERS:
            raise SettingError(f"num_layers must be at most {_MOST_LAYERS:,}, got {self.num_layers:,}")
        self.bias = yes_or_no("bias", bias)
        self.dropout = fraction("dropout", dropout, one_allowed=True)
        self.bidirectional = yes_or_no("bidirectional", bidirectional)
        self.output = one_of("output", output, ("sequence", "last"))
        if self.dropout and self.num_layers == 1:
            raise SettingError(
                f"dropout={self.dropout} works between recurrent layers, and with num_layers=1 there is nothing "
                "between: put a Dropout behind the layer instead"
            )
        directions = (False, True) if self.bidirectional else (False,)
        self.tracks = tuple(
            Track(f"_l{layer}{'_reverse' * reverse}", layer, reverse)
            for layer in range(self.num_layers)
            for reverse in directions
        )
        for track in self.tracks:
            self._declare(track)

    @property
    def features(self) -> int:
        """How many numbers come out at every time step: those of both directions, one after the other."""
        return self.hidden_size * (2 if self.bidirectional else 1)

    def _declare(self, track: Track) -> None:
        """The parameters of one layer in one direction, uniform in ±1/√H as in torch."""
        rows = self.rows_per_unit * self.hidden_size
        features = self.input_size if track.layer == 0 else self.features
        for kind, shape in zip(KINDS, [(rows, features), (rows, self.hidden_size), (rows,), (rows,)], strict=True):
            weight = kind.startswith("weight")
            if weight or self.bias:
                draw = partial(_uniform, 1 / math.sqrt(self.hidden_size), shape)
                self.declare(kind + track.suffix, shape, draw, decays=weight)

    @abstractmethod
    def run(
        self, x: Array, states: Arrays, parameters: Arrays, lengths: Array | None, reverse: bool, pass_: Pass
    ) -> Differentiable:
        """The formula of one layer in one direction."""

    # --- forward and back ----------------------------------------------------------------------------------------

    def forward(self, x: Array, pass_: Pass) -> tuple[Array, Backward]:
        self._check(x.shape)
        N, T, _ = x.shape
        lengths = self._lengths(N, T, pass_)
        key, carried = pass_.carried(self)
        states = self._begin(N, x.dtype, key, carried)
        backwards: list[Backward] = []
        ends: list[Arrays] = []
        for layer in range(self.num_layers):
            if layer > 0 and pass_.training and self.dropout:
                draws = pass_.uniform("dropout", self.address, x.shape)
                x, backward = pass_.call(self, formulas.dropout, x, draws >= self.dropout, self.dropout)
                backwards.append(backward)
            input_gradient = layer > 0 or pass_.input_gradient
            x, backward = self._layer(layer, x, lengths, states, ends, input_gradient, pass_)
            backwards.append(backward)
        if pass_.state is not None:
            pass_.ends[key] = self._end(ends)

        def backward_all(dy: Array) -> Array | None:
            dx: Array | None = dy
            for backward in reversed(backwards):
                assert dx is not None
                dx = backward(dx)
            return dx

        return x, backward_all

    def _layer(
        self,
        layer: int,
        x: Array,
        lengths: Array | None,
        states: list[Arrays],
        ends: list[Arrays],
        input_gradient: bool,
        pass_: Pass,
    ) -> tuple[Array, Backward]:
        """One layer in its one or two directions, whose outputs stand side by side."""
        last = self.output == "last" and layer == self.num_layers - 1
        outputs, backwards = [], []
        x_backward = pass_.call(self, formulas.fan_out, x)[1] if self.bidirectional else _only
        for track in (track for track in self.tracks if track.layer == layer):
            value, backward = self._track(track, x, lengths, states[len(ends)], input_gradient, pass_)
            ends.append(tuple(getattr(value, f"{name}_n") for name in self.states))
            outputs.append(value.h_n if last else value.h)
            backwards.append(backward)
        y, sides = self._side_by_side(outputs, pass_)

        def backward_layer(dy: Array) -> Array | None:
            gradients = []
            for side, backward in zip(sides(dy), backwards, strict=True):
                unused = np.broadcast_to(np.zeros((), dy.dtype), (*x.shape[:2], self.hidden_size))
                gradients.append(backward(unused, side) if last else backward(side, None))
            return x_backward(*gradients) if input_gradient else None

        return y, backward_layer

    def _side_by_side(self, outputs: list[Array], pass_: Pass) -> tuple[Array, Callable[[Array], tuple[Array, ...]]]:
        """The outputs of one direction or of both, side by side, and the way from the gradient there to theirs."""
        if len(outputs) == 1:
            return outputs[0], lambda dy: (dy,)
        return pass_.call(self, formulas.concatenate, *outputs, axis=-1)

    def _track(
        self, track: Track, x: Array, lengths: Array | None, states: Arrays, input_gradient: bool, pass_: Pass
    ) -> tuple[Any, Callable[[Array, Array | None], Array]]:
        """One layer in one direction: what its formula makes, and its way back, which fills the gradient slots."""
        parameters = [self.parameters.get(kind + track.suffix) for kind in KINDS]
        no_bias = np.zeros(self.rows_per_unit * self.hidden_size, x.dtype)
        values = tuple(no_bias if each is None else each.value for each in parameters)
        value, backward_formula = self.run(x, states, values, lengths, track.reverse, pass_)
        for name in self.shown if pass_.tap is not None else ():  # a twin makes them only when they are looked at
            pass_.show(self, name + track.suffix, getattr(value, name))

        def backward(dh: Array, dh_n: Array | None) -> Array:
            dx, *others = backward_formula(dh, dh_n, input_gradient=input_gradient)
            for parameter, gradient in zip(parameters, others[len(states) :], strict=True):
                if parameter is not None:
                    pass_.add_gradient(parameter, gradient)
            return dx

        return value, backward

    # --- what comes with the data --------------------------------------------------------------------------------

    def _lengths(self, N: int, T: int, pass_: Pass) -> Array | None:
        """The lengths of the sequences; None where all are full."""
        lengths = pass_.real_lengths(N, T)
        if lengths is None or (lengths == T).all():
            return None
        if (lengths < 1).any():
            row = int((lengths < 1).argmax())
            raise DataError(f"{self!r} got a sequence without a real step, in row {row}: leave it out of the batch")
        return lengths

    def _begin(self, N: int, dtype: Any, key: str, carried: Any) -> list[Arrays]:
        """The states that each layer and direction begins with: zeros, or what the chunk before has left."""
        shape = (len(self.tracks), N, self.hidden_size)
        if carried is None:
            return [tuple(np.zeros(shape[1:], dtype) for _ in self.states) for _ in self.tracks]
        if self.bidirectional:
            raise SettingError(
                f"{self!r} can not go on from a chunk before: its backward direction begins at the end of the whole "
                "sequence. Pass whole sequences, or use one direction"
            )
        given = carried if isinstance(carried, tuple) else (carried,)
        arrays = [real_array(f"state[{key!r}]", state, dtype) for state in given]
        if [array.shape for array in arrays] != [shape] * len(self.states):
            shapes = ", ".join(str(array.shape) for array in arrays)
            raise ShapeError(
                f"{self!r} begins with {len(self.states)} state{'s' * (len(self.states) > 1)} of shape {shape}, got "
                f"{shapes}",
                "a state belongs to its batch: begin another one with state={}",
            )
        return list(zip(*arrays, strict=True))

    def _end(self, ends: list[Arrays]) -> Any:
        """What every layer and direction has ended with, in torch's shape (tracks, N, H)."""
        states = tuple(np.stack(state) for state in zip(*ends, strict=True))
        return states if len(states) > 1 else states[0]

    # --- shapes --------------------------------------------------------------------------------------------------

    def _check(self, shape: tuple[int, ...]) -> None:
        if len(shape) != 3:
            raise ShapeError(
                f"{self!r} expects sequences (N, T, {self.input_size}), got shape {shape}",
                "write x[None] for one sequence, x[:, None] for one time step",
            )
        self.output_shape(shape[1:])
        if shape[1] == 0:
            raise DataError(f"{self!r} needs at least one time step, got sequences of none")

    def output_shape(self, shape: Shape | None) -> Shape | None:
        if shape is None:
            return (None, self.features) if self.output == "sequence" else (self.features,)
        if len(shape) != 2 or shape[-1] not in (None, self.input_size):
            name, features = type(self).__name__, shape[-1] if shape else 0
            if len(shape) != 2:
                raise ShapeError(f"{self!r} expects sequences (T, {self.input_size}), got samples of shape {shape}")
            raise ShapeError(
                f"{self!r} expects {self.input_size} features, got {features}",
                f"write {name}({features}, {self.hidden_size})",
            )
        return (shape[0], self.features) if self.output == "sequence" else (self.features,)

    @property
    def input_shape(self) -> Shape:
        """The shape of one input sample, as far as the layer knows it."""
        return (None, self.input_size)

    def multiplications(self, shape: Shape) -> int:
        weights = sum(p.size for name, p in self.parameters.items() if name.startswith("weight"))
        return (shape[0] or 1) * weights

    # --- parameters by torch's names -----------------------------------------------------------------------------

    def __getattr__(self, name: str) -> Any:
        """layer.weight_ih_l0 is the view of that parameter. Runs only for what is no attribute."""
        parameter = self.__dict__.get("parameters", {}).get(name)
        if parameter is None:
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r}.{nearest(name, self._names())}")
        return parameter.value

    def __setattr__(self, name: str, value: Any) -> None:
        """Assigning to a parameter copies into its view."""
        parameter = self.__dict__.get("parameters", {}).get(name)
        if parameter is None:
            super().__setattr__(name, value)
        else:
            parameter.assign(f"{self!r}.{name}", value)

    def _names(self) -> list[str]:
        return list(self.__dict__.get("parameters", {}))


def _only(dx: Array) -> Array:
    return dx


def _uniform(bound: float, shape: tuple[int, ...], rng: Generator) -> Array:
    return rng.uniform(-bound, bound, size=shape)
