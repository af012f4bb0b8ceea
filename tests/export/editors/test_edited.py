"""A story.otio that somebody has edited: every format takes it, and says in one line what it drops."""

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

import av
import numpy as np
import opentimelineio as otio
import pycmx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from opentimelineio.opentime import RationalTime, TimeRange

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.export.editors.dissolves import Dissolve, pairs
from deepsing_bridge.export.editors.edit import Edit, place, read_edit
from deepsing_bridge.export.editors.export import TEXTS, export
from deepsing_bridge.export.editors.flatten import flattened
from deepsing_bridge.export.editors.formats import FORMATS
from deepsing_bridge.export.timeline import Timeline, is_of_media, write_otioz
from tests.builders import COLOURS, storyboard
from tests.export.editors.fcpxml_rules import broken_rules
from tests.export.editors.stories import shown, story_folder
from tests.export.editors.test_ges import HEIGHT, WIDTH, render
from tests.melt import frame_count, frames_at, render_project

RATE = 24.0
SCENE = 30  # frames of each of the four scenes, and of what is put between them
MEDIA = [name for name, form in FORMATS.items() if form.shows_media and name not in ("otio", "otioz")]

Change = Callable[[Timeline], object]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return story_folder(
        tmp_path_factory.mktemp("out") / "story", storyboard(4, width=WIDTH, height=HEIGHT, scene_s=1.25, head_s=0)
    )


def edited(story: Path, change: Change) -> Path:
    """The story with another timeline, beside the media."""
    timeline = otio.adapters.read_from_file(str(story / "story.otio"))
    change(timeline)
    (story / "edited.otio").write_text(timeline.to_json_string())
    return story / "edited.otio"


def frames(count: int) -> RationalTime:
    return RationalTime(count, RATE)


def span(start: int, count: int) -> TimeRange:
    return TimeRange(frames(start), frames(count))


def pictures(timeline: Timeline) -> otio.schema.Track:
    return timeline.video_tracks()[0]


def gap(count: int) -> otio.schema.Gap:
    return otio.schema.Gap(source_range=span(0, count))


def dissolve(before: int = 6, after: int = 6) -> otio.schema.Transition:
    return otio.schema.Transition("x", otio.schema.TransitionTypes.SMPTE_Dissolve, frames(before), frames(after))


def second_track(timeline: Timeline) -> None:
    """The fourth scene over the end of the first and the start of the second."""
    above = otio.schema.Track("Above", kind=otio.schema.TrackKind.Video)
    above.extend([gap(20), pictures(timeline)[3].deepcopy()])
    timeline.tracks.insert(1, above)


def second_song(timeline: Timeline) -> None:
    track = timeline.audio_tracks()[0].deepcopy()
    track.name = "Audio 2"
    timeline.tracks.append(track)


def hole(timeline: Timeline) -> None:
    """The second scene is gone; the others stay where they are."""
    pictures(timeline)[1] = gap(SCENE)


def nested(timeline: Timeline) -> None:
    """The second and third scene in a stack of two tracks, cut to start in the middle of the second."""
    track = pictures(timeline)
    inner = [track[1].deepcopy(), track[2].deepcopy()]
    below = otio.schema.Track(kind=otio.schema.TrackKind.Video, children=inner)
    above = otio.schema.Track(kind=otio.schema.TrackKind.Video, children=[gap(20), track[0].deepcopy()])
    track[1] = otio.schema.Stack("nested", children=[below, above], source_range=span(10, SCENE))


def dissolves(timeline: Timeline) -> None:
    """Between all scenes, of which each begins eight frames into its file: of 12 frames, 7 and 30."""
    for clip in pictures(timeline):
        clip.source_range = span(8, SCENE)
        clip.markers[0].marked_range = span(8, 0)
    for index, lengths in ((3, (8, 22)), (2, (3, 4)), (1, (6, 6))):
        pictures(timeline).insert(index, dissolve(*lengths))


