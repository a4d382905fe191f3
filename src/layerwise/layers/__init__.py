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
from layerwise.layers.convolution import Conv1d, Conv2d
from layerwise.layers.dropout import Dropout
from layerwise.layers.embedding import Embedding, PositionalEmbedding, SinusoidalPositions
from layerwise.layers.flatten import Flatten
from layerwise.layers.layer import LAYERS, Layer
from layerwise.layers.linear import Linear
from layerwise.layers.normalization import BatchNorm1d, BatchNorm2d, LayerNorm, RMSNorm
from layerwise.layers.parameter import View
from layerwise.layers.pass_ import Pass
from layerwise.layers.pooling import AdaptiveAvgPool2d, AvgPool2d, MaxPool2d
from layerwise.layers.recurrent import GRU, LSTM, RNN
from layerwise.layers.select import Select

__all__ = [
    "ELU",
    "GELU",
    "GRU",
    "LAYERS",
    "LSTM",
    "RNN",
    "AdaptiveAvgPool2d",
    "AvgPool2d",
    "BatchNorm1d",
    "BatchNorm2d",
    "Conv1d",
    "Conv2d",
    "Dropout",
    "Embedding",
    "Flatten",
    "Identity",
    "Layer",
    "LayerNorm",
    "LeakyReLU",
    "Linear",
    "LogSoftmax",
    "MaxPool2d",
    "MultiheadAttention",
    "Pass",
    "PositionalEmbedding",
    "RMSNorm",
    "ReLU",
    "Select",
    "SiLU",
    "Sigmoid",
    "SinusoidalPositions",
    "Softmax",
    "Softplus",
    "Tanh",
    "View",
]
