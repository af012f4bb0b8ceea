"""What a user decides about a story besides the song and the models, and how that is written down."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from typing import Any, Self

from ..core import options
from ..core.errors import BridgeError
from ..core.options import Alignment, Cut, Motion, Option
from ..core.units import parse_frame_rate, parse_size

_WIDTH, _HEIGHT = parse_size(options.SIZE.default)
LARGEST_SEED = 10**6  # of those that follow from songs: people copy them
_WRITTEN: tuple[Option[Any], ...] = (
    options.CUT,
    options.EVERY,
    options.MOTION,
    options.ALIGNMENT,
    options.STYLE,
    options.BLEND,
    options.NOISE,
    options.REACT,
    options.GRADE,
    options.TEMPERATURE,
    options.SEED,
    options.ALLOW_FLASHING,
)


@dataclass(frozen=True)
class Settings:
    """Sizes in pixels, even; ranges are those of `core.options`.

    Latents are taken as if drawn at `truncation` (0 < t ≤ 1); None: as they are, at the generator's own.
    `seed` None: the song's own; a storyboard has a number.
    """

    frame_rate: Fraction = Fraction(options.FPS.default)
    width: int = _WIDTH
    height: int = _HEIGHT
    cut: Cut = options.CUT.default
    every: str = options.EVERY.default
    motion: Motion = options.MOTION.default
    alignment: Alignment = options.ALIGNMENT.default
    style: str = options.STYLE.default
    blend: float = options.BLEND.default
    noise: float = options.NOISE.default
    react: float = options.REACT.default
    grade: float = options.GRADE.default
    temperature: float = options.TEMPERATURE.default
    truncation: float | None = None
    seed: int | None = None
    allow_flashing: bool = options.ALLOW_FLASHING.default

    def for_song(self, digest: str) -> Self:
        """With a seed, the one that follows from the song's `digest` if there is none yet."""
        return self if self.seed is not None else replace(self, seed=_number(digest, "seed") % LARGEST_SEED)

    def to_fields(self) -> dict[str, Any]:
        """As plain values, by name, in a fixed order."""
        plain = {field.name: getattr(self, field.name) for field in fields(self)}
        return plain | {"frame_rate": str(self.frame_rate)}

    @classmethod
    def of_fields(cls, written: Mapping[str, Any]) -> Self:
        """The way back; what is not written has its default. Raises ValueError for what is out of its range."""
        try:
            read = {option.name: _read(option, written) for option in _WRITTEN}
            read["frame_rate"] = parse_frame_rate(str(written.get("frame_rate", cls.frame_rate)))
            size = written.get("width", _WIDTH), written.get("height", _HEIGHT)
            read["width"], read["height"] = parse_size("{}x{}".format(*size))
            if written.get("truncation") is not None:
                read["truncation"] = _read(options.TRUNCATION, written)
        except BridgeError as error:
            raise ValueError(str(error)) from error
        return cls(**read)


def own_view(digest: str, views: Sequence[int]) -> int:
    """Which of `views` the song with this `digest` is seen in if nobody chose one: each has a palette of its own."""
    return views[_number(digest, "view") % len(views)]


def _number(digest: str, purpose: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{purpose} {digest}".encode()).digest()[:8])


def _read(option: Option[Any], written: Mapping[str, Any]) -> Any:
    return option.field.check(written.get(option.name, option.default), option.name)
