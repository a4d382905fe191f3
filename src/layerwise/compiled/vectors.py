"""Sums of shifted lines in LLVM's vectors: the two innermost loops of a convolution.

LLVM does not find by itself that the sums of 4 kernels at 4 vectors of places may stay in registers; told so, it runs
them at several times the speed (measured). The order of a sum is that of its terms. Numba keeps what it has compiled
until image_kernels.py changes: a change here needs one there as well.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

WIDE = 64
"""Bytes of a vector, as LLVM is told; on processors with shorter ones, it takes several."""


class _Loops:
    """What the two sums share: pointers into arrays, vectors, and loops that carry sums in registers."""

    def __init__(self, context: Any, builder: Any, signature: Any, arguments: Any) -> None:
        self.context, self.builder = context, builder
        self.kinds, self.values = signature.args, arguments
        self.number = context.get_value_type(self.kinds[0].dtype)
        self.lanes = WIDE // (self.kinds[0].dtype.bitwidth // 8)
        self.vector = ir.VectorType(self.number, self.lanes)
        name = f"llvm.fmuladd.v{self.lanes}f{self.kinds[0].dtype.bitwidth}"
        multiply_add = ir.FunctionType(self.vector, [self.vector] * 3)
        self.fma = cgutils.get_or_insert_function(builder.module, multiply_add, name)

    def data(self, place: int) -> Any:
        """The memory of an argument that is an array."""
        return self.context.make_array(self.kinds[place])(self.context, self.builder, self.values[place]).data

    def index(self, number: int) -> Any:
        return ir.Constant(ir.IntType(64), number)

    def number_at(self, memory: Any, place: Any) -> Any:
        """The vector that has one number in all its lanes."""
        return self.everywhere(self.builder.load(self.builder.gep(memory, [place])), self.vector)

    def everywhere(self, one: Any, kind: Any) -> Any:
        """A number in all lanes of a vector of this kind."""
        empty = ir.Constant(kind, ir.Undefined)
        first = self.builder.insert_element(empty, one, ir.Constant(ir.IntType(32), 0))
        return self.builder.shuffle_vector(first, empty, _mask([0] * self.lanes))

    def vector_at(self, memory: Any, place: Any) -> Any:
        pointer = self.builder.bitcast(self.builder.gep(memory, [place]), self.vector.as_pointer())
        return self.builder.load(pointer, align=self.number_bytes)

    def store(self, value: Any, memory: Any, place: Any, bytes_of_number: int = 0) -> None:
        pointer = self.builder.bitcast(self.builder.gep(memory, [place]), value.type.as_pointer())
        self.builder.store(value, pointer, align=bytes_of_number or self.number_bytes)

    @property
    def number_bytes(self) -> int:
        return WIDE // self.lanes

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

    def total(self, value: Any) -> Any:
        """The sum of a vector's lanes, by halves."""
        lanes = self.lanes
        while lanes > 1:
            lanes //= 2
            halves = [
                self.builder.shuffle_vector(
                    value,
                    ir.Constant(value.type, ir.Undefined),
                    _mask(list(range(begin, begin + lanes))),
                )
                for begin in (0, lanes)
            ]
            value = self.builder.fadd(*halves)
        return self.builder.extract_element(value, ir.Constant(ir.IntType(32), 0))


def _tile(kernels: int, vectors: int) -> Any:
    """z[k, m] = start[k] + Σ_t W[k, t] x[m + term[t]], for some kernels and vectors of places at a time."""

    @intrinsic
    def tile(  # type: ignore[no-untyped-def]
        typing, z, z_at, z_step, x, x_at, terms, count, W, w_at, w_step, start, start_at
    ):
        signature = types.void(z, z_at, z_step, x, x_at, terms, count, W, w_at, w_step, start, start_at)

        def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
            loops = _Loops(context, builder, signature, arguments)
            z, x, terms, W, start = (loops.data(place) for place in (0, 3, 5, 7, 10))
            z_at, z_step, x_at, count = (arguments[place] for place in (1, 2, 4, 6))
            w_at, w_step, start_at = (arguments[place] for place in (8, 9, 11))
            begin = [loops.number_at(start, builder.add(start_at, loops.index(k))) for k in range(kernels)]
            weights = [builder.add(w_at, builder.mul(w_step, loops.index(k))) for k in range(kernels)]

            def add_term(t, sums):  # type: ignore[no-untyped-def]
                shift = builder.load(builder.gep(terms, [t]))
                place = builder.add(x_at, shift)
                seen = [loops.vector_at(x, builder.add(place, loops.index(v * loops.lanes))) for v in range(vectors)]
                found = []
                for k in range(kernels):
                    weight = loops.number_at(W, builder.add(weights[k], t))
                    for v in range(vectors):
                        found.append(builder.call(loops.fma, [weight, seen[v], sums[k * vectors + v]]))
                return found

            sums = loops.loop(count, [begin[k] for k in range(kernels) for _ in range(vectors)], add_term)
            for k in range(kernels):
                row = builder.add(z_at, builder.mul(z_step, loops.index(k)))
                for v in range(vectors):
                    loops.store(sums[k * vectors + v], z, builder.add(row, loops.index(v * loops.lanes)))
            return context.get_dummy_value()

        return signature, generate

    return tile


