"""report.html: what a run has found, as one page that can be mailed and printed."""

from layerwise.report.page.account import Finding, RunAccount
from layerwise.report.page.writing import run_page, write

__all__ = ["Finding", "RunAccount", "run_page", "write"]
