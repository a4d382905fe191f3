"""Looking for good settings: what may vary, how much work it may cost, and which settings did best."""

from layerwise.tuning.search import tune
from layerwise.tuning.space import Choice, Range, Space, space_of
from layerwise.tuning.trial import Trial
from layerwise.tuning.tuned import Tuned

__all__ = ["Choice", "Range", "Space", "Trial", "Tuned", "space_of", "tune"]
