"""A song of two halves, quiet and slow, then loud and fast, as tests of plans and films want it."""

from pathlib import Path

import numpy as np

from deepsing_bridge.attributes.audio_paper import PaperAudioEstimator
from deepsing_bridge.audio.decode import SAMPLE_RATE
from deepsing_bridge.core.types import Song
from deepsing_bridge.generators.protocol import Generator
from deepsing_bridge.story.analysis import SongAnalysis, analyze
from deepsing_bridge.story.plan import plan
from deepsing_bridge.story.settings import Settings
from deepsing_bridge.story.storyboard import Storyboard
from deepsing_bridge.translation.neural import NeuralTranslator
from tests.sounds import music


def two_halves() -> Song:
    samples = np.concatenate([music(11, 80, level=0.1), music(11, 140, level=0.8)])
    return Song(samples, SAMPLE_RATE, Path("song.wav"), "0" * 64)


def heard_by_the_paper(song: Song) -> SongAnalysis:
    """With the paper's audio model, as synthetic sound is like nothing that the others know (models/README.md)."""
    return analyze(song, PaperAudioEstimator.load())


def planned(heard: SongAnalysis, generator: Generator, **settings: object) -> Storyboard:
    wanted = Settings(width=128, height=96, **settings)  # type: ignore[arg-type]
    return plan(heard, generator, NeuralTranslator.load(0), wanted, {})
