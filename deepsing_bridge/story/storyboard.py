"""The storyboard: everything that is decided before the first pixel.

Scenes with their sentiment, class and latent, and the settings that they were planned with. Knows nothing of how it is
planned, painted or written down.
"""

import math
from bisect import bisect_right
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

from ..core.errors import BridgeError
from ..core.types import LevelTrack, Sentiment, SentimentTrack, SoundTrack, Structure
from ..core.units import HANDLE_S, seconds_to_frame, timecode_to_frame
from ..footage.conform import in_point, timeline_frames
from ..footage.media import Subclip
from .settings import Settings


@dataclass(frozen=True)
class Scene:
    """One cut of the story.

    Both ends lie on frame boundaries. `probabilities` (classes,) is the translator's softmax, `latent`
    (latent_dim,) the generator's latent at the scene's start, `mood` one of `negative`, `neutral`, `positive`: where
    `Sentiment.mean` lies, by which the paper chooses styles, and not `Sentiment.feeling`. `style` is the name of the
    style image that is painted with; empty where nobody chose one yet. `subclip` is what it shows of somebody's own
    footage; None where it is painted. `clip` is the name of its clip's file; empty where its number and label say it.
    `blend` is how strongly it is stylized, 0..1; None: as the settings say. `towards` (latent_dim,) is where its latent
    is at its end; empty where it does not move, or chance says so.
    """

    start_s: float
    end_s: float
    class_id: int
    label: str
    probabilities: tuple[float, ...]
    latent: tuple[float, ...]
    sentiment: Sentiment
    mood: str
    style: str = ""
    subclip: Subclip | None = None
    clip: str = ""
    blend: float | None = None
    towards: tuple[float, ...] = ()


