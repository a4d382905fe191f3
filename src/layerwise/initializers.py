"""First values of weights: random, and of a size that keeps signals level from layer to layer.

Every initializer is a pure function of a shape and a generator. For a weight of shape (K, D, ...) the fans are
fan_in = D · (the rest), fan_out = K · (the rest): how many terms a forward and a backward sum has.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeAlias

import numpy as np

from layerwise.checks import number, one_of, whole_number
from layerwise.errors import KindError, SettingError, ShapeError, nearest
from layerwise.types import Array, Generator

Initializer: TypeAlias = Callable[[tuple[int, ...], Generator], Array]

Init: TypeAlias = str | Mapping[str, Any]
"""How a layer is told its initializer: by name, or as a table with settings, {"name": "normal", "std": 0.1}."""


def fans(shape: tuple[int, ...]) -> tuple[int, int]:
    """fan_in and fan_out of a weight.

    Raises ShapeError for a shape of fewer than two axes, as torch does: a vector has no fans.

    >>> fans((128, 784)), fans((16, 3, 5, 5))
    ((784, 128), (75, 400))
    """
    shape = _sizes(shape, minimum=1)
    if len(shape) < 2:
        raise ShapeError(
            f"a weight has the shape (K, D, ...), two axes or more, got {shape}",
            "fill a vector by normal, constant or zeros",
        )
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


def orthogonal(shape: tuple[int, ...], rng: Generator, gain: float = 1.0) -> Array:
    """A random rotation, times gain: as a matrix (K, the rest), its rows are orthogonal to each other, of length gain.

    With more rows than columns it is the columns that are. Nothing is stretched or squeezed on the way through, so deep
    linear chains keep the size of signals and gradients exactly. All rotations are equally likely: Q of a normal
    matrix, with the signs that make the diagonal of R positive, which LAPACK leaves open.
    Sources: Saxe et al., Exact solutions to the nonlinear dynamics of learning in deep linear neural networks, ICLR
    2014; Mezzadri, How to generate random matrices from the classical compact groups, Notices of the AMS 54 (2007).

    >>> Q = orthogonal((2, 3), np.random.default_rng(0))
    >>> (Q @ Q.T).round(6)
    array([[ 1., -0.],
           [-0.,  1.]])
    """
    fans(shape)  # refuses what is no weight
    rows, columns = shape[0], math.prod(shape[1:])
    normals = rng.normal(size=(max(rows, columns), min(rows, columns)))
    Q, R = np.linalg.qr(normals)
    Q = Q * np.where(np.diag(R) < 0, -1, 1)
    return gain * (Q if rows >= columns else Q.T).reshape(shape)


def normal(shape: tuple[int, ...], rng: Generator, mean: float = 0.0, std: float = 0.01) -> Array:
    """Normal with the same mean and spread whatever the fans: 0 and 0.01 unless given.

    A baseline that fails in deep networks: with std 0.01, a layer of D inputs multiplies the size of its signal by
    about 0.01 √D, so that nothing is left of it after a few layers.
    """
    return rng.normal(mean, std, size=_sizes(shape))


def constant(shape: tuple[int, ...], rng: Generator, value: float) -> Array:
    """Every element the same. In weights it makes all units of a layer the same for ever; see `zeros`."""
    return np.full(_sizes(shape), value, dtype=np.float64)


def zeros(shape: tuple[int, ...], rng: Generator) -> Array:
    """All 0: right for biases; in weights it makes all units of a layer the same for ever."""
    return np.zeros(_sizes(shape))


def _sizes(shape: object, minimum: int = 0) -> tuple[int, ...]:
    if not isinstance(shape, tuple | list):
        raise KindError(f"shape must be a tuple of whole numbers, such as (128, 784); got {shape!r}")
    return tuple(whole_number(f"shape[{axis}]", size, minimum=minimum) for axis, size in enumerate(shape))


_ALL = (
    xavier_uniform,
    xavier_normal,
    he_uniform,
    he_normal,
    torch_uniform,
    orthogonal,
    normal,
    constant,
    zeros,
)
INITIALIZERS: dict[str, Callable[..., Array]] = {each.__name__: each for each in _ALL}


def initializer(init: Init) -> Initializer:
    """The initializer of this name, or of this table, with its settings filled in.

    >>> initializer({"name": "constant", "value": 0.5})((2,), np.random.default_rng(0))
    array([0.5, 0.5])
    >>> initializer("he_norml")
    Traceback (most recent call last):
    layerwise.errors.SettingError: init 'he_norml' is not known. Did you mean 'he_normal'?
    """
    name, settings = (init, {}) if isinstance(init, str) else _parts(init)
    function = INITIALIZERS[one_of("init", name, INITIALIZERS)]
    known = dict(list(inspect.signature(function).parameters.items())[2:])  # after shape and rng
    for setting in settings:
        if setting not in known:
            hint = nearest(setting, known) if known else " It has none."
            raise SettingError(f"init {name!r} has no setting {setting!r}.{hint}")
    for setting, parameter in known.items():
        if parameter.default is parameter.empty and setting not in settings:
            raise SettingError(f"init {name!r} needs its {setting}: write {{'name': {name!r}, {setting!r}: 0.1}}")
    checked = {setting: number(setting, value) for setting, value in settings.items()}
    if checked.get("std", 0) < 0:
        raise SettingError(f"std must be 0 or more, got {checked['std']!r}")
    return partial(function, **checked) if checked else function


def plain(init: Init) -> str | dict[str, Any]:
    """The setting as a table of settings keeps it: a copy, and the name alone where there is nothing else.

    >>> plain({"name": "zeros"}), plain({"name": "normal", "std": 0.1})
    ('zeros', {'name': 'normal', 'std': 0.1})
    """
    if isinstance(init, str):
        return init
    table = dict(init)
    return str(table["name"]) if len(table) == 1 else table


def _parts(init: object) -> tuple[object, dict[str, Any]]:
    if not isinstance(init, Mapping) or "name" not in init:
        raise KindError(
            f"init must be one of {', '.join(sorted(INITIALIZERS))}, or a table such as "
            f"{{'name': 'normal', 'std': 0.1}}; got {init!r}"
        )
    return init["name"], {str(key): value for key, value in init.items() if key != "name"}
