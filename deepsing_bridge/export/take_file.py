"""Reads `take.jsonl`, which `export.take` writes: what was played, as a storyboard in the take's own time.

Knows nothing of how the pictures got there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np

from ..core import json_text
from ..core.errors import BridgeError, in_words
from ..core.types import SentimentTrack
from ..core.units import frame_to_seconds
from ..story.settings import Settings
from ..story.story_file import LONGEST_S, fields_to_scene, refuse_impossible, to_float
from ..story.storyboard import Storyboard
from .live_recording import FILE as SOUND
from .take import CURVE_HOP_S, LISTING, SCHEMA, VERSION

KINDS = ("take", "scene", "felt", "sound")
LONGEST_LINE = 1 << 20  # bytes; a scene of a thousand classes has a thirtieth of it


@dataclass(frozen=True)
class Run:
    """From `frame` of the take on, `song` sounds from `time_s`."""

    frame: int
    song: Path
    time_s: float


@dataclass(frozen=True)
class TakeFile:
    """What `take.jsonl` says, up to its last whole scene: a storyboard in the take's own time, and its sound."""

    board: Storyboard
    sound: tuple[Run, ...]
    frames: int

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Raises BridgeError for a folder without a take, or one in which no scene was finished."""
        listing = folder / LISTING
        if not listing.is_file():
            raise BridgeError(f"{listing}: no such file; expected a folder that `serve --record` made")
        try:
            return cls._of(_facts(listing), listing)
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            raise BridgeError(f"{listing}: not a take, or a damaged one ({in_words(error)})") from error

    @classmethod
    def _of(cls, facts: list[Mapping[str, Any]], listing: Path) -> Self:
        head, scenes, felt, sound = ([fact for fact in facts if fact["fact"] == kind] for kind in KINDS)
        if head[0]["schema"] != SCHEMA or head[0]["version"] != VERSION:
            raise BridgeError(f"{listing}: expected {SCHEMA} version {VERSION}")
        if not scenes:
            raise BridgeError(f"{listing}: no scene was finished in this take")
        settings, frames = Settings.of_fields(head[0]), int(scenes[-1]["end_frame"])
        length_s = frame_to_seconds(frames, settings.frame_rate)
        runs = tuple(
            Run(int(r["frame"]), _song(r["song"], listing), float(r["time_s"])) for r in sound if r["frame"] < frames
        )
        _refuse_impossible(runs)
        board = _board(head[0], settings, scenes, felt, length_s, runs[0].song)
        if board.scene_frames()[-1][1] != frames:
            raise ValueError(f"{frames} frames, and scenes for {board.scene_frames()[-1][1]}")
        return cls(board, runs, frames)


def _song(written: Any, listing: Path) -> Path:
    """Live sound was recorded beside the listing."""
    return listing.with_name(SOUND) if written == SOUND else Path(written)


def _refuse_impossible(runs: Sequence[Run]) -> None:
    """Raises ValueError for sound out of order, or from no time of a song."""
    frames = [run.frame for run in runs]
    if frames != sorted({0, *frames}):
        raise ValueError("sound that does not follow one on the other from the first frame on")
    if odd := [run.time_s for run in runs if not 0 <= run.time_s <= LONGEST_S]:
        raise ValueError(f"sound from {odd[0]:g} s of a song")


def _facts(listing: Path) -> list[Mapping[str, Any]]:
    """The lines of KINDS that are whole: a crash may have cut the last one short.

    One by one, since a fader that is moved for an hour has more lines than all else together.
    """
    facts = []
    with listing.open("rb") as file:  # as bytes: a line may end within a letter
        while line := file.readline(LONGEST_LINE):
            try:
                fact = json_text.parse(line.decode("utf-8"))
            except ValueError:
                break
            if fact["fact"] in KINDS:
                facts.append(fact)
    return facts


def _board(
    head: Mapping[str, Any],
    settings: Settings,
    scenes: list[Mapping[str, Any]],
    felt: list[Mapping[str, Any]],
    length_s: float,
    song: Path,
) -> Storyboard:
    valence, arousal = (
        np.array([to_float(point[axis]) for point in felt], np.float32) for axis in ("valence", "arousal")
    )
    board = Storyboard(
        scenes=tuple(map(fields_to_scene, scenes)),
        sentiment=SentimentTrack(valence, arousal, CURVE_HOP_S),
        power=(1.0,) * len(felt),
        duration_s=length_s,
        settings=settings,
        generator=str(head["generator"]),
        translator=str(head["translator"]),
        song_path=song,
        song_digest=str(head["song_digest"]),
        weights=dict(head["weights"]),
        head_s=0.0,  # what was seen before a scene is the one before
    )
    refuse_impossible(board)
    return board
