"""Listeners that come with the library."""

from layerwise.training.listeners.early_stopping import EarlyStopping
from layerwise.training.listeners.progress import progress_listener

__all__ = ["EarlyStopping", "progress_listener"]
