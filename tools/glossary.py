"""Write docs/glossary.md from the terms: python -m tools.glossary"""

from __future__ import annotations

from pathlib import Path

from layerwise.course.glossary import terms
from layerwise.report.glossary import page

PAGE = Path(__file__).parent.parent / "docs" / "glossary.md"


def written() -> str:
    """The page as it should be."""
    return "\n".join(page(terms().values())) + "\n"


if __name__ == "__main__":
    PAGE.write_text(written(), encoding="utf-8")
