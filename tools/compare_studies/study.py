"""One study: a generated table, compared."""

from __future__ import annotations

import time

import numpy as np
from tools.compare_studies.truths import TRUTHS

import layerwise as lw

SETTINGS = {"repeats": 1, "seeds": 2, "why": False}
CEILING = 7200.0
Run = dict[str, object]


def study(name: str, seed: int, configurations: int = 4, **changes: object) -> Run:
    """One table, compared. configurations: that each model may try, where all compete."""
    truth = TRUTHS[name]
    table, y = truth.make(np.random.default_rng([seed, *name.encode()]))
    settings = {**SETTINGS, "configurations": configurations if truth.full else 1, "budget_seconds": CEILING}
    if not truth.full:
        settings["models"] = ["linear", "tree"]
    began = time.process_time()
    result = lw.compare(table, y, seed=seed, **settings | changes)
    return {
        "seed": seed,
        "right": bool(truth.right(result)),
        "verdict": result.verdict,
        "best": result.best,
        "sure": None if np.isnan(result.judgement.sure) else round(result.judgement.sure, 3),
        "scores": {model: round(score.tuned, 4) for model, score in result.scores.items() if not score.failure},
        "alarms": [alarm.code for alarm in result.alarms],
        "configurations": result.budget["configurations"],
        "folds": f"{result.folds_done} of {result.folds}",
        "cut": sum(score.cut for score in result.scores.values()),
        "processor_seconds": round(time.process_time() - began, 1),
    }
