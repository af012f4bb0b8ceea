"""A take: what was played, as clips on disk, and `take.jsonl`, a line for every fact, flushed as it happens.

A take survives a crash: whatever was whole then is listed. `app.take.finish_take` makes a story folder of it.
When encoding cannot keep up, the last picture is held, and frames that come faster than the take's rate are left out,
so the take stays in time. Time in a take is time played: pauses are not in it.
"""

import json
import math
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from fractions import Fraction
from pathlib import Path
from typing import TextIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ..core.errors import BridgeError
from ..core.files import made
from ..core.types import Sentiment
from ..core.units import FRAME_RATES, HANDLE_S, frame_to_seconds
from ..listening.device import SoundBlock
from ..live.hub import LiveFrame
from ..story.clip_names import clip_name
from ..story.story_file import scene_to_fields
from ..story.storyboard import Storyboard
from .clips import ClipWriter
from .live_recording import FILE as SOUND
from .live_recording import LiveRecording
from .story_folder import MEDIA

LISTING = "take.jsonl"
SCHEMA, VERSION = "deepsing-take", 1
CURVE_HOP_S = 0.5
JUMP_S = 0.1  # the song's time against the clock: more than this is a jump, and other sound follows

Pixels = NDArray[np.uint8]


def nearest_rate(fps: float) -> Fraction:
    """The frame rate that editors know which is nearest to `fps`."""
    return min(map(Fraction, FRAME_RATES), key=lambda rate: abs(rate - Fraction(fps)))


