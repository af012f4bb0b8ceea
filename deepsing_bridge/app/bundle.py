"""The loaded models as one value, and the digests of exactly the files that were read for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .. import weights
from ..attributes import audio_models, image_models
from ..attributes.audio_models import AudioEstimator
from ..core.errors import BridgeError
from ..core.types import no_progress
from ..export.assemble import Stages
from ..generators.protocol import Generator
from ..render.painter import Painter, painter_for
from ..stylization.styles import DEFAULT_STYLES, StyleBook
from ..stylization.wct import Stylizer
from ..translation.baseline import RandomTranslator
from ..translation.default_views import default_views
from ..translation.dictionary import DictionaryTranslator
from ..translation.diversity import diversify
from ..translation.protocol import SentimentTranslator
from ..translation.translators import translators_for
from ..weights import model_sets
from ..weights.class_tables import class_table_file
from ..weights.model_sets import ModelSets
from .config import TRANSLATORS, ModelChoice
from .painting import Painting, Styling, load_painting, load_styling
from .palette import fit_palette, told_in_time


@dataclass(frozen=True)
class Bundle(Painting):
    """All models of a story. `translators` by number of view; one where the choice knows no views."""

    translators: tuple[SentimentTranslator, ...]
    audio_model: AudioEstimator

    @property
    def default_views(self) -> tuple[int, ...]:
        """The numbers of those that a song may get if nobody chooses one."""
        return views_by_default(self.generator, self.translators)

    def translator(self, view: int) -> SentimentTranslator:
        """Raises BridgeError for a view that there is not."""
        if not 0 <= view < len(self.translators):
            there = f"views 0 to {len(self.translators) - 1}"
            raise BridgeError(f"view {view}: the {self.generator.name} generator has {there}")
        return self.translators[view]


def load(choice: ModelChoice, seed: int = 0, stage: Stages = lambda name: no_progress) -> Bundle:
    """Everything that `choice` names; `seed` is that of translators which are fitted or drawn on the spot.

    Classes that were never looked at are, which is a `stage`. Raises BridgeError for what is unknown or not installed.
    """
    refuse_contradictions(choice)
    sets, painting = model_sets.chosen(choice.sets, choice.generator), load_painting(choice)
    with weights.recorded() as loaded:
        found = _translators(choice, painting, sets, seed, stage)
        audio_model = audio_models.choose(choice.audio_model, sets)
    return Bundle(
        generator=painting.generator,
        translators=tuple(found),
        audio_model=audio_model,
        image_model=painting.image_model,
        stylizer=painting.stylizer,
        styles=painting.styles,
        digests={**loaded, **painting.digests},
    )


def _translators(
    choice: ModelChoice, painting: Painting, sets: ModelSets, seed: int, stage: Stages
) -> Sequence[SentimentTranslator]:
    if choice.classes is not None:
        return [fit_palette(choice, painting, sets, seed, stage)]
    if choice.translator == "neural":
        try:
            translators_for(choice.generator, sets)
        except BridgeError as error:
            raise told_in_time(error, choice, painting, sets) from error
    return load_translators(choice, painting.generator, sets, seed)


@dataclass(frozen=True)
class FootageBundle:
    """What a story needs that paints nothing. `styling` is None where nothing is stylized or graded."""

    audio_model: AudioEstimator
    styling: Styling | None
    digests: Mapping[str, str]


def load_for_footage(choice: ModelChoice, styled: bool) -> FootageBundle:
    """What of `choice` a story needs that paints nothing. Raises BridgeError for what is unknown or not installed."""
    with weights.recorded() as loaded:
        audio_model = audio_models.choose(choice.audio_model, model_sets.chosen(choice.sets, choice.generator))
    styling = load_styling(choice) if styled else None
    return FootageBundle(audio_model, styling, {**loaded, **(styling.digests if styling else {})})


def views_by_default(generator: Generator, translators: Sequence[SentimentTranslator]) -> tuple[int, ...]:
    """The numbers of the `translators` that a song may get if nobody chooses one."""
    palettes = [getattr(translator, "palette", ()) for translator in translators]
    return default_views([[generator.classes[number] for number in palette] for palette in palettes])


def load_painter(generator: Generator) -> Painter:
    """A painter for a generator that is there already, with the shipped stylizer and style images."""
    stylizer, image_model = Stylizer.load(), image_models.load(image_models.PAPER)
    return painter_for(generator, stylizer, StyleBook.load(DEFAULT_STYLES, stylizer, image_model.estimate))


def refuse_contradictions(choice: ModelChoice) -> None:
    """Raises BridgeError where a part of `choice` would be silently without effect."""
    if choice.classes is not None and choice.translator != "neural":
        raise BridgeError(f"--classes fits a neural translator of its own; leave out --translator {choice.translator}")


def load_translators(
    choice: ModelChoice, generator: Generator, sets: ModelSets, seed: int
) -> Sequence[SentimentTranslator]:
    """The translators that `choice` names by their kind. Raises BridgeError for an unknown one."""
    if choice.translator == "neural":
        neural = translators_for(generator.name, sets).load_all()
        return diversify(neural, generator.name, sets)
    if choice.translator == "dictionary":
        tables = sets.holding(class_table_file(generator.name))
        return [DictionaryTranslator.load(generator.name, tables, generator.latent_dim, seed)]
    if choice.translator == "random":
        return [RandomTranslator(generator.classes, generator.sample_latents, seed)]
    raise BridgeError(f"translator {choice.translator!r}: expected one of {', '.join(TRANSLATORS)}")
