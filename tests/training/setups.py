"""The parts of many kinds of runs, and a way to start them, or to go on with them, as a new process would."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.training import runs

import layerwise as lw
from layerwise.training import Listener

Setup = Callable[[], dict[str, Any]]
"""Makes the parts of a run; called once for every start, as a new process would."""

SETUPS: dict[str, Setup] = {
    "Adam": lambda: {},
    "Adam with decay": lambda: {"optimizer": lw.Adam(0.05, betas=(0.8, 0.9), weight_decay=0.01)},
    "GradientDescent": lambda: {"optimizer": lw.GradientDescent(0.1)},
    "Momentum": lambda: {"optimizer": lw.Momentum(0.02), "schedule": lw.StepLR(2, 0.3)},
    "SGD": lambda: {"optimizer": lw.SGD(0.1)},
    "SGD with momentum": lambda: {"optimizer": lw.SGD(0.05, momentum=0.9, dampening=0.1, weight_decay=0.01)},
    "SGD after Nesterov": lambda: {"optimizer": lw.SGD(0.05, momentum=0.9, nesterov=True)},
    "StepLR": lambda: {"schedule": lw.StepLR(step_size=2)},
    "ExponentialLR": lambda: {"schedule": lw.ExponentialLR(0.7)},
    "CosineAnnealingLR": lambda: {"schedule": lw.CosineAnnealingLR(T_max=4)},
    "L1": lambda: {"regularizer": lw.L1(1e-3)},
    "L2": lambda: {"regularizer": lw.L2(1e-2)},
    "clip_norm": lambda: {"clip_norm": 0.1},
    "no validation": lambda: {"validation": None},
    "early stopping": lambda: {"listeners": [lw.EarlyStopping(patience=2)], "optimizer": lw.Adam(0.5)},
    "best before the end": lambda: {"listeners": [lw.EarlyStopping(patience=9)], "optimizer": lw.Adam(0.5)},
    "early stopping by accuracy": lambda: {"listeners": [lw.EarlyStopping(1, "val_accuracy")]},
    "two listeners of a kind": lambda: {"listeners": [lw.EarlyStopping(9), lw.EarlyStopping(3, "val_accuracy")]},
    "quantities": lambda: {
        "train": runs.quantities(),
        "validation": runs.quantities(9, "validation"),
        "loss": lw.MSELoss(),
        "listeners": [lw.EarlyStopping()],
    },
    "yes or no": lambda: {
        "train": (runs.classes()[0], runs.classes()[1][:, None] > 0),
        "validation": None,
        "loss": lw.BCEWithLogitsLoss(),
    },
    "everything": lambda: {
        "schedule": lw.CosineAnnealingLR(T_max=4),
        "regularizer": lw.L2(1e-2),
        "clip_norm": 0.5,
        "listeners": [lw.EarlyStopping(patience=3)],
        "seed": 11,
    },
}


def start(setup: Setup, path: Path, *more: Listener, resume: bool = False, **options: Any) -> dict[str, str]:
    """Run (on) to the end or to Ctrl-C; the sums of what is left."""
    parts = {**setup(), **options}
    net = runs.network(outputs=1 if isinstance(parts.get("loss"), lw.MSELoss | lw.BCEWithLogitsLoss) else runs.K)
    if resume:
        net.theta += 1.0  # nothing may come from the fresh network
    parts["listeners"] = [*more, *parts.get("listeners", ())]
    history = runs.fit(net, checkpoint=path, resume=path if resume else None, **parts)
    return runs.result(path, net, history)
