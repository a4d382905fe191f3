"""Tiles of products: whatever processor they are compiled for, they are right, and their sums stay in registers."""

from __future__ import annotations

import os
import platform
import subprocess
import sys

import numpy as np
import pytest

from layerwise.random import generator

pytest.importorskip("numba")

from layerwise.compiled import tiles
from layerwise.compiled.processor import VectorUnit, _vector_unit
from layerwise.compiled.tiles import COLUMNS, ROWS, TALL, blocks

X86 = platform.machine().lower() in ("x86_64", "amd64")
on_x86 = pytest.mark.skipif(not X86, reason="LLVM is here for another kind of processor")

WITHOUT_AVX512 = {"NUMBA_CPU_NAME": "haswell", "NUMBA_CPU_FEATURES": "+avx2,+fma"}
VECTORS_ON_THE_STACK = r"%[yz]mm\d+, .*\(%r[sb]p\)|\(%r[sb]p\), .*%[yz]mm\d+"


@on_x86
@pytest.mark.parametrize(
    ("name", "features", "unit"),
    [
        ("haswell", "", (32, 16)),
        ("haswell", "+avx2,+fma", (32, 16)),
        ("znver2", "", (32, 16)),
        ("skylake-avx512", "", (64, 32)),
        ("znver4", "", (64, 32)),
        ("nehalem", "", (16, 16)),
        ("generic", "", (16, 16)),
    ],
)
def test_the_vector_unit_of_processors_that_are_known(name, features, unit):
    from llvmlite import binding

    binding.initialize_native_target()  # as Numba does before it compiles anything
    binding.initialize_native_asmprinter()
    assert _vector_unit("x86_64-unknown-linux-gnu", name, features) == VectorUnit(*unit)


@pytest.mark.parametrize("registers", [8, 16, 32])
@pytest.mark.parametrize("vector", [1, 2, 4])
@pytest.mark.parametrize(("rows", "columns"), [(16, 1), (8, 1), (4, 4), (4, 2), (4, 1), (1, 4), (1, 1)])
def test_blocks_are_the_whole_tile_once_and_fit(rows, columns, vector, registers):
    for row in (1, vector):
        found = list(blocks(rows, columns, vector, row, registers))
        assert sorted((r, c) for some, here in found for r in some for c in here) == [
            (r, c) for r in range(rows) for c in range(columns)
        ]
        if 2 * vector + row <= registers:
            assert all(len(some) * len(here) * vector + len(here) * vector + row <= registers for some, here in found)


def test_blocks_are_as_large_as_can_be():
    """More sums at a time hide how long one multiplication takes: 8 registers of them on a processor with 16."""
    assert [(len(some), len(here)) for some, here in blocks(16, 1, vector=1, row=1, registers=32)] == [(16, 1)]
    assert [(len(some), len(here)) for some, here in blocks(16, 1, vector=2, row=1, registers=16)] == [(4, 1)] * 4
    assert [(len(some), len(here)) for some, here in blocks(8, 1, vector=1, row=1, registers=32)] == [(8, 1)]
    assert [(len(some), len(here)) for some, here in blocks(8, 1, vector=2, row=1, registers=16)] == [(4, 1)] * 2
    assert [(len(some), len(here)) for some, here in blocks(4, 4, vector=1, row=1, registers=32)] == [(4, 4)]
    assert [(len(some), len(here)) for some, here in blocks(4, 4, vector=2, row=2, registers=16)] == [(2, 2)] * 4


def matrix_product(dtype, name):
    """C = A B and C + A B of one tile, and the right values."""
    from numba import njit

    tile, lanes, rows = getattr(tiles, name), int(name.split("_")[-1]), TALL if "tall" in name else ROWS

    @njit
    def call(C, A, B, add):
        tile(C, 1, lanes + 2, A, 0, 5, 1, 5 * rows, B, 0, lanes, 5 * lanes, 5, 3, add)

    rng = generator(4, "tile", layer=name)
    A, B = rng.normal(size=(3, rows, 5)).astype(dtype), rng.normal(size=(3, 5, lanes)).astype(dtype)
    C = rng.normal(size=(rows, lanes + 2)).astype(dtype)
    right = np.einsum("ark,akc->rc", A.astype(np.float64), B.astype(np.float64))
    for add in (False, True):
        expected = C.astype(np.float64)
        expected[:, 1:-1] = right + (expected[:, 1:-1] if add else 0)
        call(C.reshape(-1), A.reshape(-1), B.reshape(-1), add)
        np.testing.assert_allclose(C, expected, rtol=1e-5 if dtype is np.float32 else 1e-13, atol=1e-5)


