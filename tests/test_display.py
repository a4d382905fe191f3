"""Importing brings no room of pictures; a notebook's question does, without matplotlib and without a notebook."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import layerwise as lw
from layerwise.display import Displayed


def test_the_room_is_loaded_when_a_notebook_asks_and_not_before() -> None:
    program = (
        "import sys, layerwise as lw\n"
        "net = lw.Network(lw.Linear(2, 1))\n"
        "rooms = [name for name in sys.modules if name.startswith(('layerwise.report', 'layerwise.plots'))]\n"
        "assert rooms == [], rooms\n"
        "assert net._repr_html_().startswith('<div')\n"
        "assert not {'matplotlib', 'IPython', 'pandas', 'rich'} & {name.split('.')[0] for name in sys.modules}\n"
    )
    source = str(Path(lw.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-c", program], env={"PYTHONPATH": source, "HOME": "/"}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_what_has_no_form_of_its_own_has_that_of_its_base_or_none() -> None:
    class Mine(Displayed):
        pass

    class Wide(lw.Linear):
        pass

    assert Mine()._repr_html_() is None
    assert "Wide" in (Wide(2, 3)._repr_html_() or "")


def test_it_adds_nothing_to_an_object() -> None:
    assert Displayed.__slots__ == ()
    assert not hasattr(lw.Linear(2, 2).parameters["weight"], "__dict__")