class Take:
    """A take while it is recorded, in `folder`, at `rate`. `write` is given every frame that was played, in order."""

    def __init__(self, folder: Path, rate: Fraction) -> None:
        self._folder, self._rate = folder, rate
        self._clip: ClipWriter | None = None
        self._listing: TextIO | None = None
        self._sound: LiveRecording | None = None
        self._size = (0, 0)
        self._scenes = 0
        self._start = 0  # frame of the take at which the scene that is being written began
        self._first: LiveFrame | None = None  # of that scene
        self._last: LiveFrame | None = None
        self._played_s = 0.0
        self._sounds = 0.0, 0.0  # when, in the take, which place of the sound was noted last
        self._points = 0

    def hear(self, blocks: Sequence[SoundBlock]) -> None:
        """The live sound that came since the last call."""
        if blocks and self._sound is None:
            made(self._folder)
            self._sound = LiveRecording(self._folder / SOUND, blocks[0].time_s)
        if self._sound:
            self._sound.write(blocks)

    @property
    def frames(self) -> int:
        return self._start + (self._clip.frames if self._clip else 0)

    def write(self, live: LiveFrame, felt: Sentiment) -> None:
        """One more frame, and the sentiment of its moment."""
        assert live.board is not None
        if self._last is None:
            self._begin(live, live.board)
        if self._sound is None and not live.song_path.name:  # live sound, of which nothing has come yet
            self._sound = LiveRecording(self._folder / SOUND, live.frame.time_s)
        gap_s = live.clock_s - self._last.clock_s if self._last and self._last.playing else float(1 / self._rate)
        self._played_s += gap_s if self.frames else 0.0
        due = round(self._played_s * self._rate)
        if self._clip:
            self._clip.hold(due - self.frames)
        if self._is_other_sound(live):
            self._sounds = self._played_s, live.frame.time_s
            song, time_s = self._place(live)
            self._note("sound", frame=max(due, self.frames), song=song, time_s=time_s)
        if due >= self.frames:
            self._append(live, live.board)
        self._last = live
        self._note_curve(felt)

    def pause(self) -> None:
        """What comes next does not follow in time."""
        if self._last:
            self._last = replace(self._last, playing=False)

    def move(self, name: str, value: object) -> None:
        """A parameter was set while this was recorded."""
        if self._last:
            self._note("move", frame=self.frames, time_s=self._played_s, name=name, value=value)

    def close(self) -> None:
        if self._last:
            self._end_scene()
            self._note("end", frame=self._start)
        if self._listing:
            self._listing.close()
        if self._sound:
            self._sound.close()

    def abandon(self) -> int:
        """It cannot go on: whole scenes stay, and where there is none, nothing does. How many frames are in none."""
        unfinished = self.frames - self._start
        with suppress(OSError, BridgeError):
            if self._clip:
                self._clip.__exit__(OSError, OSError(), None)
        with suppress(OSError):
            if self._listing:
                self._listing.close()
        with suppress(BridgeError):
            if self._sound:
                self._sound.close()
        if self._listing and self._start == 0:
            with suppress(OSError):
                (self._folder / LISTING).unlink()
                (self._folder / SOUND).unlink(missing_ok=True)
                (self._folder / MEDIA).rmdir()
        return unfinished

    def _begin(self, live: LiveFrame, board: Storyboard) -> None:
        """The listing appears with the first frame, so that a bridge which never played leaves nothing."""
        height, width = live.frame.pixels.shape[:2]
        self._size = (width, height)
        (self._folder / MEDIA).mkdir(parents=True, exist_ok=True)
        self._listing = (self._folder / LISTING).open("x", encoding="utf-8")
        settings = replace(board.settings, frame_rate=self._rate, width=width, height=height, motion="live")
        self._note(
            "take",
            schema=SCHEMA,
            version=VERSION,
            song_digest=live.song_digest,
            generator=board.generator,
            translator=board.translator,
            weights=board.weights,
            **settings.to_fields(),
        )

    def _is_other_sound(self, live: LiveFrame) -> bool:
        """Whether what sounds is not what was noted last, going on: live sound may go slower than the clock."""
        if self._last is None or self._last.song_path != live.song_path:
            return True
        since_s, time_s = self._sounds
        return abs(live.frame.time_s - time_s - (self._played_s - since_s)) > JUMP_S

    def _place(self, live: LiveFrame) -> tuple[str, float]:
        """Which sound, and where in it: the song's, or what is recorded here, which goes wherever the folder does."""
        if live.song_path.name or self._sound is None:
            return str(live.song_path.absolute()), live.frame.time_s
        return SOUND, max(live.frame.time_s - self._sound.start_s, 0.0)

    def _append(self, live: LiveFrame, board: Storyboard) -> None:
        if self._is_other_scene(live):
            self._end_scene()
            self._begin_scene(live, board)
        assert self._clip is not None
        self._clip.write(self._fitted(live.frame.pixels))

    def _is_other_scene(self, live: LiveFrame) -> bool:
        first = self._first
        if first is None or first.board is None or live.board is None:
            return True
        here, there = first.board.scenes[first.frame.scene_index], live.board.scenes[live.frame.scene_index]
        same = first.frame.scene_index == live.frame.scene_index and here.class_id == there.class_id
        return not same or first.board.song_digest != live.board.song_digest

    def _begin_scene(self, live: LiveFrame, board: Storyboard) -> None:
        self._first, self._scenes = live, self._scenes + 1
        path = self._folder / MEDIA / clip_name(self._scenes, board.scenes[live.frame.scene_index].label)
        self._clip = ClipWriter(path, self._fitted(live.frame.pixels), self._rate).__enter__()

    def _end_scene(self) -> None:
        if self._clip is None or self._first is None or self._first.board is None:
            return
        scene = self._first.board.scenes[self._first.frame.scene_index]
        end = self.frames
        self._clip.hold(math.ceil(HANDLE_S * self._rate))
        self._clip.__exit__(None, None, None)
        start_s, end_s = (frame_to_seconds(frame, self._rate) for frame in (self._start, end))
        self._note("scene", **scene_to_fields(replace(scene, start_s=start_s, end_s=end_s), self._start, end))
        self._clip, self._start = None, end

    def _note_curve(self, felt: Sentiment) -> None:
        while self._played_s >= self._points * CURVE_HOP_S:
            self._note("felt", **asdict(felt))
            self._points += 1

    def _note(self, fact: str, **fields: object) -> None:
        assert self._listing is not None
        self._listing.write(json.dumps({"fact": fact, **fields}) + "\n")  # ASCII: nothing that a crash could cut in two
        self._listing.flush()

    def _fitted(self, pixels: Pixels) -> Pixels:
        """At the size with which the take began."""
        if pixels.shape[1::-1] == self._size:
            return pixels
        return np.asarray(Image.fromarray(pixels).resize(self._size, Image.Resampling.BICUBIC))
