import zipfile
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest
from opentimelineio.schema import Transition

from deepsing_bridge.core.colours import FEELING_COLOURS, RGB
from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.core.files import draft
from deepsing_bridge.core.types import FEELINGS, Structure
from deepsing_bridge.export.timeline import storyboard_to_timeline, write_otio, write_otioz
from deepsing_bridge.story.storyboard import Storyboard
from tests.builders import storyboard, with_settings

NTSC = Fraction(30000, 1001)
RESOLVE_COLOURS = "Blue Cyan Green Yellow Red Pink Purple Fuchsia Rose Lavender Sky Mint Lemon Sand Cocoa Cream"


def timeline_of(board: Storyboard, folder: Path) -> otio.schema.Timeline:
    """Its media are there, but hold only their own names."""
    clips = [folder / f"scene {i + 1:03}.mov" for i in range(len(board.scenes))]
    song = folder / "my song.wav"
    for file in [*clips, song]:
        file.write_bytes(file.name.encode() * 1000)
    frames = [board.clip_frames(index) for index in range(len(board.scenes))]
    return storyboard_to_timeline(board, clips, frames, song, "demo")


@pytest.mark.parametrize("rate", [Fraction(24), Fraction(25), NTSC])
def test_both_tracks_are_as_long_as_the_song_to_the_frame(rate: Fraction, tmp_path: Path) -> None:
    board = storyboard(scenes=60, rate=rate)
    timeline = timeline_of(board, tmp_path)
    for track in timeline.tracks:
        assert track.duration().value == round(Fraction(board.duration_s) * rate)
        assert track.duration().rate == float(rate)


def test_it_is_as_resolve_takes_it(tmp_path: Path) -> None:
    timeline = timeline_of(storyboard(), tmp_path)
    assert [track.name for track in timeline.tracks] == ["Video 1", "Audio 1"]
    assert timeline.global_start_time == otio.opentime.RationalTime(0, 24)
    for clip in timeline.find_clips():
        reference = clip.media_reference
        assert reference.target_url == str(tmp_path / clip.name)
        assert reference.available_range.start_time.value == 0
    assert '"Clip.2"' in timeline.to_json_string()


@pytest.mark.parametrize(("head_s", "heads"), [(1.0, [0, 18, 24, 24]), (0.0, [0, 0, 0, 0])])
def test_each_scene_has_a_second_before_it_as_far_as_the_song_goes_and_one_behind_it(
    head_s: float, heads: list[int], tmp_path: Path
) -> None:
    timeline = timeline_of(storyboard(scenes=4, scene_s=0.75, head_s=head_s), tmp_path)
    clips = list(timeline.video_tracks()[0])
    assert [clip.source_range.start_time.value for clip in clips] == heads
    for clip, head in zip(clips, heads, strict=True):
        assert clip.available_range().duration.value == head + clip.source_range.duration.value + 24


@pytest.mark.parametrize(
    ("wanted", "head_s", "lengths"),
    [
        (12, 1.0, [(6, 6)] * 3),
        (13, 1.0, [(6, 7)] * 3),
        (100, 1.0, [(18, 18)] * 3),  # half of a scene of 72 frames
        (12, 0.0, [(0, 12)] * 3),  # a take: out of the handles behind scenes alone
        (100, 0.25, [(6, 24)] * 3),  # the handles
        (0, 1.0, []),
    ],
)
def test_dissolves_are_as_long_as_is_wanted_and_as_there_is_room_for(
    wanted: int, head_s: float, lengths: list[tuple[int, int]], tmp_path: Path
) -> None:
    board = with_settings(storyboard(scenes=4, scene_s=3.0 if head_s else 1.5, head_s=head_s), dissolve=wanted)
    timeline = timeline_of(board, tmp_path)
    found = [item for item in timeline.video_tracks()[0] if isinstance(item, Transition)]
    assert [(one.in_offset.value, one.out_offset.value) for one in found] == lengths
    assert {one.transition_type for one in found} <= {"SMPTE_Dissolve"}


def test_a_clip_without_handle_is_enough_but_not_one_frame_less(tmp_path: Path) -> None:
    board = storyboard(scenes=1)
    ((_, frames),) = board.scene_frames()
    storyboard_to_timeline(board, [tmp_path / "a.mov"], [frames], tmp_path / "s.wav", "x")
    with pytest.raises(ValueError, match=r"a\.mov"):
        storyboard_to_timeline(board, [tmp_path / "a.mov"], [frames - 1], tmp_path / "s.wav", "x")


def test_a_marker_tells_of_its_scene(tmp_path: Path) -> None:
    board = storyboard()
    timeline = timeline_of(board, tmp_path)
    for clip, scene in zip(timeline.video_tracks()[0], board.scenes, strict=True):
        (marker,) = clip.markers
        assert marker.marked_range.start_time == clip.source_range.start_time
        assert marker.marked_range.duration.value == 0
        assert marker.name == scene.label
        assert marker.comment.startswith(f"{scene.label}: ") and marker.comment.endswith(f", {scene.sentiment.feeling}")
        assert dict(marker.metadata["deepsing"]) == {
            "label": scene.label,
            "class_id": scene.class_id,
            "probability": round(scene.probabilities[scene.class_id], 4),
            "valence": round(scene.sentiment.valence, 4),
            "arousal": round(scene.sentiment.arousal, 4),
            "mood": scene.mood,
            "style": scene.style,
            "feeling": scene.sentiment.feeling,
        }


