"""A plan and edits give the edited story. Pure.

A scene that nothing changed is painted as it was planned, whatever has become of its neighbours.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

from ..core.errors import BridgeError
from ..core.units import frame_to_seconds, seconds_to_frame
from ..footage.conform import in_point, picture_at, snapped, timeline_frames
from ..footage.media import Subclip
from ..stylization.styles import mood
from .clip_names import clip_name
from .cuts import SHORTEST_SCENE_S
from .edits import Edit, Latent, Lock, Merge, MoveCut, Picture, Reblend, Repaint, Reshoot, Restyle, Split, SplitShot
from .footage_plan import label_of
from .latents import destination
from .story_file import scene_to_fields
from .storyboard import Scene, Storyboard


@dataclass(frozen=True)
class EditedScene:
    """`scene`, which comes from the plan's scene number `place`, counted from 0, and where its latent goes; None: as
    planned."""

    scene: Scene
    place: int
    towards: Latent | None = None
    locked: bool = False


@dataclass(frozen=True, eq=False)
class EditedStory:
    """A `planned` story and its `scenes` as they are now, after so many `splits`."""

    planned: Storyboard
    scenes: tuple[EditedScene, ...]
    splits: int = 0

    @cached_property
    def board(self) -> Storyboard:
        """What timeline, preview and report are made of; its clips are painted from `painted_from`."""
        return replace(self.planned, scenes=tuple(edited.scene for edited in self.scenes))

    def is_as_planned(self, index: int) -> bool:
        """Whether the clip of scene `index`, counted from 0, is the one that the plan gives."""
        edited = self.scenes[index]
        return edited.towards is None and edited.scene == _named(self.planned, edited.place)

    def painted_from(self, index: int) -> tuple[Storyboard, int]:
        """The storyboard that scene `index` is painted from, and which scene it is there.

        A scene with changes is one of a story of its own, so that no later edit of another one changes it: that story
        has all its settings.
        """
        edited, planned, place = self.scenes[index], self.planned, self.scenes[index].place
        if (whole := planned.whole) is not None:
            planned, place = whole, whole.scenes.index(planned.scenes[place])
        if self.is_as_planned(index):
            return planned, place
        scene = replace(edited.scene, towards=edited.towards or tuple(destination(planned, place).tolist()))
        odd = place % 2  # cameras pan to in one scene, and fro in the next
        style, blend = scene.style or planned.settings.style, self.board.blend_of(index)
        settings = replace(planned.settings, style=style, blend=blend)
        return replace(planned, scenes=(scene,) * (odd + 1), settings=settings, whole=planned), odd

    def version(self, index: int) -> str:
        """What tells the clip of scene `index` from others of its name: twelve hexadecimal digits; "" as planned."""
        if self.is_as_planned(index):
            return ""
        edited = self.scenes[index]
        fields = scene_to_fields(edited.scene, *self.board.frames_of(index))
        own = {"place": edited.place, "towards": edited.towards, "blend": edited.scene.blend}
        return hashlib.sha256(json.dumps(fields | own).encode()).hexdigest()[:12]


def apply(planned: Storyboard, edits: Iterable[Edit]) -> EditedStory:
    """The story after `edits`. Raises BridgeError for one that cannot be: of a scene that there is not, that is locked,
    or that it would leave too short."""
    count = len(planned.scenes)
    story = EditedStory(planned, tuple(EditedScene(_named(planned, place), place) for place in range(count)))
    for edit in edits:
        story = _edited(story, edit)
    return story


def _named(planned: Storyboard, place: int) -> Scene:
    """A scene of the plan, with the name of its clip written down, as its number may change."""
    scene = planned.scenes[place]
    return replace(scene, clip=clip_name(planned.first_scene + place + 1, scene.label))


def _edited(story: EditedStory, edit: Edit) -> EditedStory:
    match edit:
        case Repaint():
            return _replaced(story, edit.scene, _repainted(_painted(story, edit.scene), edit.picture))
        case Reshoot():
            return _replaced(story, edit.scene, _reshot(story, edit))
        case Restyle():
            return _replaced(story, edit.scene, _with(changeable_scene(story, edit.scene), style=edit.style))
        case Reblend():
            return _replaced(story, edit.scene, _with(changeable_scene(story, edit.scene), blend=edit.blend))
        case MoveCut():
            return _with_cut_moved(story, edit)
        case Merge():
            return _merged(story, edit)
        case Split():
            here = _painted(story, edit.scene)
            return _split(story, edit, lambda other: _repainted(replace(other, place=here.place + 1), edit.picture))
        case SplitShot():
            _subclip(story, edit.scene)
            return _split(story, edit, lambda other: other)
        case Lock():
            return _replaced(story, edit.scene, replace(scene_numbered(story, edit.scene), locked=edit.locked))


def scene_numbered(story: EditedStory, number: int) -> EditedScene:
    """Raises BridgeError for a scene that there is not."""
    if not 1 <= number <= len(story.scenes):
        raise BridgeError(f"scene {number}: the story has scenes 1 to {len(story.scenes)}")
    return story.scenes[number - 1]


def changeable_scene(story: EditedStory, number: int) -> EditedScene:
    """Raises BridgeError for a scene that there is not, and for a locked one."""
    edited = scene_numbered(story, number)
    if edited.locked:
        raise BridgeError(f"scene {number} is locked, and this would change it; --unlock {number} lets it")
    return edited


def painted_scene(story: EditedStory, number: int) -> EditedScene:
    """Raises BridgeError for a scene that there is not, or that shows footage."""
    edited = scene_numbered(story, number)
    if edited.scene.subclip is not None:
        name = edited.scene.subclip.media.path.name
        raise BridgeError(
            f"scene {number} shows {name}, and is no painted one; it can be given another shot or a style, and be cut "
            "otherwise"
        )
    return edited


def _subclip(story: EditedStory, number: int) -> Subclip:
    """What a scene shows of footage. Raises BridgeError for a scene that there is not, or that is painted."""
    subclip = scene_numbered(story, number).scene.subclip
    if subclip is None:
        raise BridgeError(f"scene {number} is painted, and shows no footage; --class gives it another picture")
    return subclip


def _painted(story: EditedStory, number: int) -> EditedScene:
    """A painted scene that may be changed."""
    painted_scene(story, number)
    return changeable_scene(story, number)


def _replaced(story: EditedStory, number: int, *others: EditedScene, until: int = 0) -> EditedStory:
    """With `others` in place of scene `number`, or of all from there to number `until`."""
    before, after = story.scenes[: number - 1], story.scenes[max(number, until) :]
    return replace(story, scenes=(*before, *others, *after))


def _with(edited: EditedScene, **changes: Any) -> EditedScene:
    """With other fields of its scene."""
    return replace(edited, scene=replace(edited.scene, **changes))


def _repainted(edited: EditedScene, picture: Picture) -> EditedScene:
    scene = edited.scene
    if picture.class_id >= len(scene.probabilities) or {len(picture.latent), len(picture.towards)} != {
        len(scene.latent)
    }:
        raise BridgeError(f"picture of {picture.label!r}: is of another generator than the story's")
    shown = replace(scene, class_id=picture.class_id, label=picture.label, latent=picture.latent, towards=())
    return replace(edited, scene=shown, towards=picture.towards)


def _reshot(story: EditedStory, edit: Reshoot) -> EditedScene:
    _subclip(story, edit.scene)
    edited, rate = changeable_scene(story, edit.scene), story.planned.frame_rate
    start, end = story.board.frames_of(edit.scene - 1)
    try:
        subclip = snapped(edit.subclip, end - start, rate)
    except ValueError as error:
        raise BridgeError(f"scene {edit.scene}: {error}") from error
    return _with(edited, subclip=subclip, label=label_of(subclip))


def _with_cut_moved(story: EditedStory, edit: MoveCut) -> EditedStory:
    if edit.scene == 1:
        raise BridgeError("scene 1 begins with the song, and so there is no cut to move; scene 2 is the first with one")
    here, before = changeable_scene(story, edit.scene), changeable_scene(story, edit.scene - 1)
    return _replaced(story, edit.scene - 1, *_cut(story, before, here, edit.frame), until=edit.scene)


def _merged(story: EditedStory, edit: Merge) -> EditedStory:
    if edit.first >= edit.last:
        raise BridgeError(f"scenes {edit.first} and {edit.last} as one: expected the earlier one first, as in 7 8")
    first, *_, last = (changeable_scene(story, number) for number in range(edit.first, edit.last + 1))
    whole = _lasting(story, first, first.scene.start_s, last.scene.end_s)
    return _replaced(story, edit.first, whole, until=edit.last)


def _split(story: EditedStory, edit: Split | SplitShot, changed: Callable[[EditedScene], EditedScene]) -> EditedStory:
    """Into two, of which the second one is `changed`, with a clip of its own."""
    here = changeable_scene(story, edit.scene)
    one, same = _cut(story, here, here, edit.frame)
    number = story.planned.first_scene + len(story.planned.scenes) + story.splits + 1
    other = changed(same)
    other = _with(other, clip=clip_name(number, other.scene.label))
    return replace(_replaced(story, edit.scene, one, other), splits=story.splits + 1)


def _cut(story: EditedStory, one: EditedScene, other: EditedScene, frame: int) -> tuple[EditedScene, EditedScene]:
    """`one` until `frame`, and `other` from there on. Raises BridgeError if either is too short."""
    rate = story.planned.frame_rate
    cut_s = frame_to_seconds(frame, rate)
    left_s = min(cut_s - one.scene.start_s, other.scene.end_s - cut_s)
    if left_s < SHORTEST_SCENE_S:
        starts_s, ends_s = one.scene.start_s + SHORTEST_SCENE_S, other.scene.end_s - SHORTEST_SCENE_S
        expected = f"{starts_s:.2f} to {ends_s:.2f} s" if starts_s <= ends_s else "a longer scene"
        raise BridgeError(f"cut at {cut_s:.2f} s: scenes last {SHORTEST_SCENE_S:g} s at least, so expected {expected}")
    return _lasting(story, one, one.scene.start_s, cut_s), _lasting(story, other, cut_s, other.scene.end_s)


def _lasting(story: EditedStory, edited: EditedScene, start_s: float, end_s: float) -> EditedScene:
    """With the sentiment of that time. Footage stays where it is in the song: more or less of it is seen."""
    felt = story.planned.sentiment.between(start_s, end_s)
    subclip = _trimmed(edited.scene, start_s, end_s, story.planned.frame_rate)
    return _with(edited, start_s=start_s, end_s=end_s, sentiment=felt, mood=mood(felt), subclip=subclip)


def _trimmed(scene: Scene, start_s: float, end_s: float, rate: Fraction) -> Subclip | None:
    """Raises BridgeError where a film has no pictures for all of that time."""
    subclip = scene.subclip
    if subclip is None or subclip.media.is_photo:
        return subclip
    before, start, end = (seconds_to_frame(time_s, rate) for time_s in (scene.start_s, start_s, end_s))
    begins = in_point(subclip, rate) + start - before
    left, media = timeline_frames(subclip.media, rate) - begins, subclip.media
    if begins < 0 or left < end - start:
        raise BridgeError(
            f"cut at {start_s if begins < 0 else end_s:.2f} s: {media.path.name} has no pictures for so long a scene"
        )
    return snapped(Subclip(media, picture_at(media, begins, rate)), end - start, rate)
