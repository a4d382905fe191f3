"""From the names of the code to the signs of the textbook: dz is δ, dW is ∂C/∂W; and numbers as they are printed."""

from __future__ import annotations

import unicodedata

_RAISED = str.maketrans("0123456789.#()", "⁰¹²³⁴⁵⁶⁷⁸⁹·ˣ⁽⁾")
_LOSS = ("loss", "")


def raised(address: str) -> str:
    """The address of a layer as the superscript that books count layers with.

    >>> raised("0"), raised("3.1"), raised("loss")
    ('⁽⁰⁾', '⁽³·¹⁾', '')
    """
    return f"({address})".translate(_RAISED) if address[:1].isdigit() else ""


def derivative(name: str, address: str) -> str:
    """A gradient in the letters of a textbook; empty for what is no gradient.

    >>> derivative("dz", "0"), derivative("dW", "2"), derivative("dx", "loss"), derivative("mean", "0")
    ('δ⁽⁰⁾ = ∂C/∂z⁽⁰⁾', '∂C/∂W⁽²⁾', '∂C/∂x', '')
    """
    if len(name) < 2 or name[0] != "d" or name in ("denominator", "dropout", "decay"):
        return ""
    letter = f"∂C/∂{name[1:]}{raised(address)}"
    return f"δ{raised(address)} = {letter}" if name == "dz" and address not in _LOSS else letter


_ASCII = {
    "δ": "delta", "∂": "d", "Σ": "sum", "∑": "sum", "θ": "theta", "η": "eta", "σ": "sigma", "μ": "mu", "γ": "gamma",
    "β": "beta", "λ": "lambda", "ε": "eps", "α": "alpha", "Φ": "Phi", "π": "pi", "τ": "tau", "√": "sqrt", "⊙": "*",
    "·": "*", "→": "->", "←": "<-", "∈": " in ", "∼": "~", "≤": "<=", "≥": ">=", "…": "...", "−": "-", "‖": "||",
    "⌊": "floor(", "⌋": ")", "⌈": "ceil(", "⌉": ")", "ᵀ": "^T", "ˣ": "#", "²": "^2", "ᵗ": "^t",
}  # fmt: skip
_LOWERED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾₀₁₂₃₄₅₆₇₈₉", "0123456789()0123456789")


def ascii_of(text: str) -> str:
    """A text for a terminal that knows no other letters.

    >>> ascii_of("δ⁽²·¹⁾ = ∂C/∂z, m̂ ← √v̂")
    'delta(2*1) = dC/dz, m_hat <- sqrtv_hat'
    """
    text = text.translate(_LOWERED)
    text = "".join(_ASCII.get(letter, letter) for letter in text)
    text = unicodedata.normalize("NFKD", text).replace("\u0302", "_hat").replace("\u0303", "_tilde")
    return text.encode("ascii", "replace").decode()


_ACTIVATIONS = ("formulas/activation.py", "formulas/rectifier.py")


def forward_sign(name: str, file: str, address: str) -> str:
    """A value in the letters of a textbook: the pre-activation z⁽ˡ⁾ and the activation a⁽ˡ⁾; empty for others.

    >>> forward_sign("z", "formulas/affine.py", "0"), forward_sign("y", "formulas/activation.py", "1")
    ('z⁽⁰⁾', 'a⁽¹⁾')
    """
    if not raised(address):
        return ""
    letter = "a" if name == "y" and file in _ACTIVATIONS else name if name == "z" else ""
    return f"{letter}{raised(address)}" if letter else ""


def column_form(formula: str, file: str, phase: str, address: str) -> str:
    """What a textbook writes, where a sample is a column: the rows of the code hold the same for all samples at once.

    >>> column_form("linear", "formulas/affine.py", "backward", "2")
    'books, one sample a column: ∂C/∂a = W⁽²⁾ᵀ δ⁽²⁾, ∂C/∂W⁽²⁾ = Σ δ⁽²⁾ aᵀ, ∂C/∂b⁽²⁾ = Σ δ⁽²⁾, summed over the samples'
    """
    at = raised(address)
    if formula == "linear" and phase == "forward":
        return f"books, one sample a column: z{at} = W{at} a + b{at}"
    if formula == "linear" and phase == "backward":
        weight, bias = f"∂C/∂W{at} = Σ δ{at} aᵀ", f"∂C/∂b{at} = Σ δ{at}"
        return f"books, one sample a column: ∂C/∂a = W{at}ᵀ δ{at}, {weight}, {bias}, summed over the samples"
    if file in _ACTIVATIONS and phase == "backward" and at:
        sign = {"sigmoid": "σ", "relu": "ReLU"}.get(formula, formula)
        return f"books: δ = ∂C/∂a{at} ⊙ {sign}'(z)" if formula not in ("softmax", "log_softmax") else ""
    return ""


def number(value: float, digits: int = 4) -> str:
    """A number with so many digits that count.

    >>> number(0.5), number(-1 / 3), number(1e-12), number(123456.0), number(float("nan"))
    ('0.5', '-0.3333', '1e-12', '1.235e+05', 'nan')
    """
    return f"{float(value) + 0.0:.{digits}g}"  # + 0.0: nobody reads -0 as what it is


def place(index: tuple[int, ...]) -> str:
    """An index as it is written behind a name: "[2, 1]"; nothing for a single number."""
    return f"[{', '.join(map(str, index))}]" if index else ""
