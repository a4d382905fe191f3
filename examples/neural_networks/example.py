"""What an example is: a function that prints what it finds and returns the axes of its picture."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.axes import Axes

Example = Callable[[], Axes]

EXAMPLES: dict[str, Example] = {}
"""Name to function, in the order of the subjects. The first line of a docstring says what is asked."""


def example(function: Example) -> Example:
    """Put a function into the list, under its own name."""
    EXAMPLES[function.__name__] = function
    return function


def question(name: str) -> str:
    """The first line of an example's docstring."""
    return (EXAMPLES[name].__doc__ or "").strip().splitlines()[0]


def same(what: str, by_hand: Any, by_layerwise: Any) -> None:
    """Print how far the numbers of bare NumPy and of Layerwise are apart, and insist that it is rounding."""
    by_hand, by_layerwise = np.asarray(by_hand), np.asarray(by_layerwise)
    np.testing.assert_allclose(by_layerwise, by_hand, rtol=1e-9, atol=1e-11, err_msg=what)
    print(f"  {what}: NumPy and Layerwise differ by {np.abs(by_hand - by_layerwise).max():.0e} at most")
