"""Who trains: one file each, with a function `build(workload, weights)` that returns a `Trainee`.

A contender is configured as its own documentation advises for the fastest training on this machine's CPU; where
there is a choice, the faster way was measured and the file says so. All keep their default number of threads.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from benchmarks.workloads import Workload
from layerwise.errors import SettingError
from layerwise.types import Array


@dataclass(frozen=True)
class Trainee:
    """One network in training, behind three functions."""

    step: Callable[[Any, Any], Any]
    """One training step on a batch that `convert` made; returns the loss in the contender's own kind, unread."""
    convert: Callable[[Array, Array], tuple[Any, Any]]
    """Brings a batch into the contender's own arrays, before the clock starts."""
    read: Callable[[Any], float | None]
    """Waits until a step is finished and returns its loss as a number; None where there is no loss."""
    about: dict[str, Any] = field(default_factory=dict)
    """Versions, threads and settings, for the record."""
    take: Callable[[Any, Array], Any] = lambda array, places: array[places]
    """Some samples of an array that `convert` made, by their places."""


@dataclass(frozen=True)
class Contender:
    """A name on the list. A peer is a library to be compared with; the bare products are a yardstick."""

    name: str
    label: str
    peer: bool = True
    kinds: frozenset[str] | None = None
    """The layers it has, for one that has few: it is left out of workloads with others. None: no such limit."""

    def takes(self, workload: Workload) -> bool:
        """Whether it has all layers of the workload."""
        return self.kinds is None or workload.kinds <= self.kinds

    def build(self, workload: Workload, weights: dict[str, Array]) -> Trainee:
        """Import the contender's file and let it set up the workload."""
        module = importlib.import_module(f"{__name__}.{self.name}_")
        trainee: Trainee = module.build(workload, weights)
        return trainee


CONTENDERS: dict[str, Contender] = {
    each.name: each
    for each in (
        Contender("layerwise", "Layerwise", peer=False),
        Contender("torch_eager", "PyTorch eager"),
        Contender("torch_compile", "torch.compile"),
        Contender("jax_jit", "JAX jit"),
        Contender("sklearn", "scikit-learn", kinds=frozenset({"Linear", "Tanh", "ReLU"})),
        Contender("products", "matrix products", peer=False),
    )
}


def look_up(table: dict[str, Any], name: str, contender: str) -> Any:
    """The contender's counterpart of a layer, loss or optimizer, or the sentence that it has none."""
    if name not in table:
        raise SettingError(f"the {contender} contender has no {name}: add it to its file, or leave it out here")
    return table[name]
