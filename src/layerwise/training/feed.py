"""The batches of the epoch under way, one after the other, however often the loop is left and entered again."""

from __future__ import annotations

from collections.abc import Iterator

from layerwise.training.samples import Batch, Shuffled
from layerwise.training.state import Position
from layerwise.training.stream import Stream


class Feed:
    """Batches of which a sample counts; one is looked at in advance, to know whether the epoch is over.

    The rest of an epoch is kept from one call to the next: a source of the caller's is asked once for every epoch.
    """

    def __init__(self, source: Shuffled | Stream) -> None:
        self.source = source
        self.close()

    def close(self) -> None:
        """Forget the epoch under way: the next look asks the source again, and passes over what was seen."""
        self.rest: Iterator[Batch] | None = None
        self.ahead: Batch | None = None
        self.passed = 0

    def is_over(self, position: Position) -> bool:
        """Whether the epoch of this position has begun, and holds no further batch that counts."""
        begun = self.rest is not None or position.samples > 0
        return begun and self.look(position) is None

    def look(self, position: Position) -> Batch | None:
        """The next batch, which stays the next one until it is used; None at the end of the epoch."""
        if self.rest is None:
            self.rest = self.source.batches(position.epoch, position.samples, position.first_pass)
        while self.ahead is None:
            batch = next(self.rest, None)
            if batch is None:
                return None
            if batch.total > 0:
                self.ahead = batch
            else:  # all ignored, or of weight 0: there is nothing to learn from
                self.passed += len(batch.x)
        return self.ahead

    def use(self, position: Position) -> None:
        """Count the batch that was looked at as seen."""
        assert self.ahead is not None
        position.samples += self.passed + len(self.ahead.x)
        self.ahead, self.passed = None, 0
