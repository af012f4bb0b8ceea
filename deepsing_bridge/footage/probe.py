"""What a film or a photo is: rate, length, timecode, and all that makes it shown otherwise than it is stored.

Looks at the file's heads, and at one picture. Knows nothing of shots.
"""

import itertools
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from ..core.errors import BridgeError
from .media import MediaFile
from .opened import UNREADABLE, OpenFilm, open_film, rewind
from .photos import PHOTO_SUFFIXES, photo_size
from .timecode import nominal_rate, timecode_to_frame

_FILMS = "3g2 3gp asf avi dv f4v flv gif m2t m2ts m2v m4v mkv mod mov mp4 mpeg mpg mts mxf ogv tod ts vob webm wmv y4m"
FILM_SUFFIXES = frozenset(f".{name}" for name in _FILMS.split())
LONGEST_S = 24 * 3600
MOST_FRAMES = 1 << 23


@dataclass(frozen=True)
class Facts:
    """`turned`, `pixel_aspect`, `interlaced` and `hdr` as `OpenFilm` has them. `varies`: its rate does, so that
    `media.rate` is what an editor takes it for. `timecode`: of its first frame, as it is told; `drop_frame`: whether
    that leaves out numbers. `longest_gop_s`: as much as its key frames are apart."""

    media: MediaFile
    duration_s: float = 0.0
    turned: int = 0
    pixel_aspect: Fraction = Fraction(1)
    interlaced: bool = False
    varies: bool = False
    hdr: str = ""
    timecode: str = ""
    drop_frame: bool = False
    longest_gop_s: float = 0.0


def is_media(path: Path) -> bool:
    """Whether its name is that of a film or a photo."""
    return path.suffix.lower() in FILM_SUFFIXES | PHOTO_SUFFIXES


def probe(path: Path, digest: str) -> Facts:
    """Of the file `path`, an absolute one, whose content has this `digest`. Raises BridgeError for what is no film and
    no photo, or cannot be read."""
    if path.suffix.lower() in PHOTO_SUFFIXES:
        return Facts(MediaFile(path, digest, Fraction(0), 0, 0, *photo_size(path)))
    with open_film(path) as film:
        return facts_of(film, digest)


def facts_of(film: OpenFilm, digest: str) -> Facts:
    """Leaves `film` at its start. Raises BridgeError for one that has no length, or more than LONGEST_S."""
    times, keys = _times(film)
    told = film.mean_rate
    if not told or not 1 <= told <= 1000:
        raise BridgeError(f"{film.path}: {float(told or 0):g} frames a second; expected 1 to 1000")
    varies = _varies(times, told * film.ticks)
    rate = nominal_rate(told, varies)
    length = round((times[-1] - times[0]) * film.ticks * rate) + 1  # not their count: a field may be a packet
    if not 0 < length <= MOST_FRAMES or length > LONGEST_S * rate:
        raise BridgeError(f"{film.path}: {length} frames; expected 1 to {MOST_FRAMES:,}, and at most a day")
    timecode = _timecode(film)
    start, drop_frame = timecode_to_frame(timecode, rate)
    media = MediaFile(film.path, digest, rate, length, start, *film.size)
    return Facts(
        media,
        float(length / rate),
        film.turned,
        film.pixel_aspect,
        film.interlaced,
        varies,
        film.hdr,
        timecode,
        drop_frame,
        longest_gop_s=float(np.diff([*keys, times[-1]]).max() * film.ticks),
    )


def _times(film: OpenFilm) -> tuple[list[int], list[int]]:
    """When each frame is shown, or at least decoded, in ticks, ascending, and when each key frame; never empty."""
    if "mov" in film.container.format.name and film.stream.index_entries:
        entries = (entry for entry in film.stream.index_entries if not entry.is_discard)
        found = [(entry.timestamp, entry.is_keyframe) for entry in itertools.islice(entries, MOST_FRAMES + 1)]
    else:  # no other container lists them all: its packets are read, but not decoded
        found = list(itertools.islice(_read_times(film), MOST_FRAMES + 1))
        rewind(film)
    times = sorted(time for time, _ in found) or [film.start]
    return times, sorted(time for time, is_key in found if is_key) or times[:1]


def _read_times(film: OpenFilm) -> Iterator[tuple[int, bool]]:
    with suppress(*UNREADABLE):  # cut off: what is there counts
        for packet in film.container.demux(film.stream):
            stamp = packet.dts if packet.pts is None else packet.pts
            if packet.size and stamp is not None:
                yield stamp, packet.is_keyframe


def _varies(times: Sequence[int], frames_a_tick: Fraction) -> bool:
    """Whether frames come at other times than those of an even rate, by more than containers round: half a frame from
    where they should be, or three in a hundred at steps of another length."""
    stamps = np.asarray(times, np.float64)
    if len(stamps) < 3:
        return False
    steps = np.diff(stamps) * float(frames_a_tick)
    drift = np.abs(stamps - np.linspace(stamps[0], stamps[-1], len(stamps))).max() * float(frames_a_tick)
    uneven = np.abs(steps - np.median(steps)) > max(0.1, 1.5 * float(frames_a_tick))
    return bool(drift > 0.5 or uneven.mean() > 0.03)


def _timecode(film: OpenFilm) -> str:
    """Of the picture, else of any other track, else of the file."""
    tracks = [film.stream, *film.container.streams]
    told = (place.metadata.get("timecode", "") for place in (*tracks, film.container))
    return next(filter(None, told), "")
