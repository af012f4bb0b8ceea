"""The painted pictures around now, and what is seen between two of them. Pure, in the engine's clock time.

Painting a picture takes longer than a frame may, so pictures are painted a little ahead, and frames are mixed
from the two that they lie between. At a cut they are not mixed but switched, on time.
"""

from dataclasses import dataclass, field, replace

import numpy as np
from PIL import Image

from ..core.types import Storyboard
from ..render.crossfade import Pixels, mix
from .controls import Look

MOST_STYLE = 2.0  # how far beyond its own blend a painted picture is exaggerated until a stronger one is there


@dataclass(frozen=True, eq=False)
class Keyframe:
    """A painted picture: `plain` and, at a blend of `look.blend`, `painted` (S, S, 3) uint8, of scene number `scene`
    of `board` at `time_s`. A `coat` is a first one: the finished picture follows."""

    plain: Pixels
    painted: Pixels
    look: Look
    board: Storyboard
    scene: int
    time_s: float
    coat: bool = False

    def at_blend(self, blend: float) -> Pixels:
        """The picture at another blend, as far as it can be had without painting: along the line from `plain`."""
        if self.look.blend == 0 or blend == self.look.blend:
            return self.painted
        return mix(self.plain, self.painted, min(blend / self.look.blend, MOST_STYLE))


@dataclass(frozen=True)
class Due:
    """`shot` is fully there at `at_s` on the clock. With a `cut_s` it is switched to then, not mixed in before."""

    shot: Keyframe
    at_s: float
    cut_s: float | None = None


@dataclass(frozen=True)
class Reel:
    """`dues` in order of time. What is seen is a function of the clock and the blend alone."""

    dues: tuple[Due, ...] = field(default=())

    def add(self, due: Due, now_s: float) -> "Reel":
        """With one more picture to come; those that nobody will see again are let go."""
        return replace(self, dues=(*self._still_seen(now_s), due))

    def replace_from(self, due: Due, now_s: float, blend: float) -> "Reel":
        """What is seen at `now_s` goes over into `due`; what was to come between is let go."""
        return Reel((Due(self.seen(now_s, blend), now_s), due)) if self.dues else Reel((due,))

    def seen(self, now_s: float, blend: float) -> Keyframe:
        """The picture at `now_s`: as a shot whose `painted` is what is seen at `blend`."""
        before, after, share = self._around(now_s)
        shot = after.shot if share >= 0.5 else before.shot
        pixels = before.shot.at_blend(blend)
        plain = before.shot.plain
        if share:
            pixels = mix(pixels, after.shot.at_blend(blend), share)
            plain = mix(plain, after.shot.plain, share)
        return replace(shot, plain=plain, painted=pixels, look=replace(shot.look, blend=blend))

    def key(self, now_s: float, blend: float) -> object:
        """Equal for two moments at which the same is seen."""
        before, after, share = self._around(now_s)
        return id(before.shot), id(after.shot) if share else 0, share, blend

    def _around(self, now_s: float) -> tuple[Due, Due, float]:
        """The pictures before and after `now_s`, and how much of the second is seen (0..1)."""
        past = [due for due in self.dues if _start(due) <= now_s]
        before = past[-1] if past else self.dues[0]
        after = next((due for due in self.dues if _start(due) > now_s), before)
        if after is before or after.cut_s is not None or after.at_s <= _start(before):
            return before, before, 0.0
        share = (now_s - _start(before)) / (after.at_s - _start(before))
        return before, after, min(max(share, 0.0), 1.0)

    def _still_seen(self, now_s: float) -> tuple[Due, ...]:
        past = [due for due in self.dues if _start(due) <= now_s]
        return self.dues[max(len(past) - 1, 0) :]


def _start(due: Due) -> float:
    return due.at_s if due.cut_s is None else due.cut_s


def preview_pass(shot: Keyframe, like: Keyframe) -> Keyframe:
    """`shot` with the colours that stylization gave to `like`: each channel's mean and spread move as they did there.

    A millisecond instead of a tenth of a second, and near enough for the few frames until the rest is painted.
    """
    before, after = (np.stack([p.mean((0, 1)), p.std((0, 1))]) for p in (like.plain, like.painted))
    scale = (after[1] + 1) / (before[1] + 1)
    coloured = (shot.plain - before[0]) * scale + after[0]
    look = replace(shot.look, blend=like.look.blend)
    return replace(shot, painted=coloured.round().clip(0, 255).astype(np.uint8), look=look, coat=True)


def fit(picture: Pixels, width: int, height: int) -> Pixels:
    """(S, S, 3) enlarged to cover `width`×`height`, and cropped to it from the middle."""
    side = picture.shape[0]
    if (width, height) == (side, side):
        return picture
    scale = side / max(width, height)
    left, top = (side - width * scale) / 2, (side - height * scale) / 2
    box = (left, top, side - left, side - top)
    resized = Image.fromarray(picture).resize((width, height), Image.Resampling.BICUBIC, box)
    return np.asarray(resized)
