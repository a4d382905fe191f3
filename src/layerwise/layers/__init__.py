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
from layerwise.layers.attention import MultiheadAttention
from layerwise.layers.dropout import Dropout
from layerwise.layers.embedding import Embedding, PositionalEmbedding, SinusoidalPositions
from layerwise.layers.flatten import Flatten
from layerwise.layers.layer import LAYERS, Layer
from layerwise.layers.linear import Linear
from layerwise.layers.normalization import BatchNorm1d, LayerNorm, RMSNorm
from layerwise.layers.parameter import View
from layerwise.layers.passing import Pass, Tap

__all__ = [
    "ELU",
    "GELU",
    "LAYERS",
    "BatchNorm1d",
    "Dropout",
    "Embedding",
    "Flatten",
    "Identity",
    "Layer",
    "LayerNorm",
    "LeakyReLU",
    "Linear",
    "LogSoftmax",
    "MultiheadAttention",
    "Pass",
    "PositionalEmbedding",
    "RMSNorm",
    "ReLU",
    "SiLU",
    "Sigmoid",
    "SinusoidalPositions",
    "Softmax",
    "Softplus",
    "Tanh",
    "Tap",
    "View",
]
