"""Where the batches of a run come from: arrays, or batches of the caller's own; and which of them was meant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from layerwise.errors import DataError, KindError, SettingError, ShapeError
from layerwise.losses import Loss
from layerwise.network import Network
from layerwise.training.inputs import checked
from layerwise.training.samples import Batch, Shuffled
from layerwise.training.stream import Stream
from layerwise.types import Shape


def source_of(
    train: Any, sample_weight: Any, net: Network, loss: Loss, batch_size: int, seed: int
) -> Shuffled | Stream:
    """The source that the training data stands for, checked as far as it can be before the first step."""
    if is_stream(train):
        if sample_weight is not None:
            raise SettingError("sample_weight goes with arrays: let each batch be a triple (x, target, sample_weight)")
        stream = Stream(train, net, loss)
        if isinstance(train, tuple | list):
            require_listed(stream, net)
        return stream
    source = Shuffled(checked("training", train, net, loss, sample_weight), batch_size, seed)
    require_batches(source, net)
    return source


def is_stream(data: Any) -> bool:
    """Whether data gives batches, rather than being the arrays x and target themselves.

    A list of pairs is batches; a list of two pairs may be read as two samples of x and two of target, and where both
    readings would do, it is refused.

    >>> is_stream(lambda epoch: []), is_stream(([[1.0]], [0])), is_stream("batches")
    (True, False, False)
    >>> x, target = [[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 1, 1]
    >>> is_stream([(x, target), (x, target)]), is_stream([(x, target)]), is_stream([x, target])
    (True, True, False)
    """
    if isinstance(data, tuple | list):
        return _holds_batches(data)
    if isinstance(data, str | bytes | Mapping) or hasattr(data, "__array__"):
        return False
    return callable(data) or isinstance(data, Iterable)


def _holds_batches(data: tuple[Any, ...] | list[Any]) -> bool:
    """Whether the things are batches, (x, target) or (x, target, weight); one that does not fit is told as a batch."""
    if not all(_is_pair(each) for each in data) or not any(_is_batch(each) for each in data):
        return False
    if not _is_batch(data):
        return True
    if not all(_is_batch(each) for each in data):
        return False
    raise KindError(
        f"training data of {len(data)} {type(data[0]).__name__}s may be {len(data)} batches, or x, target of "
        f"{len(data[0])} samples: pass arrays, (np.asarray(x), np.asarray(t)), or a function, lambda epoch: batches"
    )


def _is_pair(value: Any) -> bool:
    """Whether this is a tuple or list of two or three arrays, or what may become arrays."""
    return isinstance(value, tuple | list) and len(value) in (2, 3) and all(_shape(part) != () for part in value)


def _is_batch(value: Any) -> bool:
    """Whether a tuple or list could be a batch: two or three parts of one length, the first with features."""
    if not isinstance(value, tuple | list) or len(value) not in (2, 3):
        return False
    shapes = [_shape(each) for each in value]
    lengths = {shape[:1] for shape in shapes if shape is not None}
    return None not in shapes and len(lengths) == 1 and len(shapes[0] or ()) > 1


def _shape(value: Any) -> Shape | None:
    """The shape that an array of the value would have; None where its rows differ."""
    if hasattr(value, "shape"):
        return tuple(value.shape)
    if not isinstance(value, tuple | list):
        return ()
    shapes = {_shape(each) for each in value}
    if len(shapes) > 1 or None in shapes:
        return None
    return (len(value), *(shapes.pop() if shapes else ()))  # type: ignore[misc]


def require_batches(source: Shuffled, net: Network, start: int = 0) -> None:
    """Send the smallest batch of an epoch through the network in training: what it refuses is told before a step.

    start: so many samples of the epoch are seen already.
    """
    n, size = len(source.samples) - start, source.batch_size
    smallest = min(n, n % size or size)
    batch = source.samples.take(slice(0, smallest))
    _require_trainable(batch, net, f"{n} samples in batches of {size} leave a batch of {smallest}")


def require_listed(stream: Stream, net: Network) -> None:
    """Look at all batches of a list, which are there, and send the smallest one through the network in training."""
    counted = (batch for batch in stream.parts(0) if batch.total > 0)
    smallest = min(counted, key=lambda batch: len(batch.x), default=None)
    if smallest is not None:
        _require_trainable(smallest, net, f"the smallest batch holds {len(smallest.x)}")


def _require_trainable(batch: Batch, net: Network, words: str) -> None:
    """Refuse a batch that the network can not learn from; words: what it is."""
    try:
        with np.errstate(all="ignore"):  # an output that overflows is the business of the first step
            net.forward(batch.x, training=True, input_gradient=False, step=0)
    except (DataError, ShapeError) as error:
        raise DataError(f"{words}: {error}") from None
