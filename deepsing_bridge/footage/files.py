"""Which films and photos there are in somebody's folders."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..core.errors import BridgeError
from .probe import is_media

MOST_FILES = 100_000
STORY = "story.json"  # a folder with it is a story, whose clips are nobody's footage
PASSED_OVER = ("@eaDir", "__MACOSX", "#recycle", "$RECYCLE.BIN", "lost+found")


@dataclass
class Found:
    """`paths` are absolute, in order, each once. `told`: a sentence for each thing that was passed over and might be
    missed; hidden files, and what is neither a film nor a photo by its name, is not."""

    paths: list[Path] = field(default_factory=list)
    told: list[str] = field(default_factory=list)


def find_media(places: Sequence[Path]) -> Found:
    """The films and photos in `places`, folders with all below them, or files.

    Links are followed, in circles once. Stories within a folder are passed over. Raises BridgeError for a place that is
    not there, and for more than MOST_FILES.
    """
    found, paths, seen = Found(), set[Path](), set[tuple[int, int]]()
    for place in map(_absolute, places):
        if not os.access(place, os.R_OK):
            there = place.exists()
            why = "may not be read" if there else "no such folder or file; if it is on another drive, connect that"
            raise BridgeError(f"{place}: {why}")
        for path in _below(place, found, seen) if place.is_dir() else [place]:
            paths.add(path)
            if len(paths) > MOST_FILES:
                raise BridgeError(f"{place}: has more than {MOST_FILES:,} films and photos; name a folder with fewer")
    found.paths = [path for path in sorted(paths) if _is_good(path, found)]
    return found


def _absolute(place: Path) -> Path:
    return Path(os.path.abspath(place))  # noqa: PTH100  # links stay, as timelines name what the user knows


def _below(folder: Path, found: Found, seen: set[tuple[int, int]]) -> Iterator[Path]:
    def tell(error: OSError) -> None:
        found.told.append(f"{_spelled(Path(error.filename))}: cannot be read ({error.strerror})")

    for root, folders, names in os.walk(folder, onerror=tell, followlinks=True):
        here = Path(root)
        status = here.stat()
        known = (status.st_dev, status.st_ino) in seen
        seen.add((status.st_dev, status.st_ino))
        if known or (STORY in names and here != folder):
            folders.clear()
            continue
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in PASSED_OVER)
        yield from (here / name for name in names if not name.startswith(".") and is_media(Path(name)))


def _is_good(path: Path, found: Found) -> bool:
    try:
        str(path).encode()
        if path.is_file():
            return True
        why = "leads to a file that is not there" if path.is_symlink() else "not a file"
    except UnicodeEncodeError:
        why = "a name that is not UTF-8; rename it, as a timeline cannot hold it"
    except OSError as error:
        why = f"cannot be read ({error.strerror})"
    found.told.append(f"{_spelled(path)}: {why}")
    return False


def _spelled(path: Path) -> str:
    return str(path).encode(errors="backslashreplace").decode()
