"""The largest number of each window of a row, and the way back to it, for a vector of windows at a time."""

from __future__ import annotations

import math
from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from layerwise.compiled.vector_code import Code, mask


def _every(code: Code, vectors: list[Any], wide: int, first: int) -> Any:
    """Every wide-th number of some vectors in a row, from the first one on."""
    row = vectors[0] if wide == 1 else _joined(code, vectors)
    picks = [first + wide * lane for lane in range(code.lanes)]
    return code.builder.shuffle_vector(row, ir.Constant(row.type, ir.Undefined), mask(picks))


def _joined(code: Code, vectors: list[Any]) -> Any:
    """Some vectors as one long one."""
    row = vectors[0]
    for each in vectors[1:]:
        lanes = row.type.count
        if each.type.count != lanes:  # LLVM joins only equals: fill up with lanes that nobody picks
            fill = [*range(each.type.count), *[0] * (lanes - each.type.count)]
            each = code.builder.shuffle_vector(each, ir.Constant(each.type, ir.Undefined), mask(fill))
        row = code.builder.shuffle_vector(row, each, mask(list(range(lanes + code.lanes))))
    return row


def _pool(wide: int) -> Any:
    """y = max(0, the largest) of windows of `high` rows by `wide`, side by side, a vector of them; winner: the place.

    Of equal numbers the first has won, and of NaN the first; where nothing is above 0, the first of the window.
    """

    @intrinsic
    def pool(typing, y, winner, at, z, z_at, pitch, high):  # type: ignore[no-untyped-def]
        signature = types.void(y, winner, at, z, z_at, pitch, high)

        def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
            code = Code(context, builder, signature, arguments)
            y, winner, z = (code.data(place) for place in (0, 1, 3))
            at, z_at, pitch, high = (arguments[place] for place in (2, 4, 5, 6))
            whole = ir.VectorType(ir.IntType(32), code.lanes)
            lowest = ir.Constant(code.vector, [-math.inf] * code.lanes)
            zero, first = code.zero, ir.Constant(whole, [0] * code.lanes)

            def add_row(i, found):  # type: ignore[no-untyped-def]
                best, place = found
                row = builder.add(z_at, builder.mul(i, pitch))
                numbers = [code.vector_at(z, builder.add(row, code.index(v * code.lanes))) for v in range(wide)]
                first_place = builder.trunc(builder.mul(i, code.index(wide)), ir.IntType(32))
                for j in range(wide):
                    new = _every(code, numbers, wide, j)
                    strange = builder.fcmp_unordered("uno", new, new)
                    sound = builder.fcmp_ordered("ord", best, best)
                    wins = builder.or_(builder.fcmp_ordered(">", new, best), builder.and_(strange, sound))
                    best = builder.select(wins, new, best)
                    here = code.everywhere(builder.add(first_place, ir.Constant(ir.IntType(32), j)), whole)
                    place = builder.select(wins, here, place)
                return [best, place]

            best, place = code.loop(high, [lowest, first], add_row)
            below = builder.fcmp_ordered("<=", best, zero)
            code.store(builder.select(below, zero, best), y, at)
            code.store(builder.select(below, first, place), winner, at, bytes_of_number=4)
            return context.get_dummy_value()

        return signature, generate

    return pool


def _unpool(wide: int) -> Any:
    """The way back of row i of such windows: dz = dy where the winner stood, and 0 elsewhere, `count` windows long."""

    @intrinsic
    def unpool(typing, dz, dz_at, dy, winner, at, i, count):  # type: ignore[no-untyped-def]
        signature = types.void(dz, dz_at, dy, winner, at, i, count)

        def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
            code = Code(context, builder, signature, arguments)
            dz, dy, winner = (code.data(place) for place in (0, 2, 3))
            dz_at, at, i, count = (arguments[place] for place in (1, 4, 5, 6))
            whole = ir.VectorType(ir.IntType(32), code.lanes)
            zero = code.zero
            lanes = ir.Constant(whole, list(range(code.lanes)))
            within = builder.icmp_signed("<", lanes, code.everywhere(builder.trunc(count, ir.IntType(32)), whole))
            gradient = builder.select(within, code.vector_at(dy, at), zero)
            place = builder.load(builder.bitcast(builder.gep(winner, [at]), whole.as_pointer()), align=4)
            first_place = builder.trunc(builder.mul(i, code.index(wide)), ir.IntType(32))
            parts = []
            for j in range(wide):
                here = code.everywhere(builder.add(first_place, ir.Constant(ir.IntType(32), j)), whole)
                parts.append(builder.select(builder.icmp_signed("==", place, here), gradient, zero))
            row = _joined(code, parts)
            for v in range(wide):
                picks = [j * code.lanes + m for m, j in (divmod(v * code.lanes + k, wide) for k in range(code.lanes))]
                vector = builder.shuffle_vector(row, ir.Constant(row.type, ir.Undefined), mask(picks))
                code.store(vector, dz, builder.add(dz_at, code.index(v * code.lanes)))
            return context.get_dummy_value()

        return signature, generate

    return unpool


pool_2, pool_3 = _pool(2), _pool(3)
unpool_2, unpool_3 = _unpool(2), _unpool(3)
