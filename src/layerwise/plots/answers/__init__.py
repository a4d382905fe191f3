"""Pictures of what a network answers: which class is taken for which, the worst mistakes, how sure and how right."""

from layerwise.plots.answers.calibration import calibration
from layerwise.plots.answers.confusion import confusion
from layerwise.plots.answers.mistakes import worst_mistakes

__all__ = ["calibration", "confusion", "worst_mistakes"]
