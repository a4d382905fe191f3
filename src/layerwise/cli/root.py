"""The program itself: its name, its help, and what it says when no command is given."""

from __future__ import annotations

from typing import Annotated

import typer

from layerwise import __version__

_EPILOG = (
    "Exit codes: 0 fine, 1 a mistake in data, files or settings (told in a sentence), 2 wrong usage of the command "
    "line, 3 a training run diverged, 4 the doctor found something above a note, 70 an error in Layerwise itself, "
    "130 Ctrl-C, 143 SIGTERM."
)

_FIRST_STEPS = """\
Layerwise: neural networks that you can look into. Three first steps:

  layerwise datasets            what there is to learn from
  layerwise train digits        train a network on handwritten digits
  layerwise train spiral        two features, with a picture of the boundary

All commands: layerwise --help"""

app = typer.Typer(
    name="layerwise",
    help="Neural networks that you can look into.",
    epilog=_EPILOG,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"layerwise {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def bare(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """Neural networks that you can look into."""
    if context.invoked_subcommand is None:
        print(_FIRST_STEPS)
