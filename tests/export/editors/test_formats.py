"""What each format holds and what it loses: read back by OpenTimelineIO's own readers, or from the XML.

Every sentence of the table in `formats.py` is checked here, and the page in docs/ against the table.
"""

import csv
import io
import json
import re
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import opentimelineio as otio
import pycmx
import pytest

from deepsing_bridge.core.colours import FEELING_COLOURS, RGB
from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.core.types import FEELINGS
from deepsing_bridge.core.units import frame_to_seconds
from deepsing_bridge.export.editors.edit import read_edit
from deepsing_bridge.export.editors.edl import edit_to_edl
from deepsing_bridge.export.editors.export import export
from deepsing_bridge.export.editors.fcp7 import edit_to_fcp7
from deepsing_bridge.export.editors.fcpx import edit_to_fcpxml
from deepsing_bridge.export.editors.formats import FORMATS
from deepsing_bridge.export.editors.lists import chapters
from deepsing_bridge.export.editors.xges import edit_to_xges
from deepsing_bridge.story.storyboard import Storyboard
from tests.builders import storyboard, with_settings
from tests.export.editors.fcpxml_rules import broken_rules
from tests.export.editors.stories import story_folder

RATES = [Fraction(24), Fraction(25), Fraction(30000, 1001)]
PAGE = Path(__file__).parent.parent.parent.parent / "docs" / "editors.md"
SIZE = (320, 180)


class Made:
    """A story and all its exports."""

    def __init__(self, folder: Path, rate: Fraction) -> None:
        self.board = storyboard(9, rate, scene_s=4, width=SIZE[0], height=SIZE[1])
        self.folder = story_folder(folder / "a story", self.board)
        self.files = {form.name: file for form, file, _ in export(self.folder, list(FORMATS))}
        self.cuts = self.board.scene_frames()

    def text(self, name: str) -> str:
        return self.files[name].read_text()

    def xml(self, name: str) -> ElementTree.Element:
        return ElementTree.fromstring(self.text(name))

    def comments(self) -> list[str]:
        return [mark.comment for mark in read_edit(self.folder / "story.otio").marks]

    def clip(self, index: int) -> Path:
        return sorted((self.folder / "media").glob("scene*"))[index]


@pytest.fixture(scope="module", params=RATES, ids=str)
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Made:
    return Made(tmp_path_factory.mktemp("made"), request.param)


def feelings(board: Storyboard) -> list[str]:
    """More than one, or a test of their colours would tell nothing."""
    found = [scene.sentiment.feeling for scene in board.scenes]
    assert len(set(found)) > 2
    return found


def labels(board: Storyboard) -> list[str]:
    return [scene.label for scene in board.scenes]


def test_the_page_has_the_table_as_it_is() -> None:
    rows = "\n".join(f"| `{f.name}` | `{f.file}` | {f.host} | {f.lost} |" for f in FORMATS.values())
    assert rows in PAGE.read_text(encoding="utf-8")


# Final Cut Pro 7's XML


def test_fcp7_keeps_every_cut_with_its_handles(made: Made) -> None:
    read = otio.adapters.read_from_string(made.text("fcp7xml"), "fcp_xml")
    clips = list(read.video_tracks()[0])
    ranges = [clip.range_in_parent() for clip in clips]
    assert [(r.start_time.value, r.end_time_exclusive().value) for r in ranges] == list(made.cuts)
    assert {r.start_time.rate for r in ranges} == {float(made.board.frame_rate)}
    original = read_edit(made.folder / "story.otio").pictures
    assert [c.available_range().duration.value for c in clips] == [c.available_range().duration.value for c in original]


def test_fcp7_has_what_resolve_relinks_by(made: Made) -> None:
    sequence = made.xml("fcp7xml").find(".//sequence")
    assert sequence is not None
    whole = made.board.frame_rate.denominator == 1
    for rate in sequence.iter("rate"):
        assert rate.findtext("timebase") == ("30" if not whole else str(made.board.frame_rate))
        assert rate.findtext("ntsc") == ("FALSE" if whole else "TRUE")
    (format_,) = sequence.findall("media/video/format/samplecharacteristics")
    assert (format_.findtext("width"), format_.findtext("height")) == ("320", "180")
    for described in (sequence, *sequence.iterfind(".//file[name]")):
        assert described.findtext("timecode/string") == "00:00:00:00"
        assert described.findtext("timecode/displayformat") == "NDF"
    urls = [file.findtext("pathurl") for file in sequence.iterfind(".//file[name]")]
    assert urls[0] == "file://localhost" + made.clip(0).as_uri().removeprefix("file://")
    assert all("%20" in str(url) for url in urls)


