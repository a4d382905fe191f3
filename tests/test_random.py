"""Addressed randomness: same address, same bits; another address, other numbers; nobody else is disturbed."""

from __future__ import annotations

import hashlib
import itertools
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tests.support.refusals import refused

from layerwise.errors import KindError, SettingError
from layerwise.random import generator

ADDRESS = {"seed": 7, "purpose": "dropout", "layer": "2", "step": 10, "chunk": 1}
NEIGHBOURS = [
    {"seed": 8}, {"seed": 70}, {"purpose": "dropou"}, {"purpose": "init"}, {"layer": ""}, {"layer": "2.0"},
    {"step": 11}, {"step": 0}, {"step": 2**63 - 1}, {"chunk": 0}, {"chunk": 2}, {"step": 1, "chunk": 10},
]  # fmt: skip
DIGEST = "8695a931"  # of the numbers below; it changes only with the scheme, and then old runs do not repeat


def digest(draws=1000):
    total = hashlib.sha256()
    for seed, purpose, layer, step, chunk in itertools.product(
        (0, 7), ("init", "dropout"), ("", "3.1"), (0, 9), (0, 2)
    ):
        total.update(generator(seed, purpose, layer, step, chunk).random(draws).astype("<f8").tobytes())
    return total.hexdigest()[:8]


def test_equal_addresses_give_equal_bits():
    first, second = generator(**ADDRESS), generator(**ADDRESS)
    assert first.random(1000).tobytes() == second.random(1000).tobytes()
    assert first.normal(size=50).tobytes() == second.normal(size=50).tobytes()


@pytest.mark.parametrize("change", NEIGHBOURS, ids=str)
def test_other_addresses_give_other_numbers(change):
    here = generator(**ADDRESS).random(10_000)
    there = generator(**{**ADDRESS, **change}).random(10_000)
    assert not np.isin(there, here).any()
    assert abs(np.corrcoef(here, there)[0, 1]) < 0.05


def test_neighbouring_steps_do_not_overlap():
    """A long draw at one step does not run into the numbers of the next."""
    steps = [generator(0, "dropout", step=step).random(20_000) for step in range(5)]
    assert len(np.unique(np.concatenate(steps))) == 100_000


def test_the_parts_of_an_address_are_kept_apart():
    addresses = [(1, "1a"), (11, "a"), (1, "a", "1"), (1, "a1"), (1, "a", "", 1), (1, "a", "", 0, 1)]
    assert len({generator(*address).random() for address in addresses}) == len(addresses)


def test_known_numbers():
    assert digest() == DIGEST


def test_known_numbers_in_another_process():
    code = "from tests.test_random import digest; print(digest())"
    paths = os.pathsep.join([str(Path(__file__).parents[1]), *filter(None, sys.path)])
    environment = {**os.environ, "PYTHONHASHSEED": "random", "PYTHONPATH": paths}
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert shown.stdout.strip() == DIGEST


def test_the_generator_of_numpy_is_not_touched():
    np.random.seed(3)
    before = np.random.get_state()[1].tobytes()
    generator(3, "init").random(100)
    import layerwise as lw

    net = lw.Network(lw.Linear(3, 3), lw.Dropout())
    net.forward(np.ones((2, 3)), training=True)
    assert np.random.get_state()[1].tobytes() == before


@pytest.mark.parametrize(("change", "error", "words"), [
    ({"seed": -1}, SettingError, "seed must be at least 0"),
    ({"seed": 1.0}, KindError, "seed must be a whole number, got 1.0 (float)"),
    ({"seed": "1"}, KindError, "seed"),
    ({"seed": None}, KindError, "seed"),
    ({"seed": True}, KindError, "seed"),
    ({"seed": 2**63}, SettingError, "seed must be below 2**63"),
    ({"step": -1}, SettingError, "step must be at least 0"),
    ({"step": 1.5}, KindError, "step must be a whole number"),
    ({"step": 2**64}, SettingError, "step must be below 2**63"),
    ({"chunk": -1}, SettingError, "chunk"),
    ({"chunk": "0"}, KindError, "chunk"),
], ids=str)  # fmt: skip
def test_addresses_that_do_not_exist(change, error, words, tally):
    refused(tally, error, words, lambda: generator(**{**ADDRESS, **change}))


def test_whole_numbers_of_numpy_are_welcome():
    assert generator(np.int64(7), "a", step=np.int32(3)).random() == generator(7, "a", step=3).random()