@pytest.mark.parametrize("name", ["matrix_16", "matrix_8", "matrix_4", "tall_matrix_16", "tall_matrix_8"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_tile_is_a_product_and_writes_nowhere_else(dtype, name):
    matrix_product(dtype, name)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("lanes", [16, 8])
def test_tall_tiles_and_others_add_up_in_one_order(lanes, dtype):
    """A product that begins or ends in the middle of a tall tile has the bits of the whole one."""
    from layerwise.compiled.recurrent_kernels import pack, product

    rng = generator(5, "tall tiles", layer=str(lanes))
    rows, columns = TALL + ROWS, 7
    W, u = rng.normal(size=(rows, columns)).astype(dtype), rng.normal(size=columns * lanes).astype(dtype)
    packed, whole = np.empty((2, columns, TALL), dtype), np.zeros(rows * lanes, dtype)
    pack(W, packed)
    product(packed, 0, rows, 0, columns, u, whole, lanes, False)
    np.testing.assert_allclose(whole.reshape(rows, lanes), W @ u.reshape(columns, lanes), rtol=1e-4, atol=1e-5)
    for begin, end in ((0, ROWS), (ROWS, TALL), (ROWS, rows), (TALL, rows)):
        part = np.zeros_like(whole)
        product(packed, begin, end, 0, columns, u, part, lanes, False)
        right = np.zeros_like(whole)
        right[begin * lanes : end * lanes] = whole[begin * lanes : end * lanes]
        assert part.tobytes() == right.tobytes()


LINE = """
import re, sys
import numpy as np
from layerwise.compiled import line_kernels, recurrent_kernels
for dtype in (np.float32, np.float64):
    z, W, u = np.zeros({columns} * {rows}, dtype), np.ones((1, 5, {rows}), dtype), np.ones(5 * {columns}, dtype)
    recurrent_kernels.product(W, 0, {rows}, 0, 5, u, z, {columns}, False)
    assert (z == 5).all()
    x, z, start, terms = np.ones(2000, dtype), np.zeros(2000, dtype), np.zeros(4, dtype), np.arange(9)
    line_kernels.correlate(z, 0, 256, x, 0, terms, np.ones(36, dtype), 0, start, 0, 4, 200)
    assert (z.reshape(-1)[:200] == 9).all()
    dW, dz = np.zeros(36, dtype), np.ones(1200, dtype)
    line_kernels.add_products(dW, 0, dz, 0, 256, 0, x, 0, 0, terms, 4, 192, 1)
    assert (dW == 192).all()
for function in (recurrent_kernels.product, line_kernels.correlate, line_kernels.add_products):
    for assembly in function.inspect_asm().values():
        assert "fmadd" in assembly
        sums = assembly[assembly.index("fmadd") : assembly.rindex("fmadd")]
        print(function.__name__, "zmm" in assembly, len(re.findall(sys.argv[1], sums)))
"""


@on_x86
@pytest.mark.slow
def test_without_avx512_sums_stay_in_registers(tmp_path):
    """A tile of 8 rows by 16 columns of float32 that goes to the stack and back takes four times as long."""
    done = subprocess.run(
        [sys.executable, "-c", LINE.format(rows=TALL, columns=COLUMNS), VECTORS_ON_THE_STACK],
        env={**os.environ, **WITHOUT_AVX512, "NUMBA_CACHE_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    lines = [line.rsplit(maxsplit=2) for line in done.stdout.splitlines()]
    assert [wide for _, wide, _ in lines] == ["False"] * 6
    assert [int(stored) for _, _, stored in lines] == [0] * 6, done.stdout
