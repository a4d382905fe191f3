"""Gradients of any expression: a Tensor remembers how it was made, and `backward` goes that way back.

An expression is made of `+ - * / ** @`, sums, means and maxima, exp, log, sqrt and tanh, reshaping, transposing and
indexing, and `apply` calls every other formula of the library.

Nothing is differentiated here. Each operation is a formula with its derivative, the same that the layers compute with;
what this file adds is the order in which their backward functions are called.

>>> W, x = Tensor([[1.0, 2.0]]), Tensor([[3.0], [4.0]])
>>> cost = ((W @ x - 10) ** 2).sum()
>>> cost.backward()
>>> float(cost.value), W.grad
(1.0, array([[6., 8.]]))
"""

from __future__ import annotations

import inspect
import math
import numbers
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from layerwise import formulas
from layerwise.arrays import real_array
from layerwise.checks import number, positive
from layerwise.errors import KindError, LayerwiseError, SettingError, ShapeError, nearest
from layerwise.types import Array


class Tensor:
    """An array with a memory. value: what it holds. grad: after `backward`, the gradient of the cost by it, else None.

    A tensor that is used twice gets a gradient from each of its uses, and the sum is what it hands on. So it must wait
    until all of them have answered: `backward` goes through the expression in topological order, each tensor after all
    that were made from it.

    >>> a = Tensor(1.0)
    >>> b = a + a
    >>> c = b + b          # c = 4a
    >>> c.backward()
    >>> float(b.grad), float(a.grad)
    (2.0, 4.0)

    The recursion that one writes first, `grad += arrived; parent.backward(grad)`, comes to b twice, with 1 each time.
    At its first visit b hands 1 to each of its two parents, both of them a; at its second visit it holds 2, and hands
    on 2, though 1 of it has been handed on before: a ends with 1 + 1 + 2 + 2 = 6.

    Gradients add up over several calls of `backward`, as in torch, until `grad` is set to None.
    """

    __array_ufunc__ = None  # so that array + tensor asks the tensor

    def __init__(self, value: Any, parents: tuple[Tensor, ...] = (), derivative: Callable[[Array], Any] | None = None):
        value = real_array("value", value)
        self.value: Array = value if value.dtype.kind == "f" else value.astype(np.float64)
        self.grad: Array | None = None
        self.parents = parents
        self.derivative = derivative

    def backward(self, gradient: Any = None) -> None:
        """Add to the `grad` of this tensor, and of all that it was made from, the gradient of the cost.

        gradient: that at this tensor, of its shape; left out for a cost, where it is 1.
        """
        if gradient is None and self.value.size != 1:
            raise ShapeError(
                f"backward begins at one number, the cost, and this tensor has shape {self.value.shape}",
                "write tensor.sum().backward(), or pass the gradient at it, tensor.backward(gradient)",
            )
        arriving = np.ones_like(self.value) if gradient is None else real_array("gradient", gradient, self.value.dtype)
        if arriving.shape != self.value.shape:
            raise ShapeError(f"the gradient must have the tensor's shape, {self.value.shape}, got {arriving.shape}")
        sums = {id(self): arriving}
        for tensor in reversed(list(self._in_order())):
            arrived = np.asarray(sums.pop(id(tensor)))
            if arrived.shape != tensor.value.shape:
                raise ShapeError(
                    f"a formula was given a tensor of shape {tensor.value.shape} and has a gradient of shape "
                    f"{arrived.shape} for it",
                    "give it the shapes that it states, lw.formulas.registry[name].shapes",
                )
            tensor.grad = arrived.copy() if tensor.grad is None else tensor.grad + arrived
            if tensor.derivative is None:
                continue
            shares = tensor.derivative(arrived)
            for parent, share in zip(tensor.parents, shares if isinstance(shares, tuple) else (shares,), strict=True):
                sums[id(parent)] = sums[id(parent)] + share if id(parent) in sums else share

    def _in_order(self) -> Iterator[Tensor]:
        """All tensors that this one was made from, each after its parents, itself last; each once."""
        seen: set[int] = set()
        waiting = [(self, False)]
        while waiting:  # a loop, since an expression may be deeper than Python's stack
            tensor, ready = waiting.pop()
            if ready:
                yield tensor
            elif id(tensor) not in seen:
                seen.add(id(tensor))
                waiting.append((tensor, True))
                waiting += [(parent, False) for parent in tensor.parents]

    def sum(self, axis: int | None = None, keepdims: bool = False) -> Tensor:
        """The sum along an axis, or of everything. keepdims: leave the axis there, with a size of 1."""
        return self._along(formulas.total, axis, keepdims)

    def mean(self, axis: int | None = None, keepdims: bool = False) -> Tensor:
        """The mean along an axis, or of everything."""
        result = self.sum(axis, keepdims)
        terms = self.value.size // max(result.value.size, 1)
        return result / terms

    def max(self, axis: int | None = None, keepdims: bool = False) -> Tensor:
        """The largest number along an axis, or of all; the first of equal ones has the gradient."""
        return self._along(formulas.largest, axis, keepdims)

    def _along(self, formula: Callable[..., Any], axis: int | None, keepdims: bool) -> Tensor:
        if axis is not None and (not isinstance(axis, int | np.integer) or isinstance(axis, bool)):
            raise KindError(f"axis must be a whole number, or None for all axes, got {axis!r}")
        if axis is None or (not self.value.ndim and axis in (0, -1)):  # a single number may be taken for a row of one
            return self.reshape(-1)._along(formula, 0, False).reshape(*[1] * self.value.ndim * keepdims)
        result = apply(formula, self, axis=axis)
        kept = [1 if place == axis % self.value.ndim else size for place, size in enumerate(self.value.shape)]
        return result.reshape(*kept) if keepdims else result

    def exp(self) -> Tensor:
        """e to the power of each number."""
        return apply(formulas.exp, self)

    def log(self) -> Tensor:
        """The natural logarithm of each number."""
        return apply(formulas.log, self)

    def sqrt(self) -> Tensor:
        """The square root of each number."""
        return self**0.5

    def tanh(self) -> Tensor:
        """The hyperbolic tangent of each number; other functions are called by `apply`."""
        return apply(formulas.tanh, self)

    def reshape(self, *shape: Any) -> Tensor:
        """The same numbers in another shape, reshape(2, 3) or reshape((2, 3)); one size may be -1, what is left."""
        return apply(formulas.reshape, self, shape=_numbers(shape))

    def transpose(self, *axes: Any) -> Tensor:
        """The axes in this order, transpose(0, 2, 1) or transpose((0, 2, 1)); in the reverse one unless given."""
        return apply(formulas.transpose, self, axes=_numbers(axes) or tuple(reversed(range(self.value.ndim))))

    T = property(transpose, doc="The axes in reverse order: the transpose of a matrix.")

    def __getitem__(self, place: Any) -> Tensor:
        return apply(formulas.index, self, place=place)

    def __len__(self) -> int:
        if not self.value.ndim:
            raise KindError(f"{self!r} is a single number, without rows to count or to go through")
        return len(self.value)

    def __iter__(self) -> Iterator[Tensor]:
        return (self[row] for row in range(len(self)))

    def __add__(self, other: Any) -> Tensor:
        return apply(formulas.add, self, _tensor(other, self))

    def __mul__(self, other: Any) -> Tensor:
        return apply(formulas.multiply, self, _tensor(other, self))

    def __truediv__(self, other: Any) -> Tensor:
        return apply(formulas.divide, self, _tensor(other, self))

    def __rtruediv__(self, other: Any) -> Tensor:
        return apply(formulas.divide, _tensor(other, self), self)

    def __matmul__(self, other: Any) -> Tensor:
        return _product(self, _tensor(other, self))

    def __rmatmul__(self, other: Any) -> Tensor:
        return _product(_tensor(other, self), self)

    def __pow__(self, exponent: float) -> Tensor:
        return apply(formulas.power, self, p=number("the exponent", exponent))

    def __rpow__(self, base: float) -> Tensor:
        return (self * math.log(positive("the base of a power", base))).exp()

    def __neg__(self) -> Tensor:
        return self * -1.0

    def __sub__(self, other: Any) -> Tensor:
        return self + -_tensor(other, self)

    def __rsub__(self, other: Any) -> Tensor:
        return -self + other

    __radd__, __rmul__ = __add__, __mul__

    def __repr__(self) -> str:
        return f"Tensor({np.array2string(self.value, separator=', ')})"


