"""The gradient check: every derivative is held against a slope that is measured, number by number.

`gradcheck` checks a network with its loss, `gradcheck_formula` one formula. Both answer with a report that says which
array is wrong, and how.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from layerwise.arrays import any_array
from layerwise.checks import positive, require_kind, whole_number
from layerwise.errors import KindError, SettingError, ShapeError, nearest
from layerwise.formulas import Case, Formula, registry
from layerwise.insight.finite_difference import NEARLY_ZERO, agree, elements, move_all, move_element, slope
from layerwise.insight.mismatch import Mismatch, diagnose
from layerwise.losses import Loss
from layerwise.network import Network
from layerwise.random import generator
from layerwise.types import Array

if TYPE_CHECKING:
    from layerwise.losses import Loss
    from layerwise.network import Network

FULL = 300
"""Up to this many elements an array is checked one by one."""
SINGLE = 100
"""Of a larger array this many elements are, at random, besides the directions that move all of it."""

ONLY_KINKS = Mismatch(
    "only kinks",
    "can not be checked here: the function has a kink at every element, and the gradient lies between the slopes of "
    "the two sides at none or few of them. Move the values a little, and check again",
)


@dataclass(frozen=True)
class ArrayCheck:
    """What the check of one array found."""

    name: str
    shape: tuple[int, ...]
    error: float
    """‖n - a‖ / (‖n‖ + ‖a‖), numeric and analytic; near 0 the largest difference, if that is below 1e-8."""
    ok: bool
    checked: int
    """How many elements were moved one by one."""
    kinks: int
    """At how many of them the function has a kink, where any slope between the two sides is right."""
    mismatch: Mismatch | None
    frozen: int = 0
    """How many elements learn nothing by design, such as the row of an embedding that stands for padding: their
    gradient is 0 whatever the slope, and they are left out."""

    @property
    def verdict(self) -> str:
        """The result in a few words."""
        if self.mismatch is not None:
            return self.mismatch.kind
        if self.frozen:
            return f"right; {self.frozen} elements learn nothing, and are left out"
        kinks = f"{self.kinks} kink{'s' * (self.kinks > 1)} here, not a bug"
        if self.kinks:
            return f"right; {kinks}" if self.checked else f"between the slopes; {kinks}"
        return "right"


@dataclass(frozen=True)
class GradientReport:
    """What a gradient check found; printed, it is a table and a sentence for each array that is wrong."""

    arrays: tuple[ArrayCheck, ...]
    tolerance: float

    @property
    def ok(self) -> bool:
        """Whether every gradient is right."""
        return all(array.ok for array in self.arrays)

    @property
    def max_error(self) -> float:
        """The largest error of all arrays."""
        return max((array.error for array in self.arrays), default=0.0)

    @property
    def wrong(self) -> tuple[ArrayCheck, ...]:
        """The arrays whose gradients are wrong."""
        return tuple(array for array in self.arrays if not array.ok)

    def __str__(self) -> str:
        rows = [("array", "shape", "error", "verdict")]
        rows += [(each.name, str(each.shape), f"{each.error:.1e}", each.verdict) for each in self.arrays]
        widths = [max(len(row[column]) for row in rows) for column in range(3)]
        table = [
            "  ".join((*(cell.ljust(width) for cell, width in zip(row[:3], widths, strict=True)), row[3]))
            for row in rows
        ]
        count = f"{len(self.wrong)} of {len(self.arrays)} arrays wrong" if self.wrong else "all right"
        title = f"gradient check: {count} (tolerance {self.tolerance:.0e})"
        sentences = [f"{each.name} {each.mismatch.sentence}." for each in self.wrong if each.mismatch is not None]
        return "\n".join([title, "", *table, *("\n" + textwrap.fill(each, 80) for each in sentences)])


@dataclass(frozen=True)
class _Settings:
    tolerance: float
    eps: float
    directions: int
    seed: int

    @classmethod
    def checked(cls, tolerance: object, eps: object, directions: object, seed: object) -> _Settings:
        return cls(
            positive("tolerance", tolerance),
            positive("eps", eps),
            whole_number("directions", directions),
            whole_number("seed", seed, minimum=0),
        )


def gradcheck(
    net: Network,
    x: Any,
    target: Any,
    loss: Loss,
    *,
    tolerance: float = 1e-7,
    eps: float = 1e-5,
    directions: int = 5,
    seed: int = 0,
) -> GradientReport:
    """Check every parameter gradient of a network, and the gradient at its input, against measured slopes.

    The check runs on a float64 copy in training mode; `net` is left as it is. Dropout draws its masks from the address
    (seed, layer, step), so every forward pass of the check has the same masks, and the slope is that of one function.

    net: a network of any dtype. x, target: one batch, as for training; a few samples are enough. loss: such as
    `lw.MSELoss()`.
    tolerance: the relative error that passes; a right gradient is near 1e-10, a wrong one near 1.
    eps: the length of a move, rounded to a power of two.
    directions: arrays of more than 300 elements are checked along so many random directions and at 100 random
    elements.
    seed: the address of the masks and directions.
    Raises SettingError or KindError for a setting out of range, and what `net` and `loss` raise for wrong shapes.

    >>> import numpy as np
    >>> import layerwise as lw
    >>> net = lw.Network(lw.Linear(3, 4), lw.Tanh(), lw.Linear(4, 2), seed=0)
    >>> x = np.linspace(-1, 1, 15).reshape(5, 3)
    >>> report = lw.gradcheck(net, x, np.array([0, 1, 1, 0, 1]), lw.CrossEntropyLoss())
    >>> report.ok, report.max_error < 1e-7
    (True, True)
    >>> [each.name for each in report.arrays]
    ['0.weight', '0.bias', '2.weight', '2.bias', 'x']
    """
    require_kind("net", net, Network, "lw.Network(...)")
    require_kind("loss", loss, Loss, "lw.CrossEntropyLoss()")
    settings = _Settings.checked(tolerance, eps, directions, seed)
    copy = net.astype("float64")
    x = any_array("x", x)
    x = np.array(x, dtype=np.float64 if x.dtype.kind == "f" else x.dtype)

    def evaluate() -> Array:
        y, _ = copy.forward(x, training=True, step=0, seed=seed)
        value, _ = loss(y, target)
        return np.asarray(value)

    copy.zero_grad()
    y, backward = copy.forward(x, training=True, step=0, seed=seed)
    _, backward_loss = loss(y, target)
    dx = backward(backward_loss())
    gradients = {name: gradient.copy() for name, gradient in copy.gradients().items()}
    arrays: dict[str, Array] = dict(copy.parameters())
    if dx is not None and x.dtype.kind == "f":
        arrays["x"], gradients["x"] = x, dx
    sizes = {"the number of samples": len(x), "the number of outputs": y.size // max(len(x), 1)}
    one = np.ones(())
    checks = tuple(
        _check_array(name, array, gradients[name], evaluate, one, sizes, settings, _frozen(copy, array))
        for name, array in arrays.items()
    )
    return GradientReport(checks, settings.tolerance)


def _frozen(net: Network, array: Array) -> Array:
    """True for the elements of a parameter that learn nothing by design, in any of the layers that it belongs to."""
    frozen = np.zeros(array.shape, dtype=bool)
    for _, layer in net.chain.walk():
        for name, entries in layer.frozen().items():
            if layer.parameters[name].value is array:
                frozen[entries] = True
    return frozen


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
    """Check the backward pass of one formula, with a random gradient at its value.

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
    """
    settings = _Settings.checked(tolerance, eps, directions, seed)
    function, constants, samples = _resolve(formula, constants, seed)
    if case is None and not samples:
        raise KindError(f"{function.__name__} is not in the registry: pass arguments to check it with")
    cases = samples if case is None else [case.arguments if isinstance(case, Case) else case]
    checks = [check for each in cases for check in _check_case(function, constants, each, settings)]
    return GradientReport(tuple(checks), settings.tolerance)


def _resolve(
    formula: str | Formula | Callable[..., Any], constants: tuple[str, ...], seed: int
) -> tuple[Callable[..., Any], tuple[str, ...], list[Mapping[str, Any]]]:
    """The function, its constants, and the samples that the registry has for it."""
    if isinstance(formula, str):
        if formula not in registry:
            raise SettingError(f"there is no formula called {formula!r}.{nearest(formula, registry)}")
        formula = registry[formula]
    if not isinstance(formula, Formula):
        if not callable(formula):
            raise KindError(f"formula must be a name, a formula or a function, got {formula!r}")
        entry = registry.get(getattr(formula, "__name__", ""))
        if entry is None or entry.function is not formula:
            return formula, constants, []
        formula = entry
    samples = formula.sample(generator(seed, "samples", layer=formula.name))
    return formula.function, formula.constants, [each.arguments for each in samples]


def _flowing(value: Any) -> Any:
    """What flows on of a value: the first, where it has several (see `Formula.run`)."""
    return value[0] if isinstance(value, tuple) else value


def _check_case(
    function: Callable[..., Any], constants: tuple[str, ...], arguments: Mapping[str, Any], settings: _Settings
) -> Iterator[ArrayCheck]:
    value, backward = function(**arguments)
    value = _flowing(value)
    rng = generator(settings.seed, "upstream")
    upstream = rng.normal(size=np.shape(value))
    names = [name for name in arguments if name not in constants]
    gradients = backward(upstream)
    gradients = gradients if isinstance(gradients, tuple) else (gradients,)
    if len(gradients) != len(names):
        raise ShapeError(
            f"backward returned {len(gradients)} of {len(names)} gradients",
            f"return one for each of {', '.join(names)}, in this order",
        )
    # Moved copies, so that the caller's arrays, which may be read-only or views, stay as they are.
    moved = dict(arguments) | {name: np.array(arguments[name], dtype=np.float64) for name in names}

    def evaluate() -> Array:
        return np.array(_flowing(function(**moved)[0]))

    shape = np.shape(arguments[names[0]])
    sizes = {"the number of samples": shape[0], "the number of features": shape[-1]} if shape else {}
    upstream = np.asarray(upstream)
    for name, gradient in zip(names, gradients, strict=True):
        if gradient is None:
            raise KindError(f"backward returned None for {name}: end it with a return of the gradient")
        yield _check_array(name, moved[name], np.asarray(gradient), evaluate, upstream, sizes, settings)


def _check_array(
    name: str,
    array: Array,
    analytic: Array,
    evaluate: Callable[[], Array],
    upstream: Array,
    sizes: Mapping[str, int],
    settings: _Settings,
    frozen: Array | None = None,
) -> ArrayCheck:
    """Measure the gradient at one array by moving it, and compare; elements that are frozen stay where they are."""
    rng = generator(settings.seed, "gradient check", layer=name)
    frozen = np.zeros(array.shape, dtype=bool) if frozen is None else frozen
    claims = analytic if analytic.shape == array.shape else np.full(array.shape, np.nan)
    numeric, known = np.zeros(array.shape), np.zeros(array.shape, dtype=bool)
    kinks, outside = 0, 0
    for index in elements(array.shape, FULL if array.size <= FULL else SINGLE, rng):
        if frozen[index]:
            continue
        along = move_element(array, index, evaluate)
        measured = slope(along, upstream, float(claims[index]), eps=settings.eps, tolerance=settings.tolerance)
        numeric[index], known[index] = measured.value, not measured.kink
        kinks += measured.kink
        outside += measured.kink and not measured.between
    error, ok = _error(claims[known], numeric[known], settings.tolerance)
    mismatch = None
    if outside and not known.any():
        error, ok, mismatch = float("inf"), False, ONLY_KINKS
    elif not ok:
        mismatch = diagnose(
            analytic, numeric, argument=name, at=array, upstream=upstream, known=known, sizes=sizes
        ) or Mismatch("imprecise", f"is off by a relative {error:.1e}: nearly right, but not to float64's precision")
    elif array.size > FULL:
        worst = _worst_direction(array, claims, evaluate, upstream, settings, rng, ~frozen)
        error, ok = max(error, worst), worst <= settings.tolerance
        if not ok:
            mismatch = Mismatch(
                "wrong somewhere",
                f"is right at the {int(known.sum())} elements that were moved alone, but wrong along random "
                "directions: the mistake lies in a few of the others. Check a smaller network of the same kind",
            )
    return ArrayCheck(name, array.shape, error, ok, int(known.sum()), kinks, mismatch, int(frozen.sum()))


def _error(analytic: Array, numeric: Array, tolerance: float) -> tuple[float, bool]:
    """The error of one array, and whether it passes."""
    if not analytic.size:
        return 0.0, True
    with np.errstate(all="ignore"):
        difference = float(np.abs(numeric - analytic).max())
        relative = float(np.linalg.norm(numeric - analytic) / (np.linalg.norm(numeric) + np.linalg.norm(analytic)))
    if difference == 0 or relative <= tolerance:
        return relative if difference else 0.0, True
    if difference <= NEARLY_ZERO:
        return difference, True
    return relative if np.isfinite(relative) else float("inf"), False


def _worst_direction(
    array: Array,
    analytic: Array,
    evaluate: Callable[[], Array],
    upstream: Array,
    settings: _Settings,
    rng: np.random.Generator,
    moves: Array,
) -> float:
    """The largest relative error along random directions of length 1, which see at once every element that `moves`."""
    worst = 0.0
    for _ in range(settings.directions):
        direction = rng.normal(size=array.shape) * moves
        direction /= np.linalg.norm(direction)
        claimed = float((analytic * direction).sum())
        along = move_all(array, direction, evaluate)
        measured = slope(along, upstream, claimed, eps=settings.eps, tolerance=settings.tolerance)
        if measured.kink or agree(measured.value, claimed, settings.tolerance):
            continue
        worst = max(worst, abs(measured.value - claimed) / (abs(measured.value) + abs(claimed)))
    return worst
