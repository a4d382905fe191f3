"""How an object looks in a notebook: asked of the room that draws, at the moment when a notebook asks.

A network stands below the pictures of networks and must not know them. So the class only says that it has a picture;
the one line below names the room where it is made, which is loaded when a cell shows the object, and never before.
Any notebook that knows `_repr_html_` then shows it: Jupyter, VS Code, Colab, marimo. Elsewhere it is plain text.
"""

from __future__ import annotations

from importlib import import_module

_ROOM = "layerwise.report.notebook"


class Displayed:
    """What a notebook shows as HTML. A class that is one of these has its form in the room of the notebook."""

    __slots__ = ()

    def _repr_html_(self) -> str | None:
        """The form for a notebook; None, and so plain text, where there is none."""
        made: str | None = import_module(_ROOM).html(self)
        return made
