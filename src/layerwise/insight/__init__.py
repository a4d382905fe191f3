"""Looking inside: gradient checks that say what is wrong, and why."""

from layerwise.insight import side_by_side
from layerwise.insight.descent import SURFACES, Landscape, Path, Race, Surface, landscape, race, turned
from layerwise.insight.gradient_check import gradcheck, gradcheck_formula
from layerwise.insight.gradient_report import ArrayCheck, GradientReport
from layerwise.insight.information import LayerInformation, layer_information
from layerwise.insight.information_path import InformationPath
from layerwise.insight.mismatch import Mismatch, diagnose
from layerwise.insight.propagation import Propagation, propagation, through_stack
from layerwise.insight.recorder import Recorder

__all__ = [
    "SURFACES",
    "ArrayCheck",
    "GradientReport",
    "InformationPath",
    "Landscape",
    "LayerInformation",
    "Mismatch",
    "Path",
    "Propagation",
    "Race",
    "Recorder",
    "Surface",
    "diagnose",
    "gradcheck",
    "gradcheck_formula",
    "landscape",
    "layer_information",
    "propagation",
    "race",
    "side_by_side",
    "through_stack",
    "turned",
]
