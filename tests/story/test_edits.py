"""What edits make of a plan: which scenes they change, and what those are painted from."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.footage.media import MediaFile, Subclip
from deepsing_bridge.story.edited_story import apply
from deepsing_bridge.story.edits import (
    Edit,
    Lock,
    Merge,
    MoveCut,
    Picture,
    Reblend,
    Repaint,
    Reshoot,
    Restyle,
    Split,
    SplitShot,
)
from deepsing_bridge.story.footage_plan import with_subclips
from deepsing_bridge.story.latents import destination
from deepsing_bridge.story.storyboard import Storyboard
from deepsing_bridge.stylization.styles import mood
from tests.builders import storyboard

PICTURE = Picture(class_id=3, label="sunset", latent=(0.5,) * 8, towards=(0.25,) * 8)


@pytest.fixture
def plan() -> Storyboard:
    """Six scenes of two seconds."""
    return storyboard(6, scene_s=2.0)


def lengths(plan: Storyboard, *edits: Edit) -> list[float]:
    return [round(scene.end_s - scene.start_s, 3) for scene in apply(plan, edits).board.scenes]


def test_without_edits_all_is_as_planned(plan: Storyboard) -> None:
    story = apply(plan, ())
    assert [story.version(index) for index in range(6)] == [""] * 6
    assert [story.painted_from(index) for index in range(6)] == [(plan, index) for index in range(6)]
    assert story.board.scene_frames() == plan.scene_frames()


@pytest.mark.parametrize(
    ("edit", "changed"),
    [
        (Repaint(2, PICTURE), {1}),
        (Restyle(3, "calm"), {2}),
        (Reblend(3, 0.4), {2}),
        (MoveCut(3, 100), {1, 2}),
        (Merge(2, 4), {1}),
        (Split(5, 216, PICTURE), {4, 5}),
        (Lock(1, True), set()),
    ],
)
def test_an_edit_changes_its_scenes_alone(plan: Storyboard, edit: Edit, changed: set[int]) -> None:
    story = apply(plan, [edit])
    assert {index for index in range(len(story.scenes)) if not story.is_as_planned(index)} == changed
    for index in set(range(len(story.scenes))) - changed:
        assert story.painted_from(index) == (plan, story.scenes[index].place)
    scenes = story.board.scenes
    assert all(one.end_s == other.start_s for one, other in pairwise(scenes))
    assert (scenes[0].start_s, scenes[-1].end_s) == (plan.scenes[0].start_s, plan.scenes[-1].end_s)


def test_scenes_have_the_lengths_that_were_asked_for(plan: Storyboard) -> None:
    assert lengths(plan, MoveCut(3, 102))[:4] == [2.0, 2.25, 1.75, 2.0]
    assert lengths(plan, Merge(2, 4)) == [2.0, 6.0, 2.0, lengths(plan)[-1]]
    assert lengths(plan, Split(2, 72, PICTURE))[:4] == [2.0, 1.0, 1.0, 2.0]


def test_scenes_of_a_part_have_their_clips_names_of_the_whole(plan: Storyboard) -> None:
    part = plan.part(4.0, 8.0)
    names = [scene.scene.clip for scene in apply(plan, ()).scenes]
    assert [scene.scene.clip for scene in apply(part, ()).scenes] == names[2:4]
    split = apply(part, [Split(1, 120, PICTURE)])
    assert len({scene.scene.clip for scene in split.scenes}) == 3
    assert [split.is_as_planned(index) for index in range(3)] == [False, False, True]


def test_a_cut_moved_back_is_as_planned(plan: Storyboard) -> None:
    felt = [plan.sentiment.between(scene.start_s, scene.end_s) for scene in plan.scenes]
    scenes = [replace(scene, sentiment=one, mood=mood(one)) for scene, one in zip(plan.scenes, felt, strict=True)]
    story = apply(replace(plan, scenes=tuple(scenes)), [MoveCut(3, 102), MoveCut(3, 96)])
    assert all(map(story.is_as_planned, range(6)))


def test_a_scene_has_the_sentiment_of_its_time(plan: Storyboard) -> None:
    merged = apply(plan, [Merge(2, 4)]).board.scenes[1]
    assert merged.sentiment == plan.sentiment.between(merged.start_s, merged.end_s)


def test_clips_keep_their_names_and_new_ones_collide_with_none(plan: Storyboard) -> None:
    before = [edited.scene.clip for edited in apply(plan, ()).scenes]
    edits = [Repaint(2, PICTURE), Split(3, 120, PICTURE), Merge(1, 2), Split(1, 30, PICTURE)]
    after = [edited.scene.clip for edited in apply(plan, edits).scenes]
    assert after[0] == before[0] and after[2] == before[2]
    assert after[1] == "scene-008-sunset.mov" and after[3] == "scene-007-sunset.mov"
    assert len({*before, *after}) == 8


def test_what_is_painted_of_a_scene_does_not_hang_on_others(plan: Storyboard) -> None:
    """The same story of its own, whatever was done before and after."""
    alone = apply(plan, [Repaint(4, PICTURE)])
    among = apply(plan, [Merge(1, 2), Repaint(3, PICTURE), Repaint(4, PICTURE), Split(1, 50, PICTURE)])
    assert alone.version(3) == among.version(3) != ""
    one, other = alone.painted_from(3), among.painted_from(3)
    assert one[0].scenes == other[0].scenes and one[1] == other[1]


def test_a_changed_scene_is_painted_with_its_own_settings_and_the_films_colours(plan: Storyboard) -> None:
    board, index = apply(plan, [Restyle(2, "tense"), Reblend(2, 0.7)]).painted_from(1)
    assert (board.settings.style, board.settings.blend) == ("tense", 0.7)
    assert board.whole is plan
    assert board.frames_of(index) == plan.frames_of(1)


def test_a_picture_that_stays_goes_where_it_went(plan: Storyboard) -> None:
    for edit in (MoveCut(3, 102), Reblend(3, 0.3)):
        board, index = apply(plan, [edit]).painted_from(2)
        assert np.allclose(destination(board, index), destination(plan, 2))
    board, index = apply(plan, [Repaint(3, PICTURE)]).painted_from(2)
    assert np.allclose(destination(board, index), PICTURE.towards)


def test_a_scene_goes_where_it_was_planned_to_unless_it_is_painted_anew(plan: Storyboard) -> None:
    there = tuple(np.linspace(-1, 1, 8).tolist())
    plan = replace(plan, scenes=tuple(replace(scene, towards=there) for scene in plan.scenes))
    for edit, end in ((Reblend(3, 0.3), there), (Merge(3, 4), there), (Repaint(3, PICTURE), PICTURE.towards)):
        edited = apply(plan, [edit])
        assert np.allclose(destination(*edited.painted_from(2)), end)
    assert edited.board.scenes[2].towards == ()  # which was of another picture


def test_versions_tell_pictures_styles_and_places_apart(plan: Storyboard) -> None:
    edits = (Repaint(2, PICTURE), Restyle(2, "calm"), Reblend(2, 0.4), MoveCut(2, 50), MoveCut(3, 100), Merge(2, 3))
    versions = {apply(plan, [edit]).version(1) for edit in edits}
    assert len(versions) == len(edits) and "" not in versions


@pytest.mark.parametrize(
    "edit",
    [
        Repaint(3, PICTURE),
        Restyle(3, "calm"),
        Reblend(3, 0.4),
        MoveCut(3, 100),
        MoveCut(4, 140),
        Merge(2, 3),
        Merge(1, 5),
        Split(3, 120, PICTURE),
    ],
)
def test_a_locked_scene_is_not_changed(plan: Storyboard, edit: Edit) -> None:
    with pytest.raises(BridgeError, match="scene 3 is locked"):
        apply(plan, [Lock(3, True), edit])
    apply(plan, [Lock(3, True), Lock(3, False), edit])


@pytest.mark.parametrize("frame", [0, 25, 71, 96, 10**9])
def test_no_scene_gets_too_short(plan: Storyboard, frame: int) -> None:
    for edit in (MoveCut(2, frame), Split(2, frame, PICTURE)):
        if edit == MoveCut(2, 25) or edit == MoveCut(2, 71):
            apply(plan, [edit])
            continue
        with pytest.raises(BridgeError, match="scenes last 1 s at least"):
            apply(plan, [edit])


def test_a_picture_of_another_generator_is_refused(plan: Storyboard) -> None:
    for picture in (Picture(99, "x", (0.0,) * 8, (0.0,) * 8), Picture(0, "x", (0.0,) * 7, (0.0,) * 7)):
        with pytest.raises(BridgeError, match="of another generator"):
            apply(plan, [Repaint(1, picture)])


def test_odd_rates_keep_whole_frames() -> None:
    plan = storyboard(4, Fraction(30000, 1001), 2.0)
    story = apply(plan, [MoveCut(2, 65), Split(3, 150, PICTURE)])
    assert story.board.scene_frames()[0] == (0, 65)
    assert story.board.scene_frames()[2][1] == story.board.scene_frames()[3][0] == 150


FILM = MediaFile(Path("/films/trip.mov"), "ab" * 32, Fraction(48), 480, 0, 640, 360)


@pytest.fixture
def footage(plan: Storyboard) -> Storyboard:
    """The second and the fourth scene show a film of ten seconds, from its third second on, and a photo."""
    photo = MediaFile(Path("/films/a.jpg"), "cd" * 32, Fraction(0), 0, 0, 640, 360)
    return with_subclips(plan, [None, Subclip(FILM, 144), None, Subclip(photo, 0), None, None])


def test_footage_stays_where_it_is_in_the_song_when_a_cut_is_moved(footage: Storyboard) -> None:
    for frames in (-12, 12):
        board = apply(footage, [MoveCut(2, 48 + frames), MoveCut(3, 96 + frames)]).board
        assert board.scenes[1].subclip == Subclip(FILM, 144 + 2 * frames)
    assert apply(footage, [MoveCut(3, 96 + 12)]).board.scenes[1].subclip == Subclip(FILM, 144)
    assert apply(footage, [MoveCut(4, 140)]).board.scenes[3].subclip == footage.scenes[3].subclip


def test_footage_that_does_not_last_so_long_is_refused(footage: Storyboard) -> None:
    apply(footage, [Merge(2, 4)])
    with pytest.raises(BridgeError, match=r"trip\.mov has no pictures for so long"):
        apply(footage, [Merge(2, 6)])
    late = with_subclips(footage, [None, Subclip(FILM, 10), None, None, None, None])
    with pytest.raises(BridgeError, match=r"trip\.mov has no pictures"):
        apply(late, [MoveCut(2, 40)])


def test_another_shot_begins_where_a_frame_does_and_names_its_scene(footage: Storyboard) -> None:
    other = MediaFile(Path("/films/sea.mov"), "ef" * 32, Fraction(30), 90, 0, 640, 360)
    story = apply(footage, [Reshoot(2, Subclip(other, 31))])
    assert story.board.scenes[1].subclip == Subclip(other, 30) and story.board.scenes[1].label == "sea"
    assert story.board.scenes[0] == apply(footage, ()).board.scenes[0]
    with pytest.raises(BridgeError, match="scene 3 is painted, and shows no footage"):
        apply(footage, [Reshoot(3, Subclip(other, 0))])
    with pytest.raises(BridgeError, match=r"scene 2: .*frames wanted"):
        apply(footage, [Reshoot(2, Subclip(replace(other, frames=30), 0))])


def test_a_scene_of_footage_becomes_two_of_which_the_second_goes_on_with_the_shot(footage: Storyboard) -> None:
    story = apply(footage, [SplitShot(2, 72), SplitShot(5, 168)])
    subclips = [scene.subclip for scene in story.board.scenes]
    assert subclips[1:3] == [Subclip(FILM, 144), Subclip(FILM, 144 + 2 * 24)]
    assert subclips[4] == subclips[5] == footage.scenes[3].subclip
    assert story.board.scene_frames()[1:3] == ((48, 72), (72, 96))
    assert len({scene.clip for scene in story.board.scenes}) == 8
    other = apply(footage, [SplitShot(2, 72), Reshoot(3, Subclip(FILM, 0))]).board.scenes
    assert [scene.subclip for scene in other[1:3]] == [Subclip(FILM, 144), Subclip(FILM, 0)]
    with pytest.raises(BridgeError, match="scene 3 is painted, and shows no footage"):
        apply(footage, [SplitShot(3, 120)])


def test_a_scene_of_footage_that_is_stylized_is_rendered_and_one_that_is_not_is_not(footage: Storyboard) -> None:
    plain = replace(footage, settings=replace(footage.settings, blend=0.0, grade=0.0))
    story = apply(plain, [Restyle(2, "calm"), Reblend(2, 0.4)])
    assert [story.board.is_rendered(index) for index in range(6)] == [True, True, True, False, True, True]
    board, index = story.painted_from(1)
    assert (board.settings.style, board.settings.blend) == ("calm", 0.4)
    assert board.scenes[index].subclip == Subclip(FILM, 144) and story.version(1)
    styled = replace(plain, settings=replace(plain.settings, blend=0.3))
    assert styled.is_rendered(1) and not apply(styled, [Reblend(2, 0.0)]).board.is_rendered(1)


@pytest.mark.parametrize("edit", [Repaint(2, PICTURE), Split(2, 72, PICTURE)])
def test_what_is_for_painted_scenes_is_refused_of_footage(footage: Storyboard, edit: Edit) -> None:
    with pytest.raises(BridgeError, match=r"scene \d shows (trip\.mov|a\.jpg), and is no painted one"):
        apply(footage, [edit])
