"""What shots are like among the others of their folder, in z-scores, as a song's moments are among its own.

So the saddest shot of a merry folder is for the saddest moment of a song, and all of a folder is used.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..core.types import LARGEST_SENTIMENT
from .shot import Shot

LEAST_SD = 0.15  # of the image models' scale: shots that differ by less do so by chance
STILL = 1e-3  # of full range a second: less motion is none
LEAST_MOTION_SD = 0.3  # of its natural logarithm
PHOTO_MOTION = -1.5  # z: what stands still is for quiet passages, but does not look slower than the slowest film
DARK = 0.03  # mean luma: black, or nearly
BLURRED = 0.25  # of the median sharpness

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Scale:
    """Mean and standard deviation of something over a folder."""

    mean: float
    sd: float

    @classmethod
    def of(cls, shots: Sequence[Shot], values: Callable[[Shot], Values], least_sd: float) -> "Scale":
        """`values` (looks,) of a shot count as long as it looks so; shots count alike, however long they are."""
        if not shots:
            return cls(0.0, 1.0)
        means = np.array([np.average(values(shot), weights=shot.weights) for shot in shots])
        within = [
            np.average((values(shot) - mean) ** 2, weights=shot.weights)
            for shot, mean in zip(shots, means, strict=True)
        ]
        return cls(float(means.mean()), max(float(np.sqrt(means.var() + np.mean(within))), least_sd))

    def z(self, values: Values) -> Values:
        return ((values - self.mean) / self.sd).clip(-LARGEST_SENTIMENT, LARGEST_SENTIMENT)


@dataclass(frozen=True)
class Scales:
    """Of a folder's `shots`; of motion, those that are films. `sharpness` is the median."""

    valence: Scale
    arousal: Scale
    motion: Scale
    sharpness: float

    @classmethod
    def of(cls, shots: Sequence[Shot]) -> "Scales":
        films = [shot for shot in shots if shot.frames]
        return cls(
            Scale.of(shots, lambda shot: shot.of("valence"), LEAST_SD),
            Scale.of(shots, lambda shot: shot.of("arousal"), LEAST_SD),
            Scale.of(films, lambda shot: _log(shot.of("motion")), LEAST_MOTION_SD),
            float(np.median([shot.mean("sharpness") for shot in shots])),
        )

    def aligned(self, shot: Shot) -> Values:
        """(3, looks): valence, arousal and motion of each look."""
        motion = self.motion.z(_log(shot.of("motion"))) if shot.frames else np.full(len(shot.looks), PHOTO_MOTION)
        return np.stack([self.valence.z(shot.of("valence")), self.arousal.z(shot.of("arousal")), motion])

    def is_good(self, shot: Shot) -> bool:
        """Whether there is something to be seen in it, neither black nor out of focus."""
        return shot.mean("brightness") > DARK and shot.mean("sharpness") > BLURRED * self.sharpness


def _log(motion: Values) -> Values:
    return np.log(motion + STILL)
