"""What a user decides about a story besides the song and the models, and how that is written down."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from fractions import Fraction
from typing import Any, Self

from ..core import options
from ..core.errors import BridgeError
from ..core.options import Alignment, Cut, Motion, Option
from ..core.units import parse_frame_rate, parse_size

_WIDTH, _HEIGHT = parse_size(options.SIZE.default)
_WRITTEN: tuple[Option[Any], ...] = (
    options.CUT,
    options.MOTION,
    options.ALIGNMENT,
    options.STYLE,
    options.BLEND,
    options.NOISE,
    options.REACT,
    options.SEED,
)


@dataclass(frozen=True)
class Settings:
    """Sizes in pixels, even; ranges are those of `core.options`.

    Latents are cut off at ±2 × `truncation` (0 < t ≤ 1); None: they are taken as they are, at the generator's own.
    """

    frame_rate: Fraction = Fraction(options.FPS.default)
    width: int = _WIDTH
    height: int = _HEIGHT
    cut: Cut = options.CUT.default
    motion: Motion = options.MOTION.default
    alignment: Alignment = options.ALIGNMENT.default
    style: str = options.STYLE.default
    blend: float = options.BLEND.default
    noise: float = options.NOISE.default
    react: float = options.REACT.default
    truncation: float | None = None
    seed: int = options.SEED.default

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


def _read(option: Option[Any], written: Mapping[str, Any]) -> Any:
    return option.field.check(written.get(option.name, option.default), option.name)
