"""Sounds: convolutions on raw samples, beside hand-made features of the spectrum."""

from layerwise.applications.sounds.hearing import features, moved, sound_network, train
from layerwise.applications.sounds.making import KINDS, generated_sounds, read_sound, scaled
from layerwise.applications.sounds.study import run

__all__ = ["KINDS", "features", "generated_sounds", "moved", "read_sound", "run", "scaled", "sound_network", "train"]
