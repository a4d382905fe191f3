"""Twins of formulas that pass a gradient on as it is: the same array goes on, where the formula makes a new one.

A formula returns new arrays, so that whoever changes one changes no other. Layers change none that they are given, and
a copy for each way of x + f(x) would read and write the values of a block once more.
"""

from __future__ import annotations

import numpy as np

from layerwise import formulas
from layerwise.compiled.choice import twin_of
from layerwise.types import Array, Differentiable


@twin_of("formulas.arithmetic", "add")
def add(a: Array, b: Array) -> Differentiable:
    if np.shape(a) != np.shape(b):
        return formulas.add(a, b)
    return a + b, lambda dy: (dy, dy)


@twin_of("formulas.shape", "reshape")
def reshape(x: Array, shape: tuple[int, ...]) -> Differentiable:
    return x.reshape(shape), lambda dy: dy.reshape(x.shape)