def cut_dissolves(timeline: Timeline) -> None:
    """One for whose first half no picture is there, one of sound, one to nothing, and a wipe."""
    wipe = otio.schema.Transition("wipe", otio.schema.TransitionTypes.Custom, frames(6), frames(6))
    pictures(timeline).insert(3, wipe)
    pictures(timeline).insert(1, dissolve())
    pictures(timeline).append(dissolve())
    timeline.audio_tracks()[0].append(dissolve())


def hour(timeline: Timeline) -> None:
    timeline.global_start_time = frames(24 * 3600)


def title(timeline: Timeline) -> None:
    pictures(timeline)[1].media_reference = otio.schema.GeneratorReference("title", "SolidColor")


def switched_off(timeline: Timeline) -> None:
    pictures(timeline)[1].enabled = False


def slower(timeline: Timeline) -> None:
    pictures(timeline)[1].effects.append(otio.schema.LinearTimeWarp(time_scalar=0.5))


def trimmed(timeline: Timeline) -> None:
    """Begins five frames into the first scene, whose marker is before that."""
    pictures(timeline)[0].source_range = span(5, SCENE - 5)


def with_timecode(timeline: Timeline) -> None:
    """As an editor writes it that finds an hour in the file; all in another rate."""
    clip = pictures(timeline)[1]
    hour = RationalTime(3600 * 48, 48)
    clip.media_reference.available_range = TimeRange(hour, clip.media_reference.available_range.duration)
    clip.source_range = TimeRange(hour + RationalTime(4, 48), RationalTime(SCENE * 2, 48))
    clip.markers.clear()


DROPS: list[tuple[Change, str]] = [
    (second_track, ""),
    (second_song, ""),
    (hole, ""),
    (nested, "what is nested is laid out flat, only the topmost of it (1)"),
    (dissolves, ""),
    (cut_dissolves, "dissolves are as short as the clips' handles (1); transitions other than dissolves between two"),
    (hour, ""),
    (title, "clips without a file are gaps (1)"),
    (switched_off, "clips that are switched off are gaps (1)"),
    (slower, "effects and changes of speed are left out (1)"),
    (trimmed, "markers outside their clips are left out (1)"),
    (with_timecode, ""),
]


def scenes(edit: Edit) -> list[tuple[int, int, int, int, str]]:
    """Per clip: track, first frame, frame after the last, first of the file, file."""
    found = []
    for number, track in enumerate(edit.timeline.video_tracks()):
        for clip in track.find_clips():
            found.append((number, *place(clip), int(clip.source_range.start_time.value), clip.name[6:9]))
    return found


@pytest.mark.parametrize(("change", "dropped"), DROPS, ids=lambda value: getattr(value, "__name__", ""))
def test_every_format_takes_it_and_says_what_it_drops(
    change: Change, dropped: str, story: Path, tmp_path: Path
) -> None:
    made = list(export(edited(story, change), MEDIA, tmp_path))
    assert [form.name for form, _, _ in made] == MEDIA
    for form, _, note in made:
        assert dropped in note and "\n" not in note
        assert note.count("the first track of pictures") == (
            form.name == "edl" and change in (second_track, second_song)
        )
        assert note.count("not at 01:00:00:00") == (change is hour and form.name in ("mlt", "kdenlive", "xges"))
    assert broken_rules(ElementTree.parse(tmp_path / "story.fcpxml").getroot()) == []


def test_a_story_as_it_was_made_drops_nothing(story: Path, tmp_path: Path) -> None:
    assert [note for _, _, note in export(story, MEDIA, tmp_path)] == [""] * len(MEDIA)
    edit = read_edit(story / "story.otio")
    flat, _ = flattened(edit)
    assert flat.timeline.is_equivalent_to(edit.timeline)


def test_what_is_flat_lies_where_it_was(story: Path) -> None:
    def flat(change: Change) -> list[tuple[int, int, int, int, str]]:
        return scenes(flattened(read_edit(edited(story, change)))[0])

    first, *_, third, fourth = [(0, SCENE * i, SCENE * (i + 1), 0, f"00{i + 1}") for i in range(4)]
    assert flat(hole) == [first, third, fourth]
    assert flat(second_track)[-1] == (1, 20, 20 + SCENE, 0, "004")
    assert flat(nested)[1:4] == [(0, 30, 40, 10, "002"), (0, 40, 60, 0, "001"), (0, 60, 90, 0, "003")]
    assert flat(with_timecode)[1] == (0, 30, 60, 2, "002")


