"""Figures that several trainings tell."""

import numpy as np
from numpy.typing import ArrayLike

from .fitting import Course


def correlation(said: ArrayLike, rated: ArrayLike) -> float:
    """Pearson's r of (n,) with (n,), arrays or tensors; 0 where one side never changes, since it tells nothing then."""
    a, b = np.asarray(said, np.float64), np.asarray(rated, np.float64)
    if (a == a[:1]).all() or (b == b[:1]).all():
        return 0.0
    return float(np.corrcoef(a, b)[0, 1])


def course_figures(course: Course) -> dict[str, float]:
    """How a fitting went."""
    return {"epochs run": course.ran, "best epoch": course.best, "watched squared error": round(course.error, 5)}
