"""What `fit` is given, checked once before the first step, so that no step has to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from layerwise.arrays import chunks, on_disk, real_array, require_finite
from layerwise.checks import require_kind
from layerwise.errors import DataError, KindError, ShapeError
from layerwise.losses import Loss
from layerwise.network import Network
from layerwise.training.events import Listener
from layerwise.training.samples import Samples
from layerwise.types import Array


def checked(name: str, data: Any, net: Network, loss: Loss, sample_weight: Any = None) -> Samples:
    """x, target and weights as a run uses them, or what is wrong with them.

    x: (N, ...). target: (N, ...). sample_weight: (N,), or None.
    Arrays in memory are converted to the network's type here. Arrays in a file are looked through part by part, and
    stay there: they may be larger than the memory.
    """
    samples = samples_in(name, _pair(name, data), net, loss, sample_weight)
    if not samples.total > 0:
        raise DataError(
            f"{name} data holds no sample that counts: all {len(samples)} have the weight 0 or an ignored label"
        )
    return samples


@np.errstate(all="ignore")  # an output that overflows is the business of the first step
def samples_in(name: str, data: Any, net: Network, loss: Loss, sample_weight: Any = None) -> Samples:
    """The same, for data of which perhaps no sample counts; a third array in the data holds weights.

    One sample is sent through the network, so that shapes that do not fit are told here, and the loss sees every
    target once.
    """
    x, target, weight = _arrays(name, data)
    weight = sample_weight if weight is None else weight
    x = _indices(f"{name} x", x) if net.takes_indices else _finite(f"{name} x", x, net)
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
    weight = None if weight is None else _weights(name, weight, len(x), net)
    with _named(f"{name} data"):
        output = net(x[:1])
    quantities, shares = _looked_at(name, output, target, loss)
    target = _finite(f"{name} target", target, net) if quantities else target
    if weight is not None:
        shares = weight.astype(np.float64) if shares is None else shares * weight
    return Samples(x, target, weight, shares, x.dtype if net.takes_indices else net.dtype)


def _looked_at(name: str, output: Array, target: Array, loss: Loss) -> tuple[bool, Array | None]:
    """Whether a target holds quantities, and the share of each sample in the mean; the loss sees every row of it.

    output: that of one sample, (1, ...).
    """
    kinds: set[str] = set()
    shares: list[tuple[int, Array | None]] = []
    for start, part in chunks(target) if on_disk(target) else [(0, target)]:
        outputs = np.broadcast_to(output, (len(part), *output.shape[1:]))
        with _named(f"{name} data" + f", counting its rows from row {start}" * (start > 0)):
            prepared = loss.prepare(outputs, part)
            shares.append((len(part), loss.shares(outputs, prepared)))
        kinds.add(prepared.dtype.kind)
    if all(each is None for _, each in shares):
        return kinds == {"f"}, None
    ones = [np.ones(n) if each is None else each.astype(np.float64) for n, each in shares]
    return kinds == {"f"}, np.concatenate(ones)


def _weights(name: str, weight: Any, n: int, net: Network) -> Array:
    """Weights of samples in the network's type: one each, 0 or more."""
    weight = real_array(f"{name} sample_weight", weight)
    if weight.shape != (n,):
        raise ShapeError(
            f"{name} sample_weight holds one number per sample: expected shape ({n},), got {weight.shape}",
            "write sample_weight.ravel()" if weight.shape == (n, 1) else "",
        )
    weight = _finite(f"{name} sample_weight", weight, net)
    if not weight.min() >= 0:
        row = int(weight.argmin())
        raise DataError(f"{name} sample_weight must be 0 or more, got {weight[row]} in row {row}")
    return weight


def require_finite_weights(net: Network) -> None:
    """Refuse a network that holds NaN or infinity, in its parameters or its running statistics, and say where."""
    for name, values in (net.parameters() | net.buffers()).items():
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


def _arrays(name: str, data: Any) -> tuple[Any, Any, Any]:
    """x, target, and weights or None."""
    if not isinstance(data, tuple | list) or len(data) not in (2, 3):
        got = type(data).__name__ + (f" of {len(data)}" if isinstance(data, tuple | list) else "")
        raise KindError(f"{name} is a pair (x, target), or a triple (x, target, weight); got {got}")
    return data[0], data[1], data[2] if len(data) == 3 else None


def _finite(name: str, values: Any, net: Network) -> Array:
    """The values in the network's type, all of them finite, there and as they came; in a file they keep their type."""
    array = real_array(name, values)
    require_finite(name, array)
    if array.dtype == net.dtype:
        return array
    if on_disk(array):
        for start, part in chunks(array):
            with _named(f"from row {start} on"):
                require_finite(f"{name} in {net.dtype}", real_array(name, part, net.dtype))
        return array
    converted = real_array(name, array, net.dtype)
    require_finite(f"{name} in {net.dtype}", converted)
    return converted


def _indices(name: str, values: Any) -> Array:
    """Whole numbers as they came, for a network that looks them up; its first layer says if they are too large."""
    array = real_array(name, values)
    if array.dtype.kind not in "iu":
        raise KindError(
            f"{name} must hold whole numbers, which the network looks up; got {array.dtype}: write x.astype(int)"
        )
    return array


@contextmanager
def _named(where: str) -> Iterator[None]:
    """Say of which data an error speaks."""
    try:
        yield
    except ShapeError as error:
        raise ShapeError(f"{where}: {error.problem}", error.advice) from None
    except (DataError, KindError) as error:
        raise type(error)(f"{where}: {error}") from None
