"""The drawing of a network, as a picture and in letters."""

from layerwise.plots.drawing.drawing import Drawing, architecture, network_svg

__all__ = ["Drawing", "architecture", "network_svg"]
