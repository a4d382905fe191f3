"""How wide words are, before they are drawn: the advance widths of DejaVu Sans, which a picture asks for.

The table is that of the font that comes with matplotlib, so that a drawing needs neither of them. Where a page has
another font, a picture says how wide each text has to be (`textLength`), and so nothing overlaps.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

FONTS = "'DejaVu Sans', Verdana, 'Bitstream Vera Sans', Geneva, sans-serif"
"""All of them of nearly the same width."""

_EM = 2048
_WIDE, _USUAL = 2048, 1500
"""Of a letter that is not in the table: of the East, or any other."""

_REGULAR = (
    651, 821, 942, 1716, 1303, 1946, 1597, 563, 799, 799, 1024, 1716, 651, 739, 651, 690, 1303, 1303, 1303, 1303,
    1303, 1303, 1303, 1303, 1303, 1303, 690, 690, 1716, 1716, 1716, 1087, 2048, 1401, 1405, 1430, 1577, 1294, 1178,
    1587, 1540, 604, 604, 1343, 1141, 1767, 1532, 1612, 1235, 1612, 1423, 1300, 1251, 1499, 1401, 2025, 1403, 1251,
    1403, 799, 690, 799, 1716, 1024, 1024, 1255, 1300, 1126, 1300, 1260, 721, 1300, 1298, 569, 569, 1186, 569, 1995,
    1298, 1253, 1300, 1300, 842, 1067, 803, 1298, 1212, 1675, 1212, 1212, 1075, 1303, 690, 1303, 1716,
)  # fmt: skip
_BOLD = (
    713, 934, 1067, 1716, 1425, 2052, 1786, 627, 936, 936, 1071, 1716, 778, 850, 778, 748, 1425, 1425, 1425, 1425,
    1425, 1425, 1425, 1425, 1425, 1425, 819, 819, 1716, 1716, 1716, 1188, 2048, 1585, 1561, 1503, 1700, 1399, 1399,
    1681, 1714, 762, 762, 1587, 1305, 2038, 1714, 1741, 1501, 1741, 1577, 1475, 1397, 1663, 1585, 2259, 1579, 1483,
    1485, 936, 748, 936, 1716, 1024, 1024, 1382, 1466, 1214, 1466, 1389, 891, 1466, 1458, 702, 702, 1362, 702, 2134,
    1458, 1407, 1466, 1466, 1010, 1219, 979, 1458, 1335, 1892, 1321, 1335, 1192, 1458, 748, 1458, 1716,
)  # fmt: skip
_OTHERS = {
    "×→←↑↓↺±−≠≤≥≈⊕⊙": (1716, 1716),
    "·‘’": (651, 778),
    "…—": (2048, 2048),
    "′": (465, 540),
    "°–": (1024, 1024),
    "√": (1305, 1366),
    "∞": (1706, 1706),
    "∑": (1380, 1470),
    "ᵀ": (788, 880),
    "⁻": (1081, 1081),
    "⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉": (821, 897),
    "α": (1350, 1407),
    "β": (1307, 1466),
    "γ": (1212, 1395),
    "δθöø": (1253, 1407),
    "ε": (1107, 1140),
    "ηüñ": (1298, 1458),
    "κ": (1207, 1455),
    "λ": (1212, 1296),
    "μ": (1303, 1507),
    "ν": (1144, 1395),
    "π": (1233, 1620),
    "ρ": (1300, 1466),
    "σ": (1298, 1595),
    "τ": (1233, 1307),
    "φ": (1351, 1602),
    "χ": (1183, 1321),
    "ψ": (1351, 1626),
    "ω": (1715, 1780),
    "ΔÄ": (1401, 1585),
    "Σ": (1294, 1399),
    "Ω": (1565, 1741),
    "äàâå": (1255, 1382),
    "ß": (1290, 1473),
    "Ö": (1612, 1741),
    "Ü": (1499, 1663),
    "éèê": (1260, 1389),
    "ç": (1126, 1214),
    "æ": (2011, 2146),
    "“”": (1061, 1346),
    "«»": (1253, 1323),
}


@lru_cache(maxsize=4096)
def width(text: str, size: float, bold: bool = False) -> float:
    """How far a text reaches, in the units of its size (px, points).

    >>> width("Linear", 12.0), width("", 12.0)
    (37.294921875, 0.0)
    """
    return size * sum(_advance(letter)[bold] for letter in text) / _EM


def fitted(text: str, room: float, size: float, bold: bool = False) -> str:
    """The text, or as much of its beginning as fits with a mark of what was cut.

    >>> fitted("BatchNorm2d", 60.0, 12.0), fitted("ReLU", 60.0, 12.0)
    ('BatchN…', 'ReLU')
    """
    if width(text, size, bold) <= room:
        return text
    kept = len(text)
    while kept > 1 and width(f"{text[:kept]}…", size, bold) > room:
        kept -= 1
    return f"{text[:kept]}…"


def broken(text: str, room: float, size: float, most: int = 3) -> list[str]:
    """The text in lines that break at spaces and fit; what is more than `most` lines is cut, with a mark.

    >>> broken("Conv2d(16, 32, 3, stride=2)", 90.0, 12.0)
    ['Conv2d(16,', '32, 3,', 'stride=2)']
    """
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if not lines[-1] or width(longer, size) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    if len(lines) > most:
        lines = [*lines[: most - 1], f"{lines[most - 1]} …"]
    return [fitted(line, room, size) for line in lines]


def _advance(letter: str) -> tuple[int, int]:
    known = _ADVANCE.get(letter)
    if known is not None:
        return known
    if unicodedata.combining(letter):
        return 0, 0
    wide = _WIDE if unicodedata.east_asian_width(letter) in "WF" else _USUAL
    return wide, wide


_ADVANCE = {chr(32 + k): pair for k, pair in enumerate(zip(_REGULAR, _BOLD, strict=True))}
_ADVANCE |= {letter: pair for letters, pair in _OTHERS.items() for letter in letters}
