"""Applications: networks at work on whole tasks, each beside what it has to beat, each ending with something of yours.

>>> from layerwise.applications import APPLICATIONS
>>> "forecasting" in APPLICATIONS
True
"""

from layerwise.applications.account import Account, Film, Picture, Score, Table
from layerwise.applications.application import Application, Request, Watch, silent
from layerwise.applications.catalogue import APPLICATIONS, application
from layerwise.applications.page import write

__all__ = [
    "APPLICATIONS",
    "Account",
    "Application",
    "Film",
    "Picture",
    "Request",
    "Score",
    "Table",
    "Watch",
    "application",
    "silent",
    "write",
]
