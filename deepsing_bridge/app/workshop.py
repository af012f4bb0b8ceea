"""What it takes to paint scenes of a planned story again: its models, and what moves its pictures. Loaded when it is
first asked for, since an edit that paints nothing needs none of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..core.errors import BridgeError, first_few
from ..core.files import is_file, sha256
from ..core.types import Sentiment
from ..export.assemble import Stages
from ..generators.load import load_generator
from ..render.clips import ClipRenderer
from ..render.styled_footage import FootageStyler
from ..story import levels_cache
from ..story.edited_story import EditedScene
from ..story.edits import Picture
from ..story.footage_plan import UNPAINTED, Unpainted
from ..story.latents import wandered
from ..story.storyboard import Storyboard
from ..translation.another import another_latent, end_among
from ..translation.attribute_view import SampleTable
from ..translation.class_names import class_ids
from ..translation.diversity import others
from ..weights import model_sets
from .config import ModelChoice
from .painting import Painting, Styling, load_painting, load_styling
from .palette import known_samples


@dataclass(frozen=True)
class Workshop:
    """For the story `planned`, with the models of `choice`; `moved` is where its song is now, if it has moved."""

    planned: Storyboard
    choice: ModelChoice
    moved: Path | None
    stage: Stages

    @cached_property
    def song(self) -> Path:
        """Raises BridgeError where the song is not there, or is another one now."""
        song = self.moved or self.planned.song_path
        if not is_file(song) or sha256(song) != self.planned.song_digest:
            raise BridgeError(f"{song}: not the song of this story, or not there any more; say where it is with --song")
        return song

    @cached_property
    def sounding(self) -> Storyboard:
        """The plan, with what its pictures move with: as its song was heard once, or is heard now."""
        song = self.song
        if (heard := levels_cache.kept(self.planned.song_digest)) is None:
            from ..audio.decode import file_to_song  # and with it librosa, which takes a while
            from ..story.levels import hear

            heard = hear(file_to_song(song, self.stage("hearing the song")))
            levels_cache.keep(self.planned.song_digest, heard)
        return replace(self.planned, levels=heard.levels, sound=heard.sound)

    @cached_property
    def renderer(self) -> ClipRenderer:
        """Raises BridgeError where models or style images are others than the story was made with."""
        if self.planned.generator == UNPAINTED:
            return ClipRenderer(None, FootageStyler(self._styling.stylizer, self._styling.styles))
        painting = self._painting
        painter = painting.painter()
        return ClipRenderer(painter, FootageStyler(painting.stylizer, painting.styles, painter.colour))

    @property
    def classes(self) -> tuple[str, ...]:
        """The generator's labels."""
        if self.planned.generator == UNPAINTED:
            return Unpainted.classes
        loaded = "_painting" in self.__dict__
        return (self._painting.generator if loaded else load_generator(self.planned.generator)).classes

    def picture(self, edited: EditedScene, class_name: str | None, number: int) -> Picture:
        """Picture `number` that is drawn for the story: another one than the scene has, which feels as is asked of it.

        It is of the class called `class_name`; None: of the scene's. Raises BridgeError for a class that there is not.
        """
        scene, generator = edited.scene, self._painting.generator
        class_id = scene.class_id if class_name is None else _one_class(class_name, self._painting)
        samples, chance = self._samples(class_id), np.random.default_rng([self.planned.seed, number])
        if samples is None:  # as the generator draws latents itself
            base = generator.sample_latents(1, self.planned.seed + number)[0].double().numpy()
        else:
            base = another_latent(samples, class_id, scene.sentiment, np.array(scene.latent), number).astype(np.float64)
        latent = base + self.planned.settings.noise * chance.standard_normal(len(base))
        towards = _end(samples, class_id, scene.sentiment, latent, chance)
        return Picture(class_id, generator.classes[class_id], tuple(latent.tolist()), tuple(towards.tolist()))

    def style(self, edited: EditedScene) -> str:
        """The name of the style image that the story's rule finds for it. Raises BridgeError as `renderer` does."""
        styling = self._styling if self.planned.generator == UNPAINTED else self._painting
        return styling.styles.rule(self.planned.settings.style)(edited.scene.sentiment).name

    def _samples(self, class_id: int) -> SampleTable | None:
        """Those of a class; None of a generator without any."""
        sets = model_sets.chosen(self.choice.sets, self.planned.generator)
        choice = replace(self.choice, generator=self.planned.generator)
        return known_samples([class_id], choice, self._painting, sets)

    @cached_property
    def _styling(self) -> Styling:
        """Of a story in which nothing is painted."""
        styling = load_styling(self.choice)
        self._refuse_others(styling.digests)
        return styling

    @cached_property
    def _painting(self) -> Painting:
        """Raises BridgeError where the models or the style images are others than the story was painted with."""
        painting = load_painting(replace(self.choice, generator=self.planned.generator))
        self._refuse_others(painting.digests)
        return painting

    def _refuse_others(self, digests: Mapping[str, str]) -> None:
        known = self.planned.weights
        styles = {name for name in (*known, *digests) if name.startswith("styles/")}
        names = [name for name in digests if name in known] + sorted(styles if _tells_styles(known) else ())
        if other := sorted({name for name in names if known.get(name) != digests.get(name)}):
            raise BridgeError(
                f"{first_few(other)}: not what the story was painted with; give --models and --styles as they were "
                "then, or have the story made anew if this program was another version then"
            )


def _tells_styles(weights: dict[str, str]) -> bool:
    """Those of older stories do not."""
    return any(name.startswith("styles/") for name in weights)


def _end(
    samples: SampleTable | None,
    class_id: int,
    felt: Sentiment,
    latent: NDArray[np.float64],
    chance: np.random.Generator,
) -> NDArray[np.floating]:
    """(latent_dim,) where a scene goes that begins at `latent`: as in a plan."""
    if samples is not None:
        end = end_among(others(samples, class_id, felt, ()), class_id, latent, chance)
        if end is not None:
            return end
    return wandered(latent, chance)


def _one_class(name: str, painting: Painting) -> int:
    found = class_ids(name, painting.generator)
    if len(found) > 1:
        raise BridgeError(f"--class {name}: expected one class for the scene")
    return found[0]
