"""A worked example as one page that needs nothing else: formulas and numbers in MathML, without any script."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from importlib import resources
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

if TYPE_CHECKING:
    from layerwise.insight.explain.example import Example


def page_of(example: Example, digits: int, weight: Weight | None = None) -> str:
    """The page of an example. weight: one that is explained at its head."""
    return "\n".join(_page(example, digits, weight)) + "\n"


def _page(example: Example, digits: int, weight: Weight | None) -> Iterator[str]:
    style = resources.files(__package__).joinpath("page.css").read_text(encoding="utf-8")
    title = example.words.title or "One update, worked out"
    yield '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{escape(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>"
    yield f"<h1>{escape(title)}</h1>\n<p>{escape(summary(example, digits, titled=False))}.</p>"
    sentences = list(told(example.words, example.output, digits))
    if sentences:
        yield "<ul>" + "".join(f"<li>{escape(each)}</li>" for each in sentences) + "</ul>"
    phases = [phase for phase in HEADINGS if any(each.phase == phase for each in example.operations)]
    links = [f'<a href="#{phase}">{phase.capitalize()}</a>' for phase in phases]
    links += ['<a href="#change">What has changed</a>'] if example.updated else []
    links += [f'<a href="#otherwise">{OTHERWISE}</a>'] if example.conventions() else []
    yield f"<nav>{''.join(links)}</nav>"
    if weight is not None:
        yield from _weight(weight, digits)
    phase = ""
    for number, operation in enumerate(example.operations, start=1):
        if operation.phase != phase:
            phase = operation.phase
            yield f'<h2 id="{phase}">{HEADINGS[phase]}</h2>'
        yield from _operation(operation, number, digits)
    if example.updated:
        yield '<h2 id="change">What has changed</h2>'
        for name, after in example.updated.items():
            yield f"<section><h3>{escape(name)}</h3>"
            values = {"before": example.parameters[name], f"∂C/∂({name})": example.gradients[name], "after": after}
            yield _values(values, digits) + "</section>"
    others = example.conventions()
    if others:
        yield f'<h2 id="otherwise">{OTHERWISE}</h2>'
        for found in others:
            yield from _comparison(found, digits)
    yield "</body>\n</html>"


def _comparison(found: Comparison, digits: int) -> Iterator[str]:
    yield f"<section><h3>{escape(found.title)}</h3>"
    yield f"<p>Here: {escape(found.ours)}</p><p>There: {escape(found.theirs)}</p>"
    for name, ours, theirs in found.rows:
        yield _values({f"{name}, here": ours, f"{name}, there": theirs}, digits)
    yield f"<p>{escape(found.verdict)} {escape(found.words)}</p></section>"


def _operation(operation: Operation, number: int, digits: int) -> Iterator[str]:
    where, source = heading(operation, number)
    yield f'<section id="operation-{number}"><h3>{escape(where)} <span class="source">{escape(source)}</span></h3>'
    if operation.tex:
        yield f'<div class="formula">{mathml(operation.tex)}</div>'
    for sentence in (operation.rule, operation.textbook):
        if sentence:
            yield f"<p>{escape(sentence)}</p>"
    given = {label(operation, name): value for name, value in operation.arguments.items() if worth_showing(name, value)}
    yield _values(given, digits)
    yield from _lines(operation, operation, operation.lines, digits)
    for name, calls in calls_of(operation).items():
        for place_, call in enumerate(calls[:MOST_CALLS], start=1):
            yield f"<h4>Inside, call {place_} of {len(calls)} of {escape(name)}</h4>"
            if place_ == 1:
                yield f'<div class="formula">{mathml(call.tex)}</div>'
            yield from _lines(operation, call, call.lines, digits)
        if len(calls) > MOST_CALLS:
            yield f'<p class="note">{len(calls) - MOST_CALLS} more calls of {escape(name)} are not shown.</p>'
    if not operation.lines:
        yield _values({label(operation, name): value for name, value in operation.results.items()}, digits)
    if operation.difference:
        sentence = difference(operation)
        yield f'<p class="note">{escape(sentence[0].upper() + sentence[1:])}.</p>'
    yield "</section>"


def _lines(operation: Operation, owner: Operation | Inside, lines: tuple[Line, ...], digits: int) -> Iterator[str]:
    for line in lines:
        code, source = escape(" ".join(line.text.split())), escape(owner.place(line))
        yield f'<div class="line"><code>{code}</code> <span class="source">{source}</span></div>'
        made = {name: value for name, value in line.values.items() if worth_showing(name, value)}
        inside = owner is not operation
        yield _values({label(operation, name, inside): value for name, value in made.items()}, digits)
        for name, value in made.items():
            element = first_of(owner, line, name, value)
            if element is not None:
                yield f'<div class="set-in">{element_mathml(element, digits)}</div>'


def _values(values: Mapping[str, Any], digits: int) -> str:
    """Names with their numbers, side by side as far as they fit."""
    cells = "".join(f'<div class="value">{_value(name, shown(value, digits))}</div>' for name, value in values.items())
    return f'<div class="values">{cells}</div>' if cells else ""


def _value(name: str, found: Shown) -> str:
    words = f' <span class="note">{escape(found.words)}</span>' if found.words else ""
    if not found.rows:
        return f"{escape(name)} = {words}"
    if len(found.rows) == 1 and len(found.rows[0]) == 1 and not found.words:
        return f"{escape(name)} = {escape(found.rows[0][0].replace('-', '−'))}"
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(cell.replace('-', '−'))}</td>" for cell in row) + "</tr>" for row in found.rows
    )
    return f'<span>{escape(name)} =</span><table class="matrix">{rows}</table>{words}'


def _weight(weight: Weight, digits: int) -> Iterator[str]:
    yield f"<h2>The weight {escape(weight.name + place(weight.index))}</h2>\n<section>"
    for title, lines in weight_parts(weight, digits):
        yield f"<h4>{escape(title)}</h4>" if title else ""
        yield f"<pre>{escape(chr(10).join(lines))}</pre>"
    yield "</section>"
