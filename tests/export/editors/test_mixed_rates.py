"""What each format says of somebody's own footage: its rate, its timecode, and where it begins."""

from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

import opentimelineio as otio
import pytest

from deepsing_bridge.export.editors.edit import read_edit
from deepsing_bridge.export.editors.export import TEXTS
from deepsing_bridge.export.editors.flatten import flattened
from deepsing_bridge.export.timeline import storyboard_to_timeline, write_otio
from deepsing_bridge.footage.conform import in_point
from deepsing_bridge.story.storyboard import Storyboard
from tests.builders import write_song
from tests.export.editors.fcpxml_rules import broken_rules
from tests.footage.boards import footage_board, media_files

NAMES = ["pal.mov", "ntsc fast.mov", "upright.mp4", "photo.png", "cinema.mp4"]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> tuple[Storyboard, Path]:
    folder = tmp_path_factory.mktemp("mixed")
    board = footage_board(media_files(folder / "footage", NAMES))
    song = write_song(folder / "song.wav", board.duration_s)
    nothing = [folder / f"{number}.mov" for number in range(len(board.scenes))]
    write_otio(storyboard_to_timeline(board, nothing, [0] * len(nothing), song, "mixed"), folder / "story.otio")
    return board, folder / "story.otio"


def written(story: tuple[Storyboard, Path], form: str) -> str:
    return TEXTS[form](flattened(read_edit(story[1]))[0])


def test_the_timeline_refers_to_the_originals_by_their_own_rate_and_timecode(story: tuple[Storyboard, Path]) -> None:
    board, file = story
    timeline = otio.adapters.read_from_file(str(file))
    for index, (clip, scene) in enumerate(zip(timeline.video_tracks()[0], board.scenes, strict=True)):
        assert scene.subclip is not None
        media, there, used = scene.subclip.media, clip.media_reference.available_range, clip.source_range
        start, end = board.frames_of(index)
        assert clip.media_reference.target_url == str(media.path) and clip.name == media.path.name
        assert (used.duration.value, used.duration.rate) == (end - start, 24)
        if media.is_photo:
            assert (used.start_time.value, there.duration.value) == (24, end - start + 48)
        else:
            assert (there.start_time.value, there.duration.value) == (media.start, media.frames)
            assert there.duration.rate == pytest.approx(float(media.rate))
            first = used.start_time - there.start_time
            assert first.rescaled_to(24).value == pytest.approx(in_point(scene.subclip, board.frame_rate), abs=1e-6)
        assert clip.markers[0].marked_range.start_time == used.start_time
    assert timeline.duration().value == board.frames


def test_fcp7xml_counts_in_the_sequence_s_frames_and_files_in_their_own(story: tuple[Storyboard, Path]) -> None:
    board, _ = story
    root = ElementTree.fromstring(written(story, "fcp7xml"))
    for index, item in enumerate(root.iterfind(".//video/track/clipitem")):
        subclip = board.scenes[index].subclip
        assert subclip is not None
        media, (start, end) = subclip.media, board.frames_of(index)
        first = 24 if media.is_photo else in_point(subclip, board.frame_rate)
        numbers = [int(item.findtext(tag, "")) for tag in ("start", "end", "in", "out")]
        assert numbers == [start, end, first, first + end - start]
        assert item.findtext("rate/timebase") == "24"
        if not media.is_photo:
            assert item.findtext("file/rate/timebase") == str(round(media.rate))
            assert item.findtext("file/rate/ntsc") == ("TRUE" if media.rate.denominator > 1 else "FALSE")
            assert item.findtext("file/duration") == str(media.frames)
            assert item.findtext("file/timecode/frame") == str(media.start)
        characteristics = item.find("file/media/video/samplecharacteristics")
        assert characteristics is not None
        assert characteristics.findtext("width") == str(media.width)
        assert characteristics.findtext("height") == str(media.height)
    assert root.findtext(".//sequence/media/video/format/samplecharacteristics/width") == "480"


def seconds(text: str | None) -> Fraction:
    return Fraction((text or "").removesuffix("s"))


def test_fcpxml_begins_at_the_files_timecode_and_keeps_their_speed(story: tuple[Storyboard, Path]) -> None:
    board, _ = story
    root = ElementTree.fromstring(written(story, "fcpxml"))
    assert broken_rules(root) == []
    formats = {one.get("id"): one for one in root.iterfind("resources/format")}
    assets = {one.get("id"): one for one in root.iterfind("resources/asset")}
    for index, clip in enumerate(root.find(".//spine") or ()):
        subclip = board.scenes[index].subclip
        assert subclip is not None
        media, (start, end) = subclip.media, board.frames_of(index)
        asset = assets[clip.get("ref")]
        form = formats[asset.get("format")]
        assert (form.get("width"), form.get("height")) == (str(media.width), str(media.height))
        assert seconds(clip.get("offset")) == start / board.frame_rate
        assert seconds(clip.get("duration")) == (end - start) / board.frame_rate
        if media.is_photo:
            assert clip.tag == "video" and form.get("name") == "FFVideoFormatRateUndefined"
            continue
        assert clip.tag == "asset-clip" and seconds(form.get("frameDuration")) == 1 / media.rate
        assert seconds(asset.get("start")) == media.start / media.rate
        first = in_point(subclip, board.frame_rate) / board.frame_rate
        assert seconds(clip.get("start")) == media.start / media.rate + first
        conform = clip.find("conform-rate")
        assert (conform is None) == (media.rate == board.frame_rate)
        assert conform is None or conform.get("scaleEnabled") == "0"


def test_an_edl_has_the_files_timecode_at_the_list_s_rate(story: tuple[Storyboard, Path]) -> None:
    board, _ = story
    pal = next(line for line in written(story, "edl").splitlines() if line.startswith("001 "))
    subclip = board.scenes[0].subclip
    assert subclip is not None and subclip.media.start == 90_000
    second, frame = divmod(in_point(subclip, board.frame_rate), 24)
    assert pal.split()[4] == f"01:00:{second:02}:{frame:02}"


@pytest.mark.parametrize("rate", ["30000/1001", "60000/1001"])
def test_a_drop_frame_list_has_the_files_own_hours_minutes_and_seconds(
    rate: str, story: tuple[Storyboard, Path], tmp_path: Path
) -> None:
    """Of files at 25 and at 59.94 frames a second, of which the second counts drop-frame itself."""
    shown = [scene.subclip.media for scene in story[0].scenes[:2] if scene.subclip]
    board = footage_board(shown, Fraction(rate))
    nothing = [tmp_path / f"{number}.mov" for number in range(2)]
    song = write_song(tmp_path / "song.wav", board.duration_s)
    write_otio(storyboard_to_timeline(board, nothing, [0, 0], song, "drop"), tmp_path / "story.otio")
    lines = written((board, tmp_path / "story.otio"), "edl").splitlines()
    assert lines[1] == "FCM: DROP FRAME"
    for number, begins in ((1, 3600), (2, 59 * 60)):
        (event,) = (line for line in lines if line.startswith(f"{number:03} "))
        hours, minutes, seconds = event.split()[4].partition(";")[0].split(":")
        subclip = board.scenes[number - 1].subclip
        assert subclip is not None
        told = 3600 * int(hours) + 60 * int(minutes) + int(seconds)
        assert told == begins + in_point(subclip, board.frame_rate) // round(board.frame_rate)
