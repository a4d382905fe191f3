"""A worked example as lines for a terminal: one operation after the other, forward, back, and the update."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from layerwise.formulas import Line
from layerwise.insight.explain.conventions import Comparison
from layerwise.insight.explain.element import Element
from layerwise.insight.explain.notation import number, place
from layerwise.insight.explain.operation import Inside, Operation
from layerwise.insight.explain.shown import WHOLE_COLUMNS, Shown, shown
from layerwise.insight.explain.tex import plain
from layerwise.insight.explain.weight import Weight
from layerwise.insight.explain.words import told

if TYPE_CHECKING:
    from layerwise.insight.explain.example import Example

HEADINGS = {
    "forward": "Forward: from x to the cost C",
    "backward": "Backward: δ and the gradients, from the cost to the first layer",
    "update": "Update: θ against its gradient",
}
"""What each phase is called."""
MOST_CALLS = 3
"""So many calls of a formula inside another are shown line by line; of more, the first ones, and how many there are."""


MOST_SHARES = 12
"""So many samples or paths of a weight are listed one by one."""


OTHERWISE = "The same in other conventions"


def text_of(example: Example, digits: int, width: int, conventions: bool) -> str:
    """All of an example. conventions: what other books write, too."""
    lines = [head_of(example, digits, width)]
    phase = ""
    for count, operation in enumerate(example.operations, start=1):
        if operation.phase != phase:
            phase = operation.phase
            lines += ["", *wrapped(HEADINGS[phase], width), "-" * min(width, len(HEADINGS[phase]))]
        lines += ["", *operation_lines(operation, count, digits, width)]
    if example.updated:
        lines += ["", "What has changed", "----------------"]
        for name, after in example.updated.items():
            lines += ["", *_change(example, name, after, digits, width)]
    if conventions:
        lines += ["", OTHERWISE, "-" * len(OTHERWISE)]
        for found in example.conventions():
            lines += ["", *comparison_lines(found, digits, width)]
    return "\n".join(lines)


def head_of(example: Example, digits: int, width: int) -> str:
    """What is worked out, and the samples in words."""
    sentences = [summary(example, digits), *told(example.words, example.output, digits)]
    return "\n".join(line for sentence in sentences for line in wrapped(sentence, width))


def summary(example: Example, digits: int, titled: bool = True) -> str:
    """In a sentence: what is worked out. titled: whether the title stands before it."""
    count = len(example.x)
    samples = "1 sample" if count == 1 else f"{count:,} samples"
    title = f"{example.words.title}. " if titled and example.words.title else ""
    return (
        f"{title}One update of {example.net}, worked out on {samples}: the cost is C = {number(example.loss, digits)}"
    )


def operation_lines(operation: Operation, count: int, digits: int, width: int) -> Iterator[str]:
    """One operation: what it is, what comes in, its lines with their numbers, and what comes out."""
    yield from wrapped("   ".join(heading(operation, count)), width)
    for formula in (plain(operation.tex) if operation.tex else operation.rule, operation.textbook):
        yield from wrapped(formula, width, "    ")
    for name, value in operation.arguments.items():
        if worth_showing(name, value):
            yield from name_and_value(label(operation, name), value, digits, width)
    yield from _lines(operation, operation, operation.lines, digits, width)
    yield from _inside(operation, digits, width)
    if not operation.lines:
        for name, value in operation.results.items():
            yield from name_and_value(label(operation, name), value, digits, width)
    if operation.difference:
        yield from wrapped(difference(operation), width, "    ")


def heading(operation: Operation, count: int) -> tuple[str, str]:
    """What an operation is, and where it stands in the source."""
    rows = "" if operation.rows is None else f", samples {operation.rows.start} to {operation.rows.stop - 1}"
    where = f"layer {operation.address}" if operation.address[:1].isdigit() else operation.address
    return f"{count}. {where} {operation.formula}, {operation.phase}{rows}", operation.source or "by the layer itself"


def label(operation: Operation, name: str, inside: bool = False) -> str:
    """A name of the code with what textbooks call it, and with the parameter that it is or belongs to.

    inside: in one call among several of another formula, which sees a share of the gradient at a parameter only.
    """
    if inside and operation.phase == "backward" and name in operation.parameters:
        return f"{name} (this call's share of {operation.symbol(name)})"
    signs = [sign for sign in (operation.symbol(name), operation.parameters.get(name, "")) if sign]
    return f"{name} ({', '.join(signs)})" if signs else name


def difference(operation: Operation) -> str:
    """How far the run's numbers are from those of the lines."""
    return (
        f"training computed this with the compiled twin of {operation.formula}; its numbers differ from those of the "
        f"lines above by at most {operation.difference:.1e}"
    )


def worth_showing(name: str, value: Any) -> bool:
    """Whether a value says something: None, what can only be called, what is empty, a wish for a gradient do not."""
    empty = value.size == 0 if isinstance(value, np.ndarray) else isinstance(value, dict | list) and not value
    return value is not None and not callable(value) and not empty and name != "input_gradient"


def _lines(
    operation: Operation, owner: Operation | Inside, lines: tuple[Line, ...], digits: int, width: int
) -> Iterator[str]:
    indent = "    " if owner is operation else "      "
    for line in lines:
        code = " ".join(line.text.split())
        yield f"{indent}{owner.place(line)}  {code}"
        for name, value in line.values.items():
            if not worth_showing(name, value):
                continue
            yield from name_and_value(
                label(operation, name, owner is not operation), value, digits, width, indent + "    "
            )
            element = first_of(owner, line, name, value)
            if element is not None:
                yield from wrapped(element.text(digits), width, indent + "    ")


