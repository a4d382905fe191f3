"""What `fit` is given, checked once before the first step, so that no step has to."""

from __future__ import annotations

from typing import Any

import numpy as np

from layerwise.arrays import real_array, require_finite
from layerwise.errors import DataError, KindError, ShapeError
from layerwise.losses import Loss
from layerwise.network import Network
from layerwise.types import Array


def checked(name: str, data: Any, net: Network, loss: Loss) -> tuple[Array, Array]:
    """Return x in the network's type and the target as the loss wants it, or say what is wrong with them.

    A batch of one sample is sent through the network, so that shapes that do not fit are told here.
    """
    x, target = _pair(name, data)
    x = real_array(f"{name} x", x, net.dtype)
    require_finite(f"{name} x", x)
    if len(x) == 0:
        raise DataError(f"{name} data holds no samples: fit needs at least one")
    target = real_array(f"{name} target", target)
    if target.shape[:1] != x.shape[:1]:
        raise ShapeError(f"{name} x has {len(x)} samples, its target {len(target) if target.ndim else 'none'}")
    require_finite(f"{name} target", target)
    output = net(x[:1])
    if loss.prepare(output, target[:1]).dtype.kind == "f":
        target = real_array(f"{name} target", target, net.dtype)
        require_finite(f"{name} target in {net.dtype}", target)
    else:
        _check_labels(loss, output, target)
    return x, target


def require_kind(name: str, value: object, kind: type, optional: bool = False) -> None:
    """Refuse what is not of this kind, and a class where an object of it is wanted."""
    if isinstance(value, kind) or (optional and value is None):
        return
    advice = f"write {value.__name__}(...) with brackets" if isinstance(value, type) else f"pass a {kind.__name__}"
    raise KindError(f"{name} must be a {kind.__name__}, got {value!r}: {advice}")


def _pair(name: str, data: Any) -> tuple[Any, Any]:
    try:
        x, target = data
    except (TypeError, ValueError):
        raise KindError(f"{name} data is a pair (x, target), such as data.train; got {type(data).__name__}") from None
    return x, target


def _check_labels(loss: Loss, output: Array, target: Array) -> None:
    """Let the loss see every label once, against outputs of the right width."""
    loss.prepare(np.broadcast_to(output, (len(target), *output.shape[1:])), target)
