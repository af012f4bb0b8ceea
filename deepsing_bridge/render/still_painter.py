"""From a storyboard to the pixels of a generator of stills: pictures stylized whole, then composed for the frame."""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache, partial

import numpy as np
import torch
from torch import Tensor

from ..core.device import Device
from ..generators.protocol import Generator
from ..story.storyboard import Storyboard
from ..stylization.styles import StyleBook
from ..stylization.wct import StyleStatistics, Stylizer, between
from .camera import HandheldCamera, compose
from .fit import Pixels, begin_pixels, scaled, to_pixels
from .footage_frames import footage_colour
from .grade import Colour, Grader, mean_colour
from .look import Look
from .moment import Moment, class_vector, scene_vector


class StillPainter:
    """A `Painter`."""

    moves = False
    camera = HandheldCamera()

    def __init__(self, generator: Generator, stylizer: Stylizer, styles: StyleBook) -> None:
        self.generator = generator
        self.stylizer = stylizer
        self.styles = styles
        self._first = lru_cache(maxsize=16)(self._generate_one)  # what scenes begin with, whatever the board
        self._grader = Grader(self.colour)
        self._generated: tuple[object, Tensor] = None, torch.empty(0)  # what the last pictures were made of, and they

    def paint(self, board: Storyboard, moments: Sequence[Moment], look: Look) -> Pixels:
        return self.begin(board, moments, look)()

    def begin(self, board: Storyboard, moments: Sequence[Moment], look: Look) -> Callable[[], Pixels]:
        *_, pictures = self.pictures(board, moments, look)
        return self._begin_finished(pictures, board, moments[0], look)

    def passes(self, board: Storyboard, moments: Sequence[Moment], look: Look) -> Iterator[Callable[[], Pixels]]:
        """As generated, then after each level of stylization, coarse to fine."""
        for pictures in self.pictures(board, moments, look):
            yield partial(self._finished, pictures, board, moments[0], look)

    def preparations(self) -> Iterator[Callable[[], None]]:
        return iter(())

    def pictures(self, board: Storyboard, moments: Sequence[Moment], look: Look) -> Iterator[Tensor]:
        """(n, 3, S, S) as generated, then after each level of stylization, where they are made."""
        pictures = self._generate(board, moments, look)
        yield pictures
        if look.blend > 0:
            yield from self.stylizer.passes(pictures, self._style(board, moments[0], look.style), look.blend)

    def _finished(self, pictures: Tensor, board: Storyboard, moment: Moment, look: Look) -> Pixels:
        return self._begin_finished(pictures, board, moment, look)()

    def _begin_finished(self, pictures: Tensor, board: Storyboard, moment: Moment, look: Look) -> Callable[[], Pixels]:
        """(n, 3, S, S) in 0..1 → (n, H, W, 3) uint8, the camera's canvas for the look's size."""
        gain = Device(str(pictures.device)).bring(torch.from_numpy(self._gain(board, moment, look)).float())
        graded = pictures.contiguous() * gain[:, None, None]
        return begin_pixels(compose(graded, look.width, look.height))

    def _generate(self, board: Storyboard, moments: Sequence[Moment], look: Look) -> Tensor:
        """As they are before stylization; the last ones are kept, as where only the blend changed."""
        classes, truncation = len(self.generator.classes), look.truncation
        vectors = np.stack([class_vector(board, moment, classes, look.temperature) for moment in moments])
        latents = np.stack([moment.latent for moment in moments]).astype(np.float32)
        key = vectors.tobytes(), latents.tobytes(), truncation
        if key != self._generated[0]:
            pictures = self.generator.generate(torch.from_numpy(vectors), torch.from_numpy(latents), truncation)
            self._generated = key, pictures
        return self._generated[1]

    def _gain(self, board: Storyboard, moment: Moment, look: Look) -> Colour:
        here, there = (self._grader.gain(board, scene, look) for scene in (moment.scene, moment.following))
        return here + moment.share * (there - here)

    def colour(self, board: Storyboard, scene: int, look: Look) -> Colour:
        """(3,) 0..255: the mean colour that scene number `scene` begins with, in the style of `look`."""
        if board.scenes[scene].subclip is not None:
            return footage_colour(board, scene)
        shown = board.scenes[scene]
        vector = scene_vector(shown, len(self.generator.classes), look.temperature)
        first = self._first(tuple(vector.tolist()), tuple(shown.latent), look.truncation)
        picture = scaled(first, look.height, look.width)
        if look.blend > 0:
            style = self.styles.rule(look.style)(shown.sentiment).statistics
            picture = self.stylizer.stylize(picture, style, look.blend)
        return mean_colour(to_pixels(picture)[0])

    def _generate_one(self, vector: tuple[float, ...], latent: tuple[float, ...], truncation: float | None) -> Tensor:
        return self.generator.generate(torch.tensor([vector]), torch.tensor([latent]), truncation)

    def _style(self, board: Storyboard, moment: Moment, choice: str) -> StyleStatistics:
        style_for = self.styles.rule(choice)
        here, there = (style_for(board.scenes[index].sentiment) for index in (moment.scene, moment.following))
        if here is there or not moment.share:
            return here.statistics
        return between(here.statistics, there.statistics, moment.share)