def test_a_marker_has_the_colour_of_its_feeling(tmp_path: Path) -> None:
    board = storyboard(scenes=9)
    timeline = timeline_of(board, tmp_path)
    colours = [clip.markers[0].color for clip in timeline.video_tracks()[0]]
    assert colours == [FEELING_COLOURS[s.sentiment.feeling] for s in board.scenes]


def test_each_feeling_has_a_colour_of_its_own_that_resolve_and_opentimelineio_know() -> None:
    assert tuple(FEELING_COLOURS) == FEELINGS and len(set(FEELING_COLOURS.values())) == len(FEELINGS)
    for colour in FEELING_COLOURS.values():
        assert colour.title() in RESOLVE_COLOURS.split()
        assert getattr(otio.schema.MarkerColor, colour) == colour and colour in RGB


def test_otio_reads_back(tmp_path: Path) -> None:
    timeline = timeline_of(storyboard(rate=NTSC), tmp_path)
    write_otio(timeline, tmp_path / "story.otio")
    assert otio.adapters.read_from_file(str(tmp_path / "story.otio")).is_equivalent_to(timeline)
    assert not list(tmp_path.glob("*.part"))


def test_the_bundle_holds_the_media_and_unpacks(tmp_path: Path) -> None:
    timeline = timeline_of(storyboard(), tmp_path)
    write_otioz(timeline, tmp_path / "story.otioz")
    unpacked = tmp_path / "unpacked"
    unpacked.mkdir()
    read = otio.adapters.read_from_file(str(tmp_path / "story.otioz"), extract_to_directory=str(unpacked))
    for clip in read.find_clips():
        inside = otio.url_utils.filepath_from_url(clip.media_reference.target_url)
        assert inside == f"media/{clip.name}"
        assert (unpacked / inside).read_bytes() == (tmp_path / clip.name).read_bytes()
    assert timeline.find_clips()[0].media_reference.target_url.startswith(str(tmp_path))


def test_the_bundle_is_laid_out_as_opentimelineio_does(tmp_path: Path) -> None:
    timeline = timeline_of(storyboard(), tmp_path)
    write_otioz(timeline, tmp_path / "ours.otioz")
    for clip in timeline.find_clips():
        clip.media_reference.target_url = otio.url_utils.url_from_filepath(clip.media_reference.target_url)
    otio.adapters.write_to_file(timeline, str(tmp_path / "theirs.otioz"))
    with (
        zipfile.ZipFile(tmp_path / "ours.otioz") as ours,
        zipfile.ZipFile(tmp_path / "theirs.otioz") as theirs,
    ):
        assert sorted(ours.namelist()) == sorted(theirs.namelist())
        assert ours.read("version.txt") == theirs.read("version.txt")
    read = [otio.adapters.read_from_file(str(tmp_path / f"{whose}.otioz")) for whose in ("ours", "theirs")]
    assert read[0].is_equivalent_to(read[1])


def test_a_bundle_written_later_has_the_same_bytes(tmp_path: Path) -> None:
    timeline = timeline_of(storyboard(), tmp_path)
    write_otioz(timeline, tmp_path / "one.otioz")
    for clip in timeline.find_clips():
        Path(clip.media_reference.target_url).touch()
    write_otioz(timeline, tmp_path / "two.otioz")
    assert (tmp_path / "one.otioz").read_bytes() == (tmp_path / "two.otioz").read_bytes()


def test_two_media_of_one_name_do_not_overwrite_each_other(tmp_path: Path) -> None:
    board = storyboard(scenes=2)
    clips = [tmp_path / "a" / "scene.mov", tmp_path / "b" / "scene.mov"]
    timeline = storyboard_to_timeline(board, clips, [999, 999], tmp_path / "song.wav", "x")
    with pytest.raises(BridgeError, match=r"two files named scene\.mov"):
        write_otioz(timeline, tmp_path / "story.otioz")


def test_a_bundle_whose_media_are_missing_leaves_nothing(tmp_path: Path) -> None:
    timeline = timeline_of(storyboard(), tmp_path)
    (tmp_path / "my song.wav").unlink()
    with pytest.raises(FileNotFoundError):
        write_otioz(timeline, tmp_path / "story.otioz")
    assert not list(tmp_path.glob("*story.otioz*"))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, the full disk of Linux")
@pytest.mark.parametrize(("write", "name"), [(write_otio, "story.otio"), (write_otioz, "story.otioz")])
def test_a_full_disk_is_told_in_a_sentence(write: object, name: str, tmp_path: Path) -> None:
    assert callable(write)
    timeline = timeline_of(replace(storyboard(scenes=30)), tmp_path)
    draft(tmp_path / name).symlink_to("/dev/full")
    with pytest.raises(BridgeError, match=rf"{name}: no space left"):
        write(timeline, tmp_path / name)
    assert not list(tmp_path.glob(f"*{name}*"))


def test_bars_and_sections_are_markers_of_the_timeline(tmp_path: Path) -> None:
    board = storyboard(scenes=6)
    markers = timeline_of(board, tmp_path).tracks.markers
    frames = {marker.name: int(marker.marked_range.start_time.value) for marker in markers}
    assert frames["bar 1"] == 6 and frames["bar 2"] == 18  # 0.25 s and 0.75 s at 24 frames a second
    assert frames["section 1"] == 0 and frames["section 2"] == board.scene_frames()[3][0]
    assert {marker.color for marker in markers} == {"RED", "CYAN"}


def test_a_song_without_bars_and_sections_marks_nothing(tmp_path: Path) -> None:
    board = replace(storyboard(), structure=Structure())
    assert not timeline_of(board, tmp_path).tracks.markers
