"""Metrics that several trainings tell."""

import numpy as np
from numpy.typing import ArrayLike

from .fitting import TrainingState


def correlation(said: ArrayLike, rated: ArrayLike) -> float:
    """Pearson's r of (n,) with (n,), arrays or tensors; 0 where one side never changes, since it tells nothing then."""
    a, b = np.asarray(said, np.float64), np.asarray(rated, np.float64)
    if (a == a[:1]).all() or (b == b[:1]).all():
        return 0.0
    return float(np.corrcoef(a, b)[0, 1])


def fitting_metrics(state: TrainingState) -> dict[str, float]:
    """How a fitting went."""
    return {
        "epochs run": state.epochs_run,
        "best epoch": state.best_epoch,
        "validation squared error": round(state.best_error, 5),
    }
