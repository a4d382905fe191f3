"""Pictures of how a run went: a curve with its smoothed one, the gap in its parts, two runs by what differs."""

from layerwise.plots.history.difference import run_difference
from layerwise.plots.history.gap import loss_gaps
from layerwise.plots.history.progress import progress

__all__ = ["loss_gaps", "progress", "run_difference"]
