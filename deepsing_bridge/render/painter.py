"""The one way from a storyboard, a moment and a look to pixels, on disk and live; who paints for which generator."""

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from ..generators.protocol import Generator, MovingGenerator
from ..story.storyboard import Storyboard
from ..stylization.styles import StyleBook
from ..stylization.wct import Stylizer
from .camera import Camera
from .fit import Pixels
from .grade import Colour
from .look import Look
from .moment import Moment
from .moving_painter import MovingPainter
from .still_painter import StillPainter


class Painter(Protocol):
    """Owns the generator, the stylizer and the style images, and is used by one thread at a time. Draws nothing at
    random: the same board, moment and look give the same picture.

    `moves`: every frame is painted for itself; else pictures are painted now and then, and mixed. Frames are what its
    `camera` takes of them.
    """

    @property
    def moves(self) -> bool: ...
    @property
    def camera(self) -> Camera: ...
    @property
    def generator(self) -> Generator: ...
    @property
    def styles(self) -> StyleBook: ...

    def paint(self, board: Storyboard, moments: Sequence[Moment], look: Look) -> Pixels:
        """(n, H, W, 3) uint8: the finished pictures of `moments`, as `passes` takes them, as large as the camera's
        canvas."""

    def begin(self, board: Storyboard, moments: Sequence[Moment], look: Look) -> Callable[[], Pixels]:
        """`paint`, not waited for: a device goes on with it while the next ones are begun. What is returned waits."""

    def passes(self, board: Storyboard, moments: Sequence[Moment], look: Look) -> Iterator[Callable[[], Pixels]]:
        """Steps on the way: each gives the pictures (n, H, W, 3) as they are then. First as generated, unstylized.

        `moments` lie in one scene; where it goes over into the next, each is painted alone, as each has another style.
        """

    def colour(self, board: Storyboard, scene: int, look: Look) -> Colour:
        """(3,) 0..255: the mean colour that scene number `scene` begins with, in the style of `look`."""

    def preparations(self) -> Iterator[Callable[[], None]]:
        """What may be done in idle moments, one after the other, so that no first picture of a class is late."""


def painter_for(generator: Generator, stylizer: Stylizer, styles: StyleBook) -> Painter:
    if isinstance(generator, MovingGenerator):
        return MovingPainter(generator, stylizer, styles)
    return StillPainter(generator, stylizer, styles)
