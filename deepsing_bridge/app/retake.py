"""Scenes of a story that is there already, taken again, and taken back. `story.json` stays the plan; `edits.json` says
what was changed since, and the two make the story.
"""

from collections.abc import Callable
from itertools import count
from pathlib import Path

from ..core.errors import BridgeError
from ..core.files import is_there
from ..core.folder_lock import alone_in
from ..export import alternates
from ..export.assemble import Stages, is_timeline_untouched
from ..footage.media import Subclip
from ..story.edited_story import EditedScene, EditedStory
from ..story.edits import Picture
from ..story.edits_file import History, Step
from .change import Opened, change, open_story
from .config import RetakeRequest
from .made import Story
from .reshoot import another_shot
from .retake_edits import edits_for
from .workshop import Workshop


def retake(request: RetakeRequest, stage: Stages) -> Story:
    """Change what `request` says; if it says nothing, finish what was interrupted.

    Raises BridgeError, before anything is changed, for a request that cannot be met, for a story that was played live,
    and where another process is at work on the folder.
    """
    return _go_over(request, stage, _with_edits)


def undo(request: RetakeRequest, stage: Stages) -> Story:
    """The story before the last change. Of `request`, models and song count. Raises BridgeError as `retake` does."""
    return _go_over(request, stage, lambda request, opened, workshop: opened.history.undone())


def redo(request: RetakeRequest, stage: Stages) -> Story:
    """What was undone last, again; otherwise as `undo`."""
    return _go_over(request, stage, lambda request, opened, workshop: opened.history.redone())


def prune(folder: Path) -> list[Path]:
    """Delete the clips that the story does not show; which they were.

    Raises BridgeError for a folder without a story, and where another process is at work on it.
    """
    open_story(folder)
    with alone_in(folder):
        story = open_story(folder.absolute()).story
        alternates.settle(folder, story)
        return alternates.prune(folder, story)


def edited_story(folder: Path) -> EditedStory:
    """The story in `folder` as it is now. Raises BridgeError where there is none."""
    return open_story(folder).story


Next = Callable[[RetakeRequest, Opened, Workshop], History]
"""What a folder's history is to be."""


def _go_over(request: RetakeRequest, stage: Stages, following: Next) -> Story:
    open_story(request.story)  # before a lock is put into what is no story's folder
    with alone_in(request.story):
        opened = open_story(request.story)
        if opened.planned.settings.motion == "live":
            raise BridgeError(f"{request.story}: was played live, and what was played cannot be painted again")
        workshop = Workshop(opened.planned, request.models, request.song, stage)
        return Story(opened.folder, change(opened, following(request, opened, workshop), workshop).board)


def _with_edits(request: RetakeRequest, opened: Opened, workshop: Workshop) -> History:
    if request.is_empty:
        return opened.history
    means = _Means(request, opened, workshop)
    edits = edits_for(request, opened.story, means)
    untouched = is_timeline_untouched(opened.timeline, opened.story.board)
    timeline = opened.history.timeline if untouched else _free_timeline(opened.folder)
    return opened.history.with_step(Step(edits, timeline), means.drawn)


class _Means:
    """What the scenes of one request are given: no picture and no shot twice. `drawn`: how many pictures."""

    def __init__(self, request: RetakeRequest, opened: Opened, workshop: Workshop) -> None:
        self._request, self._opened, self._workshop = request, opened, workshop
        self._taken: list[Subclip] = []
        self.drawn = 0

    def picture(self, edited: EditedScene) -> Picture:
        self.drawn += 1
        number = self._opened.history.drawn + self.drawn - 1
        return self._workshop.picture(edited, self._request.class_name, number)

    def shot(self, number: int) -> Subclip:
        story, name = self._opened.story, self._request.shot
        self._taken.append(another_shot(story, number, name, self._taken, self._workshop))
        return self._taken[-1]

    def style(self, edited: EditedScene) -> str:
        return self._workshop.style(edited)


def _free_timeline(folder: Path) -> str:
    names = (f"story-{number}.otio" for number in count(2))
    return next(name for name in names if not is_there(folder / name))
