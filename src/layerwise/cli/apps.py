"""`layerwise apps`: the applications, and running one."""

from __future__ import annotations

from layerwise.applications import APPLICATIONS, Application, Request, application, silent, write
from layerwise.cli.codes import FINE
from layerwise.cli.output import look, note, say, say_all
from layerwise.errors import SettingError
from layerwise.runs import folder as folders


def apps(
    name: str | None, *, seeds: int, data: str | None, own: str | None, short: bool, out: str | None, progress: bool
) -> int:
    """Print the list, or run one and write its report."""
    if name is None:
        return _listed()
    chosen = application(name)
    if seeds < 1:
        raise SettingError(f"--seeds must be at least 1, got {seeds}")
    if data is not None and not chosen.data:
        raise SettingError(f"{name} has its own data, and takes no --data; with --own it takes {chosen.own}")
    tell = note if progress else silent
    request = Request(tuple(range(seeds)), data, own, short, progress, tell)
    yours = f" Yours: {own}." if own else ""
    say(*look().wrapped(f"{chosen.question} Data: {data or chosen.offline}.{yours}"), "")
    with folders.new(f"app-{name}", out) as folder:
        try:
            account = chosen.run(request)
        except KeyboardInterrupt:
            folder.path.rmdir()  # nothing is in it yet
            raise
        page = write(account, folder.path)
        say(*account.lines(look()), "", f"report: {page}")
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
        ("needs", each.needs or "nothing beside Layerwise"),
        ("takes", f"{each.takes}, with three seeds on two cores"),
    ]
    return [line for title, text in facts for line in look().wrapped(text, " " * 10, first=f"  {title:<8}")]
