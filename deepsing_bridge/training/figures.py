"""Figures that several trainings tell."""

import torch
from torch import Tensor

from .fitting import Course


def correlation(said: Tensor, rated: Tensor) -> float:
    """Pearson's r to three places; 0 where one side never changes, since it tells nothing then."""
    if said.std() == 0 or rated.std() == 0:
        return 0.0
    return round(float(torch.corrcoef(torch.stack([said, rated]))[0, 1]), 3)


def course_figures(course: Course) -> dict[str, float]:
    """How a fitting went."""
    return {"epochs run": course.ran, "best epoch": course.best, "watched squared error": round(course.error, 5)}
