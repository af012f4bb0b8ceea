"""What a user decides about a story besides the song and the models, and how that is written down."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any, Self

from ..core import options
from ..core.errors import BridgeError
from ..core.options import Alignment, Cut, Motion, Option, Paths
from ..core.plain_text import is_plain
from ..core.units import parse_frame_rate, parse_size, timecode_to_frame

_WIDTH, _HEIGHT = parse_size(options.SIZE.default)
LONGEST_PATH = 4096  # characters
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
    options.DISSOLVE,
    options.START_TIMECODE,
    options.PATHS,
)


@dataclass(frozen=True)
class FootageSettings:
    """Somebody's own `folders`, absolute, from whose shots the scenes are. With `fill`, those whose nearest shot is
    farther than `farthest` standard deviations in feeling are painted instead."""

    folders: tuple[Path, ...]
    fill: bool = False
    farthest: float = options.FARTHEST.default

    def to_fields(self) -> dict[str, Any]:
        return {"folders": [str(folder) for folder in self.folders], "fill": self.fill, "farthest": self.farthest}

    @classmethod
    def of_fields(cls, written: Mapping[str, Any]) -> Self:
        """Raises BridgeError for what is out of its range, ValueError for what is no absolute path."""
        folders = tuple(path_of(folder) for folder in written["folders"])
        fill = bool(options.FILL.field.check(written["fill"], "fill"))
        return cls(folders, fill, float(options.FARTHEST.field.check(written["farthest"], "farthest")))


def path_of(text: object) -> Path:
    """An absolute path of this system or of another one. Raises ValueError for what is none, or no text of a line."""
    if not isinstance(text, str) or not is_plain(text) or len(text) > LONGEST_PATH:
        raise ValueError(f"path {text!r:.60}")
    if not PurePosixPath(text).is_absolute() and not PureWindowsPath(text).is_absolute():
        raise ValueError(f"path {text!r:.60} is not absolute")
    return Path(text)


@dataclass(frozen=True)
class Settings:
    """Sizes in pixels, even; ranges are those of `core.options`.

    Latents are taken as if drawn at `truncation` (0 < t ≤ 1); None: as they are, at the generator's own.
    `seed` None: the song's own; a storyboard has a number. `footage` None: all scenes are painted.
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
    dissolve: int = options.DISSOLVE.default
    start_timecode: str = options.START_TIMECODE.default
    paths: Paths = options.PATHS.default
    footage: FootageSettings | None = None

    def for_song(self, digest: str) -> Self:
        """With a seed, the one that follows from the song's `digest` if there is none yet."""
        return self if self.seed is not None else replace(self, seed=_number(digest, "seed") % LARGEST_SEED)

    def to_fields(self) -> dict[str, Any]:
        """As plain values, by name, in a fixed order."""
        plain = {field.name: getattr(self, field.name) for field in fields(self)}
        footage = plain.pop("footage")
        plain["frame_rate"] = str(self.frame_rate)
        return plain if footage is None else plain | {"footage": footage.to_fields()}

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
            if written.get("footage") is not None:
                read["footage"] = FootageSettings.of_fields(written["footage"])
            timecode_to_frame(read["start_timecode"], read["frame_rate"])
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
