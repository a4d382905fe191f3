"""The mistakes that are tried: each operator takes one node of the syntax tree and yields wrong versions of it.

They are the slips that people make in this code, not random damage: those of the courses' forums (the transpose, the
axis, 1/n, the stale variable) and those of any arithmetic (signs, limits, constants).
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

Operator = Callable[[ast.AST, tuple[str, ...]], Iterator[ast.AST]]
OPERATORS: dict[str, Operator] = {}


def operator(name: str) -> Callable[[Operator], Operator]:
    """Enter an operator under the name that reports use."""

    def enter(function: Operator) -> Operator:
        OPERATORS[name] = function
        return function

    return enter


@operator("transpose")
def transpose(node: ast.AST, names: tuple[str, ...]) -> Iterator[ast.AST]:
    """Forget a transpose: `W.T` becomes `W`."""
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield node.value


@operator("operands")
def operands(node: ast.AST, names: tuple[str, ...]) -> Iterator[ast.AST]:
    """Swap the operands of `@`, `-`, `/` and `**`."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult | ast.Sub | ast.Div | ast.Pow):
        yield ast.BinOp(node.right, node.op, node.left)


@operator("sign")
def sign(node: ast.AST, names: tuple[str, ...]) -> Iterator[ast.AST]:
    """Turn `+` into `-` and back, also in `+=`; drop a minus in front."""
    flipped: dict[type[ast.operator], ast.operator] = {ast.Add: ast.Sub(), ast.Sub: ast.Add()}
    yield from _other_operation(node, flipped)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield node.operand


@operator("product")
def product(node: ast.AST, names: tuple[str, ...]) -> Iterator[ast.AST]:
    """Turn `*` into `/` and back, also in `*=`; `@` into `*`; `//` into `/`."""
    others: dict[type[ast.operator], ast.operator] = {ast.Mult: ast.Div(), ast.Div: ast.Mult()}
    others |= {ast.MatMult: ast.Mult(), ast.FloorDiv: ast.Div()}
    yield from _other_operation(node, others)


@operator("forgotten operand")
def forgotten_operand(node: ast.AST, names: tuple[str, ...]) -> Iterator[ast.AST]:
    """Leave out a term, a factor, a division (1/n), an exponent, or one part of an `and` or `or`."""
    if isinstance(node, ast.BinOp) and not isinstance(node.op, ast.MatMult):
        yield node.left
        if isinstance(node.op, ast.Add | ast.Sub | ast.Mult):
            yield node.right
    if isinstance(node, ast.BoolOp):
        for left_out in node.values:
            rest = [value for value in node.values if value is not left_out]
            yield rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)


@operator("axis")
def axis(node: ast.AST, names: tuple[str, ...]) -> Iterator[ast.AST]:
    """Reduce along another axis, along all of them, or without keepdims."""
    if not isinstance(node, ast.Call):
        return
    for each in node.keywords:
        others = [other for other in node.keywords if other is not each]
        if each.arg in ("axis", "keepdims"):
            yield ast.Call(node.func, node.args, others)
        if each.arg == "axis":
            first = isinstance(each.value, ast.Constant) and each.value.value == 0
            yield ast.Call(node.func, node.args, [ast.keyword("axis", ast.Constant(-1 if first else 0)), *others])


@operator("comparison")
def comparison(node: ast.AST, names: tuple[str, ...]) -> Iterator[ast.AST]:
    """Move the limit of a comparison (`>` and `>=`), or turn it round."""
    others: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
        ast.Gt: (ast.GtE, ast.Lt),
        ast.GtE: (ast.Gt, ast.Lt),
        ast.Lt: (ast.LtE, ast.Gt),
        ast.LtE: (ast.Lt, ast.Gt),
        ast.Eq: (ast.NotEq,),
        ast.NotEq: (ast.Eq,),
        ast.Is: (ast.IsNot,),
        ast.IsNot: (ast.Is,),
        ast.In: (ast.NotIn,),
        ast.NotIn: (ast.In,),
    }
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        for other in others[type(node.ops[0])]:
            yield ast.Compare(node.left, [other()], node.comparators)


@operator("constant")
def constant(node: ast.AST, names: tuple[str, ...]) -> Iterator[ast.AST]:
    """Change a number: 0 to 1, 1 to 2 and 0, 2 to 1; any other to its double and to 0; True to False."""
    neighbours: dict[float, tuple[float, ...]] = {0: (1,), 1: (2, 0), 2: (1,)}
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        kind = type(node.value)
        for other in neighbours.get(node.value, (2 * node.value, 0)):
            yield ast.Constant(kind(other))


@operator("stale variable")
def stale_variable(node: ast.AST, names: tuple[str, ...]) -> Iterator[ast.AST]:
    """Use another variable of the same scope: z for dz and dz for z, the two bound last, `self.lr` for `lr`."""
    if not isinstance(node, ast.Name) or not isinstance(node.ctx, ast.Load) or node.id not in names:
        return
    others = [name for name in names if name not in (node.id, "self")]
    twins = [name for name in others if name in (f"d{node.id}", node.id.removeprefix("d"))]
    for name in dict.fromkeys([*twins, *reversed(others[-2:])]):
        yield ast.Name(name, ast.Load())
    if node.id == "lr" and "self" in names:
        yield ast.Attribute(ast.Name("self", ast.Load()), "lr", ast.Load())


