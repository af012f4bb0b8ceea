"""A story's folder: what may lie there, who it belongs to, and what its files are called."""

import logging
from collections.abc import Iterable
from pathlib import Path

from ..core import json_text
from ..core.errors import BridgeError
from ..core.files import clear_drafts, is_file, is_there, made, read_bytes, refuse_no_text, remove, write_text
from ..story.story_file import BEGINNING, storyboard_to_json
from ..story.storyboard import Storyboard

log = logging.getLogger(__name__)
LISTING = "story.json"
MEDIA = "media"
PRODUCTS = ("preview.mp4", "report.png", "story.otioz")
"""What is made of clips and sound, beside the timeline."""

LONGEST_LABEL = 80  # bytes of a clip's name; file systems take 255 for all of it


def refuse_foreign(out: Path) -> None:
    """Raises BridgeError if `out` is a file, or a folder with anything but a story in it: nothing is overwritten.

    And for a name that the timeline, which has its media's paths, could not say.
    """
    refuse_no_text(out.absolute())
    if is_there(out) and not out.is_dir():
        raise BridgeError(f"{out}: a file is there already; give the name of a new or empty folder")
    foreign = (path for path in out.glob("*") if not path.name.startswith(".") and path.suffix != ".part")
    if not is_there(out / LISTING) and any(foreign):
        raise BridgeError(f"{out}: holds other files; give the name of a new or empty folder")


def claim(out: Path, board: Storyboard) -> Path:
    """`out`, made if need be, with `story.json` and `media/` in it, and nothing that a killed run left half-written.

    A `story.json` that was damaged is written again, and then nothing that was made of it is believed. Raises
    BridgeError if there is another story.
    """
    text, listing = storyboard_to_json(board), made(out) / LISTING
    if is_there(listing):
        _compare(listing, text, made_files(out, board))
    else:  # before media/, since a folder with media and no story is somebody else's
        write_text(listing, text)
    clear_drafts(out, LISTING, "story.otio", *PRODUCTS)
    clear_drafts(made(out / MEDIA), "*")
    return out.absolute()


def _compare(listing: Path, text: str, products: Iterable[Path]) -> None:
    """Raises BridgeError if `listing` does not say `text`; but if it is damaged, removes `products` and writes it."""
    known, most = "another", 2 * len(text.encode())
    if is_file(listing) and listing.stat().st_size <= most:  # a damaged one is not longer than it was
        known = read_bytes(listing, most).decode("utf-8-sig", "replace").replace("\r\n", "\n")
    if known == text:
        return
    if _is_damaged(known):
        log.warning("%s: damaged; it is made again, with the clips and all else but story.otio", listing)
        for path in products:
            remove(path)
        write_text(listing, text)
    else:
        raise BridgeError(f"{listing.parent}: holds another story; give the name of a new or empty folder")


def _is_damaged(known: str) -> bool:
    """Whether `known` is empty, or begins as ours do and then is no JSON. Any other may be somebody's own."""
    text = known.strip("\0\n ")
    try:
        json_text.parse(text)
    except ValueError:
        return not text or text.startswith(BEGINNING)
    return False


def made_files(folder: Path, board: Storyboard) -> list[Path]:
    """Every file that is made of `board`, but for its timeline, which is for people to change."""
    return [*clip_paths(folder, board), song_path(folder), *(folder / name for name in PRODUCTS)]


def song_path(folder: Path) -> Path:
    return folder / MEDIA / "song.wav"


def clip_paths(folder: Path, board: Storyboard) -> list[Path]:
    """The files of the scenes' clips, in order: where those are that are rendered, and would be of the others."""
    return [folder / MEDIA / clip_name(number, scene.label) for number, scene in enumerate(board.scenes, start=1)]


def clip_name(number: int, label: str) -> str:
    """`scene-007-lake.mov`: the file of scene `number`, counted from 1."""
    plain = "".join(letter if letter.isalnum() else "-" for letter in label)
    short = plain.encode()[:LONGEST_LABEL].decode(errors="ignore")
    return f"scene-{number:03d}-{short}.mov"
