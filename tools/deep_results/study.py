"""What is trained, how it is judged, and the line it becomes."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Run = dict[str, float]
"""What one seed gave: seed, score, seconds of training, and what others reach on the same data, by name."""


@dataclass(frozen=True)
class Study:
    """One network on one set of data.

    name: the entry in the record. data, network: for the table. measure: what the score is. goal: what it should
    reach, or the study whose median it should reach. rising: whether more is better. run: one seed, which decides the
    first weights, the order of the samples and, where there is no given one, the split. seeds: how many. digits: behind
    the point of a score that is no accuracy.
    """

    name: str
    data: str
    network: str
    measure: str
    goal: float | str
    rising: bool
    run: Callable[[int], Run]
    seeds: int = 3
    digits: int = 3

    def row(self, record: Mapping[str, list[Run]]) -> str:
        """The line of the table: the worst seed, the median, what others reach, and the time."""
        runs, goal = record[self.name], self.goal
        if isinstance(goal, str):
            goal = statistics.median(run["score"] for run in record[goal])
        scores = [run["score"] for run in runs]
        worst = (min if self.rising else max)(scores)
        reached = worst >= goal if self.rising else worst <= goal
        peers = {name for run in runs for name in run} - {"seed", "score", "seconds"}
        beside = "; ".join(
            f"{name} {self.words(statistics.median(run[name] for run in runs))}" for name in sorted(peers)
        )
        cells = [
            self.data,
            self.network,
            self.measure,
            f"{'≥' if self.rising else '≤'} {self.words(goal)}",
            f"**{self.words(worst)}**{'' if reached else ', missed'}",
            self.words(statistics.median(scores)),
            str(len(runs)),
            beside,
            f"{statistics.median(run['seconds'] for run in runs):.0f} s",
        ]
        return f"| {' | '.join(cells)} |"

    def words(self, value: float) -> str:
        """A score as the table writes it."""
        return f"{100 * value:.1f} %" if self.measure == "accuracy" else f"{value:.{self.digits}f}"


def trained(net, part, **settings) -> float:
    """Train, on one thread, and return the seconds that took."""
    import time

    import layerwise as lw

    began = time.perf_counter()
    lw.fit(net, part, threads=1, **settings)
    return time.perf_counter() - began
