"""The doctor: what is wrong with a training run, with numbers, causes and cures."""

from layerwise.insight.doctor.codes import CODES
from layerwise.insight.doctor.examine import doctor, examined
from layerwise.insight.doctor.finding import Confirmation, Cure, Evidence, Finding
from layerwise.insight.doctor.listener import Doctor
from layerwise.insight.doctor.patient import Patient
from layerwise.insight.doctor.report import Report
from layerwise.insight.doctor.rule import Rule, rules

__all__ = [
    "CODES",
    "Confirmation",
    "Cure",
    "Doctor",
    "Evidence",
    "Finding",
    "Patient",
    "Report",
    "Rule",
    "doctor",
    "examined",
    "rules",
]
