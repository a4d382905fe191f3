"""Looking inside: gradient checks that say what is wrong, and why."""

from layerwise.insight.gradient_check import gradcheck, gradcheck_formula
from layerwise.insight.gradient_report import ArrayCheck, GradientReport
from layerwise.insight.information import LayerInformation, layer_information
from layerwise.insight.mismatch import Mismatch, diagnose
from layerwise.insight.recorder import Recorder

__all__ = [
    "ArrayCheck",
    "GradientReport",
    "LayerInformation",
    "Mismatch",
    "Recorder",
    "diagnose",
    "gradcheck",
    "gradcheck_formula",
    "layer_information",
]
