"""Training: the loop, what it tells, and what listens."""

from layerwise.training.evaluation import evaluate, predict
from layerwise.training.events import (
    LISTENERS,
    Answer,
    Changed,
    Ended,
    EpochEnded,
    Listener,
    Noticed,
    Started,
    StepEnded,
    Stop,
)
from layerwise.training.fit import fit
from layerwise.training.history import History
from layerwise.training.listeners import EarlyStopping
from layerwise.training.non_finite import NonFinite, first_non_finite
from layerwise.training.rate_finder import RateFound, find_lr
from layerwise.training.run import Run
from layerwise.training.state import RunState

__all__ = [
    "LISTENERS",
    "Answer",
    "Changed",
    "EarlyStopping",
    "Ended",
    "EpochEnded",
    "History",
    "Listener",
    "NonFinite",
    "Noticed",
    "RateFound",
    "Run",
    "RunState",
    "Started",
    "StepEnded",
    "Stop",
    "evaluate",
    "find_lr",
    "first_non_finite",
    "fit",
    "predict",
]
