"""Every cut is seen: a scene that would begin with a picture like that which the one before it ends with gets another.

Which picture that is depends on where the music has moved it; so both are painted, small. Nothing is drawn by chance
but from the story's seed: the same board gets the same scenes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ..core.types import Progress, no_progress
from ..story.plan import walking
from ..story.storyboard import Storyboard
from ..translation.protocol import SentimentTranslator, VariedTranslator
from .look import Look
from .moment import moments_of
from .painter import Painter

ALIKE = 0.5  # Pearson's r of luminance: from 0.6 on a cut is hardly seen, and these pictures are small and not stylized
SIDE = 108  # pixels of their shorter side
COARSE = 4  # of them are one: thin details, which another size draws otherwise, would hide that all else is alike
FLAT, SAME = 1.0, 2.0  # of 255: what spreads less shows nothing; two such are alike if their light differs by less

Light = NDArray[np.float64]


def with_seen_cuts(
    board: Storyboard, painter: Painter, translator: SentimentTranslator, progress: Progress = no_progress
) -> Storyboard:
    """The last of `compared`; `board` itself where all its cuts are seen. `progress` counts scenes."""
    scenes = len(board.scenes)
    for done, seen in enumerate(compared(board, painter, translator), 2):
        board = seen
        progress(done, scenes)
    progress(scenes, scenes)
    return board


def compared(board: Storyboard, painter: Painter, translator: SentimentTranslator) -> Iterator[Storyboard]:
    """`board` after each of its cuts in turn is seen; nothing where `translator`, which it was planned with, knows no
    other pictures.

    A scene gets the first that the translator knows which is not ALIKE; the least alike, if all are.
    """
    if not isinstance(translator, VariedTranslator):
        return
    for index in range(1, len(board.scenes)):
        board = _with_seen_cut(board, index, painter, translator)
        yield board


def _with_seen_cut(board: Storyboard, index: int, painter: Painter, translator: VariedTranslator) -> Storyboard:
    """Whose scene number `index` is seen to begin."""
    start_s = board.scenes[index].start_s
    end = _light(board, index - 1, start_s - float(1 / board.frame_rate), painter)
    best, least = board, likeness(end, _light(board, index, start_s, painter))
    candidates = _candidates(board, index, translator, painter.generator.classes)
    while least >= ALIKE and (tried := next(candidates, None)):
        alike = likeness(end, _light(tried, index, start_s, painter))
        if alike < least:
            best, least = tried, alike
    return best


def _candidates(
    board: Storyboard, index: int, translator: VariedTranslator, labels: Sequence[str]
) -> Iterator[Storyboard]:
    """`board` with other pictures in scene number `index`."""
    scene = board.scenes[index]
    chance = np.random.default_rng([board.seed, index])
    for class_id, latent in translator.others(scene.class_id, scene.sentiment):
        noisy = latent + board.settings.noise * chance.standard_normal(latent.shape, np.float32)
        other = replace(scene, class_id=class_id, label=labels[class_id], latent=tuple(noisy.tolist()))
        if scene.towards:
            other = walking(other, translator, chance)
        yield replace(board, scenes=(*board.scenes[:index], other, *board.scenes[index + 1 :]))


def _light(board: Storyboard, scene: int, time_s: float, painter: Painter) -> Light:
    """(H, W) 0..255: what is light and dark, coarsely, where scene number `scene` is at `time_s`."""
    look = replace(Look.of(board.settings).reduced(SIDE), blend=0.0, grade=0.0)
    pixels = painter.paint(board, moments_of(board, scene, np.array([time_s])), look)[0]
    taken = painter.camera.take(pixels, painter.camera.pose(board, time_s, look), look.width, look.height)
    return np.asarray(Image.fromarray(taken).convert("L").reduce(COARSE), np.float64)


def likeness(one: Light, other: Light) -> float:
    """−1..1: Pearson's r of two pictures; of one that shows nothing, 1 where the other is as light as it, else 0."""
    if min(one.std(), other.std()) < FLAT:
        return float(abs(one.mean() - other.mean()) < SAME)
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])
