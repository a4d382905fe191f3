"""Two ways to hear: convolutions on the samples themselves, and features of the spectrum that people thought of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import numpy as np

import layerwise as lw
from layerwise.applications.sounds.making import LENGTH, RATE
from layerwise.random import generator
from layerwise.types import Array

_FRAME, _BANDS = 256, 16


def sound_network(classes: int, *, seed: int = 0) -> lw.Network:
    """Three convolutions on raw samples, each four times as coarse: first waves, then what they make up.

    x: (N, 1, LENGTH); y: (N, classes).

    >>> sound_network(5)(np.zeros((2, 1, LENGTH))).shape
    (2, 5)
    """
    return lw.Network(
        lw.Conv1d(1, 16, 32, stride=4, padding=14),
        lw.ReLU(),
        lw.Conv1d(16, 32, 8, stride=4, padding=2),
        lw.ReLU(),
        lw.Conv1d(32, 32, 8, stride=4, padding=2),
        lw.ReLU(),
        lw.Flatten(),
        lw.Dropout(0.3),
        lw.Linear(32 * (LENGTH // 64), classes),
        seed=seed,
    )


def features(x: Array) -> Array:
    """Hand-made features of the spectrum, (N, 36) float32.

    x: (N, 1, LENGTH). The spectrum of seven frames; in each, the logarithm of the energy in 16 bands that are wider the
    higher they are, as the ear has them; of each band the mean and the spread over the frames, and so for the centre of
    the spectrum and for how flat it is (its geometric over its arithmetic mean).
    Source: Davis and Mermelstein, Comparison of parametric representations for monosyllabic word recognition (1980)
    """
    frames = np.lib.stride_tricks.sliding_window_view(x[:, 0], _FRAME, axis=1)[:, :: _FRAME // 2]
    power = np.abs(np.fft.rfft(frames * np.hanning(_FRAME), axis=2)) ** 2 + 1e-3
    frequency = np.fft.rfftfreq(_FRAME, 1 / RATE)
    edges = 700 * (10 ** (np.linspace(0, 2595 * np.log10(1 + RATE / 2 / 700), _BANDS + 1) / 2595) - 1)  # mel
    bands = np.stack(
        [power[..., (frequency >= low) & (frequency <= high)].sum(axis=2) for low, high in pairwise(edges)],
        axis=2,
    )
    centre = (power * frequency).sum(axis=2) / power.sum(axis=2) / RATE
    flatness = np.log(power).mean(axis=2) - np.log(power.mean(axis=2))
    all_of_them = np.concatenate([np.log(bands), centre[..., None], flatness[..., None]], axis=2)
    return np.concatenate([all_of_them.mean(axis=1), all_of_them.std(axis=1)], axis=1).astype(np.float32)


def train(
    train: tuple[Array, Array], validation: tuple[Array, Array], classes: int, *, epochs: int = 25, seed: int = 0,
    progress: bool | None = None,
) -> tuple[lw.Network, Any]:  # fmt: skip
    """The network of raw samples, by Adam with a rate that rises and falls, going back to its best epoch."""
    net = sound_network(classes, seed=seed)
    history = lw.fit(
        net, moved(*train, seed=seed), loss=lw.CrossEntropyLoss(), optimizer=lw.AdamW(weight_decay=0.01),
        epochs=epochs, schedule=lw.OneCycleLR(0.003, total_steps=epochs * -(-len(train[1]) // 32)),
        validation=validation, listeners=[lw.EarlyStopping(patience=epochs)], seed=seed, progress=progress,
    )  # fmt: skip
    return net, history


def moved(x: Array, labels: Array, *, seed: int = 0) -> Callable[[int], Iterator[tuple[Array, Array]]]:
    """Batches of 32 in which each sound begins up to a sixteenth of its length later, upside down half of the time.

    Neither can be heard; a network that has not learnt that has to be shown.
    """

    def epoch(number: int) -> Iterator[tuple[Array, Array]]:
        rng = generator(seed, "moved", step=number)
        order = rng.permutation(len(x))
        for start in range(0, len(x) - 1, 32):
            rows = order[start : start + 32]
            shifts = rng.integers(LENGTH // 16, size=len(rows))
            places = (np.arange(LENGTH) - shifts[:, None]) % LENGTH
            sign = rng.choice(np.array([-1, 1], dtype=x.dtype), size=(len(rows), 1, 1))
            yield sign * np.take_along_axis(x[rows], places[:, None], axis=2), labels[rows]

    return epoch
