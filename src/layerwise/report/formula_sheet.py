"""The formula sheet as lines for a terminal: all formulas in a table, or some with their code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from layerwise.insight.explain.tex import plain
from layerwise.insight.formula_sheet import Entry
from layerwise.report.look import Look


def index_lines(entries: Sequence[Entry], look: Look) -> Iterator[str]:
    """Every formula in a line, family by family.

    >>> from layerwise.insight.formula_sheet import entries
    >>> for line in index_lines(entries(["linear", "tanh"]), Look(width=60)):
    ...     print(line)
    affine
      linear  z = x Wᵀ + b
    <BLANKLINE>
    activation
      tanh  y = tanh(x) = (e^x - e^(-x)) / (e^x + e^(-x))
    """
    for count, (family, members) in enumerate(groupby(entries, key=lambda entry: entry.family)):
        together = list(members)
        widest = max(len(entry.name) for entry in together)
        if count:
            yield ""
        yield look.bold(family)
        for entry in together:
            yield from look.wrapped(plain(entry.tex), " " * (widest + 4), f"  {entry.name:<{widest}}  ")


def entry_lines(entry: Entry, look: Look) -> Iterator[str]:
    """One formula whole: its mathematics, its shapes, its code and where it comes from.

    >>> from layerwise.insight.formula_sheet import entries
    >>> [linear] = entries(["linear"])
    >>> for line in entry_lines(linear, Look(width=70)):
    ...     print(line)  # doctest: +ELLIPSIS
    linear   formulas/affine.py:...
    Weighted sums plus biases, for a whole batch: row n of z is W x_n + b.
    <BLANKLINE>
      z = x Wᵀ + b
      x (N, D), W (K, D), b (K,), z (N, K); gradients at x, W, b
    <BLANKLINE>
      forward
        z = x @ W.T + b
      backward
        dx = dz @ W if input_gradient else None
        dW = dz.T @ x
        db = dz.sum(axis=0)
        return dx, dW, db
    <BLANKLINE>
      Source: Rosenblatt, ...
    """
    yield f"{look.bold(entry.name)}   {look.dim(entry.source)}"
    yield from look.wrapped(entry.what)
    yield ""
    yield from look.wrapped(plain(entry.tex), "    ", "  ")
    yield from look.wrapped(shapes_in_words(entry), "    ", "  ")
    yield ""
    for heading, code in (("forward", entry.forward), ("backward", entry.backward)):
        if code:
            yield f"  {heading}"
            yield from (f"    {line}".rstrip() for line in code.splitlines())
    yield ""
    yield from look.wrapped(f"Source: {entry.reference}", "    ", "  ")


def shapes_in_words(entry: Entry) -> str:
    """The shapes of arguments and value, and what has a gradient."""
    shapes = ", ".join(f"{name} {shape}" for name, shape in entry.shapes.items())
    return f"{shapes}; gradients at {', '.join(entry.differentiable)}"
