"""Which shots of somebody's own footage a story shows: those that were chosen before, or chosen now.

A story that was begun keeps its shots, whatever has come into the folders since: what it shows must still be there, and
be what it was.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from .. import weights
from ..attributes import image_models
from ..core.errors import BridgeError
from ..core.files import is_file, read_text
from ..export.assemble import Stages
from ..export.story_folder import LISTING
from ..footage.choice import Choice, Want, choose
from ..footage.digest import content_digest
from ..footage.index import Footage, index
from ..footage.media import MediaFile
from ..footage.parts import EDGE_S
from ..story.cuts import SHORTEST_SCENE_S
from ..story.footage_plan import with_subclips
from ..story.long_scenes import cut_at, further_cuts
from ..story.settings import FootageSettings
from ..story.story_file import json_to_storyboard, storyboard_to_json
from ..story.storyboard import Storyboard
from ..weights.model_sets import ModelSets

JUDGE = image_models.PAPER  # which story uses for style images, and its translators were taught by
MOST_BYTES = 1 << 28  # of a story.json


@dataclass(frozen=True)
class Shown:
    """A storyboard with shots, and `told`, in sentences: what is odd in the folders, and what was passed over."""

    board: Storyboard
    told: tuple[str, ...] = ()


def with_footage(board: Storyboard, out: Path, sets: ModelSets, stage: Stages) -> Shown:
    """`board`, whose scenes show shots out of the folders of its settings.

    Raises BridgeError for folders without fitting shots, and for files that the story in `out` shows and that are gone
    or are others now.
    """
    own = board.settings.footage
    assert own is not None
    models = sets.holding(file := image_models.file_of(JUDGE))
    board = replace(board, weights={**board.weights, file: weights.digest(file, models)})
    before = _chosen_before(board, out)
    if before is not None:
        refuse_changed(before)
        return Shown(before)
    footage = look_at_footage(own, sets, stage)
    told = [*footage.odd, *_told_of_short(footage), *footage.passed_over]
    if not own.fill and (cuts := further_cuts(board, longest_s := _longest_s(footage))):
        told.insert(0, _told_of_long(board, cuts, longest_s))
        board = cut_at(board, cuts)
    chosen = choose(footage.shots, wants_of(board), board.seed)
    if not own.fill:
        _refuse_short(board, chosen, footage)
    subclips = [None if own.fill and one.distance > own.farthest else one.subclip for one in chosen]
    return Shown(with_subclips(board, subclips), tuple(told))


def _longest_s(footage: Footage) -> float:
    """What a scene may last to have a shot."""
    return max((shot.duration_s for shot in footage.shots), default=0.0) - 2 * EDGE_S


def _told_of_long(board: Storyboard, cuts: Sequence[float], longest_s: float) -> str:
    long = len({board.scene_at(cut) for cut in cuts})
    which, are = (f"{long} scenes last", "are") if long > 1 else ("a scene lasts", "is")
    return f"{which} longer than every shot, {longest_s:.1f} s, and {are} cut into {len(cuts) + long}"


def _told_of_short(footage: Footage) -> Iterator[str]:
    for facts in footage.files:
        if not facts.media.is_photo and facts.duration_s < SHORTEST_SCENE_S + 2 * EDGE_S:
            yield f"{facts.media.path}: lasts {facts.duration_s:.2f} s, which is too short for any scene"


def look_at_footage(own: FootageSettings, sets: ModelSets, stage: Stages) -> Footage:
    """All shots of the folders. Raises BridgeError where there is none."""
    return index(own.folders, JUDGE, sets.holding(image_models.file_of(JUDGE)), stage("looking at the footage"))


def wants_of(board: Storyboard) -> list[Want]:
    """What each scene asks of a shot."""
    energy, hop_s = board.levels.of("energy"), board.levels.hop_s
    wants = []
    for scene in board.scenes:
        first = min(int(scene.start_s / hop_s), len(energy) - 1)
        heard = energy[first : max(first + 1, math.ceil(scene.end_s / hop_s))]
        wants.append(Want(scene.sentiment, scene.end_s - scene.start_s, float(np.mean(heard))))
    return wants


def _refuse_short(board: Storyboard, chosen: Sequence[Choice], footage: Footage) -> None:
    """Raises BridgeError for scenes that are longer than every shot."""
    lacking = [number for number, choice in enumerate(chosen, 1) if choice.subclip is None]
    if not lacking:
        return
    scene, longest_s = board.scenes[lacking[0] - 1], max(shot.duration_s for shot in footage.shots)
    others = f", and {len(lacking) - 1} more are too long as well" if len(lacking) > 1 else ""
    lasts_s = scene.end_s - scene.start_s
    raise BridgeError(
        f"scene {lacking[0]} lasts {lasts_s:.1f} s, and the longest shot {longest_s:.1f} s{others}; make scenes "
        "shorter with --every, have them painted with --fill worlds, or add photos or longer films"
    )


def _chosen_before(board: Storyboard, out: Path) -> Storyboard | None:
    """The story in `out` if it is `board` with shots; None if there is none, or another."""
    listing = out / LISTING
    if not is_file(listing):
        return None
    try:
        known = json_to_storyboard(read_text(listing, MOST_BYTES))
        subclips = [scene.subclip for scene in known.scenes]
        board = cut_at(board, (scene.start_s for scene in known.scenes))
        same = len(subclips) == len(board.scenes)
        chosen = with_subclips(board, subclips) if same else board
    except BridgeError:  # damaged, or another one: what comes of it is decided where the folder is claimed
        return None
    return chosen if storyboard_to_json(chosen) == storyboard_to_json(known) else None


def refuse_changed(board: Storyboard) -> None:
    """Raises BridgeError for media of `board` that are gone or have other content than they had."""
    for media, number in _shown(board).items():
        if not is_file(media.path):
            raise BridgeError(
                f"{media.path}: not there any more, and scene {number} shows it; put it back, or make the story "
                "again into a new folder"
            )
        if content_digest(media.path) != media.digest:
            raise BridgeError(
                f"{media.path}: is another file than scene {number} was planned with; put that back, or make the "
                "story again into a new folder"
            )


def _shown(board: Storyboard) -> dict[MediaFile, int]:
    """Each file, and the number of the first scene that shows it."""
    shown: dict[MediaFile, int] = {}
    for number, scene in enumerate(board.scenes, 1):
        if scene.subclip is not None:
            shown.setdefault(scene.subclip.media, number)
    return shown
