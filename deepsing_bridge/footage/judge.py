"""A film or a photo → its shots, each looked at several times: how it feels, how it moves, how light and how sharp it
is. Nobody's face is looked for.

Streams: of a film of any length, no more than a few small pictures are held.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

import numpy as np
import torch

from ..attributes.image_models import ImageEstimator
from ..core.errors import BridgeError
from ..core.types import Progress, no_progress
from .frames import Pixels
from .media import MediaFile
from .opened import OpenFilm, open_film
from .photos import PHOTO_SUFFIXES, read_photo
from .probe import Facts, facts_of, probe
from .scan import JUDGED_PIXELS, Glimpse, scan
from .shot import Look, Shot

BATCH = 8  # pictures that are judged together
LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)
FLAT = 0.02  # of full contrast: with less of it, fine details are noise

Judged = tuple[Facts, tuple[Shot, ...]]


def judge(path: Path, digest: str, model: ImageEstimator, progress: Progress = no_progress, threads: int = 1) -> Judged:
    """What the file `path` is and every shot in it, in order; `threads` decode it. `progress` counts in hundredths.

    Raises BridgeError for what cannot be read or decoded.
    """
    if path.suffix.lower() in PHOTO_SUFFIXES:
        facts = probe(path, digest)
        return facts, (_photo(facts.media, model),)
    with open_film(path, threads) as film:
        facts = facts_of(film, digest)
        return facts, _shots(film, facts, model, progress)


def _photo(media: MediaFile, model: ImageEstimator) -> Shot:
    scale = (JUDGED_PIXELS / (media.width * media.height)) ** 0.5
    within = (math.ceil(media.width * scale), math.ceil(media.height * scale))
    return Shot(media, 0, 0, tuple(_looks([(0, read_photo(media.path, within))], model)))


def _shots(film: OpenFilm, facts: Facts, model: ImageEstimator, progress: Progress) -> tuple[Shot, ...]:
    media, course = facts.media, _Course()
    glimpses = scan(film, media, facts.longest_gop_s)
    looks = list(_looks(course.pictures(glimpses, progress), model))
    if not looks:
        raise BridgeError(f"{media.path}: its pictures cannot be decoded")
    ends = [*(look.number for look in looks[1:]), media.frames]
    looks = [replace(look, motion=course.motion(look.number, end)) for look, end in zip(looks, ends, strict=True)]
    return tuple(
        Shot(media, first, end - first, tuple(look for look in looks if first <= look.number < end) or (looks[0],))
        for first, end in zip(course.begins, [*course.ends, media.frames], strict=True)
    )


@dataclass
class _Course:
    """What goes on in a film, as far as it has been seen: where shots begin, and before which picture they end, but for
    the last one; and how much pictures change. What lies between two shots and was not seen is of neither."""

    begins: list[int] = field(default_factory=lambda: [0])
    ends: list[int] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    motions: list[float] = field(default_factory=list)

    def pictures(self, glimpses: Iterable[Glimpse], progress: Progress) -> Iterator[tuple[int, Pixels]]:
        """Notes all, and passes on what is to be judged."""
        for glimpse in glimpses:
            progress(round(100 * glimpse.share), 100)
            if glimpse.begins:
                self.begins.append(glimpse.number)
                self.ends.append(glimpse.before + 1)
            if not math.isnan(glimpse.motion):
                self.numbers.append(glimpse.number)
                self.motions.append(glimpse.motion)
            if glimpse.picture is not None:
                yield glimpse.number, glimpse.picture

    def motion(self, first: int, end: int) -> float:
        """The mean from picture `first` to before `end`; of a film that has no second picture, none."""
        start, stop = np.searchsorted(self.numbers, (first, end))
        if not self.motions:
            return 0.0
        start = min(start, len(self.motions) - 1)
        return float(np.mean(self.motions[start : max(stop, start + 1)]))


def _looks(pictures: Iterable[tuple[int, Pixels]], model: ImageEstimator) -> Iterator[Look]:
    """Without their motion."""
    remaining = iter(pictures)
    while batch := list(islice(remaining, BATCH)):
        stacked = np.stack([picture for _, picture in batch])
        sentiment = model.estimate(torch.from_numpy(stacked).permute(0, 3, 1, 2).float() / 255)
        for place, (number, picture) in enumerate(batch):
            told = sentiment.at(place)
            yield Look(number, told.valence, told.arousal, 0.0, *_light(picture))


def _light(picture: Pixels) -> tuple[float, float]:
    """Brightness and sharpness, see `Look`."""
    luma = picture.astype(np.float32) @ LUMA / 255
    if min(luma.shape) < 3:
        return float(luma.mean()), 0.0
    inner = luma[1:-1, 1:-1]
    edges = 4 * inner - luma[:-2, 1:-1] - luma[2:, 1:-1] - luma[1:-1, :-2] - luma[1:-1, 2:]
    return float(luma.mean()), float(edges.std() / (luma.std() + FLAT))
