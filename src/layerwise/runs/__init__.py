"""A run on disk: what a user typed made ready, its folder, what it leaves there, and its answers for new samples."""

from layerwise.runs.folder import RunFolder
from layerwise.runs.start import Start, resumed, start

__all__ = ["RunFolder", "Start", "resumed", "start"]
