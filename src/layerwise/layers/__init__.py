"""Layers: formulas with parameters, under PyTorch's names."""

from layerwise.layers.activation import (
    ELU,
    GELU,
    Identity,
    LeakyReLU,
    LogSoftmax,
    ReLU,
    Sigmoid,
    SiLU,
    Softmax,
    Softplus,
    Tanh,
)
from layerwise.layers.dropout import Dropout
from layerwise.layers.flatten import Flatten
from layerwise.layers.layer import LAYERS, Layer
from layerwise.layers.linear import Linear
from layerwise.layers.normalization import BatchNorm1d, LayerNorm
from layerwise.layers.parameter import View
from layerwise.layers.passing import Pass, Tap
from layerwise.layers.recurrent import GRU, LSTM, RNN

__all__ = [
    "ELU",
    "GELU",
    "GRU",
    "LAYERS",
    "LSTM",
    "RNN",
    "BatchNorm1d",
    "Dropout",
    "Flatten",
    "Identity",
    "Layer",
    "LayerNorm",
    "LeakyReLU",
    "Linear",
    "LogSoftmax",
    "Pass",
    "ReLU",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "Tanh",
    "Tap",
    "View",
]
