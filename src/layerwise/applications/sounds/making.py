"""Generated sounds: five kinds of instrument at any pitch, with noise; and WAV files of one's own."""

from __future__ import annotations

import os
import sys
import wave

import numpy as np

from layerwise.errors import FileError
from layerwise.random import generator
from layerwise.types import Array

RATE = 4000
"""Samples a second."""
LENGTH = 1024
"""Samples of a sound: a quarter of a second."""
KINDS = ("bell", "bird", "drum", "flute", "string")


def generated_sounds(count: int = 2000, seed: int = 0) -> tuple[Array, Array]:
    """Sounds and which of `KINDS` each is: x (count, 1, LENGTH) float32, of variance 1, and labels (count,) int64.

    A string has all overtones, a flute the odd ones and few; both keep on. A bell has overtones at odd ratios, which
    die away; a drum is noise that dies away around one frequency; a bird glides up or down. The pitch is 200 to
    800 Hz, the noise is a tenth to once as loud as the sound.
    """
    rng = generator(seed, "sounds")
    labels = rng.integers(len(KINDS), size=count)
    x = np.stack([_sound(KINDS[label], rng) for label in labels])
    x += rng.uniform(0.1, 1.0, size=(count, 1)) * rng.normal(size=x.shape)
    return scaled(x)[:, None], labels


def scaled(x: Array) -> Array:
    """Mean 0 and variance 1 along the last axis, as float32: how loud a sound is says nothing of its kind."""
    x = x - x.mean(axis=-1, keepdims=True)
    return np.asarray(x / np.maximum(x.std(axis=-1, keepdims=True), 1e-9), dtype=np.float32)


def _sound(kind: str, rng: np.random.Generator) -> Array:
    t = np.arange(LENGTH) / RATE
    pitch = 200 * 4 ** rng.random()
    fading = np.exp(-t * rng.uniform(8, 20))
    if kind == "string":
        sound = _tones(t, pitch, np.arange(1, 9), 1 / np.arange(1, 9), rng)
    elif kind == "flute":
        sound = _tones(t, pitch, np.array([1, 3]), np.array([1, 0.2]), rng)
    elif kind == "bell":
        sound = fading * _tones(t, pitch, np.array([1, 1.52, 2.41]), np.array([1, 0.7, 0.5]), rng)
    elif kind == "drum":
        sound = fading * np.sin(2 * np.pi * pitch * t + np.cumsum(0.7 * rng.normal(size=LENGTH)))
    else:
        glide = pitch * rng.uniform(1.4, 2.2) ** (rng.choice([-1, 1]) * t / t[-1])
        sound = np.sin(2 * np.pi * (np.cumsum(glide) / RATE + rng.random()))
    return np.asarray(sound / sound.std())


def _tones(t: Array, pitch: float, ratios: Array, sizes: Array, rng: np.random.Generator) -> Array:
    """Sines at multiples of the pitch, below half of the rate, each beginning anywhere in its wave."""
    kept = pitch * ratios < RATE / 2
    phases = rng.random(len(ratios))[kept]
    return np.asarray(sizes[kept] @ np.sin(2 * np.pi * (np.outer(pitch * ratios[kept], t) + phases[:, None])))


def read_sound(path: str | os.PathLike[str]) -> Array:
    """The loudest quarter of a second of a WAV file (PCM, 16 bits, any rate, mono or not): (1, 1, LENGTH).

    Raises FileError for another file, or a shorter one.
    """
    try:
        with wave.open(os.fspath(path), "rb") as file:
            rate, channels, width = file.getframerate(), file.getnchannels(), file.getsampwidth()
            content = file.readframes(file.getnframes())
    except (wave.Error, EOFError) as error:
        raise FileError(f"{path} is no WAV file of PCM samples ({error}): save it as one") from None
    except OSError as error:
        raise FileError(f"{path} can not be read: {error.strerror or error}") from error
    if width != 2:
        raise FileError(f"{path} has samples of {8 * width} bits; save it with 16 bits")
    samples = np.frombuffer(content, dtype="<i2" if sys.byteorder == "little" else ">i2").reshape(-1, channels)
    mono = samples.mean(axis=1)
    if len(mono) * RATE < LENGTH * rate:
        raise FileError(f"{path} is {len(mono) / rate:.2f} s long; a quarter of a second or more is wanted")
    smooth = np.convolve(mono, np.ones(width := max(1, round(rate / RATE))) / width, "same")  # against aliases
    x = np.interp(np.arange(0, len(mono) / rate - 1e-9, 1 / RATE) * rate, np.arange(len(mono)), smooth)
    x = np.pad(x, (0, max(0, LENGTH - len(x))))
    energy = np.convolve(x**2, np.ones(LENGTH), "valid")
    start = int(energy.argmax())
    return scaled(x[None, start : start + LENGTH])[:, None]
