"""A storyboard becomes the frames of a film, in any order.

Pictures that move by themselves are painted for each frame; others every 500 ms of a scene, and the frames between are
mixed. Holds the pictures of the last scene or two, never of the song.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache

import numpy as np

from ..core.batches import in_batches
from ..core.types import Frame
from ..core.units import frame_to_seconds, seconds_to_frame
from ..story.latents import PICTURE_EVERY_S, picture_times
from ..story.storyboard import Storyboard
from .crossfade import mix
from .fit import Pixels
from .flashes import FlashLimiter, same
from .look import Look
from .moment import moments_of
from .painter import Painter

BATCH = 8  # pictures painted at a time, or fewer where memory is short


class Film:
    """What `board` looks like, painted by `painter` with the look of its settings."""

    def __init__(self, board: Storyboard, painter: Painter) -> None:
        self.board = board
        self._painter, self._look = painter, Look.of(board.settings)
        self._pictures = lru_cache(maxsize=2)(self._paint_scene)

    def frames_at(self, times: Iterable[float]) -> Iterator[Frame]:
        """The frames shown at `times`, seconds from the song's start, in any order."""
        for time in times:
            scene = self.board.scene_at(time)
            yield Frame(seconds_to_frame(time, self.board.frame_rate), time, self.picture(scene, time), scene)

    def clip(self, scene: int) -> Iterator[Pixels]:
        """Every frame of the clip of scene number `scene`, its handles included, none of them flashing dangerously."""
        first, rate = self.board.frames_of(scene)[0] - self.board.head_frames(scene), self.board.frame_rate
        limit = same if self.board.settings.allow_flashing else FlashLimiter(rate).limit
        for frame in range(first, first + self.board.clip_frames(scene)):
            yield limit(self.picture(scene, frame_to_seconds(frame, rate)))

    def picture(self, scene: int, time: float) -> Pixels:
        """(H, W, 3) uint8: what scene number `scene` shows at `time`, which may lie HANDLE_S beyond its ends."""
        pixels = self._painted(scene, time) if self._painter.moves else self._mixed(scene, time)
        camera, look = self._painter.camera, self._look
        return camera.take(pixels, camera.pose(self.board, time, look), look.width, look.height)

    def _painted(self, scene: int, time: float) -> Pixels:
        moments = moments_of(self.board, scene, np.array([time]))
        return self._painter.paint(self.board, moments, self._look)[0]

    def _mixed(self, scene: int, time: float) -> Pixels:
        pictures, first_s = self._pictures(scene), float(picture_times(self.board, scene)[0])
        place = min(max(time - first_s, 0.0) / PICTURE_EVERY_S, len(pictures) - 1)
        before = int(place)
        after = min(before + 1, len(pictures) - 1)
        return mix(pictures[before], pictures[after], place - before)

    def _paint_scene(self, scene: int) -> Pixels:
        """A scene's pictures (n, H, W, 3), at its `picture_times`."""
        moments = moments_of(self.board, scene, picture_times(self.board, scene))
        begun = [*in_batches(moments, BATCH, lambda batch: self._painter.begin(self.board, batch, self._look))]
        return np.concatenate([pixels() for pixels in begun])
