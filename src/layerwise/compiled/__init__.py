"""Faster twins of formulas, in Numba: same names, same signatures, same results; and the choice between the two.

Whoever computes asks `fast(formula)` and calls what comes back. A formula knows nothing of its twin, and without Numba,
or after `use_compiled(False)`, every call runs the formula that one reads.

kernel: how a function is compiled. pieces: the loops that twins share. affine, activation, loss, optimizer: the twins,
each under the name of the file whose formulas it speeds up. chain: a small dense network in one call.
"""

from layerwise.compiled.choice import fast, in_use, twins, use_compiled

__all__ = ["fast", "in_use", "twins", "use_compiled"]
