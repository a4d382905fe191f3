"""Pictures of what goes on inside a network: over the steps, through depth, in images, in sequences, in a plane."""

from layerwise.plots.inside.flow import gradient_flow
from layerwise.plots.inside.images import feature_maps, filters, relevance
from layerwise.plots.inside.over_time import layers_over_time, spread_over_time
from layerwise.plots.inside.plane import representation
from layerwise.plots.inside.sequences import attention, gates

__all__ = [
    "attention",
    "feature_maps",
    "filters",
    "gates",
    "gradient_flow",
    "layers_over_time",
    "relevance",
    "representation",
    "spread_over_time",
]
