"""The preview film's pictures out of the scenes' clips, and of somebody's own footage: each is decoded once."""

from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np

from ..core.errors import BridgeError
from ..core.types import Progress, no_progress
from ..render.footage_frames import footage_frames
from ..story.storyboard import Storyboard
from .video import Pixels, read_frames


class Preview:
    """The film of `board` as its `clips` have it and as the timeline cuts it, dissolves out of the clips' handles.

    `kept` are the scenes whose middle pictures are kept on the way, in `middles`.
    """

    def __init__(self, board: Storyboard, clips: Sequence[Path], kept: Collection[int] = ()) -> None:
        self.board, self.clips = board, clips
        self.middles: dict[int, Pixels] = {}
        self._kept = kept

    def frames(self, progress: Progress = no_progress) -> Iterator[Pixels]:
        """Every frame of the story, (H, W, 3) uint8. `progress` counts frames."""
        fading: list[Pixels] = []
        done = 0
        for scene in range(len(self.clips)):
            fading, outgoing = [], fading
            for frame, picture in self._seen(scene):
                if frame >= self._fades_from(scene + 1):
                    fading.append(picture)
                    continue
                yield _faded(outgoing, picture, frame - self._fades_from(scene))
                done += 1
                progress(done, self.board.frames)

    def _seen(self, scene: int) -> Iterator[tuple[int, Pixels]]:
        """The frames of the story in which `scene` is seen, alone or mixed, and its pictures."""
        start, end = self.board.frames_of(scene)
        middle = start + (end - start) // 2
        last = end + self.board.dissolve_into(scene + 1)[1]
        for frame, picture in self._pictures(scene, max(last, middle + 1)):
            if scene in self._kept and frame == middle:
                self.middles[scene] = picture
            if frame >= max(last, middle + 1):
                break
            if self._fades_from(scene) <= frame < last:
                yield frame, picture

    def _fades_from(self, scene: int) -> int:
        """The first frame of the story in which `scene` is seen; behind the last one, that after the end."""
        before, _ = self.board.dissolve_into(scene)
        return self.board.frames_of(scene)[0] - before if scene < len(self.clips) else self.board.frames

    def middle(self, scene: int) -> Pixels:
        """(H, W, 3) uint8: what scene number `scene` shows half-way through, as its clip has it.

        Read from the clip if `frames` has not come by it. Raises BridgeError for a clip that ends before.
        """
        if scene not in self.middles:
            start, end = self.board.frames_of(scene)
            picture = self._read_middle(scene, (end - start) // 2)
            if picture is None:
                raise BridgeError(
                    f"{self.clips[scene]}: ends before its scene does; remove it and run the same command again"
                )
            self.middles[scene] = picture
        return self.middles[scene]

    def _read_middle(self, scene: int, half: int) -> Pixels | None:
        """The picture `half` frames after the scene's start; None where its clip ends before."""
        if not self.board.is_rendered(scene):
            return next(footage_frames(self.board, scene, [half]))
        return next(islice(read_frames(self.clips[scene]), self.board.head_frames(scene) + half, None), None)

    def _pictures(self, scene: int, last: int) -> Iterator[tuple[int, Pixels]]:
        """The frames of the story that the scene's clip has, with its pictures; of footage that is not rendered, those
        from where it is first seen to before `last`."""
        start, _ = self.board.frames_of(scene)
        if self.board.is_rendered(scene):
            return enumerate(read_frames(self.clips[scene]), start - self.board.head_frames(scene))
        seen = range(self._fades_from(scene), last)
        return zip(seen, footage_frames(self.board, scene, [frame - start for frame in seen]), strict=True)


def _faded(outgoing: list[Pixels], picture: Pixels, index: int) -> Pixels:
    if index >= len(outgoing):
        return picture
    share = (index + 1) / (len(outgoing) + 1)
    return (outgoing[index] + share * (picture.astype(np.float32) - outgoing[index]) + 0.5).astype(np.uint8)
