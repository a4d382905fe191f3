"""Training: the loop, what it tells, and what listens."""

from layerwise.training.evaluation import evaluate, predict
from layerwise.training.events import Ended, EpochEnded, Listener, Started, StepEnded, Stop
from layerwise.training.fit import fit
from layerwise.training.history import History
from layerwise.training.listeners import EarlyStopping

__all__ = [
    "EarlyStopping",
    "Ended",
    "EpochEnded",
    "History",
    "Listener",
    "Started",
    "StepEnded",
    "Stop",
    "evaluate",
    "fit",
    "predict",
]
