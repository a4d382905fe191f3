"""Measures of how good answers are, as people read them: pure functions of predictions and truth."""

from layerwise.metrics.classes import (
    ClassScores,
    accuracy,
    calibration_error,
    class_scores,
    confusion_matrix,
    f1,
    majority_share,
    precision,
    predicted_classes,
    recall,
    top_k_accuracy,
    wilson_interval,
)
from layerwise.metrics.quantities import mae, r2, rmse

__all__ = [
    "ClassScores",
    "accuracy",
    "calibration_error",
    "class_scores",
    "confusion_matrix",
    "f1",
    "mae",
    "majority_share",
    "precision",
    "predicted_classes",
    "r2",
    "recall",
    "rmse",
    "top_k_accuracy",
    "wilson_interval",
]


def __dir__() -> list[str]:
    return __all__
