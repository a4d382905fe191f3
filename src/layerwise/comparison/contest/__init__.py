"""A neural network against traditional models on the same folds, with a verdict that follows from the numbers."""

from layerwise.comparison.contest.comparison import Comparison, ModelScore
from layerwise.comparison.contest.run import compare
from layerwise.comparison.contest.standing import Standing

__all__ = ["Comparison", "ModelScore", "Standing", "compare"]
