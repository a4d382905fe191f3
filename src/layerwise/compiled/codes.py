"""What compiled loops can compute: the types of their arrays, their size, and the numbers of the activations."""

import numpy as np

TYPES = frozenset((np.dtype("float32"), np.dtype("float64")))
"""Numba knows no other floating-point types, nor arrays whose bytes are swapped; these go through the formulas."""

SMALL = 16_384
"""Up to so many multiplications in an affine map, our loops beat NumPy's products with the calls around them (measured:
they draw level between 20,000 and 40,000)."""

IDENTITY, RELU, TANH, SIGMOID = range(4)
"""The activations in compiled chains."""

NOT_A_NUMBER = 127
"""Instead of the first winner of an image in which something is NaN."""

SQUARED_ERROR, BINARY_CROSS_ENTROPY = range(2)
"""The losses behind a chain that is computed both ways in one call."""

LSTM, GRU, TANH_CELL, RELU_CELL = range(4)
"""The kinds of recurrent networks."""
