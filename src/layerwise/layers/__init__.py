"""Layers: formulas with parameters, under PyTorch's names."""

from layerwise.layers.activation import LogSoftmax, ReLU, Sigmoid, Softmax, Tanh
from layerwise.layers.dropout import Dropout
from layerwise.layers.flatten import Flatten
from layerwise.layers.layer import LAYERS, Layer
from layerwise.layers.linear import Linear
from layerwise.layers.parameter import View
from layerwise.layers.passing import Pass, Tap

__all__ = [
    "LAYERS",
    "Dropout",
    "Flatten",
    "Layer",
    "Linear",
    "LogSoftmax",
    "Pass",
    "ReLU",
    "Sigmoid",
    "Softmax",
    "Tanh",
    "Tap",
    "View",
]
