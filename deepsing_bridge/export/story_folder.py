"""A story's folder: what may lie there, who it belongs to, and what its files are called."""

import hashlib
import logging
from collections.abc import Iterable
from pathlib import Path

from ..core import json_text
from ..core.errors import BridgeError
from ..core.files import (
    clear_drafts,
    is_file,
    is_there,
    made,
    read_bytes,
    read_text,
    refuse_no_text,
    remove,
    write_text,
)
from ..story.clip_names import clip_name
from ..story.edits_file import History, history_to_json, json_to_history
from ..story.story_file import BEGINNING, json_to_storyboard, storyboard_to_json
from ..story.storyboard import Storyboard

log = logging.getLogger(__name__)
LISTING = "story.json"
EDITS = "edits.json"
MEDIA, ALTERNATES = "media", "alternates"
PRODUCTS = ("preview.mp4", "report.png", "story.otioz")
"""What is made of clips and sound, beside the timeline."""

EARLIER = "earlier-preview.mp4"
"""What the preview is called while another one is made out of it; only as a draft."""

MOST_BYTES = 1 << 28  # of a storyboard, or of a list of edits


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
    made(out / MEDIA)
    clear_all_drafts(out)
    return out.absolute()


def clear_all_drafts(folder: Path) -> None:
    """Remove what killed runs have left half-written in a story's folder. For who is alone in it."""
    clear_drafts(folder, LISTING, EDITS, "story*.otio", *PRODUCTS, EARLIER)
    clear_drafts(folder / MEDIA, "*")
    clear_drafts(folder / MEDIA / ALTERNATES, "*")


def read_board(folder: Path) -> tuple[Storyboard, str]:
    """The storyboard in `folder`, as planned, and the sha256 of its file's text.

    Raises BridgeError where there is none, or a damaged one.
    """
    text = _listing_text(folder)
    return json_to_storyboard(text, str(folder / LISTING)), _digest(text)


def board_digest(folder: Path) -> str:
    """The sha256 of the text of the storyboard in `folder`, which is not looked at. Raises BridgeError where there is
    none."""
    return _digest(_listing_text(folder))


def _listing_text(folder: Path) -> str:
    listing = folder / LISTING
    if not is_there(listing):
        raise BridgeError(f"{folder}: holds no {LISTING}; expected a folder that `story` made")
    return read_text(listing, MOST_BYTES)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def read_history(folder: Path, story_digest: str) -> History:
    """How the story in `folder`, whose text has this digest, was edited; not at all where there is no `edits.json`.

    Raises BridgeError for a damaged one, or one of another story.
    """
    listing = folder / EDITS
    if not is_there(listing):
        return History()
    return json_to_history(read_text(listing, MOST_BYTES), story_digest, str(listing))


def write_history(folder: Path, history: History, story_digest: str) -> None:
    """Raises BridgeError where the disk is full."""
    write_text(folder / EDITS, history_to_json(history, story_digest))


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
    return [
        folder / MEDIA / (scene.clip or clip_name(number, scene.label))
        for number, scene in enumerate(board.scenes, start=board.first_scene + 1)
    ]
