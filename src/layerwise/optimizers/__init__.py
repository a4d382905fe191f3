"""Optimizers, in order of rising complexity: some state and one update on flat arrays."""

from layerwise.optimizers.adam import Adam
from layerwise.optimizers.clipping import clip_by_norm, norm_of
from layerwise.optimizers.gradient_descent import SGD, GradientDescent, Momentum
from layerwise.optimizers.optimizer import OPTIMIZERS, Optimizer

__all__ = ["OPTIMIZERS", "SGD", "Adam", "GradientDescent", "Momentum", "Optimizer", "clip_by_norm", "norm_of"]