def _product(kernels: int, terms_at_once: int) -> Any:
    """dW[k, t] += Σ_n Σ_m dz[n, k, m] x[n, m + term[t]], for some kernels and terms at a time."""

    @intrinsic
    def product(  # type: ignore[no-untyped-def]
        typing, dW, w_at, w_step, dz, dz_at, dz_step, dz_image, x, x_at, x_image, terms, first_term, vectors, images
    ):
        signature = types.void(
            dW, w_at, w_step, dz, dz_at, dz_step, dz_image, x, x_at, x_image, terms, first_term, vectors, images
        )

        def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
            loops = _Loops(context, builder, signature, arguments)
            dW, dz, x, terms = (loops.data(place) for place in (0, 3, 7, 10))
            w_at, w_step, dz_at, dz_step, dz_image = (arguments[place] for place in (1, 2, 4, 5, 6))
            x_at, x_image, first_term, vectors, images = (arguments[place] for place in (8, 9, 11, 12, 13))
            shifts = [
                builder.load(builder.gep(terms, [builder.add(first_term, loops.index(t))]))
                for t in range(terms_at_once)
            ]
            rows = [builder.add(dz_at, builder.mul(dz_step, loops.index(k))) for k in range(kernels)]
            zero = ir.Constant(loops.vector, [0.0] * loops.lanes)

            def add_image(n, sums):  # type: ignore[no-untyped-def]
                dz_begin, x_begin = builder.mul(n, dz_image), builder.add(x_at, builder.mul(n, x_image))

                def add_vector(m, sums):  # type: ignore[no-untyped-def]
                    place = builder.mul(m, loops.index(loops.lanes))
                    dz_place, x_place = builder.add(dz_begin, place), builder.add(x_begin, place)
                    seen = [loops.vector_at(x, builder.add(x_place, shift)) for shift in shifts]
                    found = []
                    for k in range(kernels):
                        gradient = loops.vector_at(dz, builder.add(dz_place, rows[k]))
                        for t in range(terms_at_once):
                            found.append(builder.call(loops.fma, [gradient, seen[t], sums[k * terms_at_once + t]]))
                    return found

                return loops.loop(vectors, sums, add_vector)

            sums = loops.loop(images, [zero] * (kernels * terms_at_once), add_image)
            for k in range(kernels):
                row = builder.add(w_at, builder.mul(w_step, loops.index(k)))
                for t in range(terms_at_once):
                    slot = builder.gep(dW, [builder.add(row, loops.index(t))])
                    builder.store(builder.fadd(builder.load(slot), loops.total(sums[k * terms_at_once + t])), slot)
            return context.get_dummy_value()

        return signature, generate

    return product


def _every(loops: _Loops, vectors: list[Any], wide: int, first: int) -> Any:
    """Every wide-th number of some vectors in a row, from the first one on."""
    row = vectors[0] if wide == 1 else _joined(loops, vectors)
    picks = [first + wide * lane for lane in range(loops.lanes)]
    return loops.builder.shuffle_vector(row, ir.Constant(row.type, ir.Undefined), _mask(picks))


def _joined(loops: _Loops, vectors: list[Any]) -> Any:
    """Some vectors as one long one."""
    row = vectors[0]
    for each in vectors[1:]:
        lanes = row.type.count
        if each.type.count != lanes:  # LLVM joins only equals: fill up with lanes that nobody picks
            fill = [*range(each.type.count), *[0] * (lanes - each.type.count)]
            each = loops.builder.shuffle_vector(each, ir.Constant(each.type, ir.Undefined), _mask(fill))
        row = loops.builder.shuffle_vector(row, each, _mask(list(range(lanes + loops.lanes))))
    return row


def _mask(picks: list[int]) -> Any:
    return ir.Constant(ir.VectorType(ir.IntType(32), len(picks)), picks)