def test_an_hours_start_is_kept_where_a_format_has_one(story: Path, tmp_path: Path) -> None:
    list(export(edited(story, hour), ["edl", "fcpxml", "fcp7xml", "csv"], tmp_path))
    assert "00:00:00:00 00:00:01:06 01:00:00:00 01:00:01:06" in (tmp_path / "story.edl").read_text()
    sequence = ElementTree.parse(tmp_path / "story.fcpxml").find(".//sequence")
    assert sequence is not None and sequence.get("tcStart") == "3600s"
    assert [clip.get("offset") for clip in sequence.iterfind("spine/asset-clip")][:2] == ["3600s", "14405/4s"]
    assert ElementTree.parse(tmp_path / "story.xml").findtext(".//sequence/timecode/string") == "01:00:00:00"
    assert (tmp_path / "markers.csv").read_text().splitlines()[1].startswith("01:00:00:00,0.000,0,lake,")


def test_fcpxml_fills_every_hole_and_hangs_up_other_tracks(story: Path, tmp_path: Path) -> None:
    def change(timeline: Timeline) -> None:
        hole(timeline)
        second_track(timeline)
        second_song(timeline)
        timeline.video_tracks()[1].append(gap(90))
        timeline.video_tracks()[1].append(pictures(timeline)[0].deepcopy())  # behind the end of the first track

    list(export(edited(story, change), ["fcpxml"], tmp_path))
    root = ElementTree.parse(tmp_path / "story.fcpxml").getroot()
    assert broken_rules(root) == []
    spine = list(root.iterfind(".//spine/*"))
    assert [element.tag for element in spine] == ["asset-clip", "gap", "asset-clip", "asset-clip", "gap"]
    ends = [Fraction(str(e.get("offset"))[:-1]) + Fraction(str(e.get("duration"))[:-1]) for e in spine]
    assert [Fraction(str(e.get("offset"))[:-1]) for e in spine] == [0, *ends[:-1]]
    hung = [
        (index, e.get("lane"), e.get("offset")) for index, held in enumerate(spine) for e in held.iter("asset-clip")
    ]
    assert [one for one in hung if one[1]] == [
        (0, "1", "5/6s"),
        (0, "-1", "0s"),
        (0, "-2", "0s"),
        (4, "1", "5/6s"),
    ]


@pytest.mark.program("melt")
@pytest.mark.parametrize("name", ["mlt", "kdenlive"])
def test_melt_shows_the_upper_track_the_nested_and_the_hole(name: str, story: Path, tmp_path: Path) -> None:
    def change(timeline: Timeline) -> None:
        second_track(timeline)
        pictures(timeline)[3] = gap(SCENE)
        pictures(timeline)[2].source_range = span(7, SCENE)

    ((_, project, _),) = export(edited(story, change), [name], tmp_path)
    film = frames_at(render_project(project, tmp_path / "film.mkv"), {19, 20, 49, 50, 60, 89, 90, 119})
    assert [shown(picture)[0] for picture in film[:6]] == [0, 3, 3, 1, 2, 2]
    assert [picture.max() < 30 for picture in film[6:]] == [True, True]
    assert shown(film[4]) == (2, 7)


def test_dissolves_are_as_long_as_there_are_pictures_for_them(story: Path) -> None:
    def fitted(change: Change) -> list[Dissolve]:
        flat, _ = flattened(read_edit(edited(story, change)))
        return [dissolve for _, dissolve, _ in pairs(pictures(flat.timeline))]

    assert fitted(dissolves) == [Dissolve(24, 30, 36), Dissolve(57, 60, 64), Dissolve(82, 90, 106)]
    assert fitted(cut_dissolves) == [Dissolve(30, 30, 36)]


