"""A `SongAnalysis` becomes a `Storyboard`: what is shown when, and why.

Everything random is drawn here, from the seed. Quick enough to be done again whenever somebody turns a knob.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ..core.types import Sentiment, SentimentTrack
from ..generators.protocol import MovingGenerator
from ..stylization.styles import Style, mood
from ..translation.another import end_among
from ..translation.protocol import SentimentTranslator, Translation, VariedTranslator
from .analysis import SongAnalysis
from .cuts import INTERVAL_S, cut_times
from .settings import Settings
from .storyboard import Scene, Storyboard


class Labels(Protocol):
    """As much of a generator as a plan needs."""

    @property
    def name(self) -> str: ...
    @property
    def classes(self) -> tuple[str, ...]: ...


def plan(
    analysis: SongAnalysis,
    generator: Labels,
    translator: SentimentTranslator,
    settings: Settings,
    weights: Mapping[str, str],
) -> Storyboard:
    """What was heard, translated into scenes. `weights` (name → sha256) is only noted down."""
    settings = settings.for_song(analysis.digest)
    cuts = cut_times(analysis.structure, analysis.duration_s, settings)
    felt = [analysis.sentiment.between(start, end) for start, end in pairwise(cuts)]
    translation = translator.translate(as_track(felt))
    chance = np.random.default_rng(settings.seed)
    latents = translation.latents + settings.noise * chance.standard_normal(translation.latents.shape, np.float32)
    scenes = _scenes(cuts, felt, translation, latents, generator.classes)
    going = _going(scenes, generator, translator, settings, chance)
    return _storyboard(going, analysis, generator, translator, settings, weights)


def _storyboard(
    scenes: Iterator[Scene],
    analysis: SongAnalysis,
    generator: Labels,
    translator: SentimentTranslator,
    settings: Settings,
    weights: Mapping[str, str],
) -> Storyboard:
    return Storyboard(
        scenes=tuple(scenes),
        sentiment=analysis.sentiment,
        power=analysis.power,
        duration_s=analysis.duration_s,
        settings=settings,
        generator=generator.name,
        translator=translator.name,
        song_path=analysis.path,
        song_digest=analysis.digest,
        weights=dict(weights),
        structure=analysis.structure,
        levels=analysis.levels,
        sound=analysis.sound,
    )


@dataclass(frozen=True)
class Begun:
    """Scene `number` of live sound begins at `start_s` and is wanted for `length_s`. `felt` is how it and those before
    it were felt, as far as is remembered; the last one is its own."""

    number: int
    start_s: float
    length_s: float
    felt: tuple[Sentiment, ...]


def plan_next(
    begun: Begun,
    analysis: SongAnalysis,
    generator: Labels,
    translator: SentimentTranslator,
    settings: Settings,
    weights: Mapping[str, str],
) -> Storyboard:
    """That scene alone, as `plan` plans those of a song."""
    settings = settings.for_song(analysis.digest)
    every = translator.translate(as_track(list(begun.felt)))
    own = Translation(every.class_ids[-1:], every.probabilities[-1:], every.latents[-1:])
    chance = np.random.default_rng([settings.seed or 0, begun.number])
    latents = own.latents + settings.noise * chance.standard_normal(own.latents.shape, np.float32)
    ends = [begun.start_s, begun.start_s + begun.length_s]
    scene = _scenes(ends, [begun.felt[-1]], own, latents, generator.classes)
    going = _going(scene, generator, translator, settings, chance)
    return _storyboard(going, analysis, generator, translator, settings, weights)


def with_styles(board: Storyboard, style_for: Callable[[Sentiment], Style]) -> Storyboard:
    """`board`, whose scenes say which style image `style_for` finds for them."""
    return replace(board, scenes=tuple(replace(one, style=style_for(one.sentiment).name) for one in board.scenes))


def _going(
    scenes: Iterator[Scene],
    generator: Labels,
    translator: SentimentTranslator,
    settings: Settings,
    chance: np.random.Generator,
) -> Iterator[Scene]:
    """`scenes`, which say where their latents go; not where pictures move by themselves, or stand still."""
    if settings.motion == "still" or isinstance(generator, MovingGenerator):
        return scenes
    return (walking(scene, translator, chance) for scene in scenes)


def walking(scene: Scene, translator: SentimentTranslator, chance: np.random.Generator) -> Scene:
    """`scene`, which goes to another picture of its class that feels as was asked, where `translator` knows one."""
    end = None
    if isinstance(translator, VariedTranslator):
        others = translator.others(scene.class_id, scene.sentiment)
        end = end_among(others, scene.class_id, np.array(scene.latent), chance)
    return replace(scene, towards=() if end is None else tuple(end.tolist()))


def as_track(felt: list[Sentiment]) -> SentimentTrack:
    """Sentiments one by one as the arrays that translators take."""
    valence = np.array([one.valence for one in felt], np.float32)
    arousal = np.array([one.arousal for one in felt], np.float32)
    return SentimentTrack(valence, arousal, INTERVAL_S)


def _scenes(
    cuts: list[float],
    felt: list[Sentiment],
    translation: Translation,
    latents: NDArray[np.float32],
    classes: tuple[str, ...],
) -> Iterator[Scene]:
    for i, sentiment in enumerate(felt):
        class_id = int(translation.class_ids[i])
        yield Scene(
            start_s=cuts[i],
            end_s=cuts[i + 1],
            class_id=class_id,
            label=classes[class_id],
            probabilities=tuple(translation.probabilities[i].tolist()),
            latent=tuple(latents[i].tolist()),
            sentiment=sentiment,
            mood=mood(sentiment),
        )
