"""The closed loop: is the sentiment that a song asked for the one that is seen in the finished frames?

For every scene of some songs, the sentiment of the storyboard against what the visual estimator says about the
picture that it shows, stylized as in a story (one picture a scene). Pearson's r over all scenes, per axis, for
each translator.
"""

from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch

from ..app.story import TRANSLATORS, StoryRequest, load_painter, make_translator
from ..attributes import image_models
from ..audio.decode import file_to_song
from ..core.types import Progress, SentimentTrack, Storyboard, no_progress
from ..generators.generate import EMBEDDED, load_generator
from ..story.plan import Painter, Settings, as_track, compose, listen
from ..training.sampling import joined
from ..training.translator import agreement as correlations
from ..weights.model_sets import SHIPPED


def measure(
    songs: list[Path],
    view: int = 0,
    image_model: str = image_models.PAPER,
    seed: int = 0,
    progress: Progress = no_progress,
) -> dict[str, float]:
    """`{translator}.valence` and `.arousal`: r over all scenes of `songs`, judged by the image
    model of that name;
    `.classes`: how many classes were shown."""
    generator = load_generator(EMBEDDED)
    painter, estimator = load_painter(generator), image_models.choose(image_model, SHIPPED)
    settings = Settings(seed=seed, motion="still")
    heard = [listen(song, settings) for song in map(file_to_song, songs)]
    figures: dict[str, float] = {}
    for index, name in enumerate(TRANSLATORS):
        wish = StoryRequest(songs[0], Path(), settings, translator=name, view=view)
        translator = make_translator(wish, generator)
        boards = [compose(one, generator, translator, settings, weights={}) for one in heard]
        seen = [estimator.estimate(middle_pictures(painter, board)) for board in boards]
        figures |= {f"{name}.{key}": value for key, value in agreement(boards, seen).items()}
        progress(index + 1, len(TRANSLATORS))
    return figures


def middle_pictures(painter: Painter, board: Storyboard) -> torch.Tensor:
    """(scenes, 3, H, W) 0..1: the finished frame in the middle of every scene."""
    times = [(scene.start_s + scene.end_s) / 2 for scene in board.scenes]
    pixels = np.stack([frame.pixels for frame in painter.paint(board, times)])
    return torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 255


def agreement(boards: list[Storyboard], seen: list[SentimentTrack]) -> dict[str, float]:
    """Pearson's r of asked and seen over all scenes, for valence and arousal, and the number of classes shown."""
    scenes = [scene for board in boards for scene in board.scenes]
    figures = asdict(correlations(as_track([scene.sentiment for scene in scenes]), joined(seen)))
    return figures | {"classes": len({scene.class_id for scene in scenes}), "scenes": len(scenes)}
