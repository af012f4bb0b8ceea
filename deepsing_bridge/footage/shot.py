"""A shot of somebody's own, and what was seen in it. Values alone."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .media import MediaFile


@dataclass(frozen=True)
class Look:
    """What is seen in picture `number` of a film, counted from its first; 0 in a photo.

    `valence` and `arousal` as the image model tells them, before any alignment; `motion`: how fast pictures change from
    there to the next look, the mean over pixels and channels, 0..1 a second; `brightness`: mean luma, 0..1;
    `sharpness`: the contrast of its finest details, by that of the whole picture.
    """

    number: int
    valence: float
    arousal: float
    motion: float
    brightness: float
    sharpness: float


@dataclass(frozen=True)
class Shot:
    """`frames` of `media` from number `first` on; a photo has 0, and lasts as long as is wanted. At least one of
    `looks`, in order."""

    media: MediaFile
    first: int
    frames: int
    looks: tuple[Look, ...]

    @property
    def duration_s(self) -> float:
        """Infinite for a photo."""
        return float(self.frames / self.media.rate) if self.frames else float("inf")

    @cached_property
    def times_s(self) -> NDArray[np.float64]:
        """When each look is, in seconds from the shot's beginning, (looks,); the first one's is 0."""
        if not self.frames:
            return np.zeros(len(self.looks))
        times = np.array([float((look.number - self.first) / self.media.rate) for look in self.looks])
        return np.maximum(times - times[0], 0.0)

    def of(self, name: str) -> NDArray[np.float64]:
        """(looks,) of one of a look's fields."""
        return np.array([getattr(look, name) for look in self.looks], np.float64)

    def mean(self, name: str) -> float:
        """Over its time, each look counting until the next one."""
        return float(np.average(self.of(name), weights=self.weights))

    def spread(self, name: str) -> float:
        """The standard deviation over its time."""
        return float(np.sqrt(np.average((self.of(name) - self.mean(name)) ** 2, weights=self.weights)))

    @cached_property
    def weights(self) -> NDArray[np.float64]:
        """(looks,): how long the shot looks so, up to the next look, in seconds; 1 for a photo."""
        if not self.frames or len(self.looks) == 1:
            return np.ones(len(self.looks))
        return np.diff([*self.times_s, max(self.duration_s, self.times_s[-1] + 1e-3)])
