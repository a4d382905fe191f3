"""The multilayer perceptron: fully connected layers with an activation between them, in one call."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, TypeAlias

from layerwise.checks import fraction, one_of, whole_number, yes_or_no
from layerwise.errors import KindError, SettingError
from layerwise.initializers import Init
from layerwise.layers import LAYERS, BatchNorm1d, Dropout, Layer, Linear
from layerwise.layers.activation import Activation, RowActivation
from layerwise.network.network import Network

Choice: TypeAlias = str | Mapping[str, Any]
"""How an activation is told: by name, or as a table with settings, {"name": "LeakyReLU", "negative_slope": 0.2}."""

_SATURATING = ("Sigmoid", "Tanh", "Identity")
"""Nearly linear around 0, where Xavier's variance keeps signals level; the others silence about half of their inputs,
and get He's, which is twice as large."""


def mlp(
    *sizes: int,
    activation: Choice = "relu",
    dropout: float = 0.0,
    batch_norm: bool = False,
    init: Init | None = None,
    seed: int = 0,
    dtype: Any = "float32",
) -> Network:
    """A fully connected network: Linear and activation in turn, then a last Linear alone, for logits or quantities.

    sizes: features in, units of each hidden layer, outputs; x is (N, sizes[0]), y (N, sizes[-1]).
    activation: of every hidden layer, by the name of its layer in any spelling ("relu", "leaky_relu", "GELU"), or as a
    table with settings, {"name": "LeakyReLU", "negative_slope": 0.2}.
    dropout: the probability p of a `Dropout` after every activation; 0, none, unless given. batch_norm: a `BatchNorm1d`
    between Linear and activation; that Linear then has no bias, since the normalisation would take it away again.
    init: the initializer of the hidden weights; unless given, "he_normal", or "xavier_normal" before sigmoid, tanh and
    identity. The last layer has torch's default. seed, dtype: as for `Network`.
    Raises SettingError and KindError for sizes and settings that do not fit.
    Source: Rumelhart, Hinton and Williams, Learning representations by back-propagating errors, Nature 323 (1986).

    >>> list(mlp(784, 128, 64, 10, activation="relu").layers[:3])
    [Linear(784, 128, init='he_normal'), ReLU(), Linear(128, 64, init='he_normal')]
    >>> net = mlp(2, 16, 1, activation="tanh", dropout=0.1, batch_norm=True)
    >>> [type(layer).__name__ for layer in net]
    ['Linear', 'BatchNorm1d', 'Tanh', 'Dropout', 'Linear']
    >>> mlp(2, 16, 1, activation="rellu")
    Traceback (most recent call last):
    layerwise.errors.SettingError: activation 'rellu' is not known. Did you mean 'ReLU'?
    """
    layers = mlp_layers(*sizes, activation=activation, dropout=dropout, batch_norm=batch_norm, init=init)
    return Network(*layers, seed=seed, dtype=dtype)


def mlp_layers(
    *sizes: int,
    activation: Choice = "relu",
    dropout: float = 0.0,
    batch_norm: bool = False,
    init: Init | None = None,
) -> list[Layer]:
    """The layers of `mlp`, to be put into a network with others.

    >>> mlp_layers(4, 3)
    [Linear(4, 3)]
    """
    widths = _widths(sizes)
    table = _table(activation)
    dropout = fraction("dropout", dropout)
    batch_norm = yes_or_no("batch_norm", batch_norm)
    if init is None:
        init = "xavier_normal" if table["name"] in _SATURATING else "he_normal"
    layers: list[Layer] = []
    for before, width in pairwise(widths[:-1]):
        layers.append(Linear(before, width, bias=not batch_norm, init=init))
        if batch_norm:
            layers.append(BatchNorm1d(width))
        layers.append(LAYERS.build(table))
        if dropout:
            layers.append(Dropout(dropout))
    return [*layers, Linear(widths[-2], widths[-1])]


def _widths(sizes: tuple[Any, ...]) -> list[int]:
    if len(sizes) == 1 and isinstance(sizes[0], list | tuple):
        raise KindError(f"mlp takes its sizes one by one, got {sizes[0]!r}: write mlp(*sizes)")
    if len(sizes) < 2:
        got = ", ".join(map(repr, sizes))
        raise SettingError(f"mlp needs at least two sizes, inputs and outputs, such as mlp(2, 16, 1); got mlp({got})")
    return [whole_number(f"size {place} of mlp", size) for place, size in enumerate(sizes)]


def _table(activation: Any) -> dict[str, Any]:
    """The activation as a table, under the name that the registry of layers knows."""
    table = {"name": activation} if isinstance(activation, str) else activation
    if not isinstance(table, Mapping) or not isinstance(table.get("name"), str):
        raise KindError(
            f"activation must be a name such as 'relu', or a table such as "
            f"{{'name': 'LeakyReLU', 'negative_slope': 0.2}}; got {activation!r}"
        )
    names = {_plain(name): name for name, cls in LAYERS.items() if _is_elementwise(cls)}
    name = names.get(_plain(table["name"])) or one_of("activation", table["name"], names.values())
    return {**table, "name": name}


def _plain(name: str) -> str:
    """A name without its capitals and underscores: leaky_relu is LeakyReLU."""
    return name.replace("_", "").lower()


def _is_elementwise(cls: type[Layer]) -> bool:
    return issubclass(cls, Activation) and not issubclass(cls, RowActivation)
