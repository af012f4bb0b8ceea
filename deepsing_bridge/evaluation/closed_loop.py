"""The closed loop: is the sentiment that a song asked for the one that is seen in the finished frames?

For every scene of some songs, the sentiment of the storyboard against what the visual estimator says about the
pictures that it shows, stylized and moving as in a story, averaged over the scene. Pearson's r over all scenes, per
axis, for each translator.
"""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch

from ..app.bundle import load_painter, load_translators
from ..app.config import TRANSLATORS, ModelChoice, TranslatorKind
from ..attributes import audio_models, image_models
from ..attributes.image_models import ImageEstimator
from ..audio.decode import file_to_song
from ..core.types import Progress, SentimentTrack, no_progress
from ..generators.load import load_generator
from ..generators.photos import EMBEDDED
from ..render.film import Film
from ..render.painter import Painter
from ..story.analysis import analyze
from ..story.plan import as_track, plan
from ..story.settings import Settings
from ..story.storyboard import Storyboard
from ..training.sampling import joined
from ..training.translator import agreement as correlations
from ..weights.class_tables import class_table_file
from ..weights.model_sets import SHIPPED

SIDE = 256  # pixels: the image models look at no more
LOOKED_AT = (0.1, 0.3, 0.5, 0.7, 0.9)  # shares of a scene


def measure(
    songs: list[Path],
    generator: str = EMBEDDED,
    view: int = 0,
    image_model: str = image_models.PAPER,
    seed: int = 0,
    progress: Progress = no_progress,
) -> dict[str, float]:
    """`{translator}.valence` and `.arousal`: r over all scenes of `songs`, judged by the image
    model of that name;
    `.classes`: how many classes were shown."""
    painter, estimator = load_painter(load_generator(generator)), image_models.choose(image_model, SHIPPED)
    audio_model, settings = audio_models.choose(None, SHIPPED), _settings(painter, seed)
    heard = [analyze(song, audio_model) for song in map(file_to_song, songs)]
    figures: dict[str, float] = {}
    installed = _installed(generator)
    for index, name in enumerate(installed):
        numbered = view if name == "neural" else 0
        translator = load_translators(ModelChoice(translator=name), painter.generator, SHIPPED, seed)[numbered]
        boards = [plan(one, painter.generator, translator, settings, weights={}) for one in heard]
        seen = [see_scenes(Film(board, painter), estimator) for board in boards]
        figures |= {f"{name}.{key}": value for key, value in agreement(boards, seen).items()}
        progress(index + 1, len(installed))
    return figures


def _settings(painter: Painter, seed: int) -> Settings:
    """One picture a scene where pictures do not move by themselves: painting all of them takes minutes."""
    return Settings(width=SIDE, height=SIDE, motion="dynamic" if painter.moves else "still", seed=seed)


def _installed(generator: str) -> list[TranslatorKind]:
    """The translators that `generator` has: a table for the dictionary is not shipped for every one."""
    table = SHIPPED.holding(class_table_file(generator)) / class_table_file(generator)
    return [name for name in TRANSLATORS if name != "dictionary" or table.exists()]


def see_scenes(film: Film, estimator: ImageEstimator) -> SentimentTrack:
    """What is seen in each scene of the finished film: the mean over frames from its beginning to its end."""
    seen = estimator.estimate(pictures_at(film, LOOKED_AT))
    valence, arousal = (axis.reshape(-1, len(LOOKED_AT)).mean(axis=1) for axis in (seen.valence, seen.arousal))
    return SentimentTrack(valence, arousal, 0.0)


def middle_pictures(film: Film) -> torch.Tensor:
    """(scenes, 3, H, W) 0..1: the finished frame in the middle of every scene."""
    return pictures_at(film, (0.5,))


def pictures_at(film: Film, shares: Sequence[float]) -> torch.Tensor:
    """(scenes · shares, 3, H, W) 0..1: the finished frames of each scene in turn after these `shares` (0..1) of it."""
    scenes = film.board.scenes
    times = [scene.start_s + share * (scene.end_s - scene.start_s) for scene in scenes for share in shares]
    pixels = np.stack([frame.pixels for frame in film.frames_at(times)])
    return torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 255


def agreement(boards: list[Storyboard], seen: list[SentimentTrack]) -> dict[str, float]:
    """Pearson's r of asked and seen over all scenes, for valence and arousal, and the number of classes shown."""
    scenes = [scene for board in boards for scene in board.scenes]
    figures = asdict(correlations(as_track([scene.sentiment for scene in scenes]), joined(seen)))
    return figures | {"classes": len({scene.class_id for scene in scenes}), "scenes": len(scenes)}