def test_fcp7_tells_every_rate_once(made: Made) -> None:
    items = list(made.xml("fcp7xml").iter("clipitem"))
    assert all(len(item.findall("rate")) == 1 for item in items)


def test_fcp7_markers_have_comment_and_colour(made: Made) -> None:
    markers = list(made.xml("fcp7xml").iterfind(".//clipitem/marker"))
    assert [marker.findtext("name") for marker in markers] == labels(made.board)
    assert [marker.findtext("comment") for marker in markers] == made.comments()
    assert {marker.findtext("out") for marker in markers} == {"-1"}
    colours = [tuple(int(m.findtext(f"color/{part}") or "") for part in ("red", "green", "blue")) for m in markers]
    assert [f"#{bytes(colour).hex()}" for colour in colours] == [
        RGB[FEELING_COLOURS[feeling]] for feeling in feelings(made.board)
    ]


def test_fcp7_has_the_songs_bars_and_sections_in_the_sequence(made: Made) -> None:
    markers = {m.findtext("name"): m for m in made.xml("fcp7xml").iterfind(".//sequence/marker")}
    assert {"bar 1", "bar 2", "section 1", "section 2"} <= set(markers)
    assert {marker.findtext("out") for marker in markers.values()} == {"-1"}
    assert markers["section 2"].findtext("in") == str(made.cuts[len(made.cuts) // 2][0])
    assert markers["bar 1"].findtext("color/red") == str(bytes.fromhex(RGB["CYAN"][1:])[0])


def test_fcp7_loses_track_names_and_makes_two_linked_tracks_of_the_song(made: Made) -> None:
    assert "track names" in FORMATS["fcp7xml"].lost and "linked mono tracks, one a channel" in FORMATS["fcp7xml"].lost
    assert "Video 1" not in made.text("fcp7xml")
    left, right = made.xml("fcp7xml").findall(".//sequence/media/audio/track/clipitem")
    assert [item.findtext("sourcetrack/trackindex") for item in (left, right)] == ["1", "2"]
    both = [left.get("id"), right.get("id")]
    assert [[link.findtext("linkclipref") for link in item.findall("link")] for item in (left, right)] == [both, both]
    depths = {sound.text for sound in made.xml("fcp7xml").findall(".//audio//samplecharacteristics/depth")}
    assert depths == {"24"}  # as the song's WAV


@pytest.mark.parametrize("channels", [1, 2, 6])
def test_fcp7_says_what_premiere_asks_of_sound(channels: int, tmp_path: Path) -> None:
    folder = story_folder(tmp_path / "story", storyboard(2, width=64, height=64), channels)
    root = ElementTree.fromstring(edit_to_fcp7(read_edit(folder / "story.otio")))
    (audio,) = root.findall(".//sequence/media/audio")
    assert audio.findtext("numOutputChannels") == str(channels)
    assert [group.findtext("channel/index") for group in audio.findall("outputs/group")] == [
        str(channel) for channel in range(1, channels + 1)
    ]
    tracks = audio.findall("track")
    assert [track.findtext("outputchannelindex") for track in tracks] == [str(i + 1) for i in range(channels)]
    assert [track.findtext("clipitem/sourcetrack/trackindex") for track in tracks] == [
        str(i + 1) for i in range(channels)
    ]
    assert [track.get("premiereTrackType") for track in tracks] == [{1: "Mono", 2: "Stereo"}.get(channels)] * channels
    if channels == 2:
        assert [track.get("currentExplodedTrackIndex") for track in tracks] == ["0", "1"]
        assert {track.get("totalExplodedTrackCount") for track in tracks} == {"2"}
        assert {item.get("premiereChannelType") for item in audio.iter("clipitem")} == {"stereo"}
    assert root.findtext(".//file/media/audio/channelcount") == str(channels)
    items = {item.get("id"): item for item in audio.iter("clipitem")}
    for item in items.values():
        links = [(link.findtext("linkclipref"), link.findtext("trackindex")) for link in item.findall("link")]
        assert links == [(name, str(track)) for track, name in enumerate(items, 1)]


def test_fcp7_says_of_every_track_and_clip_that_it_is_on_and_of_tracks_that_they_are_not_locked(made: Made) -> None:
    tracks = list(made.xml("fcp7xml").iter("track"))
    assert {(track.findtext("enabled"), track.findtext("locked")) for track in tracks} == {("TRUE", "FALSE")}
    assert {item.findtext("enabled") for item in made.xml("fcp7xml").iter("clipitem")} == {"TRUE"}


# Final Cut Pro's XML


def seconds(time: str | None) -> Fraction:
    assert time is not None and time.endswith("s")
    return Fraction(time[:-1])


def test_fcpxml_keeps_every_cut_exactly(made: Made) -> None:
    root = made.xml("fcpxml")
    format_ = root.find("resources/format")
    assert format_ is not None
    assert seconds(format_.get("frameDuration")) == 1 / made.board.frame_rate
    assert (format_.get("width"), format_.get("height")) == ("320", "180")
    scenes = root.findall(".//spine/asset-clip")
    ends = [(seconds(c.get("offset")), seconds(c.get("offset")) + seconds(c.get("duration"))) for c in scenes]
    assert [(start * made.board.frame_rate, end * made.board.frame_rate) for start, end in ends] == list(made.cuts)
    (song,) = root.findall(".//spine/asset-clip/asset-clip")
    assert song.get("lane") == "-1"
    assert seconds(song.get("duration")) * made.board.frame_rate == made.cuts[-1][1]


def test_fcpxml_keeps_the_dtd_of_its_version(made: Made) -> None:
    """Final Cut Pro rejects the whole file otherwise."""
    assert made.xml("fcpxml").get("version") == "1.9"
    assert broken_rules(made.xml("fcpxml")) == []
    (first, *others) = made.xml("fcpxml").findall(".//spine/asset-clip")
    assert [element.tag for element in first] == ["asset-clip", "marker"]
    assert {tuple(element.tag for element in scene) for scene in others} == {("marker",)}
    assert [element.tag for element in made.xml("fcpxml")] == ["resources", "library"]


def test_fcpxml_refers_to_every_file_with_its_handles(made: Made) -> None:
    assets = {asset.get("id"): asset for asset in made.xml("fcpxml").iter("asset")}
    original = read_edit(made.folder / "story.otio").pictures
    for item, clip in zip(made.xml("fcpxml").findall(".//spine/asset-clip"), original, strict=True):
        asset = assets[item.get("ref")]
        (file,) = asset.findall("media-rep")
        assert file.get("src") == Path(clip.media_reference.target_url).as_uri()
        assert seconds(asset.get("duration")) * made.board.frame_rate == clip.available_range().duration.value


@pytest.mark.parametrize(("channels", "layout"), [(1, "mono"), (2, "stereo"), (6, "surround")])
def test_fcpxml_has_the_layout_of_the_songs_channels(channels: int, layout: str, tmp_path: Path) -> None:
    folder = story_folder(tmp_path / "story", storyboard(2, width=64, height=64), channels)
    root = ElementTree.fromstring(edit_to_fcpxml(read_edit(folder / "story.otio")))
    assert broken_rules(root) == []
    assert root.find(".//sequence").get("audioLayout") == layout
    assert root.find(".//asset[@hasAudio]").get("audioChannels") == str(channels)


def test_the_rules_refuse_what_the_dtd_of_1_8_refuses(made: Made) -> None:
    root = made.xml("fcpxml")
    root.set("version", "1.8")
    told = set(broken_rules(root))
    assert {"asset: attribute videoSources", "asset: no src", "media-rep: no such element"} <= told


def test_fcpxml_markers_have_notes_but_no_colours_nor_tracks_names(made: Made) -> None:
    assert "colours" in FORMATS["fcpxml"].lost and "track names" in FORMATS["fcpxml"].lost
    markers = list(made.xml("fcpxml").iter("marker"))
    assert [(marker.get("value"), marker.get("note")) for marker in markers] == list(
        zip(labels(made.board), made.comments(), strict=True)
    )
    assert all(set(marker.keys()) == {"start", "duration", "value", "note"} for marker in markers)
    assert "Video 1" not in made.text("fcpxml")


def test_opentimelineio_reads_the_fcpxml(made: Made) -> None:
    read = otio.adapters.read_from_string(made.text("fcpxml"), "fcpx_xml")
    names = [clip.name for clip in read.find_clips() if clip.name != "song.wav"]
    assert names == [made.clip(index).name for index in range(len(made.cuts))]


# EDL


def test_the_edl_keeps_every_cut(made: Made) -> None:
    rate = float(made.board.frame_rate)
    read = otio.adapters.read_from_string(made.text("edl"), "cmx_3600", rate=rate)
    ranges = [clip.range_in_parent() for clip in read.video_tracks()[0]]
    assert [(r.start_time.value, r.end_time_exclusive().value) for r in ranges] == list(made.cuts)
    (song,) = read.audio_tracks()[0]
    assert song.duration().value == made.cuts[-1][1]


def test_another_parser_of_cmx3600_reads_every_event(made: Made) -> None:
    read = pycmx.parse_cmx3600(io.StringIO(made.text("edl")))
    assert read.title == "a story" and list(read.unrecognized_statements) == []
    edits = [edit for event in read.events for edit in event.edits]
    rate = float(made.board.frame_rate)
    places = [
        tuple(otio.opentime.from_timecode(at, rate).value for at in (edit.record_in, edit.record_out)) for edit in edits
    ]
    assert places == [*made.cuts, (0, made.cuts[-1][1])]
    assert [edit.clip_name for edit in edits] == [*(made.clip(i).name for i in range(len(made.cuts))), "song.wav"]
    assert len({edit.source for edit in edits}) == len(edits)


@pytest.mark.parametrize(("channels", "heard"), [(1, {1}), (2, {1, 2}), (3, {1, 2, 3}), (6, {1, 2, 3, 4})])
def test_the_edl_has_the_channels_of_the_song(channels: int, heard: set[int], tmp_path: Path) -> None:
    folder = story_folder(tmp_path / "story", storyboard(2, width=64, height=64), channels)
    read = pycmx.parse_cmx3600(io.StringIO(edit_to_edl(read_edit(folder / "story.otio"))))
    (*pictures, song) = [edit for event in read.events for edit in event.edits]
    assert all(edit.channels.video and not edit.channels.audio for edit in pictures)
    assert set(song.channels.channels) == heard and not song.channels.video
    assert "beyond the fourth" in FORMATS["edl"].lost


@pytest.mark.parametrize("rate", ["24000/1001", "24", "25", "30000/1001", "60000/1001"])
def test_a_paths_own_semicolons_drop_no_frame(rate: str, tmp_path: Path) -> None:
    board = storyboard(2, Fraction(rate), width=64, height=64)
    text = edit_to_edl(read_edit(story_folder(tmp_path / "a;b", board) / "story.otio"))
    drops = rate in ("30000/1001", "60000/1001")
    assert text.splitlines()[1] == ("FCM: DROP FRAME" if drops else "FCM: NON-DROP FRAME")
    events = [line for line in text.splitlines() if re.match(r"\d{3}  ", line)]
    assert all((";" in event) is drops for event in events)
    assert "/a;b/media/" in text


def test_reels_are_letters_and_digits_and_no_two_files_share_one(tmp_path: Path) -> None:
    edit = read_edit(story_folder(tmp_path / "story", storyboard(4, width=64, height=64)) / "story.otio")
    for clip, name in zip(
        edit.pictures, ["my clip.mov", "日本.mov", "interview b.mov", "interview a.mov"], strict=True
    ):
        clip.media_reference.target_url = f"/media/{name}"
    assert re.findall(r"^\d{3}  (.{8}) V ", edit_to_edl(edit), re.MULTILINE) == [
        "myclip  ",
        "AX      ",
        "intervie",
        "intervi2",
    ]


def test_the_edl_says_how_its_timecode_counts(made: Made) -> None:
    counting = made.text("edl").splitlines()[1]
    drops = made.board.frame_rate.denominator != 1
    assert counting == ("FCM: DROP FRAME" if drops else "FCM: NON-DROP FRAME")
    assert (";" in made.text("edl")) is drops


def test_locators_stand_at_the_cuts_in_capitals(made: Made) -> None:
    rate = float(made.board.frame_rate)
    found = re.findall(r"^\* LOC: (\S+) (\w+) +(.*)$", made.text("edl"), re.MULTILINE)
    at = [otio.opentime.from_timecode(timecode, rate).value for timecode, _, _ in found]
    assert at == [start for start, _ in made.cuts]
    assert [colour for _, colour, _ in found] == [FEELING_COLOURS[feeling] for feeling in feelings(made.board)]
    assert [text for _, _, text in found] == [comment.upper() for comment in made.comments()]
    assert "lower case in markers" in FORMATS["edl"].lost


def test_the_edl_loses_track_names_handles_and_long_names(made: Made) -> None:
    for told in ("track names", "handles", "reel of 8 characters", "comments"):
        assert told in FORMATS["edl"].lost
    assert "Video 1" not in made.text("edl")
    events = re.findall(r"^\d{3}  (\S+) +V .*?(\S+) (\S+) \S+ \S+$", made.text("edl"), re.MULTILINE)
    assert all(len(reel) <= 8 for reel, _, _ in events)
    rate = float(made.board.frame_rate)
    used = [[otio.opentime.from_timecode(time, rate).value for time in times] for _, *times in events]
    heads = [made.board.head_frames(index) for index in range(len(made.cuts))]
    assert used == [[head, head + end - start] for head, (start, end) in zip(heads, made.cuts, strict=True)]
    assert f"* FROM CLIP NAME:  {made.clip(0).name}" in made.text("edl")
    assert f"* FROM CLIP: {made.clip(0)}" in made.text("edl")


# MLT, Kdenlive: that they show the right pictures is tried with melt itself, in test_melt.py


@pytest.mark.parametrize("name", ["mlt", "kdenlive"])
def test_the_profile_is_that_of_the_pictures(name: str, made: Made) -> None:
    profile = made.xml(name).find("profile")
    assert profile is not None
    assert (profile.get("width"), profile.get("height")) == ("320", "180")
    assert Fraction(int(profile.get("frame_rate_num", 0)), int(profile.get("frame_rate_den", 0))) == (
        made.board.frame_rate
    )


def mlt_properties(element: ElementTree.Element) -> dict[str | None, str | None]:
    return {child.get("name"): child.text for child in element.findall("property")}


def test_mlt_has_what_makes_tracks_of_it_in_shotcut(made: Made) -> None:
    root = made.xml("mlt")
    tractor = root.find("tractor")
    assert tractor is not None and mlt_properties(tractor)["shotcut"] == "1"
    background, *tracks = [root.find(f"playlist[@id='{track.get('producer')}']") for track in tractor.findall("track")]
    assert background is not None and background.get("id") == "background"  # what Shotcut takes the first track for
    assert [mlt_properties(track) for track in tracks if track is not None] == [
        {"shotcut:video": "1", "shotcut:name": "Video 1"},
        {"shotcut:audio": "1", "shotcut:name": "Audio 1"},
    ]


def test_mlt_has_shotcuts_markers_at_the_cuts_and_nothing_of_the_songs(made: Made) -> None:
    assert "bars and sections of the song" in FORMATS["mlt"].lost and "section 2" not in made.text("mlt")
    markers = [mlt_properties(m) for m in made.xml("mlt").iterfind(".//properties[@name='shotcut:markers']/properties")]
    assert [marker["text"] for marker in markers] == made.comments()
    assert [marker["color"] for marker in markers] == [
        RGB[FEELING_COLOURS[feeling]] for feeling in feelings(made.board)
    ]
    clocks = [[float(part) for part in str(marker["start"]).split(":")] for marker in markers]
    seconds = [(hours * 60 + minutes) * 60 + rest for hours, minutes, rest in clocks]
    assert [round(second * made.board.frame_rate) for second in seconds] == [start for start, _ in made.cuts]


def test_mlt_keeps_handles_and_refers_to_every_file_by_an_id_of_its_own(made: Made) -> None:
    producers = made.xml("mlt").findall("producer")
    assert len({producer.get("id") for producer in producers}) == len(producers)
    (first,) = [p for p in producers if mlt_properties(p)["resource"] == str(made.clip(0))]
    (original, *_) = read_edit(made.folder / "story.otio").pictures
    assert int(first.get("out", 0)) + 1 == original.available_range().duration.value


def test_kdenlive_has_a_guide_at_every_cut_in_its_feelings_colour(made: Made) -> None:
    assert "guides of the timeline, one category a feeling" in FORMATS["kdenlive"].lost
    bin_ = {e.get("name"): e.text for e in made.xml("kdenlive").findall("playlist[@id='main_bin']/property")}
    guides = json.loads(bin_["kdenlive:docproperties.guides"] or "")
    categories = {c["index"]: c for c in json.loads(bin_["kdenlive:docproperties.guidesCategories"] or "")}
    assert [guide["pos"] for guide in guides] == [start for start, _ in made.cuts]
    assert [guide["comment"] for guide in guides] == made.comments()
    assert [categories[guide["type"]]["comment"] for guide in guides] == feelings(made.board)
    assert {c["comment"]: c["color"] for c in categories.values()} == {
        feeling: RGB[FEELING_COLOURS[feeling]] for feeling in FEELINGS
    }


def test_kdenlive_has_the_song_below_the_pictures(made: Made) -> None:
    names = [p.text for p in made.xml("kdenlive").iter("property") if p.get("name") == "kdenlive:track_name"]
    assert names == ["Audio 1", "Video 1"]


# GStreamer: that it plays is tried with ges-launch-1.0 itself, in test_ges.py


def test_xges_has_rate_size_and_markers(made: Made) -> None:
    text = made.text("xges").replace("\\", "")
    rate = made.board.frame_rate
    assert f"width=(int)320, height=(int)180, framerate=(fraction){rate.numerator}/{rate.denominator}" in text
    assert all(comment in text for comment in made.comments())
    read = otio.adapters.read_from_string(made.text("xges"), "xges")
    felt = {marker.color for marker in read.tracks.markers if marker.name in made.comments()}
    assert len(felt) == len(set(feelings(made.board)))
    assert {"bar 1", "section 2"} <= {marker.name for marker in read.tracks.markers}


@pytest.mark.parametrize("channels", [1, 2, 6])
def test_xges_has_the_settings_that_pitivi_takes(channels: int, tmp_path: Path) -> None:
    """Which it has from encoding profiles; what it shows while it edits, from the tracks."""
    board = storyboard(2, Fraction(24000, 1001), width=64, height=96)
    text = edit_to_xges(read_edit(story_folder(tmp_path / "story", board, channels) / "story.otio"))
    picture = "video/x-raw, width=(int)64, height=(int)96, framerate=(fraction)24000/1001"
    sound = f"audio/x-raw, rate=(int)48000, channels=(int){channels}"
    root = ElementTree.fromstring(text)
    (container,) = root.findall("project/encoding-profiles/encoding-profile[@type='container']")
    profiles = {profile.get("type"): profile for profile in container.findall("stream-profile")}
    assert {kind: profile.get("restriction") for kind, profile in profiles.items()} == {
        "video": picture,
        "audio": sound,
    }
    assert {profile.get("parent") for profile in profiles.values()} == {container.get("name")}
    named = [profile.get("preset-name") for profile in (container, *profiles.values())]
    assert named == ["webmmux", "vp8enc", "vorbisenc"]  # without which Pitivi takes none of it
    tracks = [track.get("properties", "").replace("\\", "") for track in root.iter("track")]
    assert [re.findall(r'restriction-caps=\(string\)"(.*)"', track) for track in tracks] == [[picture], [sound]]


def test_xges_counts_nanoseconds_and_loses_track_names(made: Made) -> None:
    assert "nanoseconds" in FORMATS["xges"].lost and "track names" in FORMATS["xges"].lost
    assert "Video 1" not in made.text("xges")
    pictures = [clip for clip in made.xml("xges").iter("clip") if clip.get("track-types") == "4"]
    places = [(int(clip.get("start", 0)), int(clip.get("duration", 0))) for clip in pictures]
    for (start, _), (first, _) in zip(places, made.cuts, strict=True):
        assert 0 <= first / made.board.frame_rate * 10**9 - start < 1
    for (start, duration), (following, _) in pairwise(places):
        assert start + duration == following


# Lists


def test_the_csv_has_a_row_for_every_marker(made: Made) -> None:
    rows = list(csv.DictReader(made.text("csv").splitlines()))
    for row, scene, (start, _) in zip(rows, made.board.scenes, made.cuts, strict=True):
        assert int(row["frame"]) == start
        assert float(row["seconds"]) == pytest.approx(frame_to_seconds(start, made.board.frame_rate), abs=0.0005)
        hours, minutes, secs, frames = map(int, row["timecode"].split(":"))
        assert ((hours * 60 + minutes) * 60 + secs) * round(made.board.frame_rate) + frames == start
        assert (row["label"], row["feeling"]) == (scene.label, scene.sentiment.feeling)
        assert (float(row["valence"]), float(row["arousal"])) == pytest.approx(
            (scene.sentiment.valence, scene.sentiment.arousal), abs=1e-4
        )
    assert [row["colour"] for row in rows] == [RGB[FEELING_COLOURS[feeling]] for feeling in feelings(made.board)]


def test_chapters_obey_youtubes_rules(made: Made) -> None:
    lines = made.text("youtube").splitlines()
    assert lines[0].startswith("00:00 ")
    starts = [int(m) * 60 + int(s) for m, s in (line.split()[0].split(":") for line in lines)]
    length = int(frame_to_seconds(made.cuts[-1][1], made.board.frame_rate))
    assert len(starts) >= 3
    assert all(end - start >= 10 for start, end in zip(starts, [*starts[1:], length], strict=True))
    told = {label for line in lines for label in line.split(" ", 1)[1].split(", ")}
    assert told == set(labels(made.board))


def test_a_story_too_short_for_chapters_is_told_so(tmp_path: Path) -> None:
    folder = story_folder(tmp_path / "short", storyboard(4, width=64, height=64))
    assert len(chapters(read_edit(folder / "story.otio"))) == 1
    with pytest.raises(BridgeError, match="at least 3 chapters of at least 10 s; this story has room for 1"):
        list(export(folder, ["youtube"]))
    assert not (folder / "chapters.txt").exists()


def test_what_was_merged_is_told(made: Made) -> None:
    ((_, file, note),) = export(made.folder, ["youtube"])
    assert note.startswith(f"9 scenes became {len(file.read_text().splitlines())} chapters")


# With everything in it


@pytest.mark.parametrize("name", ["otio", "otioz"])
def test_opentimelineios_own_lose_nothing(name: str, made: Made) -> None:
    assert FORMATS[name].lost == "nothing"
    read = otio.adapters.read_from_file(str(made.files[name]))
    original = otio.adapters.read_from_file(str(made.folder / "story.otio"))
    for timeline in (read, original):
        for clip in timeline.find_clips():
            clip.media_reference.target_url = clip.name
    assert read.is_equivalent_to(original)


def test_an_edl_of_more_events_than_it_can_number_is_refused(tmp_path: Path) -> None:
    board = storyboard(2, width=64, height=64)
    edit = read_edit(story_folder(tmp_path / "story", board) / "story.otio")
    (picture, _) = edit.pictures
    track = edit.timeline.video_tracks()[0]
    track.extend([picture.deepcopy() for _ in range(998 - 2)])
    assert "\n999  AX       AA " in edit_to_edl(edit)
    track.append(picture.deepcopy())
    with pytest.raises(BridgeError, match="1000 events, scenes and sound; an EDL has at most 999"):
        edit_to_edl(edit)


@pytest.mark.parametrize(("start", "drops"), [("01:00:00;00", True), ("01:00:00:00", False)])
def test_a_start_is_in_every_format_that_has_one_and_counts_as_it_says(start: str, drops: bool, tmp_path: Path) -> None:
    board = with_settings(storyboard(2, Fraction(30000, 1001)), start_timecode=start)
    names = [name for name, form in FORMATS.items() if name not in ("otio", "otioz", "youtube")]
    notes = {form.name: note for form, _, note in export(story_folder(tmp_path / "story", board), names)}
    written = {name: (tmp_path / "story" / FORMATS[name].file).read_text() for name in names}
    timeline = otio.adapters.read_from_file(str(tmp_path / "story" / "story.otio"))
    assert timeline.global_start_time.value == (107_892 if drops else 108_000)
    assert f"FCM: {'DROP FRAME' if drops else 'NON-DROP FRAME'}" in written["edl"]
    assert f" {start} 01:00:01{start[-3]}08" in written["edl"]
    sequence = ElementTree.fromstring(written["fcp7xml"]).find(".//sequence/timecode")
    assert sequence is not None and sequence.findtext("string") == start
    assert sequence.findtext("displayformat") == ("DF" if drops else "NDF")
    assert f'tcFormat="{"DF" if drops else "NDF"}"' in written["fcpxml"]
    assert written["csv"].splitlines()[1].startswith(start)
    for name in ("mlt", "kdenlive", "xges"):
        assert f"begins at 00:00:00:00, not at {start}" in notes[name]
