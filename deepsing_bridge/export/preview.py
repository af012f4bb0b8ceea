"""The preview film's pictures out of the scenes' clips, and of somebody's own footage: each is decoded once."""

from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np

from ..core.errors import BridgeError
from ..core.types import Progress, no_progress
from ..core.units import HANDLE_S
from ..render.footage_frames import footage_frames
from ..story.storyboard import Storyboard
from .video import Pixels, read_frames

CROSS_FADE_S = 0.5  # at most HANDLE_S, as the outgoing picture comes from its clip's handle


class Preview:
    """The film of `board` as its `clips` have it, a cross-fade after each cut out of the handle before it.

    `kept` are the scenes whose middle pictures are kept on the way, in `middles`.
    """

    def __init__(self, board: Storyboard, clips: Sequence[Path], kept: Collection[int] = ()) -> None:
        self.board, self.clips = board, clips
        self.middles: dict[int, Pixels] = {}
        self._kept = kept

    def frames(self, progress: Progress = no_progress) -> Iterator[Pixels]:
        """Every frame of the story, (H, W, 3) uint8. `progress` counts frames."""
        fade = round(min(CROSS_FADE_S, HANDLE_S) * self.board.frame_rate)
        handle: list[Pixels] = []
        for scene, (clip, (start, end)) in enumerate(zip(self.clips, self.board.scene_frames(), strict=True)):
            fading, handle = handle, []
            for index, picture in enumerate(self._pictures(scene, clip, end - start + fade)):
                if scene in self._kept and index == (end - start) // 2:
                    self.middles[scene] = picture
                if index < end - start:
                    yield _faded(fading, picture, index)
                    progress(start + index + 1, self.board.frames)
                elif len(handle) < fade:
                    handle.append(picture)

    def middle(self, scene: int) -> Pixels:
        """(H, W, 3) uint8: what scene number `scene` shows half-way through, as its clip has it.

        Read from the clip if `frames` has not come by it. Raises BridgeError for a clip that ends before.
        """
        if scene not in self.middles:
            start, end = self.board.frames_of(scene)
            half = (end - start) // 2
            picture = next(islice(self._pictures(scene, self.clips[scene], half + 1), half, None), None)
            if picture is None:
                raise BridgeError(
                    f"{self.clips[scene]}: ends before its scene does; remove it and run the same command again"
                )
            self.middles[scene] = picture
        return self.middles[scene]

    def _pictures(self, scene: int, clip: Path, frames: int) -> Iterator[Pixels]:
        """Of its clip, all of them; of footage that is not rendered, `frames`."""
        if self.board.is_rendered(scene):
            return read_frames(clip)
        return footage_frames(self.board, scene, range(frames))


def _faded(fading: list[Pixels], picture: Pixels, index: int) -> Pixels:
    if index >= len(fading):
        return picture
    share = (index + 1) / (len(fading) + 1)
    return (fading[index] + share * (picture.astype(np.float32) - fading[index]) + 0.5).astype(np.uint8)
