"""Pictures: of ideas, of data and runs, of what a network says; and the drawing of a network."""

from layerwise.plots.answers import calibration, confusion, worst_mistakes
from layerwise.plots.arrays import array_picture
from layerwise.plots.boundary import decision_boundary
from layerwise.plots.curves import loss_curve
from layerwise.plots.dots import dots
from layerwise.plots.drawing import Drawing, architecture, network_svg
from layerwise.plots.fit import fitted_curve
from layerwise.plots.heatmap import heatmap
from layerwise.plots.history import loss_gaps, progress, run_difference
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
from layerwise.plots.inside import (
    attention,
    feature_maps,
    filters,
    gates,
    gradient_flow,
    layers_over_time,
    relevance,
    representation,
    spread_over_time,
)
from layerwise.plots.landscape import landscape
from layerwise.plots.level import level
from layerwise.plots.lines import lines
from layerwise.plots.regions import hidden_fields, hidden_regions
from layerwise.plots.reliability import reliability_diagram
from layerwise.plots.side_by_side import side_by_side
from layerwise.plots.style import new_panels, save_figure
from layerwise.plots.surface import fitted_surface
from layerwise.plots.tried import tried

__all__ = [
    "Drawing",
    "activation",
    "activations",
    "architecture",
    "array_picture",
    "attention",
    "calibration",
    "confusion",
    "convolution_step",
    "convolution_steps",
    "cross_entropy_curve",
    "decision_boundary",
    "dots",
    "entropy_curve",
    "feature_maps",
    "filters",
    "fitted_curve",
    "fitted_surface",
    "gates",
    "gradient_flow",
    "heatmap",
    "hidden_fields",
    "hidden_regions",
    "information_plane",
    "landscape",
    "layers_over_time",
    "level",
    "lines",
    "loss_curve",
    "loss_gaps",
    "network_svg",
    "new_panels",
    "progress",
    "pull_of_losses",
    "race",
    "relevance",
    "reliability_diagram",
    "representation",
    "run_difference",
    "save_figure",
    "schedules",
    "side_by_side",
    "signal_through_depth",
    "spread_over_time",
    "temperature",
    "tried",
    "worst_mistakes",
]
