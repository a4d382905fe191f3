"""The gradient check: every derivative is held against a slope that is measured, number by number.

`gradcheck` checks whatever has a way back: a network with its loss, one layer, a loss, a formula, a function of your
own. It answers with a report that says which array is wrong, and how.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import replace
from typing import Any

import numpy as np

from layerwise.arrays import any_array
from layerwise.checks import require_kind
from layerwise.errors import KindError
from layerwise.formulas import Case, Formula
from layerwise.insight.array_check import Checked, Settings, check_array
from layerwise.insight.function_check import check_function, named, resolve
from layerwise.insight.gradient_report import ArrayCheck, GradientReport
from layerwise.insight.mismatch import Mismatch
from layerwise.insight.parts import causes, sizes
from layerwise.layers import Dropout, Layer
from layerwise.losses import Loss
from layerwise.network import Network
from layerwise.random import generator
from layerwise.types import Array


def gradcheck(
    subject: Any,
    *arguments: Any,
    constants: tuple[str, ...] = (),
    tolerance: float = 1e-7,
    eps: float = 1e-5,
    directions: int = 5,
    seed: int = 0,
    **named_arguments: Any,
) -> GradientReport:
    """Check the gradients of anything that has some against measured slopes, and say how a wrong one is wrong.

    subject and arguments, by position or by name:

    - `gradcheck(net, x, target, loss)`: every parameter of a network, and its input. Without target and loss, a random
      gradient is sent back from the output. Where something is wrong, every layer is checked alone, so that the cause
      is told from what follows from it.
    - `gradcheck(layer, x)`: one layer, also of a class of your own.
    - `gradcheck(loss, output, target)`: a loss.
    - `gradcheck(formula, x, W, b)`: a formula of `lw.formulas`, or its name; without arguments, its own samples.
    - `gradcheck(function, x, W, b)`: any function of yours that returns `value, backward`, where `backward(upstream)`
      returns the gradients in the order of the arguments, or a dict of them by name. Plain NumPy will do. Arguments
      that hold no real numbers, such as labels, have no gradient.

    Networks and layers are checked as float64 copies in training mode; what you pass is left as it is.
    Dropout draws its masks from the address (seed, layer, step), so every forward pass of the check has the same masks,
    and the slope is that of one function.

    constants: the arguments of a function that have no derivative though they hold real numbers.
    tolerance: the relative error that passes; a right gradient is near 1e-10, a wrong one near 1.
    eps: the length of a move, rounded to a power of two.
    directions: arrays of more than 300 elements are checked along so many random directions and at 100 random
        elements.
    seed: the address of the masks and directions.
    Raises SettingError or KindError for a setting out of range, and what the subject raises for wrong shapes.

    >>> import numpy as np
    >>> import layerwise as lw
    >>> net = lw.Network(lw.Linear(3, 4), lw.Tanh(), lw.Linear(4, 2), seed=0)
    >>> x = np.linspace(-1, 1, 15).reshape(5, 3)
    >>> report = lw.gradcheck(net, x, np.array([0, 1, 1, 0, 1]), lw.CrossEntropyLoss())
    >>> report.ok, report.max_error < 1e-7
    (True, True)
    >>> [each.name for each in report.arrays]
    ['0.weight', '0.bias', '2.weight', '2.bias', 'x']
    >>> def affine(x, W, b):
    ...     return x @ W.T + b, lambda dz: (dz @ W, dz.T @ x, dz[0])
    >>> report = lw.gradcheck(affine, x, np.ones((2, 3)), np.zeros(2))
    >>> print(report.wrong[0].name, report.wrong[0].mismatch.sentence)
    b is entry 0 of the upstream gradient; it has to be the sum of all entries: .sum(axis=0)
    """
    settings = Settings.checked(tolerance, eps, directions, seed)
    if isinstance(subject, Network):
        return _check_network(subject, settings, **named(("x", "target", "loss"), arguments, named_arguments))
    if isinstance(subject, Layer):
        net = Network(deepcopy(subject), dtype="float64", seed=seed)
        return _check_network(net, settings, **named(("x",), arguments, named_arguments))
    if isinstance(subject, Loss):
        return _check_loss(subject, settings, **named(("output", "target"), arguments, named_arguments))
    if not isinstance(subject, str | Formula) and (isinstance(subject, type) or not callable(subject)):
        raise KindError(
            f"subject must be a network, a layer, a loss, a formula or a function, got {subject!r}: "
            "pass lw.Network(...)"
        )
    function, known_constants, samples = resolve(subject, constants, seed)
    if arguments or named_arguments:
        samples = [_of_function(function, arguments, named_arguments)]
    return check_function(function, known_constants, samples, settings)


def gradcheck_formula(
    formula: str | Formula | Callable[..., Any],
    case: Case | Mapping[str, Any] | None = None,
    *,
    constants: tuple[str, ...] = (),
    tolerance: float = 1e-7,
    eps: float = 1e-5,
    directions: int = 5,
    seed: int = 0,
) -> GradientReport:
    """Check the backward pass of one formula, as `gradcheck` does, with its arguments in one table.

    A gradient of ones would hide every mistake that a sum forgives, so the upstream gradient is never uniform.

    formula: a name in the registry, a registered formula, or any function that keeps the contract
        `value, backward = f(*arguments)` with `backward` returning the gradients in the order of the arguments.
    case: its arguments by name, in float64. By default all samples of a registered formula.
    constants: for a function that is not registered, the arguments without a derivative.
    tolerance, eps, directions, seed: as for `gradcheck`.
    Raises SettingError for an unknown name, and KindError if there are no arguments to check it with.

    >>> import numpy as np
    >>> gradcheck_formula("softmax").ok
    True
    >>> def square(x):
    ...     return x * x, lambda dy: dy * x
    >>> print(gradcheck_formula(square, {"x": np.array([1.0, 2.0, 3.0])}))
    gradient check: 1 of 1 arrays wrong (tolerance 1e-07)
    <BLANKLINE>
    array  shape  error    verdict
    x      (3,)   3.3e-01  2 times too small
    <BLANKLINE>
    x is exactly 2 times too small: a constant factor is missing.
    <BLANKLINE>
    Covered: the array, all 3 numbers moved one by one.
    """
    settings = Settings.checked(tolerance, eps, directions, seed)
    function, constants, samples = resolve(formula, constants, seed)
    if case is not None:
        samples = [case.arguments if isinstance(case, Case) else case]
    return check_function(function, constants, samples, settings)


def _of_function(
    function: Callable[..., Any], arguments: tuple[Any, ...], by_name: Mapping[str, Any]
) -> Mapping[str, Any]:
    """The arguments of a function by name, from a table of them or as a call has them."""
    if len(arguments) == 1 and not by_name and isinstance(arguments[0], Case | Mapping):
        return arguments[0].arguments if isinstance(arguments[0], Case) else arguments[0]
    return named(None, arguments, by_name, function)


def _check_loss(loss: Loss, settings: Settings, output: Any, target: Any) -> GradientReport:
    """The gradient of a loss at the network's output."""

    def cost(output: Array) -> Any:
        value, backward = loss(output, target)
        return value, lambda upstream: upstream * backward()

    return check_function(cost, (), [{"output": output}], settings)


