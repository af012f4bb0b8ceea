"""The clips that a scene had before, or could have: `media/alternates/`, and which of them lies in `media/`.

A clip says itself which one it is, so nothing has to be noted down: what is interrupted is set right by asking each.
Nothing is painted or deleted here but by `prune`.
"""

from collections.abc import Iterator
from pathlib import Path

from ..core.files import is_there, made, move, remove
from ..story.edited_story import EditedStory
from .clips import clip_version
from .story_folder import ALTERNATES, MEDIA, clip_paths

PLANNED = "planned"  # in place of a version, in the name of a clip as the story was planned


def alternates_folder(story: Path) -> Path:
    return story / MEDIA / ALTERNATES


def parked(clip: Path, version: str) -> Path:
    """Where the clip of that name lies while another one has its place: `alternates/scene-007-lake.3f2a….mov`."""
    return clip.parent / ALTERNATES / f"{clip.stem}.{version or PLANNED}{clip.suffix}"


def settle(folder: Path, story: EditedStory) -> list[int]:
    """Put the clips of `story` in their places, and those that are there instead among the alternates, as those of
    scenes that other edits have made. Returns which scenes have a clip that was moved to its place."""
    moved = []
    for clip in set((folder / MEDIA).glob("scene-*.mov")) - set(clip_paths(folder, story.board)):
        if version := clip_version(clip):  # a planned one stays where somebody's timeline may look for it
            _park(clip, version)
    for scene, clip in enumerate(clip_paths(folder, story.board)):
        version = story.version(scene)
        if is_there(clip) and (found := clip_version(clip)) != version:
            _park(clip, found)
        if not is_there(clip) and is_there(other := parked(clip, version)):
            move(other, clip)
            moved.append(scene)
    return moved


def _park(clip: Path, version: str) -> None:
    """What is parked already is the same clip, and whole."""
    place = parked(clip, version)
    made(place.parent)
    if is_there(place):
        remove(clip)
    else:
        move(clip, place)


def prune(folder: Path, story: EditedStory) -> list[Path]:
    """Delete all clips that `story` does not show; which they were."""
    shown = set(clip_paths(folder, story.board))
    found = sorted(path for path in _clips(folder) if path not in shown and path.is_file())
    for path in found:
        remove(path)
    return found


def _clips(folder: Path) -> Iterator[Path]:
    """What is called as clips are. Anything else is somebody's own."""
    yield from (folder / MEDIA).glob("scene-*.mov")
    yield from alternates_folder(folder).glob("scene-*.*.mov")
