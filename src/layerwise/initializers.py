"""First values of weights: random, and of a size that keeps signals level from layer to layer.

Every initializer is a pure function of a shape and a generator. For a weight of shape (K, D, ...) the fans are
fan_in = D · (the rest), fan_out = K · (the rest): how many terms a forward and a backward sum has.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from layerwise.checks import one_of
from layerwise.types import Array, Generator

Initializer: TypeAlias = Callable[[tuple[int, ...], Generator], Array]


def fans(shape: tuple[int, ...]) -> tuple[int, int]:
    """fan_in and fan_out of a weight.

    >>> fans((128, 784)), fans((16, 3, 5, 5))
    ((784, 128), (75, 400))
    """
    rest = math.prod(shape[2:])
    return math.prod(shape[1:2]) * rest, shape[0] * rest


def xavier_uniform(shape: tuple[int, ...], rng: Generator) -> Array:
    """Uniform in ±√(6 / (fan_in + fan_out)), so that the variance is 2 / (fan_in + fan_out).

    Keeps the size of signals level forward and, on average, of gradients backward, for units that are nearly linear
    around 0 (tanh). Source: Glorot and Bengio, Understanding the difficulty of training deep feedforward neural
    networks, AISTATS 2010.
    """
    fan_in, fan_out = fans(shape)
    bound = math.sqrt(6 / (fan_in + fan_out))
    return rng.uniform(-bound, bound, size=shape)


def xavier_normal(shape: tuple[int, ...], rng: Generator) -> Array:
    """Normal with mean 0 and variance 2 / (fan_in + fan_out). Source: as `xavier_uniform`."""
    fan_in, fan_out = fans(shape)
    return rng.normal(0, math.sqrt(2 / (fan_in + fan_out)), size=shape)


def he_uniform(shape: tuple[int, ...], rng: Generator) -> Array:
    """Uniform in ±√(6 / fan_in), so that the variance is 2 / fan_in.

    Twice the variance of a linear unit, since ReLU silences half of it. Source: He et al., Delving deep into
    rectifiers, ICCV 2015. torch calls it kaiming_uniform.
    """
    fan_in, _ = fans(shape)
    bound = math.sqrt(6 / fan_in)
    return rng.uniform(-bound, bound, size=shape)


def he_normal(shape: tuple[int, ...], rng: Generator) -> Array:
    """Normal with mean 0 and variance 2 / fan_in. Source: as `he_uniform`."""
    fan_in, _ = fans(shape)
    return rng.normal(0, math.sqrt(2 / fan_in), size=shape)


def torch_uniform(shape: tuple[int, ...], rng: Generator) -> Array:
    """Uniform in ±1 / √fan_in: variance 1 / (3 fan_in), what torch gives a Linear layer unless told otherwise."""
    fan_in, _ = fans(shape)
    bound = 1 / math.sqrt(fan_in)
    return rng.uniform(-bound, bound, size=shape)


def zeros(shape: tuple[int, ...], rng: Generator) -> Array:
    """All 0: right for biases; in weights it makes all units of a layer the same for ever."""
    return np.zeros(shape)


INITIALIZERS: dict[str, Initializer] = {
    each.__name__: each for each in (xavier_uniform, xavier_normal, he_uniform, he_normal, torch_uniform, zeros)
}


def initializer(name: str) -> Initializer:
    """The initializer of this name.

    >>> initializer("he_norml")
    Traceback (most recent call last):
    layerwise.errors.SettingError: init 'he_norml' is not known. Did you mean 'he_normal'?
    """
    return INITIALIZERS[one_of("init", name, INITIALIZERS)]
