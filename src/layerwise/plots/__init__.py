"""Pictures: lines, dots, loss curves, boundaries, fitted curves, matrices, reliability, the drawing of a network."""

from layerwise.plots.architecture import network_svg
from layerwise.plots.boundary import decision_boundary
from layerwise.plots.curves import loss_curve
from layerwise.plots.dots import dots
from layerwise.plots.fit import fitted_curve
from layerwise.plots.heatmap import heatmap
from layerwise.plots.lines import lines
from layerwise.plots.reliability import reliability_diagram
from layerwise.plots.style import new_panels, save_figure

__all__ = [
    "decision_boundary",
    "dots",
    "fitted_curve",
    "heatmap",
    "lines",
    "loss_curve",
    "network_svg",
    "new_panels",
    "reliability_diagram",
    "save_figure",
]
