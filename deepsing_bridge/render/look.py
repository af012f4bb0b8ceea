"""What a finished picture depends on besides the storyboard and its moment. Pure."""

from dataclasses import dataclass, replace
from typing import Self

from ..core.options import GRADE, REACT
from ..story.settings import Settings
from .speed import STEADY, SpeedTrack


@dataclass(frozen=True)
class Look:
    """`width` and `height` in pixels, even; `style` a rule or an image's name; the others as in `core.options`.

    `temperature` is of the softmax that mixes classes; worlds, which draw one at a time, do without.
    `morph` is the share of a scene that is spent moving to the next: 0 on disk, where scenes are clips of their own.
    `speed` is how fast pictures move: by their shader's clock, or before the camera.
    """

    width: int
    height: int
    style: str
    blend: float
    truncation: float | None = None
    morph: float = 0.0
    react: float = REACT.default
    grade: float = GRADE.default
    temperature: float = 0.0
    speed: SpeedTrack = STEADY

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """That of a story on disk."""
        size = settings.width, settings.height
        found = cls(*size, settings.style, settings.blend, settings.truncation)
        return replace(found, react=settings.react, grade=settings.grade, temperature=settings.temperature)

    def reduced(self, side: int) -> Self:
        """With a shorter side of at most `side` pixels, in the same shape."""
        return self.scaled(min(side / min(self.width, self.height), 1.0))

    def scaled(self, scale: float) -> Self:
        """With so many times the pixels on each side."""
        return replace(self, width=round(self.width * scale), height=round(self.height * scale))
