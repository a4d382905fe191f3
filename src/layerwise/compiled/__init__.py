"""Faster twins of formulas, in Numba: same names, same signatures, same results; and the choice between the two.

Whoever computes asks `fast(formula)` and calls what comes back. A formula knows nothing of its twin, and without Numba,
or after `use_compiled(False)`, every call runs the formula that one reads.

choice: which one computes. workers, blas: the threads that share the work of a twin, and those of the libraries.
*kernels, recurrent_cells: the loops behind the twins, and those of a small dense network in one call. tiles,
window_tiles, vector_code: what LLVM must be told; processor: how wide its vectors are. compiling, cache: how loops are
compiled and kept. The other files hold the twins, each under the name of the file whose functions it speeds up.
"""

from layerwise.compiled.choice import fast, in_use, twins, use_compiled

__all__ = ["fast", "in_use", "twins", "use_compiled"]
