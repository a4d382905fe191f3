"""What an application is, and what it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TypeAlias

from layerwise.applications.account import Account

Watch: TypeAlias = Callable[[Callable[[int], Iterable[Sequence[str]]], float], None]
"""Shows frames in a terminal, one in the place of the other, each for so many seconds.

It is given what makes the frames, lines of text, for the columns that there are.
"""


def silent(words: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Request:
    """How an application is to run.

    seeds: of the networks; each is trained once for each. data: other data than the application's own, by name or
    path. own: something of the learner's; each application says what. short: much less training, to see it work.
    progress: show how training goes. tell: gets a word about what is done now. doing: gets a word about how far it is,
    which the next one replaces. watch: shows what there is to be watched, where an application has that.
    """

    seeds: tuple[int, ...] = (0, 1, 2)
    data: str | None = None
    own: str | None = None
    short: bool = False
    progress: bool = False
    tell: Callable[[str], None] = silent
    doing: Callable[[str], None] = silent
    watch: Watch | None = None

    @property
    def display(self) -> bool | None:
        """What `fit` takes as progress: a live line where there can be one, or nothing."""
        return None if self.progress else False


@dataclass(frozen=True)
class Application:
    """One application, as the list shows it.

    name: as it is called. question: what it asks, in a sentence. offline: the data that it has by itself. data: what
    other data it takes, "" if none. own: what the learner may bring, and gets. needs: what must be installed beside
    Layerwise, "" if nothing. takes: how long a run with three seeds is, on two cores. watch: what is to be seen in a
    terminal while it learns, "" if nothing.
    """

    name: str
    question: str
    offline: str
    data: str
    own: str
    needs: str
    takes: str
    watch: str = ""

    def run(self, request: Request) -> Account:
        """Train, test, compare, and answer the learner."""
        account: Account = import_module(f"layerwise.applications.{self.name}").run(request)
        return account
