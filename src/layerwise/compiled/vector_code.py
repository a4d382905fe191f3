"""Writing LLVM's code with vectors: what numba.njit does not make of a loop by itself.

Code is written for vectors of a fixed number of lanes, whichever processor it is for: so that numbers are added up in
the same order everywhere, and arrays are laid out alike. LLVM takes several registers for one where they are shorter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from llvmlite import ir
from numba.core import cgutils

from layerwise.compiled.processor import VectorUnit, vector_unit

WIDE = 64
"""Bytes of a vector of the loops over lines of images."""


class Code:
    """One function that is being written: its arguments, vectors, and loops that carry sums in registers.

    The type of the first argument, an array, is that of the numbers. lanes: of a vector, as many as WIDE holds unless
    given.
    """

    def __init__(self, context: Any, builder: Any, signature: Any, arguments: Any, lanes: int = 0) -> None:
        self.context, self.builder = context, builder
        self.kinds, self.values = signature.args, arguments
        bits = self.kinds[0].dtype.bitwidth
        self.number_bytes = bits // 8
        self.number = context.get_value_type(self.kinds[0].dtype)
        self.lanes = lanes or WIDE // self.number_bytes
        self.vector = ir.VectorType(self.number, self.lanes)
        self.zero = ir.Constant(self.vector, [0.0] * self.lanes)
        multiply_add = ir.FunctionType(self.vector, [self.vector] * 3)
        name = f"llvm.fmuladd.v{self.lanes}f{bits}"
        self.fma = cgutils.get_or_insert_function(builder.module, multiply_add, name)

    @property
    def unit(self) -> VectorUnit:
        """Of the processor that this is for."""
        return vector_unit(self.context.codegen())

    @property
    def registers(self) -> int:
        """How many of its registers hold one vector."""
        return max(self.lanes * self.number_bytes // self.unit.bytes, 1)

    # --- numbers and memory ----------------------------------------------------------------------------------------

    def data(self, place: int) -> Any:
        """The memory of an argument that is an array."""
        return self.context.make_array(self.kinds[place])(self.context, self.builder, self.values[place]).data

    def index(self, number: int) -> Any:
        return ir.Constant(ir.IntType(64), number)

    def moved(self, begin: Any, steps: Any, wide: Any) -> Any:
        """The place so many steps behind another one."""
        return self.builder.add(begin, self.builder.mul(steps, wide))

    def everywhere(self, one: Any, kind: Any) -> Any:
        """A number in all lanes of a vector of this kind."""
        empty = ir.Constant(kind, ir.Undefined)
        first = self.builder.insert_element(empty, one, ir.Constant(ir.IntType(32), 0))
        return self.builder.shuffle_vector(first, empty, mask([0] * self.lanes))

    def number_at(self, memory: Any, place: Any) -> Any:
        """The vector that has the number of this place in all its lanes."""
        return self.everywhere(self.builder.load(self.builder.gep(memory, [place])), self.vector)

    def vector_at(self, memory: Any, place: Any) -> Any:
        pointer = self.builder.bitcast(self.builder.gep(memory, [place]), self.vector.as_pointer())
        return self.builder.load(pointer, align=self.number_bytes)

    def store(self, value: Any, memory: Any, place: Any, bytes_of_number: int = 0) -> None:
        pointer = self.builder.bitcast(self.builder.gep(memory, [place]), value.type.as_pointer())
        self.builder.store(value, pointer, align=bytes_of_number or self.number_bytes)

    # --- loops and sums --------------------------------------------------------------------------------------------

    def loop(self, count: Any, sums: list[Any], body: Callable[[Any, list[Any]], list[Any]]) -> list[Any]:
        """sums ← body(step, sums), for all steps below count."""
        builder = self.builder
        before = builder.block
        head, inside, after = (builder.append_basic_block(name) for name in ("head", "inside", "after"))
        builder.branch(head)
        builder.position_at_end(head)
        step = builder.phi(ir.IntType(64))
        carried = [builder.phi(each.type) for each in sums]
        builder.cbranch(builder.icmp_signed("<", step, count), inside, after)
        builder.position_at_end(inside)
        found = body(step, carried)
        following = builder.add(step, self.index(1))
        end = builder.block
        builder.branch(head)
        for phi, first, later in zip([step, *carried], [self.index(0), *sums], [following, *found], strict=True):
            phi.add_incoming(first, before)
            phi.add_incoming(later, end)
        builder.position_at_end(after)
        return carried

    def add_products(self, sums: list[Any], rows: Iterable[Any], columns: list[Any]) -> list[Any]:
        """sums + row · column, for each row and each column."""
        found: list[Any] = []
        for row in rows:
            for column in columns:
                found.append(self.builder.call(self.fma, [row, column, sums[len(found)]]))
        return found

    def total(self, value: Any) -> Any:
        """The sum of a vector's lanes, by halves."""
        lanes = self.lanes
        while lanes > 1:
            lanes //= 2
            empty = ir.Constant(value.type, ir.Undefined)
            low, high = (
                self.builder.shuffle_vector(value, empty, mask(list(range(begin, begin + lanes))))
                for begin in (0, lanes)
            )
            value = self.builder.fadd(low, high)
        return self.builder.extract_element(value, ir.Constant(ir.IntType(32), 0))


def mask(picks: list[int]) -> Any:
    """Which lanes a vector is made of."""
    return ir.Constant(ir.VectorType(ir.IntType(32), len(picks)), picks)
