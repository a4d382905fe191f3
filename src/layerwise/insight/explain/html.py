"""A worked example as one page that needs nothing else: formulas and numbers in MathML, without any script."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from layerwise.formulas import Line
from layerwise.insight.explain.arithmetic import element_mathml
from layerwise.insight.explain.conventions import Comparison
from layerwise.insight.explain.notation import place
from layerwise.insight.explain.operation import Inside, Operation
from layerwise.insight.explain.shown import Shown, shown
from layerwise.insight.explain.tex import mathml
from layerwise.insight.explain.text import (
    HEADINGS,
    MOST_CALLS,
    OTHERWISE,
    calls_of,
    difference,
    first_of,
    heading,
    label,
    summary,
    weight_parts,
    worth_showing,
)
from layerwise.insight.explain.weight import Weight
from layerwise.insight.explain.words import told
from layerwise.pages import NOTHING, Markup, element, joined, page, style_sheet

if TYPE_CHECKING:
    from layerwise.insight.explain.example import Example


def page_of(example: Example, digits: int, weight: Weight | None = None) -> str:
    """The page of an example. weight: one that is explained at its head."""
    title = example.words.title or "One update, worked out"
    body = Markup("\n".join(_body(example, digits, title, weight)))
    return page(title, body, styles=[style_sheet("page.css", __package__)])


def _body(example: Example, digits: int, title: str, weight: Weight | None) -> Iterator[str]:
    yield element("h1", title) + element("p", f"{summary(example, digits, titled=False)}.", class_="prose")
    sentences = list(told(example.words, example.output, digits))
    if sentences:
        yield element("ul", *(element("li", each) for each in sentences), class_="told")
    phases = [phase for phase in HEADINGS if any(each.phase == phase for each in example.operations)]
    links = [element("a", phase.capitalize(), href=f"#{phase}") for phase in phases]
    links += [element("a", "What has changed", href="#change")] if example.updated else []
    links += [element("a", OTHERWISE, href="#otherwise")] if example.conventions() else []
    yield element("nav", *links)
    if weight is not None:
        yield from _weight(weight, digits)
    phase = ""
    for number, operation in enumerate(example.operations, start=1):
        if operation.phase != phase:
            phase = operation.phase
            yield element("h2", HEADINGS[phase], id=phase)
        yield from _operation(operation, number, digits)
    if example.updated:
        yield element("h2", "What has changed", id="change")
        for name, after in example.updated.items():
            values = {"before": example.parameters[name], f"∂C/∂({name})": example.gradients[name], "after": after}
            yield element("section", element("h3", name), _values(values, digits))
    others = example.conventions()
    if others:
        yield element("h2", OTHERWISE, id="otherwise")
        for found in others:
            yield element("section", *_comparison(found, digits))


def _comparison(found: Comparison, digits: int) -> Iterator[Markup]:
    yield element("h3", found.title)
    yield joined(element("p", f"Here: {found.ours}"), element("p", f"There: {found.theirs}"))
    for name, ours, theirs in found.rows:
        yield _values({f"{name}, here": ours, f"{name}, there": theirs}, digits)
    yield element("p", f"{found.verdict} {found.words}")


def _operation(operation: Operation, number: int, digits: int) -> Iterator[str]:
    where, source = heading(operation, number)
    yield f'<section id="operation-{number}">{element("h3", where, " ", element("span", source, class_="source"))}'
    if operation.tex:
        yield element("div", Markup(mathml(operation.tex)), class_="formula")
    for sentence in (operation.rule, operation.textbook):
        if sentence:
            yield element("p", sentence)
    given = {label(operation, name): value for name, value in operation.arguments.items() if worth_showing(name, value)}
    yield _values(given, digits)
    yield from _lines(operation, operation, operation.lines, digits)
    for name, calls in calls_of(operation).items():
        for place_, call in enumerate(calls[:MOST_CALLS], start=1):
            yield element("h4", f"Inside, call {place_} of {len(calls)} of {name}")
            if place_ == 1:
                yield element("div", Markup(mathml(call.tex)), class_="formula")
            yield from _lines(operation, call, call.lines, digits)
        if len(calls) > MOST_CALLS:
            yield element("p", f"{len(calls) - MOST_CALLS} more calls of {name} are not shown.", class_="note")
    if not operation.lines:
        yield _values({label(operation, name): value for name, value in operation.results.items()}, digits)
    if operation.difference:
        sentence = difference(operation)
        yield element("p", f"{sentence[0].upper()}{sentence[1:]}.", class_="note")
    yield "</section>"


def _lines(operation: Operation, owner: Operation | Inside, lines: tuple[Line, ...], digits: int) -> Iterator[str]:
    for line in lines:
        source = element("span", owner.place(line), class_="source")
        yield element("div", element("code", " ".join(line.text.split())), " ", source, class_="line")
        made = {name: value for name, value in line.values.items() if worth_showing(name, value)}
        inside = owner is not operation
        yield _values({label(operation, name, inside): value for name, value in made.items()}, digits)
        for name, value in made.items():
            found = first_of(owner, line, name, value)
            if found is not None:
                yield element("div", Markup(element_mathml(found, digits)), class_="set-in")


def _values(values: Mapping[str, Any], digits: int) -> Markup:
    """Names with their numbers, side by side as far as they fit."""
    cells = [element("div", _value(name, shown(value, digits)), class_="value") for name, value in values.items()]
    return element("div", *cells, class_="values") if cells else NOTHING


def _value(name: str, found: Shown) -> Markup:
    words = element("span", found.words, class_="note") if found.words else None
    if not found.rows:
        return joined(f"{name} = ", words)
    if len(found.rows) == 1 and len(found.rows[0]) == 1 and not found.words:
        return joined(f"{name} = {_minus(found.rows[0][0])}")
    rows = [element("tr", *(element("td", _minus(cell)) for cell in row)) for row in found.rows]
    return joined(element("span", f"{name} ="), element("table", *rows, class_="matrix"), " " if words else None, words)


def _minus(cell: str) -> str:
    return cell.replace("-", "−")


def _weight(weight: Weight, digits: int) -> Iterator[str]:
    yield element("h2", f"The weight {weight.name}{place(weight.index)}")
    parts = []
    for title, lines in weight_parts(weight, digits):
        parts += [element("h4", title)] if title else []
        parts.append(element("pre", "\n".join(lines), class_="folds"))
    yield element("section", *parts)