def first_of(owner: Operation | Inside, line: Line, name: str, value: Any) -> Element | None:
    """The first number of an array with the numbers set in; None where that says nothing new."""
    if not name.isidentifier() or not isinstance(value, np.ndarray | np.floating) or not np.size(value):
        return None
    element = owner.element(name, *[0] * np.ndim(value), line=line)
    return element if element is not None and element.term.parts else None


def calls_of(operation: Operation) -> dict[str, list[Inside]]:
    """The calls of each formula that this one has called."""
    found: dict[str, list[Inside]] = {}
    for each in operation.inside:
        found.setdefault(each.formula, []).append(each)
    return found


def _inside(operation: Operation, digits: int, width: int) -> Iterator[str]:
    """The formulas that this one has called."""
    for name, calls in calls_of(operation).items():
        for count, call in enumerate(calls[:MOST_CALLS], start=1):
            yield f"    inside, call {count} of {len(calls)} of {name}:"
            if count == 1:
                yield from wrapped(plain(call.tex), width, "      ")
            yield from _lines(operation, call, call.lines, digits, width)
        if len(calls) > MOST_CALLS:
            yield f"    {len(calls) - MOST_CALLS} more calls of {name} are not shown"


def name_and_value(name: str, value: Any, digits: int, width: int, indent: str = "    ") -> Iterator[str]:
    """A name with its number, or with its rows under each other."""
    found = shown(value, digits)
    rows = _aligned(found)
    room = width - len(indent) - 2
    for columns in range(WHOLE_COLUMNS - 1, 0, -1):
        if max(map(len, rows), default=0) <= room:
            break
        found = shown(value, digits, columns)
        rows = _aligned(found)
    words = f"  {found.words}" if found.words else ""
    if len(rows) <= 1 and len(indent) + len(name) + len(words) + sum(map(len, rows)) + 3 <= width:
        yield f"{indent}{name} = {''.join(rows)}{words}"
        return
    yield from wrapped(f"{name}{words}", width, indent)
    yield from (f"{indent}  {row}" for row in rows)


def comparison_lines(found: Comparison, digits: int, width: int) -> Iterator[str]:
    """One thing in two conventions."""
    yield found.title
    yield from wrapped(f"here: {found.ours}", width, "    ")
    yield from wrapped(f"there: {found.theirs}", width, "    ")
    for name, ours, theirs in found.rows:
        yield from name_and_value(f"{name}, here", ours, digits, width)
        yield from name_and_value(f"{name}, there", theirs, digits, width)
    yield from wrapped(f"{found.verdict} {found.words}", width, "    ")


def _aligned(found: Shown) -> list[str]:
    """Rows of cells under each other."""
    sizes = [max(map(len, column)) for column in zip(*found.rows, strict=True)]
    return ["  ".join(cell.rjust(size) for cell, size in zip(row, sizes, strict=True)) for row in found.rows]


def _change(example: Example, name: str, after: Any, digits: int, width: int) -> Iterator[str]:
    """A parameter before, its gradient, and after."""
    yield name
    for what, value in (("before", example.parameters[name]), ("∂C/∂", example.gradients[name]), ("after", after)):
        yield from name_and_value(what if what != "∂C/∂" else f"∂C/∂({name})", value, digits, width)


def weight_text(weight: Weight, digits: int) -> str:
    """One weight in lines."""
    lines: list[str] = []
    for title, rows in weight_parts(weight, digits):
        lines += [*(["", f"{title}:"] if title else []), *rows]
    return "\n".join(lines)


def weight_parts(weight: Weight, digits: int) -> Iterator[tuple[str, list[str]]]:
    """One weight in parts, each with its title: its values, each sample's share, the paths, the optimizer's lines."""
    name = f"{weight.name}{place(weight.index)}"
    yield "", [f"{name} = {number(weight.before, digits)}, ∂C/∂w = {number(weight.gradient, digits)}"]
    shares = [(f"sample {n}", float(share)) for n, share in enumerate(weight.samples)]
    yield "What each sample adds, by its row of the answer", _shares(shares, "samples", digits)
    paths = [(str(path), path.value) for path in weight.paths if path.value]
    silent = len(weight.paths) - len(paths)
    if silent:
        paths.append((f"{silent} path{'s' * (silent > 1)} on which a slope is 0", 0.0))
    words = (
        _shares(paths, "paths", digits) if paths else ["  not told apart: too many, or over a layer without formula"]
    )
    yield "By which paths the cost reaches it", words
    if weight.after is not None:
        rows = [f"  {element.text(digits)}" for element in weight.update]
        rows.append(f"  {name}: {number(weight.before, digits)} → {number(weight.after, digits)}")
        yield "The update, line by line (the index is the place in θ)", rows


def _shares(shares: list[tuple[str, float]], what: str, digits: int) -> list[str]:
    """Shares under each other with their sum; of many, the last ones together."""
    shown_ones, rest = shares[:MOST_SHARES], shares[MOST_SHARES:]
    rows = [*shown_ones, *([(f"{len(rest)} more {what} together", sum(value for _, value in rest))] if rest else [])]
    rows.append(("sum", sum(value for _, value in shares)))
    return [f"  {number(value, digits):>12}  {name}" for name, value in rows]


def wrapped(text: str, width: int, indent: str = "") -> list[str]:
    """A sentence in lines that fit; what goes on stands further in."""
    return textwrap.wrap(
        text, width, initial_indent=indent, subsequent_indent=indent + "    ", break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip
