"""The frames of a scene's clip, whether the scene is painted or a styled copy of somebody's own footage."""

from collections.abc import Iterator

from ..story.storyboard import Storyboard
from .film import Film
from .fit import Pixels
from .painter import Painter
from .styled_footage import FootageStyler


class ClipRenderer:
    """`painter` is None where no scene is painted, `styler` where none shows footage that is rendered."""

    def __init__(self, painter: Painter | None, styler: FootageStyler | None) -> None:
        self._painter, self._styler = painter, styler
        self._film: Film | None = None  # of the last board: its pictures are kept from scene to scene

    @property
    def paints(self) -> bool:
        return self._painter is not None

    def frames(self, board: Storyboard, index: int) -> Iterator[Pixels]:
        """(H, W, 3) uint8: all of the clip of scene `index`, its handles included."""
        if board.scenes[index].subclip is not None:
            assert self._styler is not None
            head = board.head_frames(index)
            return self._styler.frames(board, index, range(-head, board.clip_frames(index) - head))
        assert self._painter is not None
        if self._film is None or self._film.board is not board:
            self._film = Film(board, self._painter)
        return self._film.clip(index)
