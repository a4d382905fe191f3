"""The LaTeX of the registry as MathML, for a browser, and as plain text, for a terminal.

It understands what the formulas are written in: fractions, roots, indices, accents, brackets, names, cases and aligned
rows. A command that it does not know is refused by name: a formula half shown would be a wrong one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from layerwise.errors import SettingError

_TOKENS = re.compile(r"\\[a-zA-Z]+|\\.|[a-zA-Z]|\d+(?:\.\d+)?|\s+|.", re.DOTALL)
_LETTERS = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "varepsilon": "ε", "eta": "η", "theta": "θ", "lambda": "λ",
    "mu": "μ", "pi": "π", "sigma": "σ", "Phi": "Φ", "nabla": "∇", "partial": "∂",
}  # fmt: skip
_OPERATORS = {
    "sum": "∑", "odot": "⊙", "cdot": "·", "times": "×", "in": "∈", "sim": "∼", "le": "≤", "ge": "≥", "dots": "…",
    "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉", "top": "⊤", "{": "{", "}": "}", "|": "‖", "to": "→",
    "leftarrow": "←",
}  # fmt: skip
_FUNCTIONS = {"log", "exp", "tanh", "max", "min", "arg", "sin", "cos"}
_SPACES = {",": "0.17em", ";": "0.28em", ":": "0.22em", "quad": "1em", " ": "0.25em"}
_IGNORED = {"big", "Big", "!"}
_FENCES = set("()[]{}|⌊⌋⌈⌉‖")
"""Brackets are as high as a letter, unless \\left and \\right make them fit."""
_ACCENTS = {"hat": ("^", "\u0302"), "tilde": ("~", "\u0303"), "bar": ("¯", "\u0304")}


@dataclass(frozen=True)
class Node:
    """A part of a formula.

    kind: letter, number, sign, fence, word, space, row, frac, sqrt, scripts, accent or table. text: its letters.
    """

    kind: str
    text: str = ""
    parts: tuple[Node, ...] = ()
    sub: Node | None = None
    sup: Node | None = None


def mathml(tex: str, display: bool = True) -> str:
    r"""A formula as a MathML element, for a page.

    >>> mathml(r"y = \frac{1}{2}", display=False)
    '<math><mi>y</mi><mo>=</mo><mfrac><mn>1</mn><mn>2</mn></mfrac></math>'
    """
    inside = "".join(map(_element, parsed(tex)))
    return f'<math display="block">{inside}</math>' if display else f"<math>{inside}</math>"


def plain(tex: str) -> str:
    r"""A formula as a line of text; of several rows, all in a line with ; between them.

    >>> plain(r"z = x W^\top + b"), plain(r"p_k = \frac{e^{x_k}}{\sum_j e^{x_j}}")
    ('z = x Wᵀ + b', 'p_k = e^(x_k) / (∑_j e^(x_j))')
    """
    text = re.sub(r" +", " ", "".join(map(_plain, parsed(tex)))).strip()
    text = re.sub(r" ([,;)\]}|'⌋⌉])", r"\1", text)
    text = re.sub(r"‖ ?([^‖]*?) ?‖", r"‖\1‖", text)
    text = re.sub(r"([(\[|⌈⌊] ?)- ", r"\1-", text).replace("= - ", "= -")
    return re.sub(r"(\b[a-zA-Z]{2,}|[σΦ]) \(", r"\1(", text).replace("( ", "(")


def parsed(tex: str) -> tuple[Node, ...]:
    """The parts of a formula. Raises SettingError for a command that it does not know."""
    tokens = [token for token in _TOKENS.findall(tex) if not token.isspace()]
    reader = _Reader(tokens)
    nodes = reader.nodes(lambda token: False)
    return tuple(nodes)


class _Reader:
    """Reads tokens one after the other."""

    def __init__(self, tokens: Sequence[str]) -> None:
        self.tokens, self.place = tokens, 0

    def nodes(self, ends: Callable[[str], bool]) -> list[Node]:
        """Parts up to a token that ends them, which is left standing."""
        found: list[Node] = []
        while self.place < len(self.tokens) and not ends(self.tokens[self.place]):
            token = self.tokens[self.place]
            if token in "_^" and found:
                self.place += 1
                found.append(self.script(found.pop(), token, self.argument()))
            else:
                node = self.node()
                if node is not None:
                    found.append(node)
        return found

    def script(self, base: Node, sign: str, script: Node) -> Node:
        """An index or an exponent at what stands before it, which may have the other one already."""
        if base.kind != "scripts":
            base = Node("scripts", parts=(base,))
        sub, sup = (script, base.sup) if sign == "_" else (base.sub, script)
        return Node("scripts", parts=base.parts, sub=sub, sup=sup)

    def argument(self) -> Node:
        """What a command is given: a group, or the next part alone."""
        node = self.node()
        while node is None:
            node = self.node()
        return node

    def node(self) -> Node | None:
        """The next part; None for what only spaces or sizes."""
        token = self.tokens[self.place]
        self.place += 1
        if token == "{":
            inner = self.nodes(lambda each: each == "}")
            self.place += 1
            return Node("row", parts=tuple(inner))
        if token.startswith("\\"):
            return self.command(token[1:])
        if token.isalpha():
            return Node("letter", token)
        return Node("number" if token[0].isdigit() else "sign", token)

    def command(self, name: str) -> Node | None:
        if name in _IGNORED:
            return None
        if name in ("left", "right"):
            self.place += 1
            return Node("fence", self.tokens[self.place - 1])
        if name in _SPACES:
            return Node("space", _SPACES[name])
        if name in _LETTERS:
            return Node("letter", _LETTERS[name])
        if name in _OPERATORS:
            return Node("sign", _OPERATORS[name])
        if name in _FUNCTIONS:
            return Node("word", name)
        if name in ("mathrm", "operatorname", "text"):
            return Node("word", self.words())
        if name in ("frac", "tfrac"):
            return Node("frac", parts=(self.argument(), self.argument()))
        if name == "sqrt":
            return Node("sqrt", parts=(self.argument(),))
        if name in _ACCENTS:
            return Node("accent", name, (self.argument(),))
        if name == "begin":
            return self.table()
        raise SettingError(f"\\{name} is no command that formulas are written in: add it to {__name__}")

    def words(self) -> str:
        """The letters of a group, as they are."""
        inner = self.tokens[self.place + 1 : (end := self.tokens.index("}", self.place))]
        self.place = end + 1
        return "".join(inner)

    def table(self) -> Node:
        """Rows of cells: aligned equations or cases."""
        kind = self.words()
        rows: list[Node] = []
        cells: list[Node] = []
        while True:
            inner = self.nodes(lambda each: each in ("&", "\\\\", "\\end"))
            cells.append(Node("row", parts=tuple(inner)))
            end = self.tokens[self.place]
            self.place += 1
            if end != "&":
                rows.append(Node("row", parts=tuple(cells)))
                cells = []
            if end == "\\end":
                self.words()
                return Node("table", kind, tuple(rows))


# --- as MathML ---------------------------------------------------------------------------------------------------


def _element(node: Node) -> str:
    parts = [_element(each) for each in node.parts]
    match node.kind:
        case "letter":
            return f"<mi>{escape(node.text)}</mi>"
        case "word":
            return f'<mi mathvariant="normal">{escape(node.text)}</mi>'
        case "number":
            return f"<mn>{node.text}</mn>"
        case "sign":
            fixed = ' stretchy="false"' if node.text in _FENCES else ""
            return f"<mo{fixed}>{escape('−' if node.text == '-' else node.text)}</mo>"
        case "fence":
            return f"<mo>{escape(node.text)}</mo>"
        case "space":
            return f'<mspace width="{node.text}"/>'
        case "frac":
            return f"<mfrac>{''.join(parts)}</mfrac>"
        case "sqrt":
            return f"<msqrt>{''.join(parts)}</msqrt>"
        case "accent":
            return f'<mover accent="true">{parts[0]}<mo>{_ACCENTS[node.text][0]}</mo></mover>'
        case "scripts":
            return _scripts(node, parts[0])
        case "table":
            return _table(node)
        case _:
            return parts[0] if len(parts) == 1 else f"<mrow>{''.join(parts)}</mrow>"


def _scripts(node: Node, base: str) -> str:
    sub = "" if node.sub is None else _element(node.sub)
    sup = "" if node.sup is None else _element(node.sup)
    under = node.parts[0].text in ("∑", "max", "min")
    names = ("munder", "mover", "munderover") if under else ("msub", "msup", "msubsup")
    name = names[2] if sub and sup else names[0 if sub else 1]
    return f"<{name}>{base}{sub}{sup}</{name}>"


def _table(node: Node) -> str:
    rows = [
        "<mtr>" + "".join(f'<mtd style="text-align: left">{_element(cell)}</mtd>' for cell in row.parts) + "</mtr>"
        for row in node.parts
    ]
    table = f"<mtable>{''.join(rows)}</mtable>"
    return f"<mrow><mo>{{</mo>{table}</mrow>" if node.text == "cases" else table


# --- as text -----------------------------------------------------------------------------------------------------

_SPACED = {"=", "+", ">", "<", "/", "⊙", "·", "∈", "∼", "≤", "≥", "×", "→", "←"}


def _plain(node: Node) -> str:
    parts = [_plain(each) for each in node.parts]
    match node.kind:
        case "fence":
            return node.text
        case "sign":
            if node.text in _SPACED or node.text == "-":
                return f" {node.text} "
            return node.text + (" " if node.text == "," else "")
        case "number":
            return f"{node.text} "
        case "word":
            return f" {node.text} " if len(node.text) > 1 else node.text
        case "letter":
            return f"{node.text} "
        case "space":
            return " "
        case "frac":
            over, under = (_grouped(each) for each in node.parts)
            return f"{over}/{under} " if len(over) == len(under) == 1 else f"{over} / {under} "
        case "sqrt":
            return f"√{_grouped(node.parts[0])} "
        case "accent":
            return f"{parts[0].strip()}{_ACCENTS[node.text][1]} "
        case "scripts":
            return _plain_scripts(node, parts[0].strip())
        case "table":
            between = " if " if node.text == "cases" else " "
            return "; ".join(between.join(_plain(cell).strip() for cell in row.parts) for row in node.parts)
        case _:
            return "".join(parts)


def _plain_scripts(node: Node, base: str) -> str:
    text = base
    if node.sub is not None:
        text += f"_{_grouped(node.sub)}"
    if node.sup is not None:
        text += {"⊤": "ᵀ", "2": "²"}.get(_plain(node.sup).strip(), f"^{_grouped(node.sup)}")
    return f"{text} "


def _grouped(node: Node) -> str:
    """In brackets if it is more than one sign."""
    text = re.sub(r" +", " ", _plain(node)).strip()
    inner = text.replace(" ", "").replace(",", "")
    simple = (
        re.fullmatch(r".[\u0302\u0303\u0304]?", text) is not None  # one letter, with what stands above it
        or inner.isdigit()
        or (node.kind == "row" and inner.isalpha() and inner.isascii())
        or node.kind == "letter"
    )
    power = re.fullmatch(r"\w\^\(?[\w_]+\)?|√\w", text)
    return text.replace(" ", "") if simple else text if power else f"({text})"
