"""Worked examples: one update of a network with all its numbers, each with its formula and its source line."""

from layerwise.insight.explain.conventions import Comparison
from layerwise.insight.explain.element import Element, Term
from layerwise.insight.explain.example import Example, explain
from layerwise.insight.explain.modes import Mirror, both_modes
from layerwise.insight.explain.operation import Operation
from layerwise.insight.explain.weight import Path, Stop, Weight
from layerwise.insight.explain.words import Sample, Words

__all__ = [
    "Comparison",
    "Element",
    "Example",
    "Mirror",
    "Operation",
    "Path",
    "Sample",
    "Stop",
    "Term",
    "Weight",
    "Words",
    "both_modes",
    "explain",
]
