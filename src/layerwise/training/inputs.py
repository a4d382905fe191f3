"""What `fit` is given, checked once before the first step, so that no step has to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from layerwise.arrays import real_array, require_finite
from layerwise.checks import require_kind
from layerwise.errors import DataError, KindError, ShapeError
from layerwise.losses import Loss
from layerwise.network import Network
from layerwise.training.events import Listener
from layerwise.types import Array


@np.errstate(all="ignore")  # an output that overflows is the business of the first step
def checked(name: str, data: Any, net: Network, loss: Loss) -> tuple[Array, Array]:
    """Return x in the network's type and the target as the loss wants it, or say what is wrong with them.

    One sample is sent through the network, so that shapes that do not fit are told here, and the loss sees every
    target once. x: (N, ...). target: (N, ...).
    """
    x, target = _pair(name, data)
    x = _finite(f"{name} x", x, net)
    target = real_array(f"{name} target", target)
    if x.size == 0:
        raise DataError(f"{name} data holds no samples: fit needs at least one")
    if x.ndim < 2:
        raise ShapeError(
            f"{name} x must be (N, ...), one row a sample; got shape {x.shape}",
            "write x.reshape(-1, 1) for one feature",
        )
    if target.shape[:1] != x.shape[:1]:
        raise ShapeError(f"{name} x has {len(x)} samples, its target {len(target) if target.ndim else 'none'}")
    require_finite(f"{name} target", target)
    with _named(name):
        output = net(x[:1])
        prepared = loss.prepare(np.broadcast_to(output, (len(x), *output.shape[1:])), target)
    return x, _finite(f"{name} target", target, net) if prepared.dtype.kind == "f" else target


def require_finite_weights(net: Network) -> None:
    """Refuse a network that holds NaN or infinity, and say where."""
    for name, values in net.parameters().items():
        require_finite(f"{name} of the network", values)


def listeners_in(value: Any) -> list[Listener]:
    """The listeners as a list, or what is wrong with them."""
    if isinstance(value, Listener) or not isinstance(value, Sequence | Iterator):
        raise KindError(f"listeners must be a list, got {value!r}: write listeners=[...]")
    listeners = list(value)
    for listener in listeners:
        require_kind("a listener", listener, Listener)
    return listeners


def _pair(name: str, data: Any) -> tuple[Any, Any]:
    try:
        x, target = data
    except (TypeError, ValueError):
        raise KindError(f"{name} data is a pair (x, target), such as data.train; got {type(data).__name__}") from None
    return x, target


def _finite(name: str, values: Any, net: Network) -> Array:
    """The values in the network's type, all of them finite, there and as they came."""
    array = real_array(name, values)
    require_finite(name, array)
    converted = real_array(name, array, net.dtype)
    if converted is not array:
        require_finite(f"{name} in {net.dtype}", converted)
    return converted


@contextmanager
def _named(name: str) -> Iterator[None]:
    """Say of which data an error speaks."""
    try:
        yield
    except ShapeError as error:
        raise ShapeError(f"{name} data: {error.problem}", error.advice) from None
    except (DataError, KindError) as error:
        raise type(error)(f"{name} data: {error}") from None
