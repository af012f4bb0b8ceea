"""The songs of a folder, as a playlist."""

import logging
import re
from pathlib import Path

from ..core.errors import BridgeError

log = logging.getLogger(__name__)
MOST_SONGS = 500


def songs_in(folder: Path) -> tuple[Path, ...]:
    """The files in `folder` that have sound, by name; numbers count as numbers. Folders in it are left out.

    Raises BridgeError where there is none, or more than MOST_SONGS files.
    """
    try:
        files = [path for path in folder.absolute().iterdir() if path.is_file() and not path.name.startswith(".")]
    except OSError as error:
        raise BridgeError(f"{folder}: cannot be read ({error.strerror})") from error
    if len(files) > MOST_SONGS:
        raise BridgeError(f"{folder}: expected at most {MOST_SONGS} files, got {len(files)}")
    songs = tuple(path for path in sorted(files, key=_by_name) if _has_sound(path))
    if not songs:
        raise BridgeError(f"{folder}: there is no song in it")
    return songs


def _has_sound(path: Path) -> bool:
    from ..audio.decode import refuse_unplayable

    try:
        refuse_unplayable(path)
    except BridgeError as error:
        log.info("left out of the playlist: %s", error)
        return False
    return True


def _by_name(path: Path) -> list[tuple[bool, int, str]]:
    """`2 song` before `10 song`."""
    parts = re.split(r"(\d+)", path.name.casefold())
    return [(part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in parts]
