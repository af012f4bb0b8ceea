"""What a story folder has already is looked at before it is believed: what is damaged goes, so that it is made again.

Each is told in a line. A timeline that somebody changed is not damaged, and stays.
"""

import logging
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from PIL import Image

from ..core.errors import BridgeError
from ..core.files import is_file, is_there, remove
from ..core.types import Progress, no_progress
from ..core.units import frame_to_seconds
from ..story.storyboard import Storyboard
from .sound import sound_fault
from .story_folder import PRODUCTS, clip_paths, song_path
from .video import film_fault

log = logging.getLogger(__name__)

Check = Callable[[Path], str]
"""What is wrong with a file, in words; "" if nothing is."""


def clear_damaged_media(folder: Path, board: Storyboard, progress: Progress = no_progress) -> None:
    """Remove clips and sound that are damaged, and before them what was made of them. `progress` counts files."""
    _clear(folder, [*_clip_checks(folder, board), _sound_check(folder, board)], progress)


def clear_damaged_sound(folder: Path, board: Storyboard) -> None:
    _clear(folder, [_sound_check(folder, board)], no_progress)


def _clear(folder: Path, checks: Sequence[tuple[Path, Check]], progress: Progress) -> None:
    damaged = {}
    for number, (path, check) in enumerate(checks, 1):
        if fault := _fault(path, check):
            damaged[path] = fault
        progress(number, len(checks))
    if damaged:
        for name in PRODUCTS:
            remove(folder / name)
    for path, fault in damaged.items():
        log.warning("%s: damaged (%s); it is made again, with all that was made of it", path, fault)
        remove(path)


def refuse_damaged_clips(folder: Path, board: Storyboard) -> None:
    """Raises BridgeError for a clip that is missing or damaged. For a take, whose clips cannot be made again."""
    for clip, check in _clip_checks(folder, board):
        if fault := _fault(clip, check) if is_there(clip) else "missing":
            raise BridgeError(f"{clip}: {fault}; a take can only be finished with all its clips")


def clear_damaged_products(folder: Path, board: Storyboard) -> None:
    """Remove what was made of clips and sound and is damaged."""
    checks: Sequence[Check] = (
        partial(film_fault, frames=board.frames, size=(board.settings.width, board.settings.height)),
        _picture_fault,
        _bundle_fault,
    )
    for name, check in zip(PRODUCTS, checks, strict=True):
        if fault := _fault(folder / name, check):
            log.warning("%s: damaged (%s); it is made again", folder / name, fault)
            remove(folder / name)


def _fault(path: Path, check: Check) -> str:
    """Of what is not there, none: it is made anyway."""
    if is_there(path) and not is_file(path):
        return "not a file"
    return check(path) if is_there(path) else ""


def _clip_checks(folder: Path, board: Storyboard) -> Iterator[tuple[Path, Check]]:
    size = board.settings.width, board.settings.height
    for index, clip in enumerate(clip_paths(folder, board)):
        if not board.is_rendered(index):
            continue
        frames = board.clip_frames(index)
        yield clip, partial(film_fault, frames=frames, size=size)


def _sound_check(folder: Path, board: Storyboard) -> tuple[Path, Check]:
    least_s = frame_to_seconds(board.frames, board.frame_rate)
    return song_path(folder), lambda path: sound_fault(path, least_s)


def _picture_fault(path: Path) -> str:
    try:
        with Image.open(path, formats=["PNG"]) as picture:
            picture.load()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return "no picture"
    return ""


def _bundle_fault(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as bundle:
            broken = bundle.testzip()
    except (OSError, EOFError, NotImplementedError, RuntimeError, ValueError, zipfile.BadZipFile, zlib.error):
        return "no bundle"
    return f"{broken} is broken" if broken else ""
