"""Reads `take.jsonl`, which `export.take` writes: what was played, as a storyboard in the take's own time.

Knows nothing of how the pictures got there.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Self

import numpy as np

from ..core.errors import BridgeError
from ..core.types import SentimentTrack
from ..core.units import frame_to_seconds
from ..story.settings import Settings
from ..story.story_file import fields_to_scene
from ..story.storyboard import Storyboard
from .take import CURVE_HOP_S, LISTING, SCHEMA, VERSION


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
        facts = _facts(listing)
        try:
            return cls._of(facts, listing)
        except (LookupError, TypeError, ValueError) as error:
            raise BridgeError(f"{listing}: not a take, or a damaged one ({error})") from error

    @classmethod
    def _of(cls, facts: list[Mapping[str, Any]], listing: Path) -> Self:
        head, scenes, felt, sound = (
            [fact for fact in facts if fact["fact"] == kind] for kind in ("take", "scene", "felt", "sound")
        )
        if head[0]["schema"] != SCHEMA or head[0]["version"] != VERSION:
            raise BridgeError(f"{listing}: expected {SCHEMA} version {VERSION}")
        if not scenes:
            raise BridgeError(f"{listing}: no scene was finished in this take")
        frames, rate = int(scenes[-1]["end_frame"]), Fraction(head[0]["frame_rate"])
        runs = tuple(Run(int(r["frame"]), Path(r["song"]), float(r["time_s"])) for r in sound if r["frame"] < frames)
        return cls(_board(head[0], scenes, felt, frame_to_seconds(frames, rate), runs[0].song), runs, frames)


def _facts(listing: Path) -> list[Mapping[str, Any]]:
    """The lines that are whole: a crash may have cut the last one short."""
    facts = []
    for line in listing.read_bytes().split(b"\n"):  # as bytes: a line may end within a letter
        try:
            facts.append(json.loads(line.decode("utf-8")))
        except ValueError:
            break
    return facts


def _board(
    head: Mapping[str, Any], scenes: list[Mapping[str, Any]], felt: list[Mapping[str, Any]], length_s: float, song: Path
) -> Storyboard:
    valence, arousal = (np.array([point[axis] for point in felt], np.float32) for axis in ("valence", "arousal"))
    return Storyboard(
        scenes=tuple(map(fields_to_scene, scenes)),
        sentiment=SentimentTrack(valence, arousal, CURVE_HOP_S),
        power=(1.0,) * len(felt),
        duration_s=length_s,
        settings=Settings.of_fields(head),
        generator=str(head["generator"]),
        translator=str(head["translator"]),
        song_path=song,
        song_digest=str(head["song_digest"]),
        weights=dict(head["weights"]),
    )
