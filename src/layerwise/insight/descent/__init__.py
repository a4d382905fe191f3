"""Descent, seen from outside: surfaces over the plane, optimizers racing on them, the landscape around a network."""

from layerwise.insight.descent.landscape import Landscape, landscape
from layerwise.insight.descent.path import Path
from layerwise.insight.descent.race import Race, Way, race
from layerwise.insight.descent.surfaces import SURFACES, Surface, turned

__all__ = ["SURFACES", "Landscape", "Path", "Race", "Surface", "Way", "landscape", "race", "turned"]
