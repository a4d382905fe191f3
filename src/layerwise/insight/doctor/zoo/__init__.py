"""The bug zoo: sick networks, each a line away from health, to watch, to name and to cure.

    layerwise doctor --zoo

Every case is a healthy program, or a formula of ours, with one line of it written another way. What is shown of the
difference is the difference: the sick program is made from the healthy one by exchanging that text.
"""

from layerwise.insight.doctor.zoo.case import FAMILIES, Case
from layerwise.insight.doctor.zoo.catalogue import CASES, find
from layerwise.insight.doctor.zoo.specimen import Course, Specimen, cure_helps

__all__ = ["CASES", "FAMILIES", "Case", "Course", "Specimen", "cure_helps", "find"]