def _pool(wide: int) -> Any:
    """y = max(0, the largest) of windows of `high` rows by `wide`, side by side, a vector of them; winner: the place.

    Of equal numbers the first has won, and of NaN the first; where nothing is above 0, the first of the window.
    """

    @intrinsic
    def pool(typing, y, winner, at, z, z_at, pitch, high):  # type: ignore[no-untyped-def]
        signature = types.void(y, winner, at, z, z_at, pitch, high)

        def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
            loops = _Loops(context, builder, signature, arguments)
            y, winner, z = (loops.data(place) for place in (0, 1, 3))
            at, z_at, pitch, high = (arguments[place] for place in (2, 4, 5, 6))
            whole = ir.VectorType(ir.IntType(32), loops.lanes)
            lowest = ir.Constant(loops.vector, [-math.inf] * loops.lanes)
            zero, first = ir.Constant(loops.vector, [0.0] * loops.lanes), ir.Constant(whole, [0] * loops.lanes)

            def add_row(i, found):  # type: ignore[no-untyped-def]
                best, place = found
                row = builder.add(z_at, builder.mul(i, pitch))
                numbers = [loops.vector_at(z, builder.add(row, loops.index(v * loops.lanes))) for v in range(wide)]
                code = builder.trunc(builder.mul(i, loops.index(wide)), ir.IntType(32))
                for j in range(wide):
                    new = _every(loops, numbers, wide, j)
                    strange = builder.fcmp_unordered("uno", new, new)
                    sound = builder.fcmp_ordered("ord", best, best)
                    wins = builder.or_(builder.fcmp_ordered(">", new, best), builder.and_(strange, sound))
                    best = builder.select(wins, new, best)
                    here = loops.everywhere(builder.add(code, ir.Constant(ir.IntType(32), j)), whole)
                    place = builder.select(wins, here, place)
                return [best, place]

            best, place = loops.loop(high, [lowest, first], add_row)
            below = builder.fcmp_ordered("<=", best, zero)
            loops.store(builder.select(below, zero, best), y, at)
            loops.store(builder.select(below, first, place), winner, at, bytes_of_number=4)
            return context.get_dummy_value()

        return signature, generate

    return pool


def _unpool(wide: int) -> Any:
    """The way back of row i of such windows: dz = dy where the winner stood, and 0 elsewhere, `count` windows long."""

    @intrinsic
    def unpool(typing, dz, dz_at, dy, winner, at, i, count):  # type: ignore[no-untyped-def]
        signature = types.void(dz, dz_at, dy, winner, at, i, count)

        def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
            loops = _Loops(context, builder, signature, arguments)
            dz, dy, winner = (loops.data(place) for place in (0, 2, 3))
            dz_at, at, i, count = (arguments[place] for place in (1, 4, 5, 6))
            whole = ir.VectorType(ir.IntType(32), loops.lanes)
            zero = ir.Constant(loops.vector, [0.0] * loops.lanes)
            lanes = ir.Constant(whole, list(range(loops.lanes)))
            within = builder.icmp_signed("<", lanes, loops.everywhere(builder.trunc(count, ir.IntType(32)), whole))
            gradient = builder.select(within, loops.vector_at(dy, at), zero)
            place = builder.load(builder.bitcast(builder.gep(winner, [at]), whole.as_pointer()), align=4)
            code = builder.trunc(builder.mul(i, loops.index(wide)), ir.IntType(32))
            parts = []
            for j in range(wide):
                here = loops.everywhere(builder.add(code, ir.Constant(ir.IntType(32), j)), whole)
                parts.append(builder.select(builder.icmp_signed("==", place, here), gradient, zero))
            row = _joined(loops, parts)
            for v in range(wide):
                picks = [
                    j * loops.lanes + m for m, j in (divmod(v * loops.lanes + k, wide) for k in range(loops.lanes))
                ]
                vector = builder.shuffle_vector(row, ir.Constant(row.type, ir.Undefined), _mask(picks))
                loops.store(vector, dz, builder.add(dz_at, loops.index(v * loops.lanes)))
            return context.get_dummy_value()

        return signature, generate

    return unpool


tile_4x4, tile_4x2, tile_4x1 = _tile(4, 4), _tile(4, 2), _tile(4, 1)
tile_1x4, tile_1x1 = _tile(1, 4), _tile(1, 1)
product_4x4, product_4x1 = _product(4, 4), _product(4, 1)
product_1x4, product_1x1 = _product(1, 4), _product(1, 1)
pool_2, pool_3 = _pool(2), _pool(3)
unpool_2, unpool_3 = _unpool(2), _unpool(3)