@pytest.mark.program("melt")
@pytest.mark.parametrize("name", ["mlt", "kdenlive"])
def test_melt_mixes_two_scenes_where_a_dissolve_is_and_nowhere_else(name: str, story: Path, tmp_path: Path) -> None:
    ((_, project, note),) = export(edited(story, dissolves), [name], tmp_path)
    assert note == "dissolves are as short as the clips' handles (1)"
    _look_for_dissolves(render_project(project, tmp_path / "film.mkv"))


def _look_for_dissolves(film: Path, pure: float = 0.03) -> None:
    assert frame_count(film) == 4 * SCENE
    seen = dict(enumerate(frames_at(film, range(4 * SCENE))))
    for left, (start, middle, end) in enumerate([(24, 30, 36), (57, 60, 64), (82, 94, 106)]):
        one, other = (np.array(COLOURS[scene], int) for scene in (left, left + 1))
        assert _share(seen[start - 1], one, other) == pytest.approx(0, abs=pure)
        assert 0.3 < _share(seen[middle], one, other) < 0.7
        assert _share(seen[end], one, other) == pytest.approx(1, abs=pure)
    assert shown(seen[20]) == (0, 28) and shown(seen[40]) == (1, 18)


def _share(picture: NDArray[np.uint8], one: NDArray[np.int_], other: NDArray[np.int_]) -> float:
    """How far the picture's colour is from `one` to `other`."""
    here = np.median(picture, axis=(0, 1)) - one
    return float(here @ (other - one) / ((other - one) @ (other - one)))


@pytest.mark.program("ges-launch-1.0")
def test_ges_mixes_them_too(story: Path, tmp_path: Path) -> None:
    ((_, project, _),) = export(edited(story, dissolves), ["xges"], tmp_path)
    _look_for_dissolves(render(project, tmp_path / "film.mkv"), pure=0.15)  # a frame late or early


def test_shotcut_finds_its_own_kind_of_transition(story: Path, tmp_path: Path) -> None:
    ((_, project, _),) = export(edited(story, dissolves), ["mlt"], tmp_path)
    root = ElementTree.parse(project).getroot()
    mixed = [one for one in root.iterfind("tractor") if one.find("property[@name='shotcut:transition']") is not None]
    assert [(one.get("in"), one.get("out")) for one in mixed] == [("0", "11"), ("0", "6"), ("0", "23")]
    entries = [entry.get("producer") for entry in root.iterfind("playlist[@id='playlist0']/entry")]
    assert entries[1::2] == [one.get("id") for one in mixed]


def test_kdenlive_finds_mixes_of_the_tracks_two_playlists(story: Path, tmp_path: Path) -> None:
    ((_, project, _),) = export(edited(story, dissolves), ["kdenlive"], tmp_path)
    root = ElementTree.parse(project).getroot()
    mixes = list(root.iterfind("tractor[@id='tractor1']/transition"))
    assert [(mix.get("in"), mix.get("out")) for mix in mixes] == [("24", "36"), ("57", "64"), ("82", "106")]
    assert [mix.findtext("property[@name='kdenlive:mixcut']") for mix in mixes] == ["6", "3", "8"]
    assert [mix.findtext("property[@name='reverse']") for mix in mixes] == ["0", "1", "0"]


def test_fcp7_has_transitions_as_premiere_writes_them(story: Path, tmp_path: Path) -> None:
    ((_, project, _),) = export(edited(story, dissolves), ["fcp7xml"], tmp_path)
    back = otio.adapters.read_from_file(str(project), "fcp_xml")
    clips = list(back.video_tracks()[0].find_clips())
    assert [clip.source_range for clip in clips[:2]] == [span(8, SCENE)] * 2  # the third dissolve is not centred
    offsets = [(one.in_offset.value, one.out_offset.value) for one in _transitions(back)]
    assert offsets[:2] == [(6, 6), (3, 4)]
    places = [[e.findtext(tag) for tag in ("start", "end", "alignment")] for e in _elements(project, "transitionitem")]
    assert places == [["24", "36", "center"], ["57", "64", "center"], ["82", "106", "center"]]
    items = [[e.findtext(tag) for tag in ("start", "end", "in", "out")] for e in _elements(project, "clipitem")]
    assert items[:3] == [["0", "-1", "8", "44"], ["-1", "-1", "2", "42"], ["-1", "-1", "5", "54"]]


