"""Tiles of products: some rows by some vectors of columns, whose sums stay in registers.

    sum[r, c] += row[r] · column[c], step by step

LLVM does not find by itself that they may, so tiles are written in LLVM's own vectors: they then run at the peak of the
processor (measured: 118 GFLOP/s of 118). A tile that needs more registers than the processor has is computed block by
block. The order of a sum is that of its terms, in whatever block it is computed.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product as pairs
from typing import Any

from numba import types
from numba.extending import intrinsic

from layerwise.compiled.vector_code import Code

ROWS = 8
"""Rows of a tile of a matrix product: enough sums at a time to hide how long one multiplication takes."""

TALL = 2 * ROWS
"""Rows of a tall tile: what is read of a column serves twice as many sums. A processor that multiplies two of its
widest vectors at a time waits for reading otherwise (by LLVM's model of Ice Lake, 8 columns take 39 cycles in each of
two tiles, and 69 in a tall one); on others a tall tile is as fast as two."""

COLUMNS = 16
"""Columns of the widest tile."""


def blocks(rows: int, columns: int, vector: int, row: int, registers: int) -> Iterator[tuple[range, range]]:
    """The rows and columns of a tile in blocks whose sums, with what is multiplied, fit into the registers.

    vector, row: how many registers a column's vector takes, and what it is multiplied with. Of blocks of one size the
    one that is loaded in the fewest steps is best.

    >>> list(blocks(8, 1, vector=1, row=1, registers=32))
    [(range(0, 8), range(0, 1))]
    >>> list(blocks(8, 1, vector=2, row=1, registers=16))
    [(range(0, 4), range(0, 1)), (range(4, 8), range(0, 1))]
    """
    sizes = [
        (tall, wide)
        for tall, wide in pairs(_divisors(rows), _divisors(columns))
        if (tall + 1) * wide * vector + row <= registers
    ]
    tall, wide = max(sizes, key=lambda size: (size[0] * size[1], -size[0] * row - size[1] * vector), default=(1, 1))
    for r, c in pairs(range(0, rows, tall), range(0, columns, wide)):
        yield range(r, r + tall), range(c, c + wide)


def _divisors(number: int) -> list[int]:
    return [each for each in range(1, number + 1) if number % each == 0]


def _matrix_tile(lanes: int, rows: int = ROWS) -> Any:
    """C[r, :] (+)= Σ_kk Σ_k A[r, k, kk] B[k, kk, :] for the rows r and all lanes of a tile.

    Each array is given with the place of its first number and the distances from one row, k or kk to the next.
    """

    @intrinsic
    def tile(typing, C, c, c_r, A, a, a_r, a_k, a_kk, B, b, b_k, b_kk, K, KK, add):  # type: ignore[no-untyped-def]
        i = types.int64
        signature = types.void(C, i, i, A, i, i, i, i, B, i, i, i, i, i, types.boolean)

        def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
            code = Code(context, builder, signature, arguments, lanes)
            C, A, B = (code.data(place) for place in (0, 3, 8))
            _, c, c_r, _, a, a_r, a_k, a_kk, _, b, b_k, b_kk, K, KK, add = arguments
            for some, _ in blocks(rows, 1, code.registers, 1, code.unit.registers):
                places = [code.moved(c, code.index(r), c_r) for r in some]
                row_begins = [code.moved(a, code.index(r), a_r) for r in some]

                def outer(kk, sums):  # type: ignore[no-untyped-def]
                    begins = [code.moved(begin, kk, a_kk) for begin in row_begins]  # noqa: B023, called at once
                    column_begin = code.moved(b, kk, b_kk)

                    def inner(k, sums):  # type: ignore[no-untyped-def]
                        column = code.vector_at(B, code.moved(column_begin, k, b_k))
                        numbers = (code.number_at(A, code.moved(begin, k, a_k)) for begin in begins)
                        return code.add_products(sums, numbers, [column])

                    return code.loop(K, sums, inner)

                old = [builder.select(add, code.vector_at(C, place), code.zero) for place in places]
                for total, place in zip(code.loop(KK, old, outer), places, strict=True):
                    code.store(total, C, place)
            return context.get_dummy_value()

        return signature, generate

    return tile


def _line_tile(kernels: int, vectors: int) -> Any:
    """z[k, m] = start[k] + Σ_t W[k, t] x[m + term[t]], for some kernels and vectors of places at a time."""

    @intrinsic
    def tile(  # type: ignore[no-untyped-def]
        typing, z, z_at, z_step, x, x_at, terms, count, W, w_at, w_step, start, start_at
    ):
        signature = types.void(z, z_at, z_step, x, x_at, terms, count, W, w_at, w_step, start, start_at)

        def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
            code = Code(context, builder, signature, arguments)
            z, x, terms, W, start = (code.data(place) for place in (0, 3, 5, 7, 10))
            z_at, z_step, x_at, count = (arguments[place] for place in (1, 2, 4, 6))
            w_at, w_step, start_at = (arguments[place] for place in (8, 9, 11))
            for some, places in blocks(kernels, vectors, code.registers, 1, code.unit.registers):
                shifts = [code.index(v * code.lanes) for v in places]
                weights = [code.moved(w_at, code.index(k), w_step) for k in some]
                begin = [code.number_at(start, builder.add(start_at, code.index(k))) for k in some]

                def add_term(t, sums):  # type: ignore[no-untyped-def]
                    place = builder.add(x_at, builder.load(builder.gep(terms, [t])))
                    seen = [code.vector_at(x, builder.add(place, shift)) for shift in shifts]  # noqa: B023, at once
                    numbers = (code.number_at(W, builder.add(weight, t)) for weight in weights)  # noqa: B023
                    return code.add_products(sums, numbers, seen)

                sums = code.loop(count, [each for each in begin for _ in places], add_term)
                for total, (k, shift) in zip(sums, pairs(some, shifts), strict=True):
                    code.store(total, z, builder.add(code.moved(z_at, code.index(k), z_step), shift))
            return context.get_dummy_value()

        return signature, generate

    return tile


def _line_product(kernels: int, terms_at_once: int) -> Any:
    """dW[k, t] += Σ_n Σ_m dz[n, k, m] x[n, m + term[t]], for some kernels and terms at a time."""

    @intrinsic
    def product(  # type: ignore[no-untyped-def]
        typing, dW, w_at, w_step, dz, dz_at, dz_step, dz_image, x, x_at, x_image, terms, first_term, vectors, images
    ):
        signature = types.void(
            dW, w_at, w_step, dz, dz_at, dz_step, dz_image, x, x_at, x_image, terms, first_term, vectors, images
        )

        def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
            code = Code(context, builder, signature, arguments)
            dW, dz, x, terms = (code.data(place) for place in (0, 3, 7, 10))
            w_at, w_step, dz_at, dz_step, dz_image = (arguments[place] for place in (1, 2, 4, 5, 6))
            x_at, x_image, first_term, vectors, images = (arguments[place] for place in (8, 9, 11, 12, 13))
            for some, here in blocks(kernels, terms_at_once, code.registers, code.registers, code.unit.registers):
                shifts = [builder.load(builder.gep(terms, [builder.add(first_term, code.index(t))])) for t in here]
                lines = [code.moved(dz_at, code.index(k), dz_step) for k in some]

                def add_image(n, sums):  # type: ignore[no-untyped-def]
                    dz_begin, x_begin = builder.mul(n, dz_image), code.moved(x_at, n, x_image)

                    def add_vector(m, sums):  # type: ignore[no-untyped-def]
                        place = builder.mul(m, code.index(code.lanes))
                        dz_place, x_place = builder.add(dz_begin, place), builder.add(x_begin, place)
                        seen = [code.vector_at(x, builder.add(x_place, shift)) for shift in shifts]  # noqa: B023
                        gradients = (code.vector_at(dz, builder.add(dz_place, line)) for line in lines)  # noqa: B023
                        return code.add_products(sums, gradients, seen)

                    return code.loop(vectors, sums, add_vector)

                sums = code.loop(images, [code.zero] * (len(some) * len(here)), add_image)
                for total, (k, t) in zip(sums, pairs(some, here), strict=True):
                    place = builder.add(code.moved(w_at, code.index(k), w_step), code.index(t))
                    slot = builder.gep(dW, [place])
                    builder.store(builder.fadd(builder.load(slot), code.total(total)), slot)
            return context.get_dummy_value()

        return signature, generate

    return product


matrix_16, matrix_8, matrix_4 = _matrix_tile(16), _matrix_tile(8), _matrix_tile(4)
tall_matrix_16, tall_matrix_8 = _matrix_tile(16, TALL), _matrix_tile(8, TALL)
line_4x4, line_4x2, line_4x1 = _line_tile(4, 4), _line_tile(4, 2), _line_tile(4, 1)
line_1x4, line_1x1 = _line_tile(1, 4), _line_tile(1, 1)
product_4x4, product_4x1 = _line_product(4, 4), _line_product(4, 1)
product_1x4, product_1x1 = _line_product(1, 4), _line_product(1, 1)
