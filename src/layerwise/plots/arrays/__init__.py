"""Arrays as pictures."""

from layerwise.plots.arrays.picture import array_picture

__all__ = ["array_picture"]
