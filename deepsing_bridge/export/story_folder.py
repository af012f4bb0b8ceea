"""A story's folder: what may lie there, who it belongs to, and what its files are called."""

from pathlib import Path

from ..core.errors import BridgeError
from ..core.files import made, write_text
from ..story.story_file import storyboard_to_json
from ..story.storyboard import Storyboard

LISTING = "story.json"
MEDIA = "media"


def refuse_foreign(out: Path) -> None:
    """Raises BridgeError if `out` is a file, or a folder with anything but a story in it: nothing is overwritten."""
    if out.exists() and not out.is_dir():
        raise BridgeError(f"{out}: a file is there already; give the name of a new or empty folder")
    foreign = (path for path in out.glob("*") if not path.name.startswith(".") and path.suffix != ".part")
    if not (out / LISTING).exists() and any(foreign):
        raise BridgeError(f"{out}: holds other files; give the name of a new or empty folder")


def refuse_unwritable(out: Path) -> None:
    """Raises BridgeError where `out` cannot be made, rather than after minutes; leaves nothing there."""
    missing = [folder for folder in (out, *out.parents) if not folder.exists()]
    made(out)
    for folder in missing:
        folder.rmdir()


def claim(out: Path, board: Storyboard) -> Path:
    """`out`, made if need be, with `story.json` and `media/` in it. Raises BridgeError if it holds another story."""
    text, listing = storyboard_to_json(board), out / LISTING
    if listing.exists() and listing.read_text(encoding="utf-8") != text:
        raise BridgeError(f"{out}: holds another story; give the name of a new or empty folder")
    made(out)
    if not listing.exists():  # before media/, since a folder with media and no story is somebody else's
        write_text(listing, text)
    made(out / MEDIA)
    return out.absolute()


def song_path(folder: Path) -> Path:
    return folder / MEDIA / "song.wav"


def clip_paths(folder: Path, board: Storyboard) -> list[Path]:
    """The files of the scenes' clips, in order."""
    return [folder / MEDIA / clip_name(number, scene.label) for number, scene in enumerate(board.scenes, start=1)]


def clip_name(number: int, label: str) -> str:
    """`scene-007-lake.mov`: the file of scene `number`, counted from 1."""
    return f"scene-{number:03d}-{''.join(letter if letter.isalnum() else '-' for letter in label)}.mov"
