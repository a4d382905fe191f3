"""A trained network beside what it has to beat, on the test part: how good each is, and how sure that is."""

from layerwise.comparison.baselines import Baseline
from layerwise.comparison.contest import Comparison, compare
from layerwise.comparison.mistakes import Mistake
from layerwise.comparison.result import ClassResult, QuantityResult, Result, Rival, result_of

__all__ = [
    "Baseline",
    "ClassResult",
    "Comparison",
    "Mistake",
    "QuantityResult",
    "Result",
    "Rival",
    "compare",
    "result_of",
]
