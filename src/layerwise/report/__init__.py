"""What a run found, in words: figures, the confusion matrix, and the worst mistakes."""

from layerwise.report.look import Look
from layerwise.report.text import mistake_lines, result_lines

__all__ = ["Look", "mistake_lines", "result_lines"]