def _transitions(timeline: Timeline) -> list[otio.schema.Transition]:
    return [item for item in timeline.video_tracks()[0] if isinstance(item, otio.schema.Transition)]


def _elements(file: Path, tag: str) -> list[ElementTree.Element]:
    return list(ElementTree.parse(file).iter(tag))


def test_fcpxml_lays_transitions_over_clips_that_meet_at_the_cut(story: Path, tmp_path: Path) -> None:
    ((_, project, _),) = export(edited(story, dissolves), ["fcpxml"], tmp_path)
    assert broken_rules(ElementTree.parse(project).getroot()) == []
    transitions = [(e.get("offset"), e.get("duration")) for e in _elements(project, "transition")]
    assert transitions == [("1s", "1/2s"), ("19/8s", "7/24s"), ("41/12s", "1s")]
    clips = [(e.get("offset"), e.get("duration")) for e in _elements(project, "spine")[0].iterfind("asset-clip")]
    assert clips == [("0s", "5/4s"), ("5/4s", "5/4s"), ("5/2s", "5/4s"), ("15/4s", "5/4s")]


def test_the_edl_has_two_lines_for_a_dissolve(story: Path, tmp_path: Path) -> None:
    ((_, project, _),) = export(edited(story, dissolves), ["edl"], tmp_path)
    text = project.read_text()
    assert [line for line in text.splitlines() if line.startswith("002")] == [
        "002  scene001 V     C        00:00:01:08 00:00:01:08 00:00:01:00 00:00:01:00",
        "002  scene002 V     D    012 00:00:00:02 00:00:01:11 00:00:01:00 00:00:02:09",
    ]
    assert "* FROM CLIP NAME:  scene-001-lake.mov\n* TO CLIP NAME:  scene-002-fire.mov\n" in text
    events = [event for event in pycmx.parse_cmx3600(project.open()).events if event.number < 5]
    ends = [(edit.record_in, edit.record_out) for event in events for edit in event.edits if edit.transition.dissolve]
    assert [edit.transition.kind for event in events for edit in event.edits] == ["C", *["C", "D"] * 3]
    assert ends == [
        ("00:00:01:00", "00:00:02:09"),
        ("00:00:02:09", "00:00:03:10"),
        ("00:00:03:10", "00:00:05:00"),
    ]


def test_fcpxml_tells_which_dissolves_it_leaves_out(story: Path, tmp_path: Path) -> None:
    def change(timeline: Timeline) -> None:
        dissolves(timeline)
        timeline.tracks.insert(1, pictures(timeline).deepcopy())

    notes = {form.name: note for form, _, note in export(edited(story, change), ["fcpxml", "mlt"], tmp_path)}
    assert "dissolves above the first track of pictures are hard cuts (3)" in notes["fcpxml"]
    assert "above" not in notes["mlt"]


def test_an_edl_has_no_dissolve_of_a_thousand_frames(tmp_path: Path) -> None:
    folder = story_folder(tmp_path / "story", storyboard(2, width=64, height=64, scene_s=45))

    def change(timeline: Timeline) -> None:
        pictures(timeline)[0].media_reference.available_range = span(0, 45 * 24 + 1000)
        pictures(timeline).insert(1, dissolve(0, 1000))

    file = edited(folder, change)
    with pytest.raises(BridgeError, match="a dissolve of 1000 frames; an EDL has at most 999"):
        list(export(file, ["edl"], tmp_path / "out"))


@pytest.mark.program("melt")
@pytest.mark.parametrize("name", ["mlt", "kdenlive"])
def test_melt_plays_all_tracks_of_sound(name: str, story: Path, tmp_path: Path) -> None:
    def loudness(change: Change) -> float:
        ((_, project, _),) = export(edited(story, change), [name], tmp_path / change.__name__)
        with av.open(render_project(project, project.with_suffix(".mkv"))) as film:
            return float(np.abs(np.concatenate([f.to_ndarray().ravel() for f in film.decode(audio=0)])).max())

    assert loudness(second_song) == pytest.approx(2 * loudness(hour), rel=0.02)


@pytest.mark.program("ges-launch-1.0")
def test_so_does_ges(story: Path, tmp_path: Path) -> None:
    ((_, project, _),) = export(edited(story, second_track), ["xges"], tmp_path)
    film = frames_at(render(project, tmp_path / "film.mkv"), {10, 25, 45, 55, 75})
    assert [shown(picture)[0] for picture in film] == [0, 3, 3, 1, 2]


@pytest.mark.parametrize(
    ("told", "exact"), [(23.976, "24000/1001"), (23.98, "24000/1001"), (29.97, "30000/1001"), (59.94, "60000/1001")]
)
def test_a_rate_of_few_decimals_is_the_exact_one(told: float, exact: str, tmp_path: Path) -> None:
    folder = story_folder(tmp_path / "story", storyboard(2, Fraction(exact), width=64, height=64))
    text = (folder / "story.otio").read_text()
    (folder / "story.otio").write_text(text.replace(str(json.loads(text)["global_start_time"]["rate"]), str(told)))
    assert read_edit(folder / "story.otio").frame_rate == Fraction(exact)
    assert len(list(export(folder, MEDIA, tmp_path / "out"))) == len(MEDIA)


def test_two_files_of_one_name_are_two_files(story: Path, tmp_path: Path) -> None:
    other = tmp_path / "others" / "scene-001-lake.mov"
    other.parent.mkdir()
    other.write_bytes((story / "media" / "scene-002-fire.mov").read_bytes())

    def change(timeline: Timeline) -> None:
        clip = pictures(timeline)[1]
        clip.name = clip.media_reference.name = other.name
        clip.media_reference.target_url = str(other)

    file = edited(story, change)
    moved = file.rename(tmp_path / "edited.otio")  # or media/ beside it would go before what it names
    for name in ("mlt", "kdenlive", "fcpxml", "fcp7xml", "xges"):
        ((_, made, _),) = export(moved, [name], tmp_path / "out")
        assert str(other) in made.read_text() and str(story / "media" / other.name) in made.read_text()
    with pytest.raises(BridgeError, match=r"two files named scene-001-lake\.mov"):
        write_otioz(read_edit(moved).timeline, tmp_path / "story.otioz")


def test_nothing_left_to_see_is_one_sentence(story: Path, tmp_path: Path) -> None:
    def change(timeline: Timeline) -> None:
        pictures(timeline).enabled = False

    with pytest.raises(BridgeError, match="no picture in it that has a file and is switched on"):
        list(export(edited(story, change), ["mlt"], tmp_path))


CHANGES = st.lists(st.sampled_from([change for change, _ in DROPS if change is not nested]), max_size=4)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=CHANGES, index=st.integers(0, 3), length=st.integers(1, 45), first=st.integers(0, 20))
def test_any_edit_is_written_in_every_format(
    changes: list[Change], index: int, length: int, first: int, story: Path
) -> None:
    def change(timeline: Timeline) -> None:
        nested(timeline) if length % 2 else None
        for one in changes:
            if all(isinstance(item, otio.schema.Clip) and is_of_media(item) for item in pictures(timeline)[:2]):
                one(timeline)
        item = pictures(timeline)[min(index, len(pictures(timeline)) - 1)]
        if isinstance(item, otio.schema.Clip):
            item.source_range = span(first, length)

    flat, _ = flattened(read_edit(edited(story, change)))
    for name in MEDIA:
        text = TEXTS[name](flat)
        if name != "edl":
            ElementTree.fromstring(text)
        if name == "fcpxml":
            assert broken_rules(ElementTree.fromstring(text)) == []
