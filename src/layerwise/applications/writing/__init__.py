"""Writing: a network that reads a text letter by letter and goes on in its manner, beside counted n-grams."""

from layerwise.applications.writing.ngrams import NGrams
from layerwise.applications.writing.reading import LENGTH, Reading, bits, learnt
from layerwise.applications.writing.study import run
from layerwise.applications.writing.writer import continued, surprises

__all__ = ["LENGTH", "NGrams", "Reading", "bits", "continued", "learnt", "run", "surprises"]
