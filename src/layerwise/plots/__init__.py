"""Pictures: lines, loss curves, decision boundaries, the drawing of a network."""

from layerwise.plots.architecture import network_svg
from layerwise.plots.boundary import decision_boundary
from layerwise.plots.curves import loss_curve
from layerwise.plots.lines import lines
from layerwise.plots.style import new_panels, save_figure

__all__ = ["decision_boundary", "lines", "loss_curve", "network_svg", "new_panels", "save_figure"]
