"""Batches that the caller makes: for data that is read, drawn or computed while it is trained on."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Sized
from itertools import chain
from typing import Any

from layerwise.errors import DataError, KindError
from layerwise.losses import Loss
from layerwise.network import Network
from layerwise.training.inputs import samples_in
from layerwise.training.samples import Batch
from layerwise.types import Array

_ANEW = "pass a function that makes it anew for every epoch, such as train=lambda epoch: read_batches()"
_ONCE = f"if it is one that can be read only once, {_ANEW}"


class Stream:
    """Batches (x, target) or (x, target, weight) from an iterable, which is iterated anew for every epoch, or from a
    function that is called with the number of the epoch, counted from 0, and gives one.

    Every batch is checked when it comes. The first one is read in advance, so that what does not fit is told before
    the first step; where the batches are a list, all of them are looked at then (`sources.require_listed`).
    count, steps: None where nobody knows; `len` of the iterable is taken for its number of batches.
    """

    count = None

    def __init__(self, source: Any, net: Network, loss: Loss) -> None:
        self.make = _maker(source)
        self.net, self.loss = net, loss
        self.steps = len(source) if isinstance(source, Sized) else None
        begun = self._read(0)
        first = next(begun, None)
        if first is None:
            raise DataError(f"the training data gave no batch: {_ONCE}")
        self.begun: Iterator[Batch] | None = chain([first], begun)

    def batches(self, epoch: int, start: int = 0, first_pass: int = 0) -> Iterator[Batch]:
        """The batches of an epoch. Those of its samples before `start`, which a resumed run has seen, are passed over.

        They must be the batches that the run saw: all that can be checked is that their sizes add up.
        """
        seen, total = 0, 0.0
        batches = self._read(epoch)
        if epoch == 0 and self.begun is not None:  # looked into already; a source that runs on gives nothing twice
            batches, self.begun = self.begun, None
        for batch in batches:
            before, seen, total = seen, seen + len(batch.x), total + batch.total
            if before < start < seen:
                raise _others(epoch, start)
            if before >= start:
                yield batch
        if seen < start:
            raise _others(epoch, start)
        if total == 0:
            words = "no sample that counts" if seen else f"no batch: {_ONCE}"
            raise DataError(f"the training data gave in epoch {epoch + 1} {words}")

    def parts(self, epoch: int) -> Iterator[Batch]:
        """The batches of an epoch once more, for a measurement."""
        return self._read(epoch)

    def at_hand(self, batch: Batch) -> tuple[Array, Array]:
        """x and target of as many samples as can be looked at."""
        return batch.x, batch.target

    def sample(self, batch: Batch) -> Batch:
        """Samples to measure a network by: those at hand."""
        return batch

    def _read(self, epoch: int) -> Iterator[Batch]:
        made = self.make(epoch)
        if not isinstance(made, Iterable):
            raise KindError(f"the function for training data must give batches (x, target), got {type(made).__name__}")
        for number, item in enumerate(made, start=1):
            name = f"training batch {number} of epoch {epoch + 1}"
            yield samples_in(name, item, self.net, self.loss).take(slice(None))


def _others(epoch: int, start: int) -> DataError:
    return DataError(
        f"the training data gives other batches in epoch {epoch + 1} than the run has seen, of which {start} samples "
        "are done: resume with a source that gives the same batches for the same epoch"
    )


def _maker(source: Any) -> Callable[[int], Any]:
    """The function from the number of an epoch to its batches."""
    if isinstance(source, Iterator):
        raise KindError(f"the training data is {source!r}, which can be read only once: {_ANEW}")
    if isinstance(source, Iterable):
        return lambda epoch: source
    try:
        inspect.signature(source).bind(0)
    except TypeError:
        raise KindError(
            f"the function for training data must take the number of the epoch: write lambda epoch: ...; got {source!r}"
        ) from None
    except ValueError:  # written in C, and silent about its arguments
        pass
    made: Callable[[int], Any] = source
    return made
