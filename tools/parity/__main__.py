"""Measure parity with PyTorch and scikit-learn, and compare with docs/parity.md.

    python -m tools.parity [--write]

Without --write the page stays as it is, and the exit code is 1 if it no longer holds. Needs torch; takes a minute.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tools.parity.page import complaints, missing, page
from tools.parity.sklearn_rows import rows as sklearn_rows
from tools.parity.torch_rows import rows as torch_rows

PAGE = Path(__file__).resolve().parents[2] / "docs" / "parity.md"


def main() -> int:
    """Measure, and write or compare."""
    import torch

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write docs/parity.md")
    chosen = parser.parse_args()
    found = torch_rows(torch)
    text = page(found, sklearn_rows(), torch)
    problems = missing(found)
    if chosen.write and not problems:
        PAGE.write_text(text, encoding="utf-8")
    elif not problems:
        problems = complaints(PAGE.read_text(encoding="utf-8"), text)
    print("\n".join(problems) or f"{len(found)} rows hold")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
