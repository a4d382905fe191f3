"""Faster twins of formulas, in Numba: same names, same signatures, same results; and the choice between the two.

Whoever computes asks `fast(formula)` and calls what comes back. A formula knows nothing of its twin, and without Numba,
or after `use_compiled(False)`, every call runs the formula that one reads.

choice: which one computes. affine, activation, loss, optimizer, arrays, ...: the twins, each under the name of the file
whose functions it speeds up; those of rnn, lstm and gru share `recurrent`. kernels, ..._kernels: the loops behind them.
"""

from layerwise.compiled.choice import fast, in_use, twins, use_compiled

__all__ = ["fast", "in_use", "twins", "use_compiled"]