@dataclass(frozen=True, eq=False)
class Storyboard:
    """A planned story; the same storyboard gives the same pixels. Compared by identity: its arrays are long.

    `sentiment` and `power` are at 0.5 s; of the `structure` bars and sections are written down; `levels` and `sound`
    are what pictures move with, and are not; `weights` maps the name of every file that shaped it to its sha256. A
    scene's clip begins `head_s` before the scene: 0 in takes, and in stories that are older than that. `whole` is the
    story that this one is a part of, whose first scene its colours follow; None: it is whole. `first_scene` is the
    place in it, counted from 0, of the first scene: clips are called as there.
    """

    scenes: tuple[Scene, ...]
    sentiment: SentimentTrack
    power: tuple[float, ...]
    duration_s: float
    settings: Settings
    generator: str
    translator: str
    song_path: Path
    song_digest: str
    weights: dict[str, str]
    structure: Structure = field(default_factory=Structure)
    levels: LevelTrack = field(default_factory=LevelTrack.quiet)
    sound: SoundTrack = field(default_factory=SoundTrack.silence)
    head_s: float = HANDLE_S
    whole: "Storyboard | None" = None
    first_scene: int = 0

    @property
    def frame_rate(self) -> Fraction:
        return self.settings.frame_rate

    @property
    def seed(self) -> int:
        """What everything random in it was drawn from."""
        return self.settings.seed or 0

    @property
    def first_timecode(self) -> int:
        """The frame of timecode at which its timeline begins. Raises BridgeError for a start that is no timecode."""
        return timecode_to_frame(self.settings.start_timecode, self.frame_rate)

    @property
    def first_frame(self) -> int:
        """The frame of the song with which the story begins: 0, unless it is a part of one."""
        return self.frames_of(0)[0]

    @property
    def frames(self) -> int:
        """How many frames the story lasts."""
        return self.frames_of(len(self.scenes) - 1)[1] - self.first_frame

    def part(self, start_s: float, end_s: float) -> "Storyboard":
        """With only those of its scenes, whole, that are on between two moments of the song. Raises BridgeError where
        there is none."""
        places = [i for i, scene in enumerate(self.scenes) if scene.start_s < end_s and start_s < scene.end_s]
        if not places:
            raise BridgeError(f"from {start_s:g} s to {end_s:g} s: no scene; the song lasts {self.duration_s:g} s")
        scenes = self.scenes[places[0] : places[-1] + 1]
        return self if scenes == self.scenes else replace(self, scenes=scenes, whole=self, first_scene=places[0])

    def scene_at(self, time_s: float) -> int:
        """The number of the scene that is on at `time_s`; the first or last one for a time outside the song."""
        return max(bisect_right(self.scenes, time_s, key=lambda scene: scene.start_s) - 1, 0)

    def scene_frames(self) -> tuple[tuple[int, int], ...]:
        """`(first frame, frame after the last)` of each scene."""
        return tuple(map(self.frames_of, range(len(self.scenes))))

    def frames_of(self, index: int) -> tuple[int, int]:
        """`(first frame, frame after the last)` of scene `index`; boundaries are rounded, durations never."""
        scene, rate = self.scenes[index], self.frame_rate
        return seconds_to_frame(scene.start_s, rate), seconds_to_frame(scene.end_s, rate)

    def head_frames(self, index: int) -> int:
        """The frame of its clip with which scene `index` begins: what is before is a handle, which is shorter where the
        song is, so that the first scene has none."""
        return min(math.ceil(self.head_s * self.frame_rate), self.frames_of(index)[0])

    def dissolve_into(self, index: int) -> tuple[int, int]:
        """How many frames before and after its start scene `index` is mixed with the one before: no more than the clips
        have handles for, nor than half of the shorter scene. Before the first scene and behind the last, none."""
        if not 0 < index < len(self.scenes):
            return 0, 0
        frames = min(self.settings.dissolve, *(self._length(scene) // 2 for scene in (index - 1, index)))
        before = min(frames // 2, self._handles(index)[0])
        return before, min(frames - before, self._handles(index - 1)[1])

    def shown_frames(self, index: int) -> tuple[int, int]:
        """`(first frame, frame after the last)` of the song in which scene `index` is seen, and not the next yet."""
        start, end = self.frames_of(index)
        return start - self.dissolve_into(index)[0], end - self.dissolve_into(index + 1)[0]

    def _length(self, index: int) -> int:
        start, end = self.frames_of(index)
        return end - start

    @property
    def tail_frames(self) -> int:
        """How many frames of a handle clips have at their ends."""
        return math.ceil(HANDLE_S * self.frame_rate)

    def clip_frames(self, index: int) -> int:
        """How many frames the clip of scene `index` has, its handles included."""
        start, end = self.frames_of(index)
        return self.head_frames(index) + end - start + self.tail_frames

    def is_rendered(self, index: int) -> bool:
        """Whether scene `index` has a clip of its own, or is a part of somebody's own file as that is."""
        return self.scenes[index].subclip is None or self.blend_of(index) > 0 or self.settings.grade > 0

    def blend_of(self, index: int) -> float:
        """How strongly scene `index` is stylized, 0..1."""
        own = self.scenes[index].blend
        return self.settings.blend if own is None else own

    def footage_frames(self, index: int) -> tuple[int, int]:
        """`(first, available)` of scene `index`, which is not rendered: with which frame of its file it begins, and how
        many that file has, both in the story's frames, from the file's first. A photo has a handle on both sides."""
        subclip, rate = self.scenes[index].subclip, self.frame_rate
        assert subclip is not None
        if not subclip.media.is_photo:
            return in_point(subclip, rate), timeline_frames(subclip.media, rate)
        return self.tail_frames, self._length(index) + 2 * self.tail_frames

    def _handles(self, index: int) -> tuple[int, int]:
        """How many frames there are before and beyond scene `index`, in its clip or in somebody's own file."""
        if self.is_rendered(index):
            return self.head_frames(index), self.tail_frames
        first, available = self.footage_frames(index)
        return first, available - first - self._length(index)
