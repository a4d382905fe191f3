"""Looking inside: gradient checks that say what is wrong, recorders, experiments, and what pictures are drawn from."""

from layerwise.insight import side_by_side
from layerwise.insight.attribution import occlusion, saliency
from layerwise.insight.depth import Depth, through_depth
from layerwise.insight.descent import SURFACES, Landscape, Path, Race, Surface, landscape, race, turned
from layerwise.insight.gradient_check import gradcheck, gradcheck_formula
from layerwise.insight.gradient_report import ArrayCheck, GradientReport
from layerwise.insight.information import LayerInformation, layer_information
from layerwise.insight.information_path import InformationPath
from layerwise.insight.layer_history import LayerHistory
from layerwise.insight.loss_gap import LossGap, LossGaps, loss_gap
from layerwise.insight.mismatch import Mismatch, diagnose
from layerwise.insight.propagation import Propagation, propagation, through_stack
from layerwise.insight.recorder import Recorder
from layerwise.insight.representation import Plane, in_plane
from layerwise.insight.run_difference import RunDifference, difference_of
from layerwise.insight.step_history import StepHistory

__all__ = [
    "SURFACES",
    "ArrayCheck",
    "Depth",
    "GradientReport",
    "InformationPath",
    "Landscape",
    "LayerHistory",
    "LayerInformation",
    "LossGap",
    "LossGaps",
    "Mismatch",
    "Path",
    "Plane",
    "Propagation",
    "Race",
    "Recorder",
    "RunDifference",
    "StepHistory",
    "Surface",
    "diagnose",
    "difference_of",
    "gradcheck",
    "gradcheck_formula",
    "in_plane",
    "landscape",
    "layer_information",
    "loss_gap",
    "occlusion",
    "propagation",
    "race",
    "saliency",
    "side_by_side",
    "through_depth",
    "through_stack",
    "turned",
]
