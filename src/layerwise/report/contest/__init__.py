"""A comparison as a page of its own, with its pictures."""

from layerwise.report.contest.page import page

__all__ = ["page"]
