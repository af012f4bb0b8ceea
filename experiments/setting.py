"""What every experiment has: a generator with its samples, the judge of pictures, and songs that ask for sentiments.

The judge is the visual estimator, which also supervised the translators: experiments show whether the translation
works, not whether people would agree.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from deepsing_bridge.attributes import audio_models
from deepsing_bridge.attributes.image_paper import PaperImageEstimator
from deepsing_bridge.audio.decode import file_to_song
from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.core.options import Alignment
from deepsing_bridge.core.types import SentimentTrack
from deepsing_bridge.generators.load import load_generator
from deepsing_bridge.generators.photos import EMBEDDED
from deepsing_bridge.generators.protocol import Generator
from deepsing_bridge.story.analysis import SongAnalysis, analyze
from deepsing_bridge.story.cuts import cut_times
from deepsing_bridge.story.plan import as_track
from deepsing_bridge.story.settings import Settings
from deepsing_bridge.training.sampling import Estimate, estimate_samples, joined
from deepsing_bridge.training.view_candidates import agreement
from deepsing_bridge.translation.attribute_view import SampleTable, load_samples, samples_file
from deepsing_bridge.translation.neural import NeuralTranslator
from deepsing_bridge.translation.protocol import SentimentTranslator
from deepsing_bridge.translation.translators import translators_for
from deepsing_bridge.weights.model_sets import SHIPPED, chosen

SONGS = Path("../shared/data/songs")
OUT = Path("docs/experiments")


@dataclass(frozen=True)
class Setting:
    """`asked[i]`: the sentiments that song i asks for, one a scene of 5 s, as z-scores."""

    generator: Generator
    table: SampleTable
    estimate: Estimate
    asked: tuple[SentimentTrack, ...]


@dataclass(frozen=True)
class Loop:
    """What came of asking: Pearson's r of asked and seen; `error`, their root mean square distance, in σ; `classes`, how
    many a song shows on average."""

    valence: float
    arousal: float
    error: float
    classes: float


def options(doc: str | None) -> argparse.ArgumentParser:
    """What all experiments can be told."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--generator", default=EMBEDDED, help="whose samples are in models/")
    parser.add_argument("--songs", type=Path, default=SONGS, help="a folder with songs")
    parser.add_argument("--out", type=Path, default=OUT, help="the folder for page, figure and table")
    return parser


def seeded_options(doc: str | None, seeds: int) -> argparse.ArgumentParser:
    """The same, of an experiment that is repeated."""
    parser = options(doc)
    parser.add_argument("--seeds", type=int, default=seeds, help="how many times everything by chance is repeated")
    return parser


def command(given: argparse.Namespace) -> str:
    """What makes the page again: the experiment, and what decides about its figures, but for the songs."""
    said = [f"--generator {given.generator}"] if given.generator != EMBEDDED else []
    said += [f"--seeds {given.seeds}"] if "seeds" in given else []
    said += [f'--shown "{given.shown}"'] if getattr(given, "shown", None) else []
    return " ".join(["python -m experiments." + Path(sys.argv[0]).stem, *said])


def prepare(generator: str, songs: Path) -> Setting:
    """Raises BridgeError for a generator without samples, or a folder without songs."""
    heard = hear(songs)
    samples = load_samples(generator, chosen("", generator).holding(samples_file(generator)))
    return Setting(load_generator(generator), samples, PaperImageEstimator.load().estimate, tuple(map(asks, heard)))


def views_of(generator: str) -> list[NeuralTranslator]:
    """Every trained view of the generator. Raises BridgeError if there is none."""
    return translators_for(generator, chosen("", generator)).load_all()


def hear(songs: Path, alignment: Alignment = "song") -> list[SongAnalysis]:
    """Every song of the folder, by name."""
    audio_model = audio_models.choose(None, SHIPPED)
    return [analyze(file_to_song(file), audio_model, alignment) for file in songs_in(songs)]


def songs_in(folder: Path) -> list[Path]:
    """By name. Raises BridgeError if there are none."""
    files = sorted(path for path in folder.glob("*") if path.suffix in (".ogg", ".wav", ".mp3", ".flac"))
    if not files:
        raise BridgeError(f"{folder}: no songs there; --songs takes a folder with .ogg, .wav, .mp3 or .flac files")
    return files


def asks(heard: SongAnalysis) -> SentimentTrack:
    cuts = cut_times(heard.structure, heard.duration_s, Settings())
    return as_track([heard.sentiment.between(start, end) for start, end in pairwise(cuts)])


def closed_loop(setting: Setting, translator: SentimentTranslator) -> Loop:
    """Ask as the songs do, generate a picture for each scene, without noise or style, and look at it."""
    answers = [translator.translate(asked) for asked in setting.asked]
    class_ids = np.concatenate([answer.class_ids for answer in answers])
    latents = torch.from_numpy(np.concatenate([answer.latents for answer in answers]))
    seen = estimate_samples(setting.generator, setting.estimate, class_ids, latents)
    return compare(joined(setting.asked), seen, [answer.class_ids for answer in answers])


def compare(asked: SentimentTrack, seen: SentimentTrack, shown: Sequence[NDArray[np.int64]]) -> Loop:
    """`shown`: the classes of each song's scenes."""
    found = agreement(asked, seen)
    off = (asked.valence - seen.valence) ** 2 + (asked.arousal - seen.arousal) ** 2
    classes = float(np.mean([len(np.unique(song)) for song in shown]))
    return Loop(found.valence, found.arousal, float(np.sqrt(off.mean())), classes)
