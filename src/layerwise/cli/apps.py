"""`layerwise apps`: the applications, and running one."""

from __future__ import annotations

from layerwise.applications import APPLICATIONS, Application, Request, application, write
from layerwise.cli.codes import FINE
from layerwise.cli.interrupts import Interrupted
from layerwise.cli.output import look, say, say_all
from layerwise.cli.stage import Stage
from layerwise.errors import SettingError
from layerwise.runs import folder as folders
from layerwise.wording import printable


def apps(
    name: str | None, *, seeds: int, data: str | None, own: str | None, short: bool, watch: bool, out: str | None,
    progress: bool,
) -> int:  # fmt: skip
    """Print the list, or run one and write its report. Returns the exit code."""
    if name is None:
        return _listed()
    chosen = application(name)
    if seeds < 1:
        raise SettingError(f"--seeds must be at least 1, got {seeds}")
    if data is not None and not chosen.data:
        raise SettingError(f"{name} has its own data, and takes no --data; with --own it takes {chosen.own}")
    if watch and not chosen.watch:
        watchable = ", ".join(each.name for each in APPLICATIONS.values() if each.watch)
        raise SettingError(f"{name} has nothing to watch: leave out --watch, or watch {watchable}")
    yours = f" Yours: {printable(own, 200)}." if own else ""
    say(*look().wrapped(f"{chosen.question} Data: {data or chosen.offline}.{yours}"), "")
    with folders.new(f"app-{name}", out) as folder:
        try:
            with Stage(shown=progress, watch=watch) as stage:
                account = chosen.run(Request(
                    tuple(range(seeds)), data, own, short, progress, stage.tell, stage.doing, stage.watch
                ))  # fmt: skip
        except KeyboardInterrupt:
            folder.path.rmdir()  # nothing is in it yet
            raise
        page = write(account, folder.path)
        say(*account.lines(look()), "", f"report: {page}")
    if account.stopped:
        raise Interrupted
    return FINE


def _listed() -> int:
    here = look()
    for each in APPLICATIONS.values():
        say(here.bold(each.name), *_row(each), "")
    say_all(["Run one: layerwise apps NAME", "Less training, to see it work: layerwise apps NAME --short --seeds 1"])
    return FINE


def _row(each: Application) -> list[str]:
    facts = [
        ("asks", each.question),
        ("data", f"{each.offline}; nothing is downloaded"),
        *([("--data", each.data)] if each.data else []),
        ("--own", each.own),
        *([("--watch", each.watch)] if each.watch else []),
        ("needs", each.needs or "nothing beside Layerwise"),
        ("takes", f"{each.takes}, with three seeds on two cores"),
    ]
    return [line for title, text in facts for line in look().wrapped(text, " " * 10, first=f"  {title:<8}")]
