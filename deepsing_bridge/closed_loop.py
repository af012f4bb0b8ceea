"""The closed loop: is the sentiment that a song asked for the one that is seen in the finished frames?

For every scene of some songs, the sentiment of the storyboard against what the visual estimator says about the
picture that it shows, stylized as in a story (one picture a scene). Pearson's r over all scenes, per axis, for
each translator.
"""

from pathlib import Path

import numpy as np
import torch

from .pipeline.audio import file_to_song
from .pipeline.generate import EMBEDDED, Generator, load_generator
from .pipeline.story import Painter, Settings, plan
from .pipeline.translate import SentimentTranslator
from .pipeline.visual import VisualEstimator
from .service import TRANSLATORS, Wish, load_painter, make_translator
from .types import Progress, SentimentTrack, Song, Storyboard, no_progress


def measure(songs: list[Path], view: int = 0, seed: int = 0, progress: Progress = no_progress) -> dict[str, float]:
    """`{translator}.valence` and `.arousal`: r over all scenes of `songs`; `.classes`: how many classes were shown."""
    generator = load_generator(EMBEDDED)
    painter, estimator = load_painter(generator), VisualEstimator.load()
    heard = [file_to_song(path) for path in songs]
    figures: dict[str, float] = {}
    for index, name in enumerate(TRANSLATORS):
        wish = Wish(songs[0], Path(), Settings(seed=seed, motion="still"), translator=name, view=view)
        translator = make_translator(wish, generator)
        boards = [_plan(song, generator, translator, wish.settings) for song in heard]
        seen = [estimator.estimate(middle_pictures(painter, board)) for board in boards]
        figures |= {f"{name}.{key}": value for key, value in agreement(boards, seen).items()}
        progress(index + 1, len(TRANSLATORS))
    return figures


def _plan(song: Song, generator: Generator, translator: SentimentTranslator, settings: Settings) -> Storyboard:
    return plan(song, generator, translator, settings, weights={})


def middle_pictures(painter: Painter, board: Storyboard) -> torch.Tensor:
    """(scenes, 3, H, W) 0..1: the finished frame in the middle of every scene."""
    times = [(scene.start_s + scene.end_s) / 2 for scene in board.scenes]
    pixels = np.stack([frame.pixels for frame in painter.paint(board, times)])
    return torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 255


def agreement(boards: list[Storyboard], seen: list[SentimentTrack]) -> dict[str, float]:
    """Pearson's r of asked and seen over all scenes, for valence and arousal, and the number of classes shown."""
    scenes = [scene for board in boards for scene in board.scenes]
    asked = {axis: [getattr(scene.sentiment, axis) for scene in scenes] for axis in ("valence", "arousal")}
    found = {axis: np.concatenate([getattr(track, axis) for track in seen]) for axis in asked}
    figures = {axis: float(np.corrcoef(asked[axis], found[axis])[0, 1]) for axis in asked}
    return figures | {"classes": len({scene.class_id for scene in scenes}), "scenes": len(scenes)}
