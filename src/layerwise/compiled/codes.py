"""What compiled loops can compute: the types of their arrays, their size, and the numbers of the activations."""

import numpy as np

TYPES = frozenset((np.dtype("float32"), np.dtype("float64")))
"""Numba knows no other floating-point types, nor arrays whose bytes are swapped; these go through the formulas."""

SMALL = 16_384
"""Up to so many multiplications in an affine map, our loops beat NumPy's products with the calls around them (measured:
they draw level between 20,000 and 40,000)."""

IDENTITY, RELU, TANH, SIGMOID = range(4)
"""Compiled loops that Numba has kept hold these numbers: a change of one needs a change of kernels.py as well."""

NOT_A_NUMBER = 127
"""Instead of the first winner of an image in which something is NaN, with the same promise to image_kernels.py."""

SQUARED_ERROR, BINARY_CROSS_ENTROPY = range(2)
"""The losses behind a chain that is computed both ways in one call, with the same promise."""

LSTM, GRU, TANH_CELL, RELU_CELL = range(4)
"""The kinds of recurrent networks, with the same promise to recurrent_kernels.py."""
