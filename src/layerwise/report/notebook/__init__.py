"""How networks, layers, arrays of parameters, histories, datasets and reports look in a notebook.

`html` gives the form of one object. A class gets one by a function in a file of this room under `@html.register`, and
by `Displayed` among its bases. Each form is self-contained, small (below 250 kB) and readable on dark pages.
"""

from layerwise.report.notebook import comparing, experiments, explaining, networks, training
from layerwise.report.notebook.form import html

__all__ = ["comparing", "experiments", "explaining", "html", "networks", "training"]
