"""Exam A: sick runs that people have asked about in public, with their settings, and the cure that they were given.

Each was published with its cause; sources are questions on Stack Overflow (SO) and Data Science Stack Exchange (ds.SE)
by their numbers, and issues on GitHub. Where the data is not public, rows of the same shape stand in, which is said.
"""

from tools.doctor_exams.public import classes, images, quantities, sequences
from tools.doctor_exams.public.case import PublicCase

CASES: tuple[PublicCase, ...] = (*classes.CASES, *quantities.CASES, *images.CASES, *sequences.CASES)

__all__ = ["CASES", "PublicCase"]
