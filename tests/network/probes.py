"""Layers that say or note one thing, for tests of what their containers tell them and ask them."""

from __future__ import annotations

from layerwise.layers import Layer


class Shaped(Layer):
    """Says that its output has this shape, whatever comes in."""

    def __init__(self, *shape):
        super().__init__()
        self.shape = shape

    def forward(self, x, pass_):
        return x, lambda dy: dy

    def output_shape(self, shape):
        return self.shape


class Wishes(Layer):
    """Notes whether the gradient at its input is wanted, and changes nothing."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def forward(self, x, pass_):
        self.seen.append(pass_.input_gradient)
        return x, lambda dy: dy

    def output_shape(self, shape):
        return shape
