"""Both scripts, in Python and in Lua, against a Resolve that is as unhelpful as the real one."""

import json
import shutil
import tempfile
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest
from opentimelineio.opentime import RationalTime, TimeRange

from deepsing_bridge.export.timeline import with_relative_paths
from deepsing_bridge.footage.conform import in_point
from deepsing_bridge.story.storyboard import Storyboard
from tests.plugins.resolve import fake_host, scripts
from tests.plugins.resolve.fake_host import Folder, MediaPoolItem, Timeline, World, open_world
from tests.plugins.resolve.stories import write_footage_story, write_story

NTSC, FILM_NTSC = Fraction(30000, 1001), Fraction(24000, 1001)
RATES = [("24", Fraction(24)), ("25", Fraction(25)), ("29.97", NTSC), ("23.976", FILM_NTSC)]
COLOURS = {"happy": "Yellow", "tense": "Pink", "sad": "Blue", "calm": "Green", "neutral": "Purple"}
AWKWARD = "ein \"Söng\" '100%%' \\ (東京 🎵) [1]"
IMPORT, APPEND = "MediaPool.ImportTimelineFromFile", "MediaPool.AppendToTimeline"


@pytest.fixture(params=scripts.LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(autouse=True)
def _nobody_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No list of recent stories but what a test writes."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in ("XDG_DATA_HOME", "LOCALAPPDATA", "DEEPSING_STORY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def story(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the story that the scripts are told to take; nothing is in it yet."""
    monkeypatch.setenv("DEEPSING_STORY", str(tmp_path / "night drive"))
    return tmp_path / "night drive"


def assert_is_the_story(timeline: Timeline, board: Storyboard, folder: Path, start: int = 0) -> None:
    spans = board.scene_frames()
    (video,), (audio,) = timeline.tracks["video"], timeline.tracks["audio"]
    assert timeline.start == start
    assert [(clip.start, clip.start + clip.frames) for clip in video] == [(a + start, b + start) for a, b in spans]
    assert [(clip.start, clip.frames) for clip in audio] == [(start, spans[-1][1])]
    assert all(clip.media and clip.media.online for clip in [*video, *audio])
    assert [clip.first for clip in video] == [board.head_frames(scene) for scene in range(len(spans))]
    assert [clip.first for clip in audio] == [0]
    assert {Path(clip.media.path).parent for clip in [*video, *audio] if clip.media} == {folder / "media"}
    assert [clip.colour for clip in video] == [COLOURS[scene.sentiment.feeling] for scene in board.scenes]
    for number, (scene, (first, _)) in enumerate(zip(board.scenes, spans, strict=True), 1):
        felt = scene.sentiment
        note = f"{scene.label}: valence {felt.valence:+.2f}, arousal {felt.arousal:+.2f}, {felt.feeling}"
        assert timeline.markers[first] == {
            "color": COLOURS[felt.feeling],
            "name": scene.label,
            "note": note,
            "duration": 1,
            "customData": f"deepsing scene {number}",
        }
    assert len(timeline.markers) == len(board.scenes)


def bins(world: World) -> list[str]:
    return [folder.name for folder in world.root.folders]


def of_the_user(world: World, tmp_path: Path, bin_name: str = "Rushes", timeline_name: str = "Cut") -> Folder:
    """Puts a bin with a sound, and a timeline, into the project, as its user would have."""
    sound = tmp_path / "interview.wav"
    sound.write_text(fake_host.media_text(seconds=3.0))
    pool = fake_host.MediaPool(world)
    folder = pool.AddSubFolder(world.root, bin_name)
    assert folder and pool.SetCurrentFolder(folder)
    pool.ImportMedia([str(sound)])
    pool.CreateEmptyTimeline(timeline_name)
    world.journal.clear()
    return folder


def assert_untouched(world: World, folder: Folder, timeline: Timeline) -> None:
    """What `of_the_user` made is there as it was, and is what is open."""
    assert [item.GetName() for item in folder.items] == ["interview.wav", ""]
    assert folder in world.root.folders and world.current_folder is folder
    assert timeline in world.timelines and world.current_timeline is timeline
    assert timeline.start == 3600 * int(timeline.rate) and not timeline.markers and not timeline.end()


# A good day


@pytest.mark.parametrize(("name", "rate"), RATES)
def test_a_story_lands_as_a_timeline(name: str, rate: Fraction, language: str, story: Path) -> None:
    board = write_story(story, scenes=7, rate=rate)
    world = open_world(default_rate="30")
    said = scripts.run(language, world)
    (timeline,) = world.timelines
    assert_is_the_story(timeline, board, story)
    assert (timeline.name, timeline.rate, world.rate, bins(world)) == ("night drive", name, name, ["night drive"])
    assert world.current_timeline is timeline and world.current_folder is world.root
    assert world.deeds()[0][0] == "Project.SetSetting"
    assert world.called(IMPORT) == 1 and world.called(APPEND) == 0
    assert f'Done: timeline "night drive", 7 scenes, {board.scene_frames()[-1][1]} frames' in said
    assert said.splitlines()[:-1] == (story / "resolve.log").read_text(encoding="utf-8").splitlines()[1:]
    assert said.splitlines()[-1] == f"This is in {story / 'resolve.log'} too."


def test_media_lie_in_the_storys_bin_each_once(language: str, story: Path) -> None:
    board = write_story(story)
    world = open_world()
    scripts.run(language, world)
    (folder,) = world.root.folders
    names = [item.GetName() for item in folder.items if item.kind != "Timeline"]
    assert sorted(names) == sorted(path.name for path in (story / "media").iterdir())
    assert len(names) == len(board.scenes) + 1


def test_a_second_run_makes_a_second_timeline_of_the_same_media(language: str, story: Path) -> None:
    board = write_story(story)
    world = open_world()
    scripts.run(language, world)
    said = scripts.run(language, world)
    assert [timeline.name for timeline in world.timelines] == ["night drive", "night drive 2"]
    for timeline in world.timelines:
        assert_is_the_story(timeline, board, story)
    assert bins(world) == ["night drive"] and world.called("MediaPool.ImportMedia") == 1
    assert 'Bin "night drive": 0 files imported, 5 were there.' in said


def test_names_that_the_user_has_taken_are_not_used(language: str, story: Path, tmp_path: Path) -> None:
    board = write_story(story)
    world = open_world()
    folder = of_the_user(world, tmp_path, bin_name="night drive", timeline_name="night drive")
    (cut,) = world.timelines
    scripts.run(language, world)
    assert bins(world) == ["night drive", "night drive 2"]
    assert [timeline.name for timeline in world.timelines] == ["night drive", "night drive 2"]
    assert_is_the_story(world.timelines[1], board, story)
    fake_host.Project(world).SetCurrentTimeline(cut)
    assert_untouched(world, folder, cut)


def test_any_letter_may_stand_in_a_path(language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also as an escape: some programs write JSON in ASCII."""
    board = write_story(tmp_path / "first" / AWKWARD)
    folder = (tmp_path / "first").rename(tmp_path / "moved %d") / AWKWARD
    monkeypatch.setenv("DEEPSING_STORY", str(folder))
    for _ in range(2):
        world = open_world()
        said = scripts.run(language, world)
        assert_is_the_story(world.timelines[0], board, folder)
        assert world.timelines[0].name == AWKWARD and f'Story "{AWKWARD}" from {folder}' in said
        document = json.loads((folder / "story.otio").read_text(encoding="utf-8"))
        (folder / "story.otio").write_text(json.dumps(document, ensure_ascii=True), encoding="ascii")


def test_several_tracks_gaps_and_another_start(language: str, story: Path) -> None:
    board = write_story(story)
    timeline = otio.adapters.read_from_file(str(story / "story.otio"))
    above = otio.schema.Track("Video 2", kind=otio.schema.TrackKind.Video)
    above.append(otio.schema.Gap(source_range=TimeRange(RationalTime(0, 24), RationalTime(10, 24))))
    clip = timeline.video_tracks()[0][1].deepcopy()
    clip.source_range = TimeRange(RationalTime(5, 24), RationalTime(8, 24))
    above.append(clip)
    timeline.tracks.append(above)
    timeline.global_start_time = RationalTime(86400, 24)
    otio.adapters.write_to_file(timeline, str(story / "story.otio"))
    imported, built = open_world(), open_world(import_gives_none=True)
    for world in (imported, built):
        scripts.run(language, world)
        (made,) = world.timelines
        (clip,) = made.tracks["video"][1]
        assert (clip.start, clip.frames, clip.first) == (86410, 8, 5)
        assert clip.colour == COLOURS[board.scenes[1].sentiment.feeling]
        assert made.start == 86400 and set(made.markers) == {0, 30, 61, 91, 10}
    assert built.called(APPEND) == 2


@pytest.mark.parametrize("habits", [{}, {"import_gives_none": True}])
def test_a_timeline_has_the_pictures_size(habits: dict[str, object], language: str, story: Path) -> None:
    write_story(story, width=1080, height=1920)
    world = open_world(**habits)
    said = scripts.run(language, world)
    assert (world.timelines[0].settings["timelineResolutionWidth"], world.timelines[0].own_settings) == ("1080", True)
    assert "The timeline's resolution is 1080x1920, that of the pictures." in said
    refusing = open_world(size_refused=True, **habits)
    said = scripts.run(language, refusing)
    assert "the timeline's resolution is 1920x1080, not 1080x1920. Set it by hand" in said


def test_dissolves_come_in_by_the_import_and_are_told_where_that_fails(language: str, story: Path) -> None:
    board = write_story(story, dissolve=8)
    imported, built = open_world(), open_world(import_gives_none=True)
    said = scripts.run(language, imported)
    assert_is_the_story(imported.timelines[0], board, story)
    assert imported.timelines[0].dissolves == [start for start, _ in board.scene_frames()[1:]]
    assert "hard cuts" not in said
    said = scripts.run(language, built)
    assert_is_the_story(built.timelines[0], board, story)
    assert "3 dissolves are hard cuts: scripts cannot place them" in said


@pytest.mark.parametrize(("start", "frame"), [("01:00:00;00", 107_892), ("00:10:00:00", 18_000), ("00:01:00;02", 1800)])
def test_it_starts_where_the_story_does(start: str, frame: int, language: str, story: Path) -> None:
    board = write_story(story, rate=Fraction(30000, 1001), start_timecode=start)
    imported, built = open_world(), open_world(import_gives_none=True)
    for world in (imported, built):
        scripts.run(language, world)
        assert_is_the_story(world.timelines[0], board, story, start=frame)
    assert ("timelineDropFrameTimecode" in built.timelines[0].settings) == (";" in start)


def test_a_story_of_relative_paths_has_its_media(language: str, story: Path) -> None:
    board = write_story(story)
    timeline = otio.adapters.read_from_file(str(story / "story.otio"))
    otio.adapters.write_to_file(with_relative_paths(timeline, story), str(story / "story.otio"))
    world = open_world()
    scripts.run(language, world)
    assert_is_the_story(world.timelines[0], board, story)


# A bad day


@pytest.mark.parametrize(
    ("habits", "reason"),
    [
        ({"import_gives_none": True}, "The import failed"),
        ({"offline": ("scene-002-fire.mov",)}, "scene-002-fire.mov is offline"),
        ({"offline": ("song.wav",)}, "song.wav is offline"),
        ({"import_shift": 1}, "scene-001-lake.mov has 31 frames, not 30"),
        ({"import_shift": -1}, "scene-001-lake.mov has 29 frames, not 30"),
        ({"import_slip": 3}, "scene-001-lake.mov begins with frame 3 of its media, not 0"),
    ],
)
def test_where_the_import_is_not_right_the_timeline_is_built(
    habits: dict[str, object], reason: str, language: str, story: Path
) -> None:
    board = write_story(story)
    world = open_world(**habits)
    said = scripts.run(language, world)
    (timeline,) = world.timelines
    assert_is_the_story(timeline, board, story)
    assert timeline.name == "night drive" and world.called(APPEND) == 2
    assert f"{IMPORT}: {reason}" in said and "Done" in said


@pytest.mark.parametrize(("name", "rate"), RATES)
def test_building_is_right_whether_or_not_the_end_frame_is_played(
    name: str, rate: Fraction, language: str, story: Path
) -> None:
    board = write_story(story, rate=rate)
    for played, appends in ((True, 2), (False, 1)):
        world = open_world(import_gives_none=True, end_frame_is_played=played)
        scripts.run(language, world)
        (timeline,) = world.timelines
        assert_is_the_story(timeline, board, story)
        assert timeline.rate == name and world.called(APPEND) == appends


@pytest.mark.parametrize(
    ("habits", "reason"),
    [
        ({"append_gives_none": True}, "The call failed. Resolve gave no reason."),
        ({"append_drops": ("scene-002-fire.mov",)}, "video track 1 has 3 clips, not 4"),
    ],
)
def test_where_nothing_works_it_says_so_and_leaves_the_users_things(
    habits: dict[str, object], reason: str, language: str, story: Path, tmp_path: Path
) -> None:
    write_story(story)
    world = open_world(import_gives_none=True, **habits)
    folder = of_the_user(world, tmp_path)
    (cut,) = world.timelines
    said = scripts.run(language, world)
    assert world.timelines == [cut]
    assert_untouched(world, folder, cut)
    assert f"{IMPORT}: The import failed" in said and f"{APPEND}: {reason}" in said
    assert "Make a new project" in said and "File > Import > Timeline" in said and "Done" not in said
    assert said.splitlines()[:-1] == (story / "resolve.log").read_text(encoding="utf-8").splitlines()[1:]


def test_a_timeline_that_cannot_be_deleted_is_named(language: str, story: Path) -> None:
    write_story(story)
    said = scripts.run(language, open_world(import_shift=1, end_frame_is_played=False, deletes_timelines=False))
    assert 'MediaPool.DeleteTimelines failed: delete the timeline "night drive"' in said
    assert 'Done: timeline "night drive 2"' in said


def test_markers_and_colours_that_are_refused_are_told(language: str, story: Path) -> None:
    write_story(story)
    world = open_world(markers_refused=True, colours_refused=True)
    said = scripts.run(language, world)
    assert "Timeline.AddMarker refused lake at frame 0, fire at frame 30, dog at frame 61 and 1 more." in said
    assert "TimelineItem.SetClipColor refused scene-001-lake.mov" in said and "Done" in said
    assert len(world.timelines) == 1


def test_a_file_that_resolve_cannot_read_is_named(language: str, story: Path) -> None:
    write_story(story)
    world = open_world(unreadable=("scene-003-dog.mov",))
    said = scripts.run(language, world)
    assert "MediaPool.ImportMedia did not take scene-003-dog.mov." in said
    assert not world.timelines and world.current_folder is world.root


def test_stills_of_a_run_of_numbers_stay_stills(language: str, story: Path) -> None:
    board = write_story(story, named=lambda number, _: f"still{number:03}.png")
    world = open_world()
    assert "Done" in scripts.run(language, world)
    names = {item.GetName() for folder in world.folders() for item in folder.items}
    assert {f"still{number + 1:03}.png" for number in range(len(board.scenes))} <= names


def test_media_of_another_story_with_the_same_names_are_not_taken_for_its_own(
    language: str, story: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = write_story(story)
    write_story(tmp_path / "other" / story.name)
    world = open_world(import_links_by_name=True)
    monkeypatch.setenv("DEEPSING_STORY", str(tmp_path / "other" / story.name))
    scripts.run(language, world)
    monkeypatch.setenv("DEEPSING_STORY", str(story))
    said = scripts.run(language, world)
    assert f"scene-001-lake.mov is linked to {tmp_path / 'other' / story.name / 'media'}" in said
    assert bins(world) == ["night drive", "night drive 2"]
    assert_is_the_story(world.timelines[1], board, story)


# Frame rates


def test_in_a_project_of_another_rate_the_timeline_may_have_its_own(language: str, story: Path, tmp_path: Path) -> None:
    board = write_story(story)
    for habits, appends in (({"import_ignores_rate": False}, 0), ({"own_timeline_rate": True}, 2)):
        world = open_world(default_rate="25", **habits)
        of_the_user(world, tmp_path)
        said = scripts.run(language, world)
        assert world.rate == "25" and world.timelines[1].rate == "24" and world.called(APPEND) == appends
        assert_is_the_story(world.timelines[1], board, story)
        assert "Project.SetSetting: the project stays at 25 frames a second" in said and "Done" in said


def test_a_timeline_of_another_rate_than_the_story_is_not_kept(language: str, story: Path, tmp_path: Path) -> None:
    write_story(story)
    world = open_world(default_rate="25")
    folder = of_the_user(world, tmp_path)
    (cut,) = world.timelines
    said = scripts.run(language, world)
    assert_untouched(world, folder, cut)
    assert world.timelines == [cut] and world.rate == "25"
    assert "the timeline has 25 frames a second, not 24" in said
    assert "Make a new project, save it, set its frame rate to 24" in said and "Done" not in said


def test_a_rate_that_is_read_back_without_its_fraction_is_right(language: str, story: Path) -> None:
    board = write_story(story, rate=NTSC)
    world = open_world(cuts_timeline_rate=True)
    scripts.run(language, world)
    assert_is_the_story(world.timelines[0], board, story)
    assert world.called(APPEND) == 0


# Projects


def test_a_project_that_was_never_saved_is_told(language: str, story: Path) -> None:
    write_story(story)
    world = open_world(saved=False)
    said = scripts.run(language, world)
    assert "ProjectManager.SaveProject failed." in said and "File > Save Project" in said
    assert [name for name, _ in world.deeds()] == ["ProjectManager.SaveProject"]


def test_no_project_is_told(language: str, story: Path) -> None:
    write_story(story)
    said = scripts.run(language, open_world(project_open=False))
    assert "ProjectManager.GetCurrentProject failed. Open a project first." in said


# Stories that have moved, and others


@pytest.mark.parametrize("move", [shutil.move, shutil.copytree])
def test_a_story_elsewhere_has_its_own_media(
    move: Callable[[Path, Path], object], language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = write_story(tmp_path / "here")
    move(tmp_path / "here", tmp_path / "there")
    before = (tmp_path / "there" / "story.otio").read_bytes()
    monkeypatch.setenv("DEEPSING_STORY", str(tmp_path / "there"))
    world = open_world()
    scripts.run(language, world)
    assert_is_the_story(world.timelines[0], board, tmp_path / "there")
    assert world.called(IMPORT) == 1 and world.called(APPEND) == 0
    assert (tmp_path / "there" / "story.otio").read_bytes() == before
    names = {path.name for path in (tmp_path / "there").iterdir()}
    assert names == {"media", "story.json", "story.otio", "resolve.log"}


def test_a_story_of_a_windows_machine_has_its_media_here(language: str, story: Path) -> None:
    board = write_story(story)
    text = (story / "story.otio").read_text(encoding="utf-8")
    (story / "story.otio").write_text(
        text.replace(f"{story}/media/", r"C:\\stories\\u00e9toile\\media\\"), encoding="utf-8"
    )
    world = open_world()
    scripts.run(language, world)
    assert_is_the_story(world.timelines[0], board, story)


def test_missing_media_are_named_before_anything_is_done(language: str, story: Path) -> None:
    write_story(story)
    (story / "media" / "scene-002-fire.mov").unlink()
    (story / "media" / "song.wav").unlink()
    world = open_world()
    said = scripts.run(language, world)
    assert f"Missing in {story / 'media'}: scene-002-fire.mov, song.wav." in said
    assert not world.deeds()


@pytest.mark.parametrize(
    ("old", "new"),
    [("{", "["), ('"Clip.2"', '"Stack.1"'), ('"rate": 24', '"rate": 17'), ('"color"', '"paint"')],
)
def test_a_file_that_is_no_story_is_told(old: str, new: str, language: str, story: Path) -> None:
    write_story(story)
    text = (story / "story.otio").read_text(encoding="utf-8")
    assert old in text
    (story / "story.otio").write_text(text.replace(old, new), encoding="utf-8")
    world = open_world()
    said = scripts.run(language, world)
    assert f"{story / 'story.otio'}: not a story's timeline (" in said
    assert not world.deeds()


# Which story


def test_the_newest_story_that_is_still_there_is_taken(
    language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_story(tmp_path / "newer")
    write_story(tmp_path / "older")
    listing = "\n".join(str(tmp_path / name) for name in ("gone", "newer", "older")) + "\n"
    for place in (tmp_path / "home" / ".local" / "share", tmp_path / "data"):
        (place / "deepsing-bridge").mkdir(parents=True)
        (place / "deepsing-bridge" / "stories.txt").write_text(listing)
        world = open_world()
        scripts.run(language, world)
        assert [timeline.name for timeline in world.timelines] == ["newer"]
        (place / "deepsing-bridge" / "stories.txt").unlink()
        monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


def test_a_name_in_the_list_that_is_not_unicode_is_passed_over(
    language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_story(tmp_path / "newest")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    (tmp_path / "data" / "deepsing-bridge").mkdir(parents=True)
    listing = b"/gone/M\xfcnchen\n" + str(tmp_path / "newest").encode() + b"\n"
    (tmp_path / "data" / "deepsing-bridge" / "stories.txt").write_bytes(listing)
    world = open_world()
    scripts.run(language, world)
    assert [timeline.name for timeline in world.timelines] == ["newest"]


def test_a_path_to_the_otio_itself_will_do(language: str, story: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_story(story)
    monkeypatch.setenv("DEEPSING_STORY", str(story / "story.otio"))
    assert 'Done: timeline "night drive"' in scripts.run(language, open_world())


def test_a_named_folder_without_a_story_is_told(language: str, story: Path) -> None:
    assert f"{story}: no story.otio there." in scripts.run(language, open_world())


def test_without_a_story_and_a_window_it_says_what_to_do(language: str) -> None:
    world = open_world()
    said = scripts.run(language, world)
    assert "No story found. Make one with the bridge's command story SONG" in said
    assert [name for name, _ in world.deeds()] == ["Resolve.Fusion"]


def test_without_a_story_it_asks_where_resolve_can(language: str, tmp_path: Path) -> None:
    write_story(tmp_path / "picked")

    class FusionWithWindow(fake_host.Fake):
        def RequestDir(self) -> str:  # of Fusion's own scripting, which the published API leaves out
            return f"{tmp_path / 'picked'}/"

    class Studio(fake_host.Resolve):
        def Fusion(self) -> FusionWithWindow:  # type: ignore[override]
            return FusionWithWindow(self._world)

    assert 'Done: timeline "picked"' in scripts.run(language, open_world(), Studio)


# Said and written


def test_where_the_folder_cannot_be_written_the_log_is_elsewhere(
    language: str, story: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_story(story)
    (story / "resolve.log").mkdir()  # for root, who may run this, no folder is read-only
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    monkeypatch.setattr(tempfile, "tempdir", None)
    said = scripts.run(language, open_world())
    log = tmp_path / "temporary" / "resolve.log"
    assert "Done" in log.read_text(encoding="utf-8") and f"This is in {log} too." in said


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, the full disk of Linux")
def test_a_full_disk_stops_neither_the_timeline_nor_what_is_said(language: str, tmp_path: Path, story: Path) -> None:
    board = write_story(tmp_path / "first" / story.name)
    shutil.move(tmp_path / "first" / story.name, story)
    (story / "resolve.log").symlink_to("/dev/full")
    (story / "resolve-moved.otio").symlink_to("/dev/full")
    world = open_world()
    said = scripts.run(language, world)
    assert "No more is written to the log: " in said and "A copy with the new paths could not be written: " in said
    assert "Done" in said and "This is in" not in said
    assert_is_the_story(world.timelines[0], board, story)


def test_the_log_grows_and_tells_when_and_where(language: str, story: Path) -> None:
    write_story(story)
    scripts.run(language, open_world())
    scripts.run(language, open_world())
    heads = [line for line in (story / "resolve.log").read_text(encoding="utf-8").splitlines() if line[:3] == "---"]
    assert len(heads) == 2
    assert all("DaVinci Resolve Studio 21.1.0.14" in head for head in heads)


@pytest.mark.parametrize(
    "habits",
    [
        {},
        {"import_gives_none": True, "end_frame_is_played": False},
        {"offline": ("song.wav",), "append_drops": ("song.wav",)},
        {"default_rate": "25", "markers_refused": True},
        {"import_shift": 2, "deletes_timelines": False},
        {"saved": False},
    ],
)
def test_both_languages_say_and_do_the_same(habits: dict[str, object], story: Path) -> None:
    write_story(story, scenes=11)
    outcomes = []
    for language in scripts.LANGUAGES:
        world = open_world(**habits)
        said = scripts.run(language, world) + scripts.run(language, world)
        outcomes.append((said, world.deeds()))
    assert outcomes[0] == outcomes[1] == outcomes[2]


def test_an_offline_item_of_the_pool_is_offline(language: str, story: Path) -> None:
    """Its path is right, but Resolve has lost the file since."""
    board = write_story(story)
    world = open_world()
    scripts.run(language, world)
    lost: MediaPoolItem = next(item for item in world.root.folders[0].items if item.GetName() == "scene-001-lake.mov")
    lost.online = False
    said = scripts.run(language, world)
    assert "scene-001-lake.mov is offline" in said and "No timeline was made" in said
    assert len(world.timelines) == 1 and len(board.scenes) == 4


@pytest.mark.parametrize("imports", [True, False], ids=["imported", "built"])
def test_footage_of_another_rate_with_a_timecode_and_stills_is_placed(
    imports: bool, language: str, story: Path, tmp_path: Path
) -> None:
    board = write_footage_story(story, tmp_path / "footage")
    world = open_world(import_gives_none=not imports, end_frame_is_played=False)
    said = scripts.run(language, world)
    assert "Done" in said, said
    (timeline,) = world.timelines
    clips = timeline.tracks["video"][0]
    assert [(clip.start, clip.start + clip.frames) for clip in clips] == list(board.scene_frames())
    assert [Path(clip.media.path).name for clip in clips if clip.media] == [
        scene.subclip.media.path.name for scene in board.scenes if scene.subclip
    ]
    firsts = [in_point(scene.subclip, board.frame_rate) for scene in board.scenes if scene.subclip]
    assert [clip.first for clip in clips[:2]] == firsts[:2]
