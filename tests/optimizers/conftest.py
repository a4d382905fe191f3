"""All tests of this folder run on the readable formulas, and again on their twins."""

from tests.support.both_ways import computed_by

__all__ = ["computed_by"]
