"""Data: sets by name, a learner's own CSV file, and their preparation for a network.

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
from layerwise.data.table import Table, read_rows
from layerwise.data.tabular import read_csv

__all__ = [
    "Card",
    "Column",
    "Dataset",
    "Part",
    "Preparation",
    "Table",
    "from_table",
    "load",
    "names",
    "painted",
    "read_csv",
    "read_rows",
]
