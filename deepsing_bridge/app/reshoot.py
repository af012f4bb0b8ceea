"""Another shot for a scene of a finished story that shows somebody's own footage."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ..core.errors import BridgeError
from ..footage.choice import choose
from ..footage.media import Subclip
from ..footage.shot import Shot
from ..story.edited_story import EditedStory
from ..weights import model_sets
from .footage import look_at_footage, wants_of
from .workshop import Workshop


def another_shot(
    story: EditedStory, number: int, name: str | None, taken: Sequence[Subclip], workshop: Workshop
) -> Subclip:
    """For scene `number`, counted from 1, the best part of a shot that no scene shows and that is none of `taken`; with
    a `name`, of the film or photo of that name, shown or not.

    Raises BridgeError for a story without footage, for a name that is not in its folders, and where no shot is long
    enough.
    """
    board, own = replace(story.board, levels=workshop.sounding.levels), story.planned.settings.footage
    if own is None:
        raise BridgeError("--shot is for stories of footage, and this one was painted")
    sets = model_sets.chosen(workshop.choice.sets, workshop.choice.generator)
    footage = look_at_footage(own, sets, workshop.stage)
    shown = [scene.subclip for scene in board.scenes if scene.subclip is not None]
    shots = _called(name, footage.shots, own.folders) if name else _not_shown([*shown, *taken], footage.shots)
    (choice,) = choose(shots, [wants_of(board)[number - 1]], board.seed)
    if choice.subclip is None:
        scene = board.scenes[number - 1]
        which = f"no shot of {name}" if name else "no shot that is not shown yet"
        raise BridgeError(f"scene {number} lasts {scene.end_s - scene.start_s:.1f} s, and {which} is so long")
    return choice.subclip


def _called(name: str, shots: Sequence[Shot], folders: Sequence[Path]) -> list[Shot]:
    found = [shot for shot in shots if name in (shot.media.path.name, str(shot.media.path))]
    if not found:
        raise BridgeError(f"--shot {name}: no film or photo of that name in {', '.join(map(str, folders))}")
    return found


def _not_shown(shown: Sequence[Subclip], shots: Sequence[Shot]) -> list[Shot]:
    return [shot for shot in shots if not any(_is_of(subclip, shot) for subclip in shown)]


def _is_of(subclip: Subclip, shot: Shot) -> bool:
    same = subclip.media.digest == shot.media.digest
    return same and (shot.media.is_photo or shot.first <= subclip.first < shot.first + shot.frames)