def apply(formula: Callable[..., Any], *arguments: Any, **named: Any) -> Tensor:
    """The value of any formula of the registry as a tensor, with its way back.

    What the formula differentiates by is made a tensor, if it is none; labels, masks and settings are passed as they
    are. Of a value of several parts, the first is the tensor.

    >>> z = Tensor([[2.0, 1.0], [0.0, 3.0]])
    >>> labels, weight = np.array([0, 1]), np.ones((2, 1))
    >>> apply(formulas.cross_entropy_with_logits, z, labels, weight, 2.0).backward()
    >>> z.grad.round(3)
    array([[-0.134,  0.134],
           [ 0.024, -0.024]])
    """
    entry = formulas.registry.get(getattr(formula, "__name__", ""))
    if entry is None or entry.function is not formula:
        name = getattr(formula, "__name__", repr(formula))
        raise SettingError(f"{name} is not in the registry of formulas.{nearest(name, formulas.registry)}")
    if len(arguments) > len(entry.arguments):
        raise SettingError(f"{entry.name} takes {len(entry.arguments)} arguments, got {len(arguments)}")
    given = dict(zip(entry.arguments, arguments, strict=False)) | named
    try:
        inspect.signature(formula).bind(**given)
    except TypeError as error:
        raise SettingError(f"{entry.name}: {error}") from None
    tensors = {name: _tensor(each) for name, each in given.items() if name in entry.differentiable}
    values = {name: each.value if isinstance(each, Tensor) else each for name, each in given.items()}
    values |= {name: each.value for name, each in tensors.items()}
    try:
        value, derivative = entry.run(**values)
    except LayerwiseError:
        raise
    except (ValueError, IndexError, TypeError) as error:
        raise _misfit(entry, values, error) from None
    return Tensor(value, tuple(tensors[name] for name in entry.differentiable), derivative)


