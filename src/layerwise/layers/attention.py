"""Self-attention as a layer."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from layerwise import formulas
from layerwise.checks import fraction, whole_number, yes_or_no
from layerwise.errors import SettingError
from layerwise.initializers import xavier_uniform
from layerwise.layers.layer import LAYERS, Layer
from layerwise.layers.parameter import Parameter, View
from layerwise.layers.pass_ import Pass
from layerwise.layers.sequences import require_sequences, sequence_shape
from layerwise.types import Array, Backward, Generator, Shape


@LAYERS.register
class MultiheadAttention(Layer):
    """Self-attention: each step of a sequence takes what it wants from the others, with several heads side by side.

    embed_dim: D, the features of a step, in and out. num_heads: must divide D. dropout: the probability that a weight
    is dropped in training. bias: learn biases. causal: no step looks ahead, as a model of the next word must not.
    x, y: (N, T, D). Steps that the pass says are padding have the weight 0: what they hold changes no real step, as
    long as it is finite, since 0 times NaN or infinity is NaN, as in torch. A step that may look at nothing gives what
    the bias of the last map gives.
    in_proj_weight: (3 D, D), in_proj_bias: (3 D,), the maps to queries, keys and values; out_proj.weight: (D, D),
    out_proj.bias: (D,). Names and first values are torch's: Xavier's uniform for the first map, uniform in ±1/√D for
    the second, biases 0. A tap sees the weights (N, num_heads, T, T), before dropout, as the value "weights".
    Unlike torch's, this one attends to x alone, and says `causal` where torch takes masks.
    See `formulas.multihead_attention`.

    >>> MultiheadAttention(8, 2, causal=True)(np.zeros((1, 5, 8))).shape
    (1, 5, 8)
    """

    in_proj_weight = View()
    in_proj_bias: Any = View()

    def __init__(
        self, embed_dim: int, num_heads: int, dropout: float = 0.0, bias: bool = True, *, causal: bool = False
    ) -> None:
        super().__init__()
        self.embed_dim = D = whole_number("embed_dim", embed_dim)
        self.num_heads = whole_number("num_heads", num_heads)
        if D % self.num_heads:
            raise SettingError(f"each head takes its share of the features: {num_heads} heads do not divide {D}")
        self.dropout = fraction("dropout", dropout, one_allowed=True)
        self.bias = yes_or_no("bias", bias)
        self.causal = yes_or_no("causal", causal)
        self.declare("in_proj_weight", (3 * D, D), self._draw_in, decays=True)
        if bias:
            self.declare("in_proj_bias", (3 * D,), self._draw_in_bias, decays=False)
        self.declare("out_proj.weight", (D, D), self._draw_out, decays=True)
        if bias:
            self.declare("out_proj.bias", (D,), self._draw_out_bias, decays=False)

    def _draw_in(self, rng: Generator) -> Array:
        return xavier_uniform((3 * self.embed_dim, self.embed_dim), rng)

    def _draw_in_bias(self, rng: Generator) -> Array:
        return np.zeros(3 * self.embed_dim)

    def _draw_out(self, rng: Generator) -> Array:
        bound = 1 / math.sqrt(self.embed_dim)
        return rng.uniform(-bound, bound, size=(self.embed_dim, self.embed_dim))

    def _draw_out_bias(self, rng: Generator) -> Array:
        return np.zeros(self.embed_dim)

    @property
    def out_proj(self) -> OutProjection:
        """The last map, as torch has it: `layer.out_proj.weight`, `layer.out_proj.bias`."""
        return OutProjection({name: self.parameters.get(f"out_proj.{name}") for name in ("weight", "bias")})

    @property
    def input_shape(self) -> Shape:
        """The shape of one input sample, as far as the layer knows it."""
        return (None, self.embed_dim)

    def forward(self, x: Array, pass_: Pass) -> tuple[Array, Backward]:
        require_sequences(self, x, self.embed_dim)
        N, T, D = x.shape
        W_in, b_in, W_out, b_out = (self.parameters.get(name) for name in _NAMES)
        assert W_in is not None
        assert W_out is not None
        value, backward_formula = pass_.call(
            self,
            formulas.multihead_attention,
            x,
            W_in.value,
            b_in.value if b_in else np.zeros(3 * D, x.dtype),
            W_out.value,
            b_out.value if b_out else np.zeros(D, x.dtype),
            self.num_heads,
            self._mask(T, pass_.real(N, T)),
            self._dropout(x, pass_),
        )
        pass_.show(self, "weights", value.weights)
        input_gradient = pass_.input_gradient

        def backward(dy: Array) -> Array | None:
            dx, *gradients = backward_formula(dy, input_gradient=input_gradient)
            for parameter, gradient in zip((W_in, b_in, W_out, b_out), gradients, strict=True):
                if parameter:
                    pass_.add_gradient(parameter, gradient)
            return dx

        return value.y, backward

    def _mask(self, T: int, real: Array | None) -> Array:
        """Where which step may look, (N or 1, 1, T or 1, T or 1)."""
        mask = np.tri(T, dtype=bool)[None, None] if self.causal else np.ones((1, 1, 1, 1), bool)
        return mask if real is None else mask & real[:, None, None, :]

    def _dropout(self, x: Array, pass_: Pass) -> Array:
        """What each weight is multiplied with, (N, heads, T, T); one 1 where nothing is dropped."""
        p = self.dropout
        if not pass_.training or p == 0:
            return np.ones((1, 1, 1, 1), x.dtype)
        N, T, _ = x.shape
        draws = pass_.uniform("dropout", self.address, (N, self.num_heads, T, T))
        return ((draws >= p) / (1 - p if p < 1 else 1)).astype(x.dtype)

    def output_shape(self, shape: Shape | None) -> Shape | None:
        return sequence_shape(self, shape, self.embed_dim)

    def multiplications(self, shape: Shape) -> int:
        T, D = shape[0] or 1, self.embed_dim
        return 4 * T * D * D + 2 * T * T * D


class OutProjection:
    """Two parameters of an attention layer under one name."""

    weight: Any = View()
    bias: Any = View()

    def __init__(self, parameters: dict[str, Parameter | None]) -> None:
        self.parameters = parameters


_NAMES = ("in_proj_weight", "in_proj_bias", "out_proj.weight", "out_proj.bias")
