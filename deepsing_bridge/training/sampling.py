"""Line 2 of Algorithm 1: pictures of every class of a generator, and what the visual estimator sees in them.

For BigGAN-deep that is hours of work. So it is done in blocks of whole classes, and a store keeps what was seen in
each: a run that was killed goes on where it was, and several processes, GPUs or machines that share the store's folder
can each take a shard. Which latents are drawn depends on the seed alone, not on who draws them.
"""

import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file
from torch import Tensor
from torch.nn import functional as F

from ..core.batches import in_batches
from ..core.errors import BridgeError
from ..core.files import appearing, made
from ..core.types import Progress, SentimentTrack, no_progress
from ..generators.protocol import Generator
from ..translation.attribute_view import SampleTable
from .checkpointing import cache_key

Estimate = Callable[[Tensor], SentimentTrack]
"""Pictures (n, 3, H, W) in 0..1 → one sentiment each: `PaperImageEstimator.estimate`."""

BATCH = 16  # pictures at once, which bounds the memory
CLASSES_A_BLOCK = 8
TRIAL = 4  # pictures that are timed to tell what the whole will cost


@dataclass(frozen=True)
class Survey:
    """What is to be sampled: `samples_per_class` pictures of every class of `generator`, by chance from `seed`."""

    generator: Generator
    estimate: Estimate
    samples_per_class: int
    seed: int

    @property
    def blocks(self) -> int:
        return -(-len(self.generator.classes) // CLASSES_A_BLOCK)

    @cached_property
    def class_ids(self) -> NDArray[np.int64]:
        return np.repeat(np.arange(len(self.generator.classes)), self.samples_per_class)

    @cached_property
    def latents(self) -> Tensor:
        """As the file keeps them, in half precision, so that the pictures are those of the file's latents."""
        return self.generator.sample_latents(len(self.class_ids), self.seed).half().float()

    def rows(self, block: int) -> slice:
        step = CLASSES_A_BLOCK * self.samples_per_class
        return slice(block * step, min((block + 1) * step, len(self.class_ids)))

    def estimate_block(self, block: int, progress: Progress = no_progress) -> SentimentTrack:
        """What is seen in the pictures of block number `block`."""
        rows = self.rows(block)
        return estimate_samples(self.generator, self.estimate, self.class_ids[rows], self.latents[rows], progress)

    def table(self, seen: Iterable[SentimentTrack]) -> SampleTable:
        """The table, from what was seen in each block in order."""
        felt = joined(seen)
        generator = self.generator
        return SampleTable(
            generator.name, generator.classes, self.class_ids, self.latents.numpy(), felt.valence, felt.arousal
        )


@dataclass(frozen=True)
class Shard:
    """Number `index`, from 0, of `count` parts of the work; together they take every block once."""

    index: int = 0
    count: int = 1

    @staticmethod
    def parse(text: str) -> "Shard":
        """`"2/4"`, counted from 1. Raises BridgeError for anything else."""
        found = re.fullmatch(r"(\d{1,6})/(\d{1,6})", text, re.ASCII)
        if not found or not 1 <= int(found[1]) <= int(found[2]):
            raise BridgeError(f"shard {text!r:.80}: expected a part and how many there are, as 2/4")
        return Shard(int(found[1]) - 1, int(found[2]))

    def blocks(self, survey: Survey) -> range:
        return range(self.index, survey.blocks, self.count)


@dataclass(frozen=True)
class SampleStore:
    """What was seen so far, a file for each block in `folder`. Files of another survey are not taken for its own."""

    folder: Path
    facts: dict[str, str] = field(default_factory=dict)

    @staticmethod
    def of(survey: Survey, folder: Path, weights: dict[str, str]) -> "SampleStore":
        """In a folder of its own within `folder`, named after all that decides what is seen; `weights` are digests."""
        facts = {
            "generator": survey.generator.name,
            "samples_per_class": str(survey.samples_per_class),
            "seed": str(survey.seed),
            **weights,
        }
        return SampleStore(folder / f"{survey.generator.name}-{cache_key(facts)}", facts)

    def write(self, block: int, seen: SentimentTrack) -> None:
        """Raises BridgeError where the disk is full."""
        made(self.folder)
        with appearing(self._file(block)) as part:
            save_file({"valence": seen.valence, "arousal": seen.arousal}, part, metadata=self.facts)

    def read(self, block: int) -> SentimentTrack | None:
        """None if the block was not sampled yet. Raises BridgeError for a file that is damaged."""
        path = self._file(block)
        if not path.exists():
            return None
        try:
            with safe_open(path, framework="np") as file:
                return SentimentTrack(file.get_tensor("valence"), file.get_tensor("arousal"), 0)
        except (SafetensorError, OSError) as error:
            raise BridgeError(f"{path}: a damaged file ({error}); delete it and run the same command again") from error

    def missing(self, blocks: Iterable[int]) -> list[int]:
        return [block for block in blocks if not self._file(block).exists()]

    def _file(self, block: int) -> Path:
        return self.folder / f"block-{block:04}.safetensors"


def sample_space(
    generator: Generator, estimate: Estimate, samples_per_class: int, seed: int, progress: Progress = no_progress
) -> SampleTable:
    """The whole survey at once, without a store. `progress` counts pictures."""
    survey = Survey(generator, estimate, samples_per_class, seed)
    total = len(survey.class_ids)
    counts = [_from(survey.rows(block).start, total, progress) for block in range(survey.blocks)]
    return survey.table([survey.estimate_block(block, count) for block, count in enumerate(counts)])


def fill(survey: Survey, store: SampleStore, shard: Shard, progress: Progress = no_progress) -> None:
    """Sample every block of `shard` that is not in the store yet, here. `progress` counts pictures of the shard."""
    wanted = store.missing(shard.blocks(survey))
    total, done = sum(_size(survey, block) for block in wanted), 0
    for block in wanted:
        store.write(block, survey.estimate_block(block, _from(done, total, progress)))
        done += _size(survey, block)


def collect(survey: Survey, store: SampleStore) -> SampleTable:
    """The table, once every block is in the store. Raises BridgeError that tells how many are not."""
    seen = [store.read(block) for block in range(survey.blocks)]
    there = [track for track in seen if track is not None]
    if len(there) < len(seen):
        raise BridgeError(
            f"{store.folder}: {len(seen) - len(there)} of {len(seen)} blocks are not there yet; "
            "run the other shards, or the same command without --shard"
        )
    return survey.table(there)


def cost(survey: Survey, blocks: Iterable[int]) -> str:
    """What sampling `blocks` will take on this machine, in a sentence, after a trial."""
    pictures, thousand_s = sum(_size(survey, block) for block in blocks), seconds_per_thousand(survey)
    minutes = pictures / 1000 * thousand_s / 60
    length = f"{minutes:.0f} minutes" if minutes < 120 else f"{minutes / 60:.1f} hours"
    return (
        f"{pictures:,} pictures to sample; here 1,000 take {thousand_s:.0f} s, so this is about {length}. "
        "It may be stopped at any time: the same command goes on."
    )


def seconds_per_thousand(survey: Survey) -> float:
    """How long 1,000 pictures take here, from a few that are timed after one to warm up."""
    estimate_samples(survey.generator, survey.estimate, survey.class_ids[:1], survey.latents[:1])
    started = time.perf_counter()
    estimate_samples(survey.generator, survey.estimate, survey.class_ids[:TRIAL], survey.latents[:TRIAL])
    return (time.perf_counter() - started) / min(TRIAL, len(survey.class_ids)) * 1000


@torch.inference_mode()
def estimate_samples(
    generator: Generator,
    estimate: Estimate,
    class_ids: NDArray[np.int64],
    latents: Tensor,
    progress: Progress = no_progress,
) -> SentimentTrack:
    """Generate classes (n,) with latents (n, latent_dim) and say what is seen in them, in bounded memory."""

    def see(rows: Sequence[int]) -> SentimentTrack:
        batch = slice(rows[0], rows[-1] + 1)
        vectors = F.one_hot(torch.from_numpy(class_ids[batch]), len(generator.classes)).float()
        return estimate(generator.generate(vectors, latents[batch]))

    seen: list[SentimentTrack] = []
    for track in in_batches(range(len(class_ids)), BATCH, see):
        seen.append(track)
        progress(sum(map(len, seen)), len(class_ids))
    return joined(seen)


def joined(tracks: Iterable[SentimentTrack]) -> SentimentTrack:
    """One after the other."""
    parts = list(tracks)
    valence, arousal = (np.concatenate([getattr(part, axis) for part in parts]) for axis in ("valence", "arousal"))
    return SentimentTrack(valence, arousal, parts[0].hop_s)


def _size(survey: Survey, block: int) -> int:
    rows = survey.rows(block)
    return int(rows.stop - rows.start)


def _from(before: int, total: int, progress: Progress) -> Progress:
    return lambda done, _: progress(before + done, total)