@operator("reduction")
def reduction(node: ast.AST, names: tuple[str, ...]) -> Iterator[ast.AST]:
    """Take the sum for the mean, the minimum for the maximum, the maximum for the sum, and the reverse."""
    others = {"sum": ("mean", "max"), "mean": ("sum",), "max": ("min",), "min": ("max",)}
    others |= {"argmax": ("argmin",), "maximum": ("minimum",), "minimum": ("maximum",)}
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        for other in others.get(node.func.attr, ()):
            yield ast.Call(ast.Attribute(node.func.value, other, ast.Load()), node.args, node.keywords)


@operator("complement")
def complement(node: ast.AST, names: tuple[str, ...]) -> Iterator[ast.AST]:
    """Take 1 - p for p in a product or a power: keep for drop, what is forgotten for what is kept."""
    shares = {"p", "gamma", "beta1", "beta2", "momentum", "dampening", "mask"}
    if not isinstance(node, ast.BinOp | ast.AugAssign) or not isinstance(node.op, ast.Mult | ast.Div | ast.Pow):
        return
    if isinstance(node, ast.AugAssign):
        if _word(node.value) in shares:
            yield ast.AugAssign(node.target, node.op, _one_minus(node.value))
        return
    if _word(node.left) in shares:
        yield ast.BinOp(_one_minus(node.left), node.op, node.right)
    if _word(node.right) in shares:
        yield ast.BinOp(node.left, node.op, _one_minus(node.right))


@operator("forgotten call")
def forgotten_call(node: ast.AST, names: tuple[str, ...]) -> Iterator[ast.AST]:
    """Leave out a function, so that its argument stands there alone: no exp, no root, no sum, no copy."""
    functions = {"exp", "log", "log1p", "sqrt", "abs", "sign", "tanh", "cos", "float", "int", "reshape", "array"}
    functions |= {"maximum", "minimum"}
    methods = {"sum", "mean", "max", "min", "copy", "astype", "reshape"}
    if not isinstance(node, ast.Call):
        return
    method = isinstance(node.func, ast.Attribute) and _word(node.func.value) not in ("np", "math")
    if method and _word(node.func) in methods:
        assert isinstance(node.func, ast.Attribute)
        yield node.func.value
    elif not method and _word(node.func) in functions and node.args:
        yield node.args[0]


@operator("other function")
def other_function(node: ast.AST, names: tuple[str, ...]) -> Iterator[ast.AST]:
    """Take a neighbour: log for log1p and back, expm1 for exp, square for sqrt, sine for cosine, ones for zeros."""
    others = {"log1p": "log", "log": "log1p", "exp": "expm1", "cos": "sin"}
    numpys = {"sqrt": "square", "zeros": "ones", "zeros_like": "ones_like"}
    if isinstance(node, ast.Attribute) and _word(node.value) in ("np", "math"):
        known = others | numpys if _word(node.value) == "np" else others
        if node.attr in known:
            yield ast.Attribute(node.value, known[node.attr], ast.Load())


@operator("order of a tuple")
def order_of_a_tuple(node: ast.AST, names: tuple[str, ...]) -> Iterator[ast.AST]:
    """Return, or unpack, two neighbours the wrong way round (dW for dx)."""
    if isinstance(node, ast.Tuple) and not any(str(_word(each)).startswith("backward") for each in node.elts):
        for place in range(len(node.elts) - 1):
            elements = list(node.elts)
            elements[place : place + 2] = reversed(elements[place : place + 2])
            yield ast.Tuple(elements, node.ctx)


@operator("branch")
def branch(node: ast.AST, names: tuple[str, ...]) -> Iterator[ast.AST]:
    """Take always one side of a choice, or the wrong one: `a if c else b`, `np.where(c, a, b)`, `and` for `or`."""
    if isinstance(node, ast.IfExp):
        yield from (node.body, node.orelse, ast.IfExp(node.test, node.orelse, node.body))
    if isinstance(node, ast.Call) and _word(node.func) == "where" and len(node.args) == 3:
        condition, yes, no = node.args
        yield from (yes, no, ast.Call(node.func, [condition, no, yes], []))
    if isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)


@operator("scale")
def scale(node: ast.AST, names: tuple[str, ...]) -> Iterator[ast.AST]:
    """Halve the rate."""
    if _word(node) in ("lr", "rate") and _loaded(node):
        assert isinstance(node, ast.expr)
        yield ast.BinOp(node, ast.Div(), ast.Constant(2))


@operator("off by one")
def off_by_one(node: ast.AST, names: tuple[str, ...]) -> Iterator[ast.AST]:
    """Count one too far: t + 1 for t."""
    if _word(node) in ("t", "epoch", "index") and _loaded(node):
        assert isinstance(node, ast.expr)
        yield ast.BinOp(node, ast.Add(), ast.Constant(1))


@operator("accumulation")
def accumulation(node: ast.AST, names: tuple[str, ...]) -> Iterator[ast.AST]:
    """Overwrite instead of accumulating: `v += g` becomes `v = g`."""
    if isinstance(node, ast.AugAssign):
        yield ast.Assign([node.target], node.value)


def _other_operation(node: ast.AST, others: dict[type[ast.operator], ast.operator]) -> Iterator[ast.AST]:
    if isinstance(node, ast.BinOp) and type(node.op) in others:
        yield ast.BinOp(node.left, others[type(node.op)], node.right)
    if isinstance(node, ast.AugAssign) and type(node.op) in others:
        yield ast.AugAssign(node.target, others[type(node.op)], node.value)


def _one_minus(node: ast.expr) -> ast.expr:
    return ast.BinOp(ast.Constant(1), ast.Sub(), node)


def _word(node: ast.AST) -> str | None:
    """The last word of a plain or dotted name."""
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else None


def _loaded(node: ast.AST) -> bool:
    return isinstance(getattr(node, "ctx", None), ast.Load)
