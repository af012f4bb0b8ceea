"""The models that paint, as one value: those of a story that is planned already need no other."""

from collections.abc import Mapping
from dataclasses import dataclass

from .. import weights
from ..attributes import image_models
from ..attributes.image_models import ImageEstimator
from ..core.device import Device
from ..core.files import sha256
from ..generators.load import load_generator
from ..generators.protocol import Generator
from ..render.painter import Painter, painter_for
from ..stylization.styles import DEFAULT_STYLES, StyleBook, style_images
from ..stylization.wct import WEIGHTS, Stylizer
from ..translation.translators import truncations_for
from ..weights import model_sets
from .config import ModelChoice


@dataclass(frozen=True)
class Styling:
    """What stylizes. `digests`: name → sha256 of every file that was loaded, style images as `styles/…`."""

    image_model: ImageEstimator
    stylizer: Stylizer
    styles: StyleBook
    digests: Mapping[str, str]


@dataclass(frozen=True)
class Painting(Styling):
    """And what paints."""

    generator: Generator

    def painter(self) -> Painter:
        return painter_for(self.generator, self.stylizer, self.styles)


def load_styling(choice: ModelChoice) -> Styling:
    """What `choice` names for styles. Raises BridgeError for what is unknown or not installed."""
    sets, device = model_sets.chosen(choice.sets, choice.generator), Device.of(choice.device, choice.precision)
    with weights.recorded() as loaded:
        image_model = image_models.choose(image_models.PAPER, sets, device)
        stylizer = Stylizer.load(sets.holding(WEIGHTS), device)
    folder = choice.styles or DEFAULT_STYLES
    styles = StyleBook.load(folder, stylizer, image_model.estimate)
    painted = {f"styles/{image.name}": sha256(image) for image in style_images(folder)}
    return Styling(image_model, stylizer, styles, dict(loaded) | painted)


def load_painting(choice: ModelChoice) -> Painting:
    """What `choice` names for painting. Raises BridgeError for what is unknown or not installed."""
    sets, device = model_sets.chosen(choice.sets, choice.generator), Device.of(choice.device, choice.precision)
    with weights.recorded() as loaded:
        wanted = truncations_for(choice.generator, sets)
        generator = load_generator(choice.generator, device, wanted.sampled_at, wanted.rendered_at)
    styling = load_styling(choice)
    digests = {**loaded, **styling.digests}
    return Painting(styling.image_model, styling.stylizer, styling.styles, digests, generator)
