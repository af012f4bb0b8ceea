"""The closed loop: is the sentiment that a song asked for the one that is seen in the finished frames?

For every scene of some songs, the sentiment of the storyboard against what each visual estimator says about the frames
that it shows: cut, moving, stylized and noisy as in a default story, in the song's own view. Pearson's r over all
scenes, per axis, for each translator; its interval by bootstrap over scenes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from ..app.bundle import load_painter, load_translators, views_by_default
from ..app.config import TRANSLATORS, ModelChoice, TranslatorKind
from ..attributes import audio_models, image_models
from ..attributes.image_models import ImageEstimator
from ..audio.decode import file_to_song
from ..core.types import Progress, SentimentTrack, no_progress
from ..generators.load import load_generator
from ..generators.photos import EMBEDDED
from ..render.film import Film
from ..render.painter import Painter
from ..render.seen_cuts import with_seen_cuts
from ..story.analysis import SongAnalysis, analyze
from ..story.plan import as_track, plan
from ..story.settings import Settings, own_view
from ..story.storyboard import Storyboard
from ..training.sampling import joined
from ..training.view_candidates import agreement
from ..translation.protocol import SentimentTranslator
from ..weights.class_tables import class_table_file
from ..weights.model_sets import SHIPPED

SIDE = 256  # pixels: the image models look at no more
LOOKED_AT = (0.0, 0.25, 0.5, 0.75, 0.99)  # shares of a scene: its first frame, three on the way, and its last
FIRST, MIDDLE = 0, 2  # of these
RESAMPLED = 2000
SURE = 0.95

Judges = Mapping[str, ImageEstimator]


@dataclass(frozen=True)
class Seen:
    """What one judge sees in scenes: `valence` and `arousal` (scenes, looks), at LOOKED_AT of each."""

    valence: NDArray[np.float32]
    arousal: NDArray[np.float32]

    @property
    def mean(self) -> SentimentTrack:
        """Over each whole scene."""
        return SentimentTrack(self.valence.mean(axis=1), self.arousal.mean(axis=1), 0.0)

    def at(self, look: int) -> SentimentTrack:
        return SentimentTrack(self.valence[:, look], self.arousal[:, look], 0.0)

    @property
    def ways(self) -> dict[str, SentimentTrack]:
        """The ways to tell what a scene feels like."""
        return {"first": self.at(FIRST), "middle": self.at(MIDDLE), "mean": self.mean}


def measure(
    songs: list[Path],
    generator: str = EMBEDDED,
    view: int | None = None,
    seed: int | None = None,
    progress: Progress = no_progress,
) -> dict[str, float]:
    """Of every translator that `generator` has: `{translator}.{judge}.{first, middle or mean}.{axis}`, r over all
    scenes of `songs` of that frame or of the mean over the scene, and `….mean.{axis}.low` and `.high`, its interval;
    `{translator}.classes`: how many classes were shown. `view` and `seed` None: each song's own, as in a story.
    """
    painter, judges = load_painter(load_generator(generator)), every_judge()
    heard = [analyze(song, audio_models.choose(None, SHIPPED)) for song in map(file_to_song, songs)]
    figures: dict[str, float] = {}
    installed = _installed(generator)
    for index, name in enumerate(installed):
        choice = ModelChoice(generator=generator, translator=name)
        translators = load_translators(choice, painter.generator, SHIPPED, seed or 0)
        settings = Settings(width=SIDE, height=SIDE, seed=seed)
        boards = default_boards(heard, painter, translators, settings, view)
        films = [look_at(Film(board, painter), judges) for board in boards]
        for judge in judges:
            told = judged(boards, [film[judge] for film in films])
            figures |= {f"{name}.{judge}.{key}": value for key, value in told.items()}
        shown = {scene.class_id for board in boards for scene in board.scenes}
        figures |= {f"{name}.classes": len(shown), f"{name}.scenes": sum(len(board.scenes) for board in boards)}
        progress(index + 1, len(installed))
    return figures


def every_judge() -> dict[str, ImageEstimator]:
    """The image models by name: one taught the translators that ship, the other had no part in it."""
    return {name: image_models.choose(name, SHIPPED) for name in image_models.ESTIMATORS}


def default_boards(
    heard: Sequence[SongAnalysis],
    painter: Painter,
    translators: Sequence[SentimentTranslator],
    settings: Settings,
    view: int | None = None,
) -> list[Storyboard]:
    """The story of each song; `view` None: in its own, as nobody chose one."""
    views = views_by_default(painter.generator, translators)
    chosen = [own_view(one.digest, views) if view is None or len(translators) == 1 else view for one in heard]
    boards = []
    for one, translator in zip(heard, (translators[number] for number in chosen), strict=True):
        board = plan(one, painter.generator, translator, settings, weights={})
        boards.append(with_seen_cuts(board, painter, translator))
    return boards


def _installed(generator: str) -> list[TranslatorKind]:
    """The translators that `generator` has: a table for the dictionary is not shipped for every one."""
    table = SHIPPED.holding(class_table_file(generator)) / class_table_file(generator)
    return [name for name in TRANSLATORS if name != "dictionary" or table.exists()]


def look_at(film: Film, judges: Judges) -> dict[str, Seen]:
    """What each of `judges` sees in the finished frames of each scene."""
    pictures, looks = pictures_at(film, LOOKED_AT), len(LOOKED_AT)
    seen = {name: judge.estimate(pictures) for name, judge in judges.items()}
    return {name: Seen(told.valence.reshape(-1, looks), told.arousal.reshape(-1, looks)) for name, told in seen.items()}


def middle_pictures(film: Film) -> torch.Tensor:
    """(scenes, 3, H, W) 0..1: the finished frame in the middle of every scene."""
    return pictures_at(film, (0.5,))


def pictures_at(film: Film, shares: Sequence[float]) -> torch.Tensor:
    """(scenes · shares, 3, H, W) 0..1: the finished frames of each scene in turn after these `shares` (0..1) of it."""
    scenes = film.board.scenes
    times = [scene.start_s + share * (scene.end_s - scene.start_s) for scene in scenes for share in shares]
    pixels = np.stack([frame.pixels for frame in film.frames_at(times)])
    return torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 255


def judged(boards: Sequence[Storyboard], seen: Sequence[Seen]) -> dict[str, float]:
    """`{way}.{axis}`: Pearson's r of asked and seen over all scenes, for each of `Seen.ways`; of the mean, `.low` and
    `.high` as well."""
    asked = as_track([scene.sentiment for board in boards for scene in board.scenes])
    figures: dict[str, float] = {}
    for way in ("first", "middle", "mean"):
        told = joined([one.ways[way] for one in seen])
        figures |= {f"{way}.{axis}": r for axis, r in asdict(agreement(asked, told)).items()}
    whole = joined([one.mean for one in seen])
    for axis in ("valence", "arousal"):
        low, high = interval(getattr(asked, axis), getattr(whole, axis))
        figures |= {f"mean.{axis}.low": low, f"mean.{axis}.high": high}
    return figures


def interval(asked: NDArray[np.float32], seen: NDArray[np.float32]) -> tuple[float, float]:
    """Between which Pearson's r of (scenes,) with (scenes,) lies in SURE of the draws of as many scenes, with
    replacement. The same scenes give the same interval."""
    rows = np.random.default_rng(0).integers(0, len(asked), (RESAMPLED, len(asked)))
    one, other = (values[rows] - values[rows].mean(axis=1, keepdims=True) for values in (asked, seen))
    spread = np.sqrt((one**2).sum(axis=1) * (other**2).sum(axis=1))
    r = (one * other).sum(axis=1) / np.maximum(spread, 1e-12)
    low, high = np.quantile(r, ((1 - SURE) / 2, (1 + SURE) / 2))
    return float(low), float(high)
