"""Pictures: of ideas, of data and runs, of what a network says; and the drawing of a network."""

from layerwise.plots.architecture import network_svg
from layerwise.plots.boundary import decision_boundary
from layerwise.plots.curves import loss_curve
from layerwise.plots.fit import fitted_curve
from layerwise.plots.heatmap import heatmap
from layerwise.plots.ideas import (
    activation,
    activations,
    convolution_step,
    convolution_steps,
    cross_entropy_curve,
    entropy_curve,
    pull_of_losses,
    race,
    schedules,
    signal_through_depth,
    temperature,
)
from layerwise.plots.information_plane import information_plane
from layerwise.plots.landscape import landscape
from layerwise.plots.level import level
from layerwise.plots.lines import lines
from layerwise.plots.side_by_side import side_by_side
from layerwise.plots.style import new_panels, save_figure

__all__ = [
    "activation",
    "activations",
    "convolution_step",
    "convolution_steps",
    "cross_entropy_curve",
    "decision_boundary",
    "entropy_curve",
    "fitted_curve",
    "heatmap",
    "information_plane",
    "landscape",
    "level",
    "lines",
    "loss_curve",
    "network_svg",
    "new_panels",
    "pull_of_losses",
    "race",
    "save_figure",
    "schedules",
    "side_by_side",
    "signal_through_depth",
    "temperature",
]
