"""Synthetic storyboards, pictures and songs for tests of what comes after the models."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from deepsing_bridge.core.options import MOODS
from deepsing_bridge.core.types import Sentiment, SentimentTrack, Structure
from deepsing_bridge.core.units import HANDLE_S, frame_to_seconds, seconds_to_frame
from deepsing_bridge.story.settings import Settings
from deepsing_bridge.story.storyboard import Scene, Storyboard

COLOURS = ((220, 30, 30), (30, 200, 40), (40, 60, 230), (230, 210, 40), (200, 40, 200), (30, 210, 210))
LABELS = ("lake", "fire", "dog", "sunset", "car", "beach")


def storyboard(
    scenes: int = 4,
    rate: Fraction = Fraction(24),
    scene_s: float = 1.27,
    width: int = 256,
    height: int = 144,
    seed: int = 0,
    song_path: Path = Path("song.wav"),
    head_s: float = HANDLE_S,
) -> Storyboard:
    """Scenes of about `scene_s` seconds on frame boundaries; the last ends with the song, inside a frame."""
    rng = np.random.default_rng(seed)
    duration_s = scenes * scene_s + 0.01
    cuts = [frame_to_seconds(seconds_to_frame(i * scene_s, rate), rate) for i in range(scenes)]
    cuts.append(frame_to_seconds(seconds_to_frame(duration_s, rate), rate))
    windows = max(1, int(duration_s / 0.5))
    curves = rng.normal(size=(2, windows)).astype(np.float32)
    return Storyboard(
        scenes=tuple(_scene(i, cuts[i], cuts[i + 1], rng) for i in range(scenes)),
        sentiment=SentimentTrack(curves[0], curves[1], 0.5),
        power=tuple(float(p) for p in rng.uniform(0, 9, windows).astype(np.float32)),
        duration_s=duration_s,
        settings=Settings(frame_rate=rate, width=width, height=height, seed=seed),
        generator="embedded",
        translator="neural",
        song_path=song_path,
        song_digest="5a" * 32,
        weights={"view-0.safetensors": "0f" * 32, "audio-sentiment.safetensors": "a1" * 32},
        structure=Structure(bars=np.arange(0.25, duration_s, 0.5), sections=np.array([cuts[scenes // 2]])),
        head_s=head_s,
    )


def with_settings(board: Storyboard, **changes: object) -> Storyboard:
    """`board` as if it had been planned with other settings."""
    return replace(board, settings=replace(board.settings, **changes))  # type: ignore[arg-type]


def _scene(index: int, start_s: float, end_s: float, rng: np.random.Generator) -> Scene:
    odds = rng.dirichlet(np.ones(len(LABELS)))
    class_id = index % len(LABELS)
    return Scene(
        start_s=start_s,
        end_s=end_s,
        class_id=class_id,
        label=LABELS[class_id],
        probabilities=tuple(float(p) for p in odds),
        latent=tuple(float(x) for x in rng.normal(size=8).astype(np.float32)),
        sentiment=Sentiment(float(rng.normal()), float(rng.normal())),
        mood=MOODS[index % len(MOODS)],
    )


def pictures(
    scene: int, count: int, width: int = 256, height: int = 144, first: int = 0
) -> Iterator[NDArray[np.uint8]]:
    """`count` frames in the scene's own colour, with a white column that moves one pixel a frame, from number `first`
    on; before 0 it comes in from the right."""
    for index in range(first, first + count):
        frame = np.full((height, width, 3), COLOURS[scene % len(COLOURS)], np.uint8)
        frame[:, index % width] = 255
        yield frame


def write_song(path: Path, seconds: float, sample_rate: int = 44_100, channels: int = 2) -> Path:
    """A tone of another pitch on each channel, 16-bit."""
    time = np.arange(round(seconds * sample_rate)) / sample_rate
    tones = [0.4 * np.sin(2 * np.pi * 220 * (k + 1) * time) for k in range(channels)]
    soundfile.write(path, np.stack(tones, axis=1), sample_rate, subtype="PCM_16")
    return path
