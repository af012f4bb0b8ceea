"""What the engine knows of where pictures come from."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..generators.protocol import MovingGenerator
from ..render.camera import FIXED, Camera
from ..translation.class_names import Labelled


@dataclass(frozen=True)
class PictureSource:
    """The painter's `camera`; `worlds`, the generator, if other hosts can draw what it draws; the views of which each
    song has its own until one is chosen; the `generator` whose classes can be held.
    """

    camera: Camera = FIXED
    worlds: MovingGenerator | None = None
    default_views: Sequence[int] = (0,)
    generator: Labelled | None = None


NO_SOURCE = PictureSource()
