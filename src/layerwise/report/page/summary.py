"""The answer of a run before all else: how good the network is, in one line, and beside what it has to beat."""

from __future__ import annotations

from layerwise.comparison.result import ClassResult, QuantityResult, Result, Rival
from layerwise.data.tables.words import counted
from layerwise.pages import NOTHING, Markup, element, joined
from layerwise.report.page.account import RunAccount
from layerwise.report.page.scale import Scale, scale_of
from layerwise.report.verdict import verdict, warning
from layerwise.wording import percent, printable, quantity


def summary(told: RunAccount) -> Markup:
    """Headline, lead and rivals."""
    where = f"{told.start.name} · {told.folder.path} · seed {told.start.experiment.seed}"
    version = told.start.origin.get("layerwise", "")
    result = told.result
    warned = warning(result) if result is not None else told.ended
    return element(
        "header",
        element("p", f"Report of a training run · {where} · layerwise {version}", class_="small"),
        element("h1", headline(told)),
        element("p", warned, class_="alarm") if warned else None,
        element("p", _lead(told), class_="lead"),
        _rivals(result) if result is not None else NOTHING,
        id="answer",
    )


def headline(told: RunAccount) -> str:
    """The one line to take home."""
    result = told.result
    if isinstance(result, ClassResult):
        right = result.samples - result.wrong
        return f"{right:,} of {counted(result.samples, f'test {told.noun}')} right"
    if isinstance(result, QuantityResult):
        unit = f" {result.unit}" if result.unit else ""
        return f"{printable(result.target)}: a typical error of {quantity(result.rmse)}{unit}"
    return f"{told.start.name}: {told.epochs} of {counted(told.start.experiment.epochs, 'epoch')}, not tested"


def _lead(told: RunAccount) -> str:
    size, seen = told.start.net.theta.size, len(told.start.data.train.x)
    learnt = f"A network of {counted(size, 'parameter')} learnt from {counted(seen, told.noun)} in "
    learnt += counted(told.epochs, "epoch")
    result = told.result
    if result is None:
        return f"{learnt}. The test part is not touched before a run has ended by itself."
    tested = f", and was tested on {result.samples:,} that it had never seen: "
    linear = result.rivals[0]
    if isinstance(result, ClassResult):
        tested += f"{percent(result.accuracy)} right. A {linear.name} gets {percent(linear.score)}."
    else:
        tested += f"the root of its mean squared error is {quantity(result.rmse)}. That of a {linear.name} is "
        tested += f"{quantity(linear.score)}."
    return f"{learnt}{tested} {verdict(result)}"


# --- rivals ------------------------------------------------------------------------------------------------------


def _rivals(result: Result) -> Markup:
    """Each model on one scale, the network with the interval that the number of test samples allows."""
    own = result.accuracy if isinstance(result, ClassResult) else result.rmse
    linear = result.rivals[0].score
    scale = scale_of([own, *result.interval, linear], most=1.0 if isinstance(result, ClassResult) else None)
    rows = [_row("this network", own, scale, result, result.interval)]
    rows += [_row(printable(each.name, 40), each.score, scale, result) for each in result.rivals]
    marks = [element("i", _score(mark, result), style=_at(scale, mark)) for mark in scale.marks]
    rows.append(
        element("li", element("span"), element("div", *marks, class_="track"), class_="scale", aria_hidden="true")
    )
    return joined(element("ul", *rows, class_="rivals"), element("p", _legend(result), class_="small"))


def _row(name: str, score: float, scale: Scale, result: Result, interval: tuple[float, float] | None = None) -> Markup:
    track = [element("i", class_="mark", style=_at(scale, mark)) for mark in scale.marks]
    if interval is not None:
        ends = f"left:{scale.share(interval[0]):.2%};right:{1 - scale.share(interval[1]):.2%}"
        track.append(element("i", class_="interval", style=ends))
    side = scale.beyond(score)
    if side:
        track.append(element("i", "◂" if side < 0 else "▸", class_="beyond " + ("low" if side < 0 else "high")))
    else:
        track.append(element("i", class_="dot", style=_at(scale, score)))
    return element(
        "li",
        element("span", name),
        element("div", *track, class_="track", aria_hidden="true"),
        element("b", percent(score) if isinstance(result, ClassResult) else quantity(score)),
        class_="own" if interval is not None else None,
    )


def _at(scale: Scale, value: float) -> str:
    return f"left:{scale.share(value):.2%}"


def _score(value: float, result: Result) -> str:
    return f"{100 * value:.4g} %" if isinstance(result, ClassResult) else f"{value:.4g}"


def _legend(result: Result) -> str:
    low, high = result.interval
    if isinstance(result, ClassResult):
        what = f"Share that is right. The bar is the 95 % interval, {100 * low:.1f} to {100 * high:.1f} %."
    else:
        unit = f" in {result.unit}" if result.unit else ""
        what = f"Root of the mean squared error{unit}; less is better. The bar is the 95 % interval, "
        what += f"{quantity(low)} to {quantity(high)}."
    return " ".join([what, *map(_note, result.rivals)]).strip()


def _note(rival: Rival) -> str:
    return f"{rival.name[0].upper()}{rival.name[1:]}: {rival.note}." if rival.note else ""
