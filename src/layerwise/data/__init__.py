"""Data: sets by name, a learner's own table, and their preparation for a network.

>>> import layerwise.data
>>> x, y = layerwise.data.load("xor", n=100).train
>>> x.shape
(70, 2)
"""

from layerwise.data.catalogue import load, names
from layerwise.data.column import Column
from layerwise.data.dataset import Card, Dataset, Part
from layerwise.data.from_table import from_table
from layerwise.data.painted import painted
from layerwise.data.preparation import Preparation
from layerwise.data.tables.decision import Decision
from layerwise.data.tables.formats import TABLES, read_frame
from layerwise.data.tables.frame import Frame
from layerwise.data.tables.read import Inspection, inspect_table, read_table

read_csv = read_table  # the older name

__all__ = [
    "TABLES",
    "Card",
    "Column",
    "Dataset",
    "Decision",
    "Frame",
    "Inspection",
    "Part",
    "Preparation",
    "from_table",
    "inspect_table",
    "load",
    "names",
    "painted",
    "read_csv",
    "read_frame",
    "read_table",
]
