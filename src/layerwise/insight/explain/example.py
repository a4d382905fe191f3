"""`lw.explain`: one update of a network, worked out with all its numbers."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from layerwise.arrays import real_array
from layerwise.checks import require_kind
from layerwise.display import Displayed
from layerwise.errors import SettingError, ShapeError, nearest
from layerwise.insight.explain.applied import conventions_of
from layerwise.insight.explain.conventions import Comparison
from layerwise.insight.explain.operation import Operation
from layerwise.insight.explain.updating import Settings, updated
from layerwise.insight.explain.watching import Watching, begin
from layerwise.insight.explain.weight import Source, Weight, weight_of
from layerwise.insight.explain.words import Words
from layerwise.losses import Loss
from layerwise.network import Network
from layerwise.optimizers import Optimizer
from layerwise.regularizers import Regularizer
from layerwise.types import Array


@dataclass(frozen=True, eq=False)
class Example(Displayed):
    """One update with all its numbers. All arrays are copies.

    loss: the cost C before the update. output: what the network answers, (N, ...), in training mode.
    activations, deltas: by address, the output of each layer, and ∂C/∂(that output).
    parameters, gradients, updated: by name, "0.weight": the value before, ∂C/∂(it), and the value after the update;
    `updated` is empty where no optimizer was given.
    operations: in order, forward, then backward, then those of the update; see `Operation`.

    `str(example)`, or `example.text(digits=6)`, for the terminal; `example.to_html()` for a browser;
    `example.weight("0.weight", 2, 1)` for one weight: by which ways the cost reaches it, and what each sample adds.
    """

    net: str
    x: Array
    target: Any
    output: Array
    loss: float
    activations: dict[str, Array]
    deltas: dict[str, Array]
    parameters: dict[str, Array]
    gradients: dict[str, Array]
    updated: dict[str, Array]
    operations: tuple[Operation, ...]
    words: Words = field(default_factory=Words)
    _weight: Callable[[str, tuple[int, ...]], Weight] | None = field(default=None, repr=False)

    def weight(self, name: str, *index: int) -> Weight:
        """One number of a parameter: the ways by which the cost reaches it, and the share of each sample.

        name: as in `net.parameters()`. index: the place in it, all of it.
        Raises SettingError for a name, and ShapeError for a place that there is not.
        """
        if name not in self.parameters:
            raise SettingError(f"there is no parameter {name!r}.{nearest(name, self.parameters)}")
        shape = self.parameters[name].shape
        fits = len(index) == len(shape) and all(-n <= i < n for i, n in zip(index, shape, strict=True))
        if not fits:
            raise ShapeError(
                f"{name} has shape {shape}, and a place in it is {len(shape)} whole numbers below these; got {index}",
                f"write weight({', '.join([repr(name), *['0'] * len(shape)])})",
            )
        assert self._weight is not None
        return self._weight(name, tuple(i % n for i, n in zip(index, shape, strict=True)))

    def conventions(self) -> tuple[Comparison, ...]:
        """The parts that other books write in another way, side by side, with the proof that both agree, or not.

        Rows or columns; momentum with the rate inside or outside; drop or keep probability; λ or 2λ; convolution or
        cross-correlation: those that this example has.
        """
        return conventions_of(self.operations)

    def text(self, digits: int = 4, width: int = 80, conventions: bool = False) -> str:
        """All of it as lines for a terminal. digits: of every number, that count. width: in columns.

        conventions: what other books write, too, at the end.
        """
        from layerwise.insight.explain.text import text_of

        return text_of(self, digits, width, conventions)

    def to_html(self, digits: int = 4, weight: Weight | None = None) -> str:
        """All of it as one page, which needs nothing else: MathML, styles for light, dark and print, no script.

        weight: one that is explained at the head of the page.
        """
        from layerwise.insight.explain.html import page_of

        return page_of(self, digits, weight)

    def __str__(self) -> str:
        return self.text()


def explain(
    net: Network,
    x: Any,
    target: Any,
    *,
    loss: Loss,
    optimizer: Optimizer | None = None,
    weight: Any = None,
    denominator: float | None = None,
    regularizer: Regularizer | None = None,
    clip_norm: float | None = None,
    clip_value: float | None = None,
    lr: float | None = None,
    seed: int | None = None,
    step: int | None = None,
    lengths: Any = None,
    mask: Any = None,
    words: Words | None = None,
) -> Example:
    """Work out one update with all its numbers: every step forward and back, and every line of the optimizer.

    z⁽ˡ⁾ = W⁽ˡ⁾ a⁽ˡ⁻¹⁾ + b⁽ˡ⁾, ..., δ⁽ˡ⁾ = ∂C/∂z⁽ˡ⁾, W⁽ˡ⁾ := W⁽ˡ⁾ - η ∂C/∂W⁽ˡ⁾, whatever the layers are. The numbers
    are those that training has on this batch, by compiled twins too; beside them stand the lines of the readable
    formula, with their file.
    Nothing that is given is changed: a copy of the network goes the way, as if it were trained next.

    x: (N, ...), one sample or a small batch. target, weight, denominator: as the loss takes them.
    optimizer: with its state, for the update; without one, there is none. regularizer, clip_norm, clip_value: as `fit`
    takes them. lr: the rate of this step, that of the optimizer unless given. seed, step, lengths, mask: as `forward`
    takes them. words: names for samples, features and answers.
    Raises what the network, the loss and the optimizer raise.

    >>> import numpy as np, layerwise as lw
    >>> net = lw.Network(lw.Linear(2, 1), dtype="float64")
    >>> net.theta = [2.0, 3.0, 0.5]
    >>> example = explain(net, np.array([[1.0, -1.0]]), np.array([[0.0]]), loss=lw.MSELoss(), optimizer=lw.SGD(lr=0.1))
    >>> example.loss, example.gradients["0.weight"], example.updated["0.weight"]
    (0.25, array([[-1.,  1.]]), array([[2.1, 2.9]]))
    >>> for operation in example.operations:
    ...     print(operation.phase, operation.address, operation.formula)
    forward 0 linear
    forward loss mean_squared_error
    backward loss mean_squared_error
    backward 0 linear
    update optimizer SGD
    >>> example.operations[3].lines[1].text, example.operations[3].lines[1].values["dW"]
    ('dW = dz.T @ x', array([[-1.,  1.]]))
    """
    require_kind("net", net, Network, "lw.Network(...)")
    require_kind("loss", loss, Loss, "lw.CrossEntropyLoss()")
    require_kind("optimizer", optimizer, Optimizer, "lw.Adam()", optional=True)
    require_kind("regularizer", regularizer, Regularizer, "lw.L2(1e-4)", optional=True)
    twin = deepcopy(net)
    twin.zero_grad()
    batch = real_array("x", x, None if twin.takes_indices else twin.dtype)
    watching = Watching(batch, _begins(twin), _layers(twin))
    settings = {"seed": seed, "step": step, "lengths": lengths, "mask": mask}
    y, backward = twin.forward(batch, training=True, input_gradient=False, tap=watching, **settings)
    cost, backward_loss = loss(y, target, weight, denominator, tap=watching)
    dy = backward_loss().copy()
    backward(dy)
    watching.done = True
    before = {name: array.copy() for name, array in twin.parameters().items()}
    gradients = {name: array.copy() for name, array in twin.gradients().items()}
    operations, theta = list(watching.shown), None
    if optimizer is not None:
        theta, steps = updated(twin, Settings(optimizer, regularizer, clip_norm, clip_value, lr))
        operations += steps
    after = {} if theta is None else _cut(twin, theta)

    def one_weight(name: str, index: tuple[int, ...]) -> Weight:
        return weight_of(Source(twin, watching, backward, dy), name, index, gradients, after, operations)

    return Example(
        net=repr(net),
        x=batch.copy(),
        target=deepcopy(target),
        output=y.copy(),
        loss=cost,
        activations=watching.activations,
        deltas=watching.deltas,
        parameters=before,
        gradients=gradients,
        updated=after,
        operations=tuple(operations),
        words=Words() if words is None else words,
        _weight=one_weight,
    )


def _begins(net: Network) -> dict[int, str]:
    """Which parameter begins at which place of the memory; of tied ones, the first name."""
    return {begin(array): name for name, array in reversed(net.parameters().items())}


def _layers(net: Network) -> dict[str, str]:
    """What the layer at each address is called."""
    return {prefix.rstrip("."): type(layer).__name__ for prefix, layer in net.chain.walk()}


def _cut(net: Network, theta: Array) -> dict[str, Array]:
    """A flat array by the names of the parameters."""
    origin = begin(net.theta)
    found = {}
    for name, array in net.parameters().items():
        first = (begin(array) - origin) // theta.itemsize
        found[name] = theta[first : first + array.size].reshape(array.shape).copy()
    return found
