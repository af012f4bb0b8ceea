"""What somebody asks of a story's scenes → the edits that do it, in an order in which numbers mean what they say.

Pictures are drawn by a callable that is given; nothing here loads models or touches files.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Protocol

from ..core.errors import BridgeError
from ..core.options import BLEND
from ..core.units import parse_clock, parse_shift, seconds_to_frame
from ..footage.media import Subclip
from ..story.edited_story import EditedScene, EditedStory, changeable_scene, painted_scene, scene_numbered
from ..story.edits import Edit, Lock, Merge, MoveCut, Picture, Reblend, Repaint, Reshoot, Restyle, Split, SplitShot
from .config import RetakeRequest


class Means(Protocol):
    """What scenes are given; `number` is a scene's."""

    def picture(self, edited: EditedScene) -> Picture:
        """Another one for a painted scene."""

    def shot(self, number: int) -> Subclip:
        """Another one for a scene of footage."""

    def style(self, edited: EditedScene) -> str:
        """The name of the style image that the story's own rule finds for it."""


def edits_for(request: RetakeRequest, story: EditedStory, means: Means) -> tuple[Edit, ...]:
    """Scenes are unlocked first, and merged or split last, from the last one on: so that all numbers are those before.

    Raises BridgeError for a request that contradicts itself, and for a scene that there is not.
    """
    _refuse_closed(request, story)
    _refuse_unclear(request)
    edits: list[Edit] = [Lock(number, False) for number in request.unlocks]
    edits += _of_scenes(request, story, means)
    edits += _moved(request, story)
    edits += [Lock(number, True) for number in request.locks]
    edits += _restructured(request, story, means)
    return tuple(edits)


def _refuse_unclear(request: RetakeRequest) -> None:
    if request.blend is not None:
        BLEND.field.check(request.blend, "--blend")
    how = request.class_name, request.style, request.blend, request.shot
    if not request.scenes and any(value is not None for value in how):
        raise BridgeError("which scene? --class, --style, --blend and --shot are for those of --scene, as in --scene 7")
    if request.shot is not None and (len(set(request.scenes)) > 1 or how[:3] != (None, None, None)):
        raise BridgeError("--shot gives one scene another shot of yours, and nothing else; one --scene, please")
    cut = [number for merge in request.merges for number in range(merge[0], merge[1] + 1)]
    cut += [number for number, _ in request.splits]
    for numbers, what in ((cut, "merged or split"), ([number for number, _ in request.moves], "moved")):
        if twice := [number for number, count in Counter(numbers).items() if count > 1]:
            raise BridgeError(f"scene {twice[0]}: to be {what} twice; do one after the other")
    _refuse_at_once(request)


def _refuse_at_once(request: RetakeRequest) -> None:
    """Raises BridgeError for two wishes of which one would undo the other."""
    restructured = {number for first, last in request.merges for number in range(first, last + 1)}
    restructured |= {number for number, _ in request.splits}
    merged_away = {number for first, last in request.merges for number in range(first + 1, last + 1)}
    pairs = (
        (request.locks, set(request.unlocks), "locked and unlocked"),
        (request.locks, restructured, "locked, and merged or split"),
        (request.scenes, merged_away, "taken again, and merged into the one before"),
        ([number for number, _ in request.moves], merged_away, "begun elsewhere, and merged into the one before"),
    )
    for numbers, others, what in pairs:
        if both := sorted(others.intersection(numbers)):
            raise BridgeError(f"scene {both[0]}: to be {what}; do one after the other")


def _refuse_closed(request: RetakeRequest, story: EditedStory) -> None:
    """Raises BridgeError for a scene that there is not, and for a locked one, before anything is drawn for others."""
    changed = [*request.scenes, *(number for number, _ in (*request.moves, *request.splits))]
    merged = [number for pair in request.merges for number in pair]
    for number in (*changed, *merged, *request.locks, *request.unlocks):
        scene_numbered(story, number)
    for number in (*request.scenes, *(number for number, _ in request.splits)):
        if number not in request.unlocks:
            changeable_scene(story, number)


def _of_scenes(request: RetakeRequest, story: EditedStory, means: Means) -> Iterator[Edit]:
    asked = request.class_name, request.style, request.blend
    for number in dict.fromkeys(request.scenes):
        shows_footage = scene_numbered(story, number).scene.subclip is not None
        if request.shot is not None or (shows_footage and asked == (None, None, None)):
            yield Reshoot(number, means.shot(number))
            continue
        if request.class_name is not None or (request.style is None and request.blend is None):
            yield Repaint(number, means.picture(painted_scene(story, number)))
        if shows_footage:
            _refuse_unseen(request, story, number)
        if style := request.style or (_first_style(request, story, number, means) if shows_footage else ""):
            yield Restyle(number, style)
        if request.blend is not None:
            yield Reblend(number, request.blend)


def _first_style(request: RetakeRequest, story: EditedStory, number: int, means: Means) -> str:
    """Of a scene of footage that was not stylized until now."""
    edited = scene_numbered(story, number)
    return means.style(edited) if request.blend and not edited.scene.style else ""


def _refuse_unseen(request: RetakeRequest, story: EditedStory, number: int) -> None:
    """Raises BridgeError for a style of what is not stylized."""
    if request.style is not None and not (story.board.blend_of(number - 1) if request.blend is None else request.blend):
        raise BridgeError(f"--style {request.style}: scene {number} is shown as it is; add --blend 0.3")


def _moved(request: RetakeRequest, story: EditedStory) -> Iterator[Edit]:
    rate = story.planned.frame_rate
    for number, shift in request.moves:
        cut = seconds_to_frame(scene_numbered(story, number).scene.start_s, rate)
        yield MoveCut(number, max(cut + parse_shift(shift, rate), 0))


def _restructured(request: RetakeRequest, story: EditedStory, means: Means) -> list[Edit]:
    rate = story.planned.frame_rate
    edits: list[tuple[int, Edit]] = [(first, Merge(first, last)) for first, last in request.merges]
    for number, time in request.splits:
        frame, edited = seconds_to_frame(parse_clock(time), rate), scene_numbered(story, number)
        if edited.scene.subclip is not None:
            edits.append((number, SplitShot(number, frame)))
        else:
            edits.append((number, Split(number, frame, means.picture(edited))))
    return [edit for _, edit in sorted(edits, key=lambda placed: -placed[0])]
