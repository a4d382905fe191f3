"""What `fit` is given, checked once before the first step, so that no step has to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np

from layerwise.arrays import on_disk, parts, real_array, require_finite
from layerwise.checks import require_kind
from layerwise.errors import DataError, KindError, ShapeError
from layerwise.losses import Loss
from layerwise.network import Network
from layerwise.training.events import Listener
from layerwise.training.samples import Samples
from layerwise.types import Array


def checked(name: str, data: Any, net: Network, loss: Loss, sample_weight: Any = None) -> Samples:
    """x, target and weights as a run uses them, or what is wrong with them.

    x: (N, ...). target: (N, ...). sample_weight: (N,), or None; that of validation data is the third in it.
    Arrays in memory are converted to the network's type here. Arrays in a file are looked through part by part, and
    stay there: they may be larger than the memory.
    """
    samples = samples_in(name, _in_few(name, data), net, loss, sample_weight)
    if not samples.total > 0:
        raise DataError(
            f"{name} data holds no sample that counts: all {len(samples)} have the weight 0 or an ignored label"
        )
    return samples if samples.shares is None else replace(samples, mean=samples.total / len(samples))


@np.errstate(all="ignore")  # an output that overflows is the business of the first step
def samples_in(name: str, data: Any, net: Network, loss: Loss, sample_weight: Any = None) -> Samples:
    """The same, for data of which perhaps no sample counts, and whose mean weight is that of some of the data alone.

    Two samples are sent through the network, so that shapes that do not fit are told here, and the loss sees every
    target once.
    """
    x, target, weight = _arrays(name, data)
    weight = sample_weight if weight is None else weight
    x = _indices(f"{name} x", x) if net.takes_indices else _finite(f"{name} x", x, net)
    target = _native(real_array(f"{name} target", target))
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
        if net.takes_indices:
            _require_known(x, net)
        output = net(x[:2])[:1]  # two, since statistics of a batch may be wanted
    quantities, shares = _looked_at(name, output, target, loss)
    target = _finite(f"{name} target", target, net) if quantities else target
    if weight is not None:
        shares = weight.astype(np.float64) if shares is None else shares * weight
    dtype = x.dtype if net.takes_indices else net.dtype
    return Samples(x, target, weight, shares, dtype, loss.terms(output), _has_answers(output, target, shares, loss))


def _has_answers(output: Array, target: Array, shares: Array | None, loss: Loss) -> bool:
    """Whether the loss finds the target right or wrong, so that an accuracy will be recorded."""
    row = 0 if shares is None else int(np.argmax(shares > 0))
    one = target[row : row + 1]
    return bool(loss.answers(one)) and loss.accuracy(output, one) is not None


def _require_known(x: Array, net: Network) -> None:
    """Have the network look at the least and the largest number of all, and at all before it if it refuses one."""
    flat = x.reshape(len(x), -1)
    for row in (int(flat.min(axis=1).argmin()), int(flat.max(axis=1).argmax())):
        try:
            net(x[row : row + 1])
        except DataError:
            net(x[: row + 1])  # which tells the place among all rows
            raise


def _looked_at(name: str, output: Array, target: Array, loss: Loss) -> tuple[bool, Array | None]:
    """Whether a target holds quantities, and the share of each sample in the mean; the loss sees every row of it.

    output: that of one sample, (1, ...).
    """
    kinds: set[str] = set()
    shares: list[tuple[int, Array | None]] = []
    for start, part in parts(target) if on_disk(target) else [(0, target)]:
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


def _in_few(name: str, data: Any) -> tuple[Any, ...]:
    """The parts of the data: two, or for validation three."""
    most = 3 if name == "validation" else 2
    try:
        parts = tuple(data) if len(data) in range(2, most + 1) else ()
    except (TypeError, ValueError):
        parts = ()
    if not parts or isinstance(data, np.ndarray | str | bytes | Mapping):
        triple = ", or a triple (x, target, sample_weight)" if most == 3 else ""
        raise KindError(f"{name} data is a pair (x, target){triple}, such as data.train; got {type(data).__name__}")
    return parts


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
        for start, part in parts(array):
            with _named(f"from row {start} on"):
                require_finite(f"{name} in {net.dtype}", real_array(name, part, net.dtype))
        return array
    converted = real_array(name, array, net.dtype)
    require_finite(f"{name} in {net.dtype}", converted)
    return converted


def _native(array: Array) -> Array:
    """Numbers in the order of bytes of this machine, for which the fast ways are made; in a file they stay."""
    return array if array.dtype.isnative or on_disk(array) else array.astype(array.dtype.newbyteorder("="))


def _indices(name: str, values: Any) -> Array:
    """Whole numbers as they came, for a network that looks them up; its first layer says if they are too large."""
    array = _native(real_array(name, values))
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
