"""What compiled loops can compute: the types of their arrays, and the numbers under which they know activations."""

import numpy as np

TYPES = frozenset((np.dtype("float32"), np.dtype("float64")))
"""Numba knows no other floating-point types, nor arrays whose bytes are swapped; these go through the formulas."""

IDENTITY, RELU, TANH, SIGMOID = range(4)
