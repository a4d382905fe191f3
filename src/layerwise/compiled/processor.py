"""The vector unit of the processor that Numba compiles for: the one place that knows how wide a vector is.

LLVM is asked, by the name and the features that Numba gives it. So NUMBA_CPU_NAME and NUMBA_CPU_FEATURES, set together,
let one machine compile as another would: `haswell` with `+avx2,+fma` as a processor without AVX-512.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any, NamedTuple

from llvmlite import binding

_BYTES = 64
_ADDITION = """
define <16 x float> @add(<16 x float> %a, <16 x float> %b) {
  %sum = fadd <16 x float> %a, %b
  ret <16 x float> %sum
}
"""


class VectorUnit(NamedTuple):
    """What a processor computes with."""

    bytes: int
    """Of one vector."""
    registers: int
    """How many vectors it holds at a time."""


def vector_unit(codegen: Any) -> VectorUnit:
    """Of the processor that this code generator of Numba compiles for."""
    triple, name, features = codegen.magic_tuple()
    return _vector_unit(triple, name, features)


@cache
def _vector_unit(triple: str, name: str, features: str) -> VectorUnit:
    """LLVM adds two vectors of 64 bytes in as many steps as the processor's own make up: count them in its assembly."""
    machine = binding.Target.from_triple(triple).create_target_machine(cpu=name, features=features)
    assembly = machine.emit_assembly(binding.parse_assembly(_ADDITION))
    steps = len(re.findall(r"^\s+v?f?addps?\s", assembly, re.MULTILINE)) or 4
    wide = _BYTES // steps
    return VectorUnit(wide, 16 if "xmm" in assembly or "ymm" in assembly else 32)
