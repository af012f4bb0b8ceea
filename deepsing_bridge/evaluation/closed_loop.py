"""The closed loop: is the sentiment that a song asked for the one that is seen in the finished frames?

For every scene of some songs, the sentiment of the storyboard against what the visual estimator says about the
picture that it shows, stylized as in a story (one picture a scene). Pearson's r over all scenes, per axis, for
each translator.
"""

from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch

from ..app.bundle import load_painter, load_translators
from ..app.config import TRANSLATORS, ModelChoice
from ..attributes import audio_models, image_models
from ..audio.decode import file_to_song
from ..core.types import Progress, SentimentTrack, no_progress
from ..generators.load import load_generator
from ..generators.photos import EMBEDDED
from ..render.film import Film
from ..story.analysis import analyze
from ..story.plan import as_track, plan
from ..story.settings import Settings
from ..story.storyboard import Storyboard
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
    audio_model, settings = audio_models.choose(None, SHIPPED), Settings(seed=seed, motion="still")
    heard = [analyze(song, audio_model) for song in map(file_to_song, songs)]
    figures: dict[str, float] = {}
    for index, name in enumerate(TRANSLATORS):
        numbered = view if name == "neural" else 0
        translator = load_translators(ModelChoice(translator=name), generator, SHIPPED, seed)[numbered]
        boards = [plan(one, generator, translator, settings, weights={}) for one in heard]
        seen = [estimator.estimate(middle_pictures(Film(board, painter))) for board in boards]
        figures |= {f"{name}.{key}": value for key, value in agreement(boards, seen).items()}
        progress(index + 1, len(TRANSLATORS))
    return figures


def middle_pictures(film: Film) -> torch.Tensor:
    """(scenes, 3, H, W) 0..1: the finished frame in the middle of every scene."""
    times = [(scene.start_s + scene.end_s) / 2 for scene in film.board.scenes]
    pixels = np.stack([frame.pixels for frame in film.frames_at(times)])
    return torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 255


def agreement(boards: list[Storyboard], seen: list[SentimentTrack]) -> dict[str, float]:
    """Pearson's r of asked and seen over all scenes, for valence and arousal, and the number of classes shown."""
    scenes = [scene for board in boards for scene in board.scenes]
    figures = asdict(correlations(as_track([scene.sentiment for scene in scenes]), joined(seen)))
    return figures | {"classes": len({scene.class_id for scene in scenes}), "scenes": len(scenes)}
