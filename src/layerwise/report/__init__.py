"""What a run leaves behind: its folder, the test beside what it has to beat, and both in words."""

from layerwise.report.baselines import Baseline
from layerwise.report.changes import Changes
from layerwise.report.folder import RunFolder
from layerwise.report.mistakes import Mistake
from layerwise.report.result import ClassResult, QuantityResult, Result, Rival, result_of
from layerwise.report.start import Start, resumed, start
from layerwise.report.text import Look, mistake_lines, result_lines

__all__ = [
    "Baseline",
    "Changes",
    "ClassResult",
    "Look",
    "Mistake",
    "QuantityResult",
    "Result",
    "Rival",
    "RunFolder",
    "Start",
    "mistake_lines",
    "result_lines",
    "result_of",
    "resumed",
    "start",
]
