"""What a finished picture depends on besides the storyboard and its moment. Pure."""

from dataclasses import dataclass
from typing import Self

from ..story.settings import Settings


@dataclass(frozen=True)
class Look:
    """`width` and `height` in pixels, even; `style` a rule or an image's name; the others as in `core.options`.

    `morph` is the share of a scene that is spent moving to the next: 0 on disk, where scenes are clips of their own.
    """

    width: int
    height: int
    style: str
    blend: float
    truncation: float | None = None
    morph: float = 0.0

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """That of a story on disk."""
        return cls(settings.width, settings.height, settings.style, settings.blend, settings.truncation)
