"""How lines may look where they are shown, and tables laid out for that place."""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from layerwise.report.table import table_lines


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
        """Rows of cells as lines, a row a line: names to the left, and the columns `right`, figures, to the right.

        Where the width does not do, the last column, if it is of words, is folded, or goes below each row where too
        little room is left for it; then names are cut, and figures never.

        >>> print(*Look().table([["this network", "91.4 %"], ["always '3'", "9.3 %"]], right=[1]), sep="\\n")
          this network  91.4 %
          always '3'     9.3 %
        >>> print(*Look(width=26).table([["this network", "91.4 %", "95 % interval 88 to 94 %"]], right=[1]), sep="\\n")
          this network  91.4 %
              95 % interval 88 to
              94 %
        """
        return table_lines(rows, right, self.width, "…" if self.unicode else "...")


PLAIN = Look()