def _check_network(
    net: Network, settings: Settings, x: Any, target: Any = None, loss: Loss | None = None
) -> GradientReport:
    if (target is None) != (loss is None):
        raise KindError("target and loss belong together: pass both, or none for a random gradient at the output")
    require_kind("loss", loss, Loss, "lw.CrossEntropyLoss()", optional=True)
    copy = net.astype("float64")
    x = any_array("x", x)
    x = np.array(x, dtype=x.dtype if net.takes_indices else np.float64)

    def forward() -> tuple[Array, Any]:
        return copy.forward(x, training=True, step=0, seed=settings.seed)

    copy.zero_grad()
    y, backward = forward()
    if loss is None:
        upstream = generator(settings.seed, "upstream").normal(size=y.shape)
        dx = backward(upstream)
    else:
        upstream = np.ones(())
        dx = backward(loss(y, target)[1]())

    def evaluate() -> Array:
        y, _ = forward()
        return np.array(y) if loss is None else np.asarray(loss(y, target)[0])

    gradients = {name: gradient.copy() for name, gradient in copy.gradients().items()}
    arrays: dict[str, Array] = dict(copy.parameters())
    if dx is not None and x.dtype.kind == "f":
        arrays["x"], gradients["x"] = x, dx
    of = Checked(evaluate, upstream, sizes(x, y))
    checks = [
        check_array(name, array, gradients[name], of, settings, _frozen(copy, array)) for name, array in arrays.items()
    ]
    if not all(check.ok for check in checks):
        checks = _blamed(checks, copy, x, target, loss, settings)
    return GradientReport(tuple(checks), settings.tolerance, tuple(_notes(copy, x, settings)))


def _blamed(
    checks: list[ArrayCheck], net: Network, x: Array, target: Any, loss: Loss | None, settings: Settings
) -> list[ArrayCheck]:
    """Tell the gradients that are wrong by themselves from those that are wrong by what came back to them."""
    found, culprits = causes(net, x, target, loss, settings)
    if not found:
        return checks
    own = {check.name: check for check in reversed(found)}
    if "x" not in {check.name for check in checks if not check.ok}:
        own.pop("x", None)
    words = " and ".join(culprits.values())
    passed_on = Mismatch("passed on", f"is wrong only because of what comes back to it: see {words}")
    blamed = [
        check if check.ok else replace(check, mismatch=own[check.name].mismatch if check.name in own else passed_on)
        for check in checks
    ]
    named_already = {check.name for check in blamed}
    return blamed + [check for name, check in own.items() if name not in named_already]


def _frozen(net: Network, array: Array) -> Array:
    """True for the elements of a parameter that learn nothing by design, in any of the layers that it belongs to."""
    frozen = np.zeros(array.shape, dtype=bool)
    for _, layer in net.chain.walk():
        for name, entries in layer.frozen().items():
            if layer.parameters[name].value is array:
                frozen[entries] = True
    return frozen


def _notes(net: Network, x: Array, settings: Settings) -> Iterator[str]:
    """What was held still, and what can not be covered."""
    if any(isinstance(layer, Dropout) and layer.p > 0 for _, layer in net.chain.walk()):
        yield (
            f"Dropout kept one mask (seed {settings.seed}, step 0) in every pass of this check: with a new mask each "
            "time, every pass would be another function, and a slope between two functions means nothing."
        )
    if any(layer.buffers for _, layer in net.chain.walk()):
        yield "Statistics are those of this batch, as in training; running statistics were not moved."
    if x.dtype.kind != "f":
        yield "x holds whole numbers, which have no neighbours to move to: there is no gradient at x."
