"""Looking inside: gradient checks that say what is wrong, and why."""

from layerwise.insight.gradient_check import ArrayCheck, GradientReport, gradcheck, gradcheck_formula
from layerwise.insight.information import LayerInformation, layer_information
from layerwise.insight.mismatch import Mismatch, explain

__all__ = [
    "ArrayCheck",
    "GradientReport",
    "LayerInformation",
    "Mismatch",
    "explain",
    "gradcheck",
    "gradcheck_formula",
    "layer_information",
]
