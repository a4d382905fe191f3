"""How lines may look where they are shown, and tables laid out for that place."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Look:
    """A place for lines.

    unicode: whether it has more than ASCII.
    colour: whether it shows bold and dim, which are all the colours.
    width: in columns.
    """

    unicode: bool = True
    colour: bool = False
    width: int = 80

    def bold(self, text: str) -> str:
        """The text in bold, where there is colour."""
        return f"\x1b[1m{text}\x1b[0m" if self.colour else text

    def dim(self, text: str) -> str:
        """The text dimmed, where there is colour."""
        return f"\x1b[2m{text}\x1b[0m" if self.colour else text

    def wrapped(self, text: str, indent: str = "", first: str | None = None) -> list[str]:
        """A sentence in lines that fit. first: what its first line begins with, in place of the indent."""
        return textwrap.wrap(
            text,
            self.width,
            initial_indent=indent if first is None else first,
            subsequent_indent=indent,
            break_on_hyphens=False,
        )

    def titled(self, title: str, rest: str = "") -> list[str]:
        """A title in bold, and what goes on after it, in lines that fit."""
        first, *others = self.wrapped(title + rest, "  ", "")
        return [self.bold(first[: len(title)]) + first[len(title) :], *others]

    def table(self, rows: Sequence[Sequence[str]], right: Collection[int] = ()) -> list[str]:
        """Rows of cells as lines: names to the left, and the columns `right`, which are never folded, to the right.

        Where the width does not do, the other columns are folded between words, the first one last of all.

        >>> print(*Look().table([["this network", "91.4 %"], ["always '3'", "9.3 %"]], right=[1]), sep="\\n")
          this network  91.4 %
          always '3'     9.3 %
        """
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        width = self.width - 2
        cells = [[Text.from_ansi(cell) for cell in row] for row in rows]
        grid = Table.grid(padding=(0, 2, 0, 0))
        grid.add_column(no_wrap=max(len(row[0]) for row in cells) <= width // 2)
        for number in range(1, max(map(len, rows))):
            figures = number in right
            grid.add_column(justify="right" if figures else "left", no_wrap=figures)
        for row in cells:
            grid.add_row(*row)
        page = io.StringIO()
        colours: Literal["standard"] | None = "standard" if self.colour else None
        # The height is read by nobody; without one, a dumb terminal would be 80 columns wide whatever it says.
        console = Console(file=page, width=width, height=25, force_terminal=True, color_system=colours)
        console.print(grid)
        return [f"  {line.rstrip()}".rstrip() for line in page.getvalue().splitlines()]


PLAIN = Look()
