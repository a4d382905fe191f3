"""Optimizers, in order of rising complexity: some state and one update on flat arrays."""

from layerwise.optimizers.adagrad import Adagrad
from layerwise.optimizers.adam import Adam, AdamW
from layerwise.optimizers.clipping import clip_by_norm, clip_by_value, norm_of
from layerwise.optimizers.gradient_descent import SGD, GradientDescent, Momentum
from layerwise.optimizers.optimizer import OPTIMIZERS, Optimizer
from layerwise.optimizers.rmsprop import RMSprop

__all__ = [
    "OPTIMIZERS",
    "SGD",
    "Adagrad",
    "Adam",
    "AdamW",
    "GradientDescent",
    "Momentum",
    "Optimizer",
    "RMSprop",
    "clip_by_norm",
    "clip_by_value",
    "norm_of",
]
