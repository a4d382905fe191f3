"""The one door to randomness: every draw has an address, none is consumed.

A generator that is shared and consumed makes a run depend on everything that ever drew from it. Here each
draw names its seed, its purpose, its layer, its step and its chunk, and gets numbers of its own (Philox, a
counter-based generator: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011). Stopping,
resuming, watching or splitting a run changes no number, and NumPy's global generator is never touched.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache

import numpy as np

from layerwise.checks import whole_number
from layerwise.types import Generator

__all__ = ["generator", "skip"]


def generator(seed: int, purpose: str, layer: str = "", step: int = 0, chunk: int = 0) -> Generator:
    """Return the generator at one address. Equal addresses give equal numbers, others independent ones.

    >>> a = generator(7, "dropout", layer="2", step=10).random(3)
    >>> b = generator(7, "dropout", layer="2", step=10).random(3)
    >>> bool((a == b).all())
    True
    """
    # Philox counts from the lowest word of its counter, so the two highest words keep addresses apart.
    words = [0, 0, whole_number("chunk", chunk, minimum=0), whole_number("step", step, minimum=0)]
    counter = np.array(words, dtype=np.uint64)
    key = _key(whole_number("seed", seed, minimum=0), purpose, layer)
    return np.random.Generator(np.random.Philox(key=key, counter=counter))


def skip(rng: Generator, numbers: int) -> None:
    """Move on, as if this many numbers had been drawn by `rng.random(numbers, dtype=np.float32)`.

    >>> a, b = generator(7, "dropout"), generator(7, "dropout")
    >>> skip(b, 1_000_003)
    >>> bool((a.random(1_000_006, dtype=np.float32)[-3:] == b.random(3, dtype=np.float32)).all())
    True
    """
    blocks, rest = divmod(numbers, _BLOCK)
    rng.bit_generator.advance(blocks)  # type: ignore[attr-defined]  # which a Philox has
    rng.random(rest, dtype=np.float32)


_BLOCK = 8
"""How many numbers of 32 bits Philox makes of one count."""


@lru_cache(maxsize=4096)
def _key(seed: int, purpose: str, layer: str) -> int:
    """128 bits from the parts of an address that stay the same through a run."""
    address = f"{seed}|{purpose}|{layer}".encode()
    return int.from_bytes(hashlib.blake2b(address, digest_size=16).digest(), "little")


def __dir__() -> list[str]:
    return __all__
