"""The mathematics: every formula is a pure function that returns its value and its derivative.

    z, backward = linear(x, W, b)
    dx, dW, db = backward(dz)

Nothing here knows a layer, a network or training. Randomness, masks and settings are arguments, never state;
`backward` writes nowhere and gives the same numbers when called twice.
"""

from layerwise.formulas.activation import log_softmax, relu, sigmoid, softmax, tanh
from layerwise.formulas.affine import linear
from layerwise.formulas.dropout import dropout
from layerwise.formulas.loss import (
    binary_cross_entropy_with_logits,
    cross_entropy_with_logits,
    mean_squared_error,
)
from layerwise.formulas.penalty import l1_penalty, l2_penalty
from layerwise.formulas.registration import Case, Formula, formula, kink, registry, smooth
from layerwise.formulas.tracing import Line, trace

__all__ = [
    "Case",
    "Formula",
    "Line",
    "binary_cross_entropy_with_logits",
    "cross_entropy_with_logits",
    "dropout",
    "formula",
    "kink",
    "l1_penalty",
    "l2_penalty",
    "linear",
    "log_softmax",
    "mean_squared_error",
    "registry",
    "relu",
    "sigmoid",
    "smooth",
    "softmax",
    "tanh",
    "trace",
]
