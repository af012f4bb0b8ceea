"""What pictures move with, kept in the user's cache by the content of its song: it is not in `story.json`, and to hear
it again takes longer than to paint a scene.

A file a song, which appears whole; it can be removed at any time. What cannot be kept is heard again.
"""

import logging
import zipfile
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ..core.errors import BridgeError
from ..core.files import appearing, made, remove_oldest
from ..core.types import LEVEL_NAMES, SPECTRUM_BANDS, WAVEFORM_POINTS, LevelTrack, SoundTrack
from ..core.user_folders import cache_folder

log = logging.getLogger(__name__)

VERSION = 1  # of what audio.levels and audio.sound hear: another one begins anew
MOST_BYTES = 1 << 28  # of all that is kept: some 300 songs


class Heard(NamedTuple):
    """Of one song."""

    levels: LevelTrack
    sound: SoundTrack


def kept(digest: str) -> Heard | None:
    """What `keep` was told of the song that has this sha256, which was taken of its file; None where it is not known or
    damaged."""
    path = _path(digest)
    try:
        with np.load(path, allow_pickle=False) as arrays:
            heard = Heard(
                LevelTrack(arrays["levels"], float(arrays["levels_hop_s"]), arrays["onset_strength"]),
                SoundTrack(arrays["waveform"], arrays["spectrum"], float(arrays["sound_hop_s"])),
            )
        _refuse_misshapen(heard)
        path.touch()
    except (OSError, LookupError, TypeError, ValueError, EOFError, zipfile.BadZipFile):
        return None
    return heard


def keep(digest: str, heard: Heard) -> None:
    """What has been of no use for the longest time goes, where there is more than MOST_BYTES."""
    levels, sound = heard
    try:
        made(_folder())
        with appearing(_path(digest)) as part, part.open("wb") as file:
            np.savez(
                file,
                levels=levels.values,
                levels_hop_s=levels.hop_s,
                onset_strength=levels.onset_strength,
                waveform=sound.waveform,
                spectrum=sound.spectrum,
                sound_hop_s=sound.hop_s,
            )
        remove_oldest(_folder(), "*.npz", MOST_BYTES)
    except (BridgeError, OSError) as error:
        log.debug("what was heard is not kept: %s", error)


def _folder() -> Path:
    return cache_folder() / "levels"


def _path(digest: str) -> Path:
    return _folder() / f"{digest}.{VERSION}.npz"


def _refuse_misshapen(heard: Heard) -> None:
    levels, sound = heard
    count, moments = len(levels.values), len(sound.waveform)
    shapes = levels.values.shape, levels.onset_strength.shape, sound.waveform.shape, sound.spectrum.shape
    if shapes != ((count, len(LEVEL_NAMES)), (count,), (moments, WAVEFORM_POINTS), (moments, SPECTRUM_BANDS)):
        raise ValueError(f"arrays of {shapes}")
    if not (count and moments and levels.hop_s > 0 and sound.hop_s > 0 and np.isfinite(levels.values).all()):
        raise ValueError("no levels")
