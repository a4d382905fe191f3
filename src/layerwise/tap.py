"""The tap: how somebody looks into a network while it computes. And `compute`, which runs a formula and tells the tap.

Everything is told at an address: of the layer, "0" or "3.1", and for a layer that stands in the network a second time
of this use of it, "0#1"; "loss" is that of the loss. What is told comes in the order of the computation: forward, layer
by layer and formula by formula, then backward, the last one first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from layerwise.compiled import fast
from layerwise.types import Array, Differentiable


@dataclass(frozen=True, eq=False)
class Call:
    """One call of a formula: what went in, and what came out.

    The values are those of the run, whether the formula or its compiled twin has computed them. The readable formula
    can be run again on the very same arguments: `call.formula(*call.arguments, **call.keywords)`.
    """

    where: str
    """The address of the layer, and of its use."""
    formula: Callable[..., Any]
    """The readable formula, as the registry has it."""
    arguments: tuple[Any, ...]
    """What it was given by position. Parameters among them are views into theta: an optimizer's step changes them."""
    keywords: Mapping[str, Any]
    """What it was given by name."""
    value: Any
    """What it returned: an array, or a named tuple of several of which the first flows on."""
    backward: Callable[..., Any]
    """Its way back, as the run goes it; calling it tells nobody."""
    rows: slice | None = None
    """Which rows of the batch this call has computed, where threads share the batch; None: all of them."""


class Tap:
    """Sees what flows through a network. It may look and copy, and must change nothing.

    A tap of one's own derives from this class and overrides what it wants to see. Watching changes no bit of a run.
    What is shown belongs to the run, which may use the memory again: copy what you keep.

    >>> import numpy as np, layerwise as lw
    >>> class Formulas(lw.Tap):
    ...     operations = True
    ...
    ...     def operation(self, call):
    ...         print(call.where, call.formula.__name__, call.value.shape)
    >>> net = lw.Network(lw.Linear(2, 3), lw.Tanh(), seed=0)
    >>> y = net(np.ones((4, 2)), tap=Formulas())
    0 linear (4, 3)
    1 tanh (4, 3)
    """

    operations: bool = False
    """Whether the tap wants to see every call of a formula, too."""

    def activation(self, where: str, value: Array) -> None:
        """Called on the way forward with the output of the layer at this address."""

    def gradient(self, where: str, gradient: Array) -> None:
        """Called on the way back with the gradient of the cost at that output."""

    def value(self, where: str, name: str, value: Array) -> None:
        """Called on the way forward with a named value inside a layer: an LSTM's gates, the weights of attention."""

    def operation(self, call: Call) -> None:
        """Called on the way forward after every call of a formula, if `operations` is True.

        Where threads share a batch, each has computed some of its rows: every one of these calls is shown, with the
        rows that are its own, since a call that joins them never took place, and would have other bits.
        """

    def operation_backward(self, call: Call, upstream: tuple[Any, ...], gradients: Any) -> None:
        """Called on the way back after the `backward` of that call, if `operations` is True.

        upstream: the gradients at the value that `backward` was given: one, or as many as a recurrent formula takes.
        gradients: what it returned, in the order of the arguments that have a derivative; None for one that nobody
        wanted, such as that at the input of the first layer.
        """


def compute(
    formula: Callable[..., Any],
    *arguments: Any,
    tap: Tap | None = None,
    where: str = "",
    rows: slice | None = None,
    **keywords: Any,
) -> Differentiable:
    """Run a formula, or its twin where twins are in use: return its value and its way back, and show both to the tap.

    formula: of the registry. arguments, keywords: its own. tap: who looks, or None.
    where, rows: see `Call`.

    >>> import numpy as np
    >>> from layerwise import formulas
    >>> y, backward = compute(formulas.tanh, np.zeros(2))
    >>> y, backward(np.ones(2))
    (array([0., 0.]), array([1., 1.]))
    """
    value, backward = fast(formula)(*arguments, **keywords)
    if tap is None or not tap.operations:
        return value, backward
    call = Call(where, formula, arguments, keywords, value, backward, rows)
    tap.operation(call)

    def shown_backward(*upstream: Any, **wishes: Any) -> Any:
        gradients = backward(*upstream, **wishes)
        tap.operation_backward(call, upstream, gradients)
        return gradients

    return value, shown_backward
