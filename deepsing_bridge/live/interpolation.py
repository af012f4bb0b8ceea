"""The painted pictures around now, and what is seen between two of them. Pure, in the engine's clock time.

Painting a picture takes longer than a frame may, so keyframes are painted a little ahead, and frames are mixed
from the two that they lie between. At a cut they are not mixed but switched, on time.
"""

from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ..render.crossfade import mix
from ..render.fit import Pixels, fit_pixels
from ..render.look import Look
from ..story.storyboard import Storyboard

MOST_STYLE = 2.0  # how far beyond its own blend a painted picture is exaggerated until a stronger one is there


@dataclass(frozen=True, eq=False)
class Keyframe:
    """A painted picture: `plain` and, at a blend of `look.blend`, `painted` (H, W, 3) uint8, of scene number `scene`
    of `board` at `time_s`. A `preview` is a quick first one: the finished picture follows."""

    plain: Pixels
    painted: Pixels
    look: Look
    board: Storyboard
    scene: int
    time_s: float
    preview: bool = False

    def at_blend(self, blend: float) -> Pixels:
        """The picture at another blend, as far as it can be had without painting: along the line from `plain`."""
        if self.look.blend == 0 or blend == self.look.blend:
            return self.painted
        return mix(self.plain, self.painted, min(blend / self.look.blend, MOST_STYLE))

    def fitted(self, width: int, height: int) -> "Keyframe":
        """At another size, until it is painted at that: itself where it has it."""
        if self.painted.shape[:2] == (height, width):
            return self
        plain = fit_pixels(self.plain, width, height)
        painted = plain if self.painted is self.plain else fit_pixels(self.painted, width, height)
        return replace(self, plain=plain, painted=painted)


@dataclass(frozen=True)
class TimedKeyframe:
    """`keyframe` is fully there at `at_s` on the clock. With a `cut_s` it is switched to then, not mixed in before."""

    keyframe: Keyframe
    at_s: float
    cut_s: float | None = None


@dataclass(frozen=True)
class KeyframeTrack:
    """`keys` in order of time. What is seen is a function of the clock and the blend alone."""

    keys: tuple[TimedKeyframe, ...] = field(default=())

    def add(self, key: TimedKeyframe, now_s: float) -> Self:
        """With one more picture to come; those that nobody will see again are let go."""
        return replace(self, keys=(*self._still_seen(now_s), key))

    def replace_from(self, key: TimedKeyframe, now_s: float, blend: float) -> "KeyframeTrack":
        """What is seen at `now_s` goes over into `key`; what was to come between is let go."""
        if not self.keys:
            return KeyframeTrack((key,))
        return KeyframeTrack((TimedKeyframe(self.seen(now_s, blend), now_s), key))

    def fitted(self, width: int, height: int) -> Self:
        """With all pictures at this size: itself where they have it."""
        keyframes = [key.keyframe.fitted(width, height) for key in self.keys]
        if all(keyframe is key.keyframe for keyframe, key in zip(keyframes, self.keys, strict=True)):
            return self
        keys = (replace(key, keyframe=keyframe) for keyframe, key in zip(keyframes, self.keys, strict=True))
        return replace(self, keys=tuple(keys))

    def pixels(self, now_s: float, blend: float) -> Pixels:
        """(H, W, 3) uint8: what is seen at `now_s` at `blend`."""
        before, after, share = self._around(now_s)
        pixels = before.keyframe.at_blend(blend)
        return mix(pixels, after.keyframe.at_blend(blend), share) if share else pixels

    def nearest(self, now_s: float) -> Keyframe:
        """The one that is seen most of."""
        before, after, share = self._around(now_s)
        return after.keyframe if share >= 0.5 else before.keyframe

    def seen(self, now_s: float, blend: float) -> Keyframe:
        """What is seen at `now_s`, as a keyframe of its own whose `painted` is the picture at `blend`."""
        before, after, share = self._around(now_s)
        plain = mix(before.keyframe.plain, after.keyframe.plain, share) if share else before.keyframe.plain
        nearest = self.nearest(now_s)
        look = replace(nearest.look, blend=blend)
        return replace(nearest, plain=plain, painted=self.pixels(now_s, blend), look=look)

    def key(self, now_s: float, blend: float) -> object:
        """Equal for two moments at which the same is seen."""
        before, after, share = self._around(now_s)
        return id(before.keyframe), id(after.keyframe) if share else 0, share, blend

    def _around(self, now_s: float) -> tuple[TimedKeyframe, TimedKeyframe, float]:
        """The pictures before and after `now_s`, and how much of the second is seen (0..1)."""
        past = [key for key in self.keys if _start(key) <= now_s]
        before = past[-1] if past else self.keys[0]
        after = next((key for key in self.keys if _start(key) > now_s), before)
        if after is before or after.cut_s is not None or after.at_s <= _start(before):
            return before, before, 0.0
        share = (now_s - _start(before)) / (after.at_s - _start(before))
        return before, after, min(max(share, 0.0), 1.0)

    def _still_seen(self, now_s: float) -> tuple[TimedKeyframe, ...]:
        past = [key for key in self.keys if _start(key) <= now_s]
        return self.keys[max(len(past) - 1, 0) :]


def _start(key: TimedKeyframe) -> float:
    return key.at_s if key.cut_s is None else key.cut_s


def preview_pass(keyframe: Keyframe, like: Keyframe) -> Keyframe:
    """`keyframe` with the colours that stylization gave to `like`: each channel's mean and spread move as there.

    Milliseconds instead of a tenth of a second, and near enough for the few frames until the rest is painted.
    """
    before, after = (_mean_and_spread(pixels) for pixels in (like.plain, like.painted))
    scale = (after[1] + 1) / (before[1] + 1)
    table = ((np.arange(256) - before[0][:, None]) * scale[:, None] + after[0][:, None]).round().clip(0, 255)
    coloured = np.array(Image.fromarray(keyframe.plain).point(table.astype(np.uint8).ravel().tolist()))  # to write to
    look = replace(keyframe.look, blend=like.look.blend)
    return replace(keyframe, painted=coloured, look=look, preview=True)


def _mean_and_spread(pixels: Pixels) -> NDArray[np.float64]:
    """(2, 3): the mean of each channel, and its standard deviation; counted, which is ten times as fast as added up."""
    counts = np.array(Image.fromarray(pixels).histogram(), np.float64).reshape(3, 256) / (pixels.size / 3)
    mean = counts @ np.arange(256)
    return np.stack([mean, np.sqrt((counts * (np.arange(256) - mean[:, None]) ** 2).sum(axis=1))])
