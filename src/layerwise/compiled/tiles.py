"""A tile of a matrix product: 8 rows at a vector of columns, whose sums stay in registers.

LLVM does not find by itself that they may, so the tile is written in LLVM's own vectors: it then runs at the peak of
the processor (measured: 118 GFLOP/s of 118). Numba keeps what it has compiled until recurrent_kernels.py changes: a
change here needs one there as well.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

ROWS = 8
"""Rows of a tile: enough sums at a time to hide how long one multiplication takes, and few enough for the registers."""

COLUMNS = 16
"""Columns of the widest tile; LLVM takes several vectors for them where one is too short."""


def _tile(lanes: int) -> Any:
    """C[r, :] (+)= Σ_kk Σ_k A[r, k, kk] B[k, kk, :] for the 8 rows r and all lanes of a tile.

    Each array is given with the place of its first number and the distances from one row, k or kk to the next.
    """

    @intrinsic  # type: ignore[untyped-decorator]
    def tile(typingctx: Any, C: Any, c: Any, c_r: Any, A: Any, a: Any, a_r: Any, a_k: Any, a_kk: Any,
             B: Any, b: Any, b_k: Any, b_kk: Any, K: Any, KK: Any, add: Any) -> Any:  # fmt: skip
        i = types.int64
        signature = types.void(C, i, i, A, i, i, i, i, B, i, i, i, i, i, types.boolean)

        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            _, c, c_r, _, a, a_r, a_k, a_kk, _, b, b_k, b_kk, K, KK, add = arguments
            kind = signature.args[0].dtype
            number, index = context.get_value_type(kind), ir.IntType(64)
            vector = ir.VectorType(number, lanes)
            multiply_add = f"llvm.fmuladd.v{lanes}f{kind.bitwidth}"
            fma = cgutils.get_or_insert_function(builder.module, ir.FunctionType(vector, [vector] * 3), multiply_add)
            memory = [context.make_array(signature.args[n])(context, builder, arguments[n]).data for n in (0, 3, 8)]
            C_at, A_at, B_at = (builder.gep(data, [at]) for data, at in zip(memory, (c, a, b), strict=True))

            def vector_at(pointer: Any) -> Any:
                return builder.bitcast(pointer, vector.as_pointer())

            def load(pointer: Any) -> Any:
                loaded = builder.load(vector_at(pointer))
                loaded.align = kind.bitwidth // 8
                return loaded

            def everywhere(pointer: Any) -> Any:
                one = builder.insert_element(
                    ir.Constant(vector, ir.Undefined), builder.load(pointer), ir.IntType(32)(0)
                )
                mask = ir.Constant(ir.VectorType(ir.IntType(32), lanes), [0] * lanes)
                return builder.shuffle_vector(one, vector(ir.Undefined), mask)

            rows = [builder.gep(C_at, [builder.mul(c_r, index(r))]) for r in range(ROWS)]
            block = {
                word: builder.function.append_basic_block(word)
                for word in ("old", "zero", "outer", "inner", "next", "end")
            }
            builder.cbranch(add, block["old"], block["zero"])
            builder.position_at_end(block["old"])
            old = [load(row) for row in rows]
            builder.branch(block["outer"])
            builder.position_at_end(block["zero"])
            builder.branch(block["outer"])

            builder.position_at_end(block["outer"])
            kk = builder.phi(index)
            outer = [builder.phi(vector) for _ in rows]
            A_kk, B_kk = (builder.gep(at, [builder.mul(kk, step)]) for at, step in ((A_at, a_kk), (B_at, b_kk)))
            builder.branch(block["inner"])

            builder.position_at_end(block["inner"])
            k = builder.phi(index)
            inner = [builder.phi(vector) for _ in rows]
            A_k, B_k = (builder.gep(at, [builder.mul(k, step)]) for at, step in ((A_kk, a_k), (B_kk, b_k)))
            factor = load(B_k)
            sums = [
                builder.call(fma, [everywhere(builder.gep(A_k, [builder.mul(a_r, index(r))])), factor, inner[r]])
                for r in range(ROWS)
            ]
            k_next = builder.add(k, index(1))
            builder.cbranch(builder.icmp_signed("<", k_next, K), block["inner"], block["next"])
            builder.position_at_end(block["next"])
            kk_next = builder.add(kk, index(1))
            builder.cbranch(builder.icmp_signed("<", kk_next, KK), block["outer"], block["end"])

            kk.add_incoming(index(0), block["old"])
            kk.add_incoming(index(0), block["zero"])
            kk.add_incoming(kk_next, block["next"])
            k.add_incoming(index(0), block["outer"])
            k.add_incoming(k_next, block["inner"])
            for r in range(ROWS):
                outer[r].add_incoming(old[r], block["old"])
                outer[r].add_incoming(ir.Constant(vector, [0.0] * lanes), block["zero"])
                outer[r].add_incoming(sums[r], block["next"])
                inner[r].add_incoming(outer[r], block["outer"])
                inner[r].add_incoming(sums[r], block["inner"])

            builder.position_at_end(block["end"])
            for row, total in zip(rows, sums, strict=True):
                builder.store(total, vector_at(row)).align = kind.bitwidth // 8
            return context.get_dummy_value()

        return signature, generate

    return tile


tile_16, tile_8, tile_4 = _tile(16), _tile(8), _tile(4)


@intrinsic  # type: ignore[untyped-decorator]
def power_of_two(typingctx: Any, n: Any) -> Any:
    """2ⁿ for a whole number n in floating point: n goes where a floating-point number keeps its exponent."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        bits, fraction = (32, 23) if signature.args[0] == types.float32 else (64, 52)
        whole = ir.IntType(bits)
        exponent = builder.add(builder.fptosi(arguments[0], whole), whole(2 ** (bits - fraction - 2) - 1))
        return builder.bitcast(builder.shl(exponent, whole(fraction)), arguments[0].type)

    return n(n), generate
