"""Pictures: lines, loss curves, decision boundaries, fitted curves, matrices, the drawing of a network."""

from layerwise.plots.arrays import array_picture
from layerwise.plots.boundary import decision_boundary
from layerwise.plots.curves import loss_curve
from layerwise.plots.drawing import Drawing, architecture, network_svg
from layerwise.plots.fit import fitted_curve
from layerwise.plots.heatmap import heatmap
from layerwise.plots.lines import lines
from layerwise.plots.style import new_panels, save_figure

__all__ = [
    "Drawing",
    "architecture",
    "array_picture",
    "decision_boundary",
    "fitted_curve",
    "heatmap",
    "lines",
    "loss_curve",
    "network_svg",
    "new_panels",
    "save_figure",
]
