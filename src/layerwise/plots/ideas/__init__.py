"""Pictures of ideas, one a file: they need no data of the reader's, and draw what the library computes."""

from layerwise.plots.ideas.activation import activation, activations
from layerwise.plots.ideas.convolution import convolution_step, convolution_steps
from layerwise.plots.ideas.depth import signal_through_depth
from layerwise.plots.ideas.mistake import pull_of_losses
from layerwise.plots.ideas.race import race
from layerwise.plots.ideas.schedule import schedules
from layerwise.plots.ideas.temperature import temperature
from layerwise.plots.ideas.uncertainty import cross_entropy_curve, entropy_curve

__all__ = [
    "activation",
    "activations",
    "convolution_step",
    "convolution_steps",
    "cross_entropy_curve",
    "entropy_curve",
    "pull_of_losses",
    "race",
    "schedules",
    "signal_through_depth",
    "temperature",
]
