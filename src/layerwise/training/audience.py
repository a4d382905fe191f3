"""Who listens to a run: told in one order, asked for answers and for taps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from copy import copy, deepcopy
from typing import Any

from layerwise.errors import KindError
from layerwise.network import Snapshot
from layerwise.tap import Tap
from layerwise.training.events import Changed, Ended, EpochEnded, Listener, Noticed, Started, StepEnded, Stop
from layerwise.training.taps import together


class Audience:
    """The listeners of a run, and the display, which is told last and is no part of the run's state."""

    def __init__(self, listeners: Iterable[Listener], display: Listener | None = None) -> None:
        self.listeners = list(listeners)
        self.display = display
        self.settle()

    def settle(self) -> None:
        """Find out, once for all steps, who wants to hear them and who may ask for a tap."""
        self.all = [*self.listeners, *([self.display] if self.display else [])]
        self.of_steps = [listener for listener in self.all if listener.hears_steps]
        self.with_taps = [listener for listener in self.all if listener.asks_for_taps]

    def tap(self, step: int) -> Tap | None:
        """One tap for all who want to look inside step number `step`; None where nobody does."""
        wanted = [listener.tap(step) for listener in self.with_taps]
        return together([tap for tap in wanted if tap is not None])

    def started(self, event: Started) -> None:
        for listener in self.all:
            listener.started(event)

    def step_ended(self, event: StepEnded) -> Stop | None:
        return self._first_stop([listener.step_ended(event) for listener in self.of_steps])

    def epoch_ended(self, event: EpochEnded) -> Stop | None:
        return self._first_stop([listener.epoch_ended(event) for listener in self.all])

    def changed(self, event: Changed) -> None:
        for listener in self.all:
            listener.changed(event)

    def ended(self, event: Ended) -> None:
        """Tell all of them, the others too if one of them fails."""
        with ExitStack() as everyone:
            for listener in reversed(self.all):
                everyone.callback(listener.ended, event)

    def fallback(self) -> Snapshot | None:
        """What the network is to show after a divergence; the first wish counts."""
        wishes = (listener.fallback() for listener in self.listeners)
        return next((wish for wish in wishes if wish is not None), None)

    def _first_stop(self, answers: Sequence[Any]) -> Stop | None:
        """The first wish to stop; what was noticed is told to all."""
        for answer in answers:
            if not isinstance(answer, Stop | Noticed | None):
                advice = f": write {answer.__name__}(...) with brackets" if isinstance(answer, type) else ""
                raise KindError(f"what a listener answers must be a Stop, a Noticed or None; got {answer!r}{advice}")
        for answer in answers:
            if isinstance(answer, Noticed):
                for listener in self.all:
                    listener.noticed(answer)
        return next((answer for answer in answers if isinstance(answer, Stop)), None)


def named(listeners: Sequence[Listener]) -> list[tuple[str, Listener]]:
    """Each listener by its class and its place among those of the class: other listeners may come and go."""
    seen: Counter[str] = Counter()
    pairs = []
    for listener in listeners:
        kind = type(listener).__name__
        pairs.append((f"{kind} {seen[kind]}", listener))
        seen[kind] += 1
    return pairs


def twin(listener: Listener) -> Listener:
    """A shallow copy of a listener that goes on from the same state."""
    other = copy(listener)
    state = listener.state()
    if state:
        other.load_state(deepcopy(state))
    return other
