"""What a command has made, as a value."""

from dataclasses import dataclass
from pathlib import Path

from ..story.storyboard import Storyboard


@dataclass(frozen=True)
class Story:
    """A finished story's folder and its storyboard; of its footage, in sentences, what one should know."""

    folder: Path
    storyboard: Storyboard
    told: tuple[str, ...] = ()
