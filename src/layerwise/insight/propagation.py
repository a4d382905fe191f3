"""How large a signal still is after many layers, and how large a gradient after the way back: by RMS per number."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import numpy as np

from layerwise.arrays import real_array, require_finite
from layerwise.checks import one_of, require_kind, whole_number, yes_or_no
from layerwise.errors import DataError
from layerwise.initializers import Init
from layerwise.insight.recorder import Recorder
from layerwise.layers import LAYERS, BatchNorm1d, Layer, LayerNorm, Linear
from layerwise.network import Network, Residual, Sequential
from layerwise.random import generator
from layerwise.types import Array

NORMALIZATIONS = ("batch", "layer")


@dataclass(frozen=True, eq=False, repr=False)
class Propagation:
    """RMS after each layer. addresses: of the layers. forward: (L + 1,), the input first. backward: (L + 1,), the
    gradient of the cost at the same places, so that the last is that which arrives at the output.

    RMS, the root of the mean square, does not grow with the number of units, so wide and narrow layers compare.
    """

    addresses: tuple[str, ...]
    forward: Array
    backward: Array

    def kept(self, layers: int | None = None) -> float:
        """What is left of the signal after so many layers, or after all: a ratio of RMS."""
        return float(self.forward[-1 if layers is None else layers] / self.forward[0])

    @property
    def returned(self) -> float:
        """What is left of the gradient at the first place of the way back: a ratio of RMS."""
        return float(self.backward[0] / self.backward[-1])

    def __repr__(self) -> str:
        return f"<Propagation: {self}>"

    def __str__(self) -> str:
        return (
            f"After {len(self.addresses)} layers the signal has {self.kept():.3g} of its size, "
            f"and the gradient {self.returned:.3g} of its own after the way back."
        )


def propagation(net: Network, x: Any, *, seed: int = 0, training: bool = True) -> Propagation:
    """Send x forward, and a random gradient of RMS 1 back, and measure both behind every layer of the chain.

    net: a network whose inputs are real numbers; it is not changed. x: a batch, (N, ...). seed: of the random gradient.
    training: with the batch statistics and masks of training, which BatchNorm needs before its first step. Raises
    DataError for indices, which have no size.

    >>> import layerwise as lw
    >>> net = lw.Network(*[lw.Linear(256, 256, init={"name": "normal", "std": 0.1}, bias=False) for _ in range(10)])
    >>> found = propagation(net, np.random.default_rng(0).normal(size=(64, 256)))
    >>> bool(50 < found.kept() < 200)       # each layer multiplies by 0.1 * sqrt(256) = 1.6; 1.6**10 = 110
    True
    """
    require_kind("net", net, Network, "lw.Network(...)")
    x = real_array("x", x)
    if x.dtype.kind != "f":
        raise DataError(f"x must hold floats, whose size a layer can change; got {x.dtype}")
    require_finite("x", x)
    recorder, watched = Recorder(), deepcopy(net)  # a pass in training counts, and moves running statistics
    y, backward = watched.forward(x, training=yes_or_no("training", training), tap=recorder)
    arriving = generator(seed, "propagation").standard_normal(y.shape).astype(y.dtype)
    at_input = backward(arriving / _rms(arriving))
    assert at_input is not None
    addresses = tuple(each for each in recorder.activations if "." not in each)
    return Propagation(
        addresses,
        np.array([_rms(x), *(_rms(recorder.activations[each]) for each in addresses)]),
        np.array([_rms(at_input), *(_rms(recorder.gradients[each]) for each in addresses)]),
    )


def through_stack(
    init: Init = "he_normal",
    *,
    activation: str = "ReLU",
    depth: int = 50,
    width: int = 256,
    samples: int = 64,
    normalization: str | None = None,
    residual: bool = False,
    seed: int = 0,
) -> Propagation:
    """Send normal numbers through a deep network of equal layers without biases, right after its initialisation.

    init: of the weights, by name or as a table, {"name": "normal", "std": 0.08}. activation: by the name of its layer;
    "Identity" for none. depth: blocks of Linear, perhaps normalisation, and activation; one place is measured behind
    each block. width: units of every layer. samples: how many inputs. normalization: "batch", "layer", or None.
    residual: each block is added to what came in. seed: of weights, inputs and the gradient.

    With ReLU and weights of standard deviation σ a layer multiplies the size by σ √(width / 2):

    >>> table = {"name": "normal", "std": 0.01}
    >>> found = through_stack(table, depth=10)
    >>> bool(1e-10 < found.kept() < 1e-9)          # 0.113**10 = 3e-10
    True
    >>> bool(0.1 < through_stack(table, depth=10, normalization="batch").kept() < 10)
    True
    """
    depth, width = whole_number("depth", depth), whole_number("width", width)
    samples = whole_number("samples", samples, minimum=2)
    activation = one_of("activation", activation, LAYERS)
    if normalization is not None:
        normalization = one_of("normalization", normalization, NORMALIZATIONS)
    blocks = [_block(width, init, activation, normalization, residual) for _ in range(depth)]
    x = generator(seed, "propagation.input").standard_normal((samples, width))
    return propagation(Network(*blocks, seed=seed, dtype="float64"), x, seed=seed)


def median_of(found: Sequence[Propagation]) -> Propagation:
    """Place by place the median of several, such as those of several seeds."""
    return Propagation(
        found[0].addresses,
        np.median([each.forward for each in found], axis=0),
        np.median([each.backward for each in found], axis=0),
    )


def _block(width: int, init: Init, activation: str, normalization: str | None, residual: bool) -> Layer:
    layers: list[Layer] = [Linear(width, width, bias=False, init=init)]
    if normalization is not None:
        layers.append(BatchNorm1d(width) if normalization == "batch" else LayerNorm(width))
    layers.append(LAYERS[activation]())
    return Residual(*layers) if residual else Sequential(*layers)


def _rms(values: Array) -> float:
    return float(np.sqrt(np.mean(np.square(values, dtype=np.float64))))
