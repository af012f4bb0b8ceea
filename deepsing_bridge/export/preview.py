"""The preview film's pictures out of the scenes' clips, and of somebody's own footage: each is decoded once."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from ..core.errors import BridgeError
from ..core.types import Progress, no_progress
from ..render.footage_frames import footage_frames
from ..story.storyboard import Storyboard
from .segments import Segment
from .video import Pixels, read_frames


class Preview:
    """The film of `board` as its `clips` have it and as the timeline cuts it, dissolves out of the clips' handles.

    `kept` are the scenes whose middle pictures are kept on the way, in `middles`; `copied` are scenes that an earlier
    film has, in those of its frames.
    """

    def __init__(
        self,
        board: Storyboard,
        clips: Sequence[Path],
        kept: Collection[int] = (),
        copied: Mapping[int, range] | None = None,
    ) -> None:
        self.board, self.clips = board, clips
        self.middles: dict[int, Pixels] = {}
        self._kept, self._copied = kept, copied or {}
        self._leaving: tuple[int, list[Pixels]] = -1, []  # what the scene that was read last shows of its dissolve

    def segments(self, progress: Progress = no_progress) -> Iterator[Segment]:
        """Of each scene its frames, (H, W, 3) uint8, to be taken before the next one's. `progress` counts frames."""
        for scene in range(len(self.clips)):
            yield self._copied.get(scene) or self._frames(scene, progress)
            progress(self.board.shown_frames(scene)[1] - self.board.first_frame, self.board.frames)

    def middle(self, scene: int) -> Pixels:
        """(H, W, 3) uint8: what scene number `scene` shows half-way through, as its clip has it.

        Read from the clip if `segments` has not come by it. Raises BridgeError for a clip that ends before.
        """
        if scene not in self.middles:
            place = self._middle_of(scene)
            _, picture = next(self._pictures(scene, place, place + 1), (place, None))
            if picture is None:
                raise BridgeError(
                    f"{self.clips[scene]}: ends before its scene does; remove it and run the same command again"
                )
            self.middles[scene] = picture
        return self.middles[scene]

    def _middle_of(self, scene: int) -> int:
        start, end = self.board.frames_of(scene)
        return start + (end - start) // 2

    def _frames(self, scene: int, progress: Progress) -> Iterator[Pixels]:
        """From where the scene begins to be seen to where the next one does. What it shows then is kept for that."""
        outgoing, leaving = self._outgoing(scene - 1), list[Pixels]()
        first, stop = self.board.shown_frames(scene)
        for frame, picture in self._pictures(scene, first, self._end_of(scene)):
            if scene in self._kept and frame == self._middle_of(scene):
                self.middles[scene] = picture
            if frame < stop:
                yield _faded(outgoing, picture, frame - first)
                progress(frame + 1 - self.board.first_frame, self.board.frames)
            else:
                leaving.append(picture)
        self._leaving = scene, leaving

    def _outgoing(self, scene: int) -> list[Pixels]:
        """What is seen of the scene while the next one comes."""
        if scene != self._leaving[0]:
            _, stop = self.board.shown_frames(scene)
            return [picture for _, picture in self._pictures(scene, stop, self._end_of(scene))]
        return self._leaving[1]

    def _end_of(self, scene: int) -> int:
        """The frame of the song from which on nothing of the scene is seen any more."""
        return self.board.frames_of(scene)[1] + self.board.dissolve_into(scene + 1)[1]

    def _pictures(self, scene: int, first: int, stop: int) -> Iterator[tuple[int, Pixels]]:
        """The frames of the song from `first` to before `stop`, and what the scene has there."""
        start, _ = self.board.frames_of(scene)
        frames = range(first, stop)
        if self.board.is_rendered(scene):
            head = start - self.board.head_frames(scene)
            return zip(frames, read_frames(self.clips[scene], first - head), strict=False)
        return zip(frames, footage_frames(self.board, scene, [frame - start for frame in frames]), strict=True)


def _faded(outgoing: list[Pixels], picture: Pixels, index: int) -> Pixels:
    if index >= len(outgoing):
        return picture
    share = (index + 1) / (len(outgoing) + 1)
    return (outgoing[index] + share * (picture.astype(np.float32) - outgoing[index]) + 0.5).astype(np.uint8)
