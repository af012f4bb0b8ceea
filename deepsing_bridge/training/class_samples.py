"""Pictures of some classes of a generator, and what the visual estimator sees in them, kept class by class.

A palette needs samples of its own classes only, so nobody has to survey a thousand for twelve. What is drawn of a class
follows from the seed and the class alone: what was seen once serves every palette with it, and pictures that are added
later leave the first ones as they were.
"""

import logging
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file
from torch import Tensor

from ..core.files import appearing, made
from ..core.types import Progress, SentimentTrack, no_progress
from ..core.user_folders import cache_folder
from ..generators.protocol import Generator
from ..translation.attribute_view import SampleTable
from .checkpointing import cache_key
from .sampling import Estimate, estimate_samples, joined

log = logging.getLogger(__name__)

COARSE, USUAL, MOST = 2, 50, 100
"""Pictures of a class: to know it roughly, to fit a palette to it, and at most."""
STOPS = (COARSE, *range(10, MOST + 1, 10))
"""How many are there when they are written down. Always the same groups are seen together, so that it makes no
difference in how many runs they were."""
TRIAL = 4  # pictures that are timed, after one to warm up


@dataclass(frozen=True)
class ClassSamples:
    """In `folder`, a file for each class. `facts` are all that decides what is seen; other facts, another folder."""

    generator: Generator
    estimate: Estimate
    folder: Path
    seed: int = 0
    facts: dict[str, str] = field(default_factory=dict)

    @staticmethod
    def of(generator: Generator, estimate: Estimate, facts: dict[str, str], seed: int = 0) -> "ClassSamples":
        """In the user's cache. `facts` are the digests of the weights, and how they are used."""
        known = facts | {"generator": generator.name, "truncation": f"{generator.truncation:g}", "seed": str(seed)}
        folder = cache_folder() / "class-samples" / f"{generator.name}-{cache_key(known)}"
        return ClassSamples(generator, estimate, folder, seed, known)

    def counts(self, class_ids: Collection[int]) -> dict[int, int]:
        """Class id → how many pictures of it were seen so far."""
        return {class_id: len(self._seen(class_id)) for class_id in class_ids}

    def missing(self, class_ids: Collection[int], pictures: int) -> int:
        """How many pictures are still to be seen for so many `pictures` of each class."""
        return sum(max(pictures - count, 0) for count in self.counts(class_ids).values())

    def fill(self, class_ids: Sequence[int], pictures: int = USUAL, progress: Progress = no_progress) -> None:
        """See what is missing; `progress` counts pictures. What was seen before an interruption stays."""
        total, done = self.missing(class_ids, pictures), 0
        for class_id in class_ids:
            for count in self.growth(class_id, pictures):
                done += count
                progress(min(done, total), total)

    def growth(self, class_id: int, pictures: int) -> Iterator[int]:
        """See what is missing of one class, group by group; gives how many pictures each group had."""
        seen = self._seen(class_id)
        while len(seen) < pictures:
            stop = next(stop for stop in STOPS if stop > len(seen))
            latents = self.latents(class_id)[len(seen) : stop]
            ids = np.full(len(latents), class_id)
            seen = joined([seen, estimate_samples(self.generator, self.estimate, ids, latents)])
            self._write(class_id, seen)
            yield len(latents)

    def table(self, class_ids: Sequence[int], pictures: int = MOST) -> SampleTable:
        """What was seen of the classes, the first `pictures` of each at most."""
        seen = {class_id: _first(self._seen(class_id), pictures) for class_id in class_ids}
        felt = joined(seen.values())
        return SampleTable(
            generator=self.generator.name,
            classes=self.generator.classes,
            class_ids=np.repeat(np.array(list(seen), np.int64), [len(track) for track in seen.values()]),
            latents=np.concatenate([self.latents(class_id)[: len(track)].numpy() for class_id, track in seen.items()]),
            valence=felt.valence,
            arousal=felt.arousal,
        )

    def latents(self, class_id: int) -> Tensor:
        """(MOST, latent_dim), as files of samples keep them: in half precision."""
        chance = int(np.random.SeedSequence([self.seed, class_id]).generate_state(1)[0])
        return self.generator.sample_latents(MOST, chance).half().float()

    def seconds_per_picture(self) -> float:
        """On this machine, of a few that are timed."""
        latents = self.latents(0)[:TRIAL]
        estimate_samples(self.generator, self.estimate, np.zeros(1, np.int64), latents[:1])
        started = time.perf_counter()
        estimate_samples(self.generator, self.estimate, np.zeros(len(latents), np.int64), latents)
        return (time.perf_counter() - started) / len(latents)

    def _seen(self, class_id: int) -> SentimentTrack:
        path = self._file(class_id)
        if not path.exists():
            return _nothing()
        try:
            with safe_open(path, framework="np") as file:
                columns = [file.get_tensor(axis) for axis in ("valence", "arousal")]
        except (SafetensorError, OSError) as error:
            log.warning("%s: damaged, so the class is sampled again (%s)", path, error)
            return _nothing()
        return SentimentTrack(columns[0], columns[1], 0)

    def _write(self, class_id: int, seen: SentimentTrack) -> None:
        made(self.folder)
        with appearing(self._file(class_id)) as part:
            save_file({"valence": seen.valence, "arousal": seen.arousal}, part, metadata=self.facts)

    def _file(self, class_id: int) -> Path:
        return self.folder / f"class-{class_id:04}.safetensors"


def in_minutes(length_s: float) -> str:
    """`under a minute`, `about 7 minutes`, `about 14.7 hours`."""
    minutes = length_s / 60
    if minutes < 1:
        return "under a minute"
    if minutes < 120:
        return f"about {minutes:.0f} minute{'s' if round(minutes) > 1 else ''}"
    return f"about {minutes / 60:.1f} hours"


def _nothing() -> SentimentTrack:
    nothing: NDArray[np.float32] = np.empty(0, np.float32)
    return SentimentTrack(nothing, nothing, 0)


def _first(track: SentimentTrack, count: int) -> SentimentTrack:
    return SentimentTrack(track.valence[:count], track.arousal[:count], track.hop_s)
