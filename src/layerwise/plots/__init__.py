"""Pictures: loss curves, decision boundaries, the drawing of a network."""

from layerwise.plots.architecture import network_svg
from layerwise.plots.boundary import decision_boundary
from layerwise.plots.curves import loss_curve
from layerwise.plots.style import save_figure

__all__ = ["decision_boundary", "loss_curve", "network_svg", "save_figure"]