def _misfit(entry: formulas.Formula, values: dict[str, Any], error: Exception) -> LayerwiseError:
    """What NumPy refused to compute, in a sentence: what was wanted, what came, and NumPy's own words."""
    wanted = ", ".join(f"{name} {entry.shapes[name]}" for name in entry.differentiable)
    came = ", ".join(
        f"{name} {each.shape}" if isinstance(each, np.ndarray) else f"{name}={each!r}" for name, each in values.items()
    )
    kind = KindError if isinstance(error, TypeError) else ShapeError
    return kind(f"{entry.name} wants {wanted}; got {came}: {error}")


def _tensor(thing: Any, beside: Tensor | None = None) -> Tensor:
    """A number beside an array takes its type: float32 stays float32."""
    if isinstance(thing, Tensor):
        return thing
    if beside is not None and isinstance(thing, numbers.Real):
        return Tensor(np.asarray(thing, beside.value.dtype))
    return Tensor(thing)


def _numbers(given: tuple[Any, ...]) -> tuple[Any, ...]:
    """Whole numbers that were passed one by one, or all in one tuple."""
    return tuple(given[0]) if len(given) == 1 and isinstance(given[0], tuple | list) else given


def _product(a: Tensor, b: Tensor) -> Tensor:
    if min(a.value.ndim, b.value.ndim) < 2:
        raise ShapeError(
            f"@ multiplies matrices, got shapes {a.value.shape} and {b.value.shape}",
            "write x[None, :] for a row, x[:, None] for a column",
        )
    if a.value.shape[-1] != b.value.shape[-2]:
        first, second = a.value.shape, b.value.shape
        raise ShapeError(
            f"@ multiplies (N, D) by (D, K), got shapes {first} and {second}",
            "write a @ b.T"
            if first[-1] == second[-1]
            else f"D is {first[-1]} in the first and {second[-2]} in the second",
        )
    return apply(formulas.matmul, a, b)
