"""The one way from a storyboard, a moment and a look to pixels, on disk and live.

Owns the generator, the stylizer and the style images, and is used by one thread at a time. Draws nothing at random.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from ..core.options import AUTO, NEAREST, THRESHOLD
from ..core.types import Sentiment
from ..generators.protocol import Generator
from ..story.storyboard import Storyboard
from ..stylization.styles import Style, StyleBook
from ..stylization.wct import StyleStatistics, Stylizer, between
from .fit import Pixels, fit, to_pixels
from .look import Look
from .moment import Moment, class_vector


class Painter:
    def __init__(self, generator: Generator, stylizer: Stylizer, styles: StyleBook) -> None:
        self.generator = generator
        self.stylizer = stylizer
        self.styles = styles
        self._generated: tuple[object, Tensor] = None, torch.empty(0)  # what the last pictures were made of, and they

    def paint(self, board: Storyboard, moments: Sequence[Moment], look: Look) -> Pixels:
        """(n, H, W, 3) uint8: the finished pictures of `moments`, as `passes` takes them."""
        return finished([*self.passes(board, moments, look)][-1], look)

    def passes(self, board: Storyboard, moments: Sequence[Moment], look: Look) -> Iterator[Tensor]:
        """The pictures (n, 3, S, S) as generated, then after each level of stylization, coarse to fine; not yet fitted.

        `moments` lie in one scene; where it goes over into the next, each is painted alone, as each has another style.
        """
        pictures = self._generate(board, moments, look.truncation)
        yield pictures
        if look.blend > 0:
            style = self._style(board, moments[0], look.style)
            yield from self.stylizer.passes(pictures, style, look.blend)

    def styles_for(self, choice: str) -> Callable[[Sentiment], Style]:
        """How a scene's style is found: by a rule, or always one image. BridgeError if it is missing."""
        if choice in (AUTO, NEAREST):
            return self.styles.nearest
        if choice == THRESHOLD:
            self.styles.by_threshold(Sentiment(0.0, 0.0))  # complains at once if one of the three is missing
            return self.styles.by_threshold
        style = self.styles.named(choice)
        return lambda sentiment: style

    def _generate(self, board: Storyboard, moments: Sequence[Moment], truncation: float | None) -> Tensor:
        """(n, 3, S, S) before stylization; the last ones are kept, as where only the blend changed."""
        vectors = np.stack([class_vector(board, moment, len(self.generator.classes)) for moment in moments])
        latents = np.stack([moment.latent for moment in moments]).astype(np.float32)
        key = vectors.tobytes(), latents.tobytes(), truncation
        if key != self._generated[0]:
            pictures = self.generator.generate(torch.from_numpy(vectors), torch.from_numpy(latents), truncation)
            self._generated = key, pictures
        return self._generated[1]

    def _style(self, board: Storyboard, moment: Moment, choice: str) -> StyleStatistics:
        style_for = self.styles_for(choice)
        here, there = (style_for(board.scenes[index].sentiment) for index in (moment.scene, moment.following))
        if here is there or not moment.share:
            return here.statistics
        return between(here.statistics, there.statistics, moment.share)


def finished(pictures: Tensor, look: Look) -> Pixels:
    """(n, 3, S, S) in 0..1 → (n, H, W, 3) uint8 of the look's size."""
    return to_pixels(fit(pictures, look.width, look.height))
