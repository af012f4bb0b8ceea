"""A live take becomes a story folder: what was played, in time, with its parameter moves, and after a crash too."""

import errno
import json
import shutil
import time
from collections import namedtuple
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import opentimelineio as otio
import pytest
import soundfile

from deepsing_bridge.app.take import finish_take
from deepsing_bridge.audio.decode import file_to_song
from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.core.types import Sentiment, no_progress
from deepsing_bridge.core.units import frame_to_seconds
from deepsing_bridge.export import video
from deepsing_bridge.export.clips import ClipWriter
from deepsing_bridge.export.live_recording import LiveRecording
from deepsing_bridge.export.recorder import Recorder
from deepsing_bridge.export.story_folder import clip_name
from deepsing_bridge.export.take import LISTING, Take, nearest_rate
from deepsing_bridge.export.take_file import TakeFile
from deepsing_bridge.listening.device import SoundBlock
from deepsing_bridge.listening.listener import Heard
from deepsing_bridge.live.commands import Load, Pause, Play, Seek, SetParam
from deepsing_bridge.live.events import Echo, Problem, Status
from deepsing_bridge.story.story_file import json_to_storyboard
from tests.builders import write_song
from tests.live.ears import Ears
from tests.live.players import SONG_S, Player, analysis

RATE = Fraction(24)
FELT = Sentiment(0.5, -0.5)


@pytest.fixture
def player(tmp_path: Path) -> Player:
    made = Player(size="64x64")
    song = write_song(tmp_path / "song.wav", SONG_S)
    made.put_on(replace(analysis(), path=song, digest="song.wav"))
    made.say(Play())
    made.run(1 / 24)
    return made


def record(take: Take, player: Player, seconds: float) -> None:
    for frame in player.run(seconds):
        take.write(frame, FELT) if frame.playing else take.pause()


def test_a_take_is_as_long_as_what_was_played_and_in_time(player: Player, tmp_path: Path) -> None:
    take = Take(tmp_path / "take", RATE)
    record(take, player, 7.0)
    take.close()
    read = TakeFile.read(tmp_path / "take")
    assert read.frames == 7 * 24
    assert [scene.label for scene in read.board.scenes] == ["lake", "fire"]
    assert [scene.end_s for scene in read.board.scenes] == [
        pytest.approx(5.0 - 2 / 24),
        7.0,
    ]  # it began 2 frames into the song
    reds = [
        int(picture[32, 32, 0])
        for scene, path in zip(read.board.scenes, sorted((tmp_path / "take" / "media").iterdir()), strict=True)
        for picture in list(video.read_frames(path))[: round((scene.end_s - scene.start_s) * 24)]
    ]
    assert len(reds) == 7 * 24
    for index in range(0, len(reds), 7):
        assert abs(reds[index] - 10 * (index + 2) / 24) <= 5  # the codec keeps colours only so well


def test_pauses_are_not_in_it_and_after_a_seek_other_sound_follows(player: Player, tmp_path: Path) -> None:
    take = Take(tmp_path / "take", RATE)
    record(take, player, 2.0)
    player.say(Pause())
    record(take, player, 3.0)
    player.say(Play())
    record(take, player, 1.0)
    player.say(Seek(16.0))
    record(take, player, 1.5)
    take.close()
    read = TakeFile.read(tmp_path / "take")
    assert abs(read.frames - 4.5 * 24) <= 2
    assert [run.time_s for run in read.sound] == [pytest.approx(0.04, abs=0.05), pytest.approx(16.0, abs=0.05)]
    assert abs(read.sound[1].frame - 3 * 24) <= 2


def test_frames_that_did_not_come_are_held(player: Player, tmp_path: Path) -> None:
    take = Take(tmp_path / "take", RATE)
    record(take, player, 1.0)
    player.clock.now_s += 0.5  # the machine was busy elsewhere
    record(take, player, 1.0)
    take.close()
    assert TakeFile.read(tmp_path / "take").frames == 60


@pytest.mark.parametrize("fps", [12.0, 27.0, 50.0])
def test_at_another_rate_than_the_take_s_it_is_as_long_as_what_was_played(
    fps: float, player: Player, tmp_path: Path
) -> None:
    """From the start, as 27 frames a second, which no editor knows, or because it was changed on the way."""
    take = Take(tmp_path / "take", RATE)
    record(take, player, 2.0)
    player.say(SetParam("fps", fps))
    record(take, player, 4.0)
    player.say(SetParam("fps", 24.0))
    record(take, player, 2.0)
    take.close()
    read = TakeFile.read(tmp_path / "take")
    assert abs(read.frames - 8.0 * 24) <= 1
    assert len(read.sound) == 1
    (cut, _) = (scene.end_s for scene in read.board.scenes)
    assert cut == pytest.approx(5.0 - 2 / 24, abs=1.5 / 24)


def test_a_jump_that_comes_with_a_frame_that_is_left_out_is_heard(player: Player, tmp_path: Path) -> None:
    take = Take(tmp_path / "take", RATE)
    player.say(SetParam("fps", 60.0))
    record(take, player, 1.0)
    for start_s in (6.0, 11.0, 16.0):
        player.say(Seek(start_s))
        record(take, player, 1 / 60)  # of two frames in a row at least one is left out
        record(take, player, 1.0)
    take.close()
    read = TakeFile.read(tmp_path / "take")
    assert [run.time_s for run in read.sound[1:]] == [pytest.approx(start_s, abs=0.02) for start_s in (6, 11, 16)]
    assert [run.frame / 24 for run in read.sound[1:]] == [pytest.approx(s, abs=1.5 / 24) for s in (1.0, 2.02, 3.03)]


def test_after_another_song_was_loaded_its_sound_follows_at_once_though_the_old_picture_is_still_seen(
    player: Player, tmp_path: Path
) -> None:
    take = Take(tmp_path / "take", RATE)
    record(take, player, 3.0)
    player.say(Load(tmp_path / "other.wav"))
    player.renderer.busy = True
    player.put_on(replace(analysis(), path=tmp_path / "other.wav", digest="other.wav"))
    record(take, player, 0.25)
    player.renderer.busy = False
    record(take, player, 2.0)
    take.close()
    first, second = TakeFile.read(tmp_path / "take").sound
    assert (first.song.name, second.song.name) == ("song.wav", "other.wav")
    assert second.time_s == pytest.approx(0.0, abs=0.05)
    assert abs(second.frame - 3 * 24) <= 1


def test_a_take_says_which_song_it_is_of_before_there_is_a_picture_of_it(tmp_path: Path) -> None:
    player = Player(size="64x64")
    player.run(0.1)
    player.renderer.busy = True
    player.put_on(replace(analysis(), path=tmp_path / "song.wav", digest="song.wav"))
    player.say(Play())
    take = Take(tmp_path / "take", RATE)
    record(take, player, 0.25)
    player.renderer.busy = False
    record(take, player, 1.0)
    take.close()
    board = TakeFile.read(tmp_path / "take").board
    assert (board.song_digest, board.song_path) == ("song.wav", tmp_path / "song.wav")


def test_another_size_on_the_way_is_brought_to_the_first(player: Player, tmp_path: Path) -> None:
    take = Take(tmp_path / "take", RATE)
    record(take, player, 1.0)
    player.say(SetParam("size", "128x72"))
    record(take, player, 1.0)
    take.close()
    board = TakeFile.read(tmp_path / "take").board
    assert (board.settings.width, board.settings.height) == (64, 64)
    assert all(picture.shape == (64, 64, 3) for picture in video.read_frames(next((tmp_path / "take/media").iterdir())))


def test_parameter_moves_are_written_down_with_their_time(player: Player, tmp_path: Path) -> None:
    take = Take(tmp_path / "take", RATE)
    record(take, player, 1.0)
    take.move("blend", 0.75)
    record(take, player, 1.0)
    take.close()
    facts = [json.loads(line) for line in (tmp_path / "take" / LISTING).read_text().splitlines()]
    (move,) = [fact for fact in facts if fact["fact"] == "move"]
    assert (move["name"], move["value"], move["frame"]) == ("blend", 0.75, 24)


def test_after_a_crash_whole_scenes_are_there(player: Player, tmp_path: Path) -> None:
    take = Take(tmp_path / "take", RATE)
    record(take, player, 7.0)
    with (tmp_path / "take" / LISTING).open("a") as listing:
        listing.write('{"fact": "sce')  # and no close()
    read = TakeFile.read(tmp_path / "take")
    assert [scene.label for scene in read.board.scenes] == ["lake"]
    assert read.board.duration_s == read.board.scenes[0].end_s


def test_a_crash_in_the_middle_of_a_letter_costs_no_more_than_that_line(player: Player, tmp_path: Path) -> None:
    take = Take(tmp_path / "take", RATE)
    record(take, player, 7.0)
    with (tmp_path / "take" / LISTING).open("ab") as listing:
        listing.write('{"fact": "sound", "song": "/songs/café'.encode()[:-1])
    assert [scene.label for scene in TakeFile.read(tmp_path / "take").board.scenes] == ["lake"]


@pytest.mark.parametrize("name", ["a\u2028b.wav", "a\x85b.wav", "café.wav", "\udcff.wav"], ids=ascii)
def test_a_song_may_be_called_what_the_system_lets_it_be_called(name: str, player: Player, tmp_path: Path) -> None:
    """U+2028 ends a line for Python, and a lone half stands for a byte that is not UTF-8."""
    player.put_on(replace(analysis(), path=Path("/songs") / name))
    player.say(Play())
    take = Take(tmp_path / "take", RATE)
    record(take, player, 1.0)
    take.close()
    assert TakeFile.read(tmp_path / "take").sound[0].song == Path("/songs") / name


def test_a_listing_with_letters_as_they_are_is_read_too(player: Player, tmp_path: Path) -> None:
    take = Take(tmp_path / "take", RATE)
    record(take, player, 1.0)
    take.close()
    listing = tmp_path / "take" / LISTING
    listing.write_text(listing.read_text().replace("song.wav", "a\u2028é.wav"), encoding="utf-8")
    assert TakeFile.read(tmp_path / "take").sound[0].song.name == "a\u2028é.wav"


def test_a_take_is_finished_into_a_story(player: Player, tmp_path: Path) -> None:
    take = Take(tmp_path / "take", RATE)
    record(take, player, 3.0)
    player.say(Seek(16.0))
    record(take, player, 2.0)
    take.close()
    story = finish_take(tmp_path / "take", lambda stage: no_progress)
    whole = {"story.json", "story.otio", "story.otioz", "preview.mp4", "report.png", "media", LISTING}
    assert {path.name for path in story.folder.iterdir()} == whole
    board = json_to_storyboard((story.folder / "story.json").read_text())
    assert board.duration_s == 5.0
    timeline = otio.adapters.read_from_file(str(story.folder / "story.otio"))
    assert timeline.duration().to_seconds() == pytest.approx(5.0)
    sound, rate = soundfile.read(story.folder / "media" / "song.wav")
    source, _ = soundfile.read(tmp_path / "song.wav")
    assert len(sound) == 5 * rate
    spectrum = np.abs(np.fft.rfft(sound[4 * rate : 5 * rate, 0]))
    assert spectrum.argmax() == pytest.approx(220, abs=2)
    assert np.abs(source).max() == pytest.approx(np.abs(sound).max(), abs=0.02)


def test_finishing_again_changes_nothing(player: Player, tmp_path: Path) -> None:
    take = Take(tmp_path / "take", RATE)
    record(take, player, 2.0)
    take.close()
    finish_take(tmp_path / "take", lambda stage: no_progress)
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "take").rglob("*")}
    finish_take(tmp_path / "take", lambda stage: no_progress)
    assert all(path.stat().st_mtime_ns == time for path, time in before.items() if path.is_file())


def test_scenes_of_a_take_go_over_into_each_other_from_the_cut_on(player: Player, tmp_path: Path) -> None:
    take, folder = Take(tmp_path / "take", RATE), tmp_path / "take"
    record(take, player, 3.0)
    player.say(Seek(16.0))
    record(take, player, 2.0)
    take.close()

    def finished(dissolve: int | None = None) -> dict[str, bytes]:
        finish_take(folder, lambda stage: no_progress, dissolve)
        return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    cuts, dissolves = finished(), finished(12)
    assert finished() == dissolves  # as it was finished before
    made = {"story.json", "story.otio", "story.otioz", "preview.mp4"}
    assert {name for name in cuts if cuts[name] != dissolves[name]} == made
    timeline = otio.adapters.read_from_file(str(folder / "story.otio"))
    (transition,) = timeline.find_children(descended_from_type=otio.schema.Transition)
    assert (transition.in_offset.value, transition.out_offset.value) == (0, 12)
    start = json_to_storyboard((folder / "story.json").read_text()).frames_of(1)[0]
    before = list(video.read_frames(folder / "preview.mp4", start - 1))[:14]
    assert finished(0) == cuts
    after = list(video.read_frames(folder / "preview.mp4", start - 1))[:14]
    different = [float(np.abs(one.astype(int) - two).mean()) for one, two in zip(before, after, strict=True)]
    assert max(different[0], different[13]) < 2 < different[1]
    assert different[1] > different[6] > different[11]


def test_other_dissolves_do_not_take_away_a_timeline_that_somebody_changed(player: Player, tmp_path: Path) -> None:
    take, folder = Take(tmp_path / "take", RATE), tmp_path / "take"
    record(take, player, 2.0)
    take.close()
    finish_take(folder, lambda stage: no_progress)
    (folder / "story.otio").write_text((folder / "story.otio").read_text().replace("Video 1", "V1"))
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with pytest.raises(BridgeError, match=r"story\.otio: somebody has changed it; move it elsewhere"):
        finish_take(folder, lambda stage: no_progress, 12)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    (folder / "story.otio").rename(tmp_path / "mine.otio")
    finish_take(folder, lambda stage: no_progress, 12)
    assert (folder / "story.otio").exists()


def test_the_recorder_listens_to_the_bridge_and_stops_whole(player: Player, tmp_path: Path) -> None:
    recorder = Recorder(player.hub, tmp_path / "take")
    recorder.start()
    player.run(1 / 24)
    for _ in range(40):
        (frame,) = player.run(1 / 24)
        player.hub.post(Echo("blend", 0.3))
        while recorder.seen < frame.sequence:
            time.sleep(0.001)
    recorder.stop()
    assert TakeFile.read(tmp_path / "take").frames == pytest.approx(41, abs=1)


@pytest.mark.parametrize(
    ("fps", "rate"), [(25.0, "25"), (29.97, "30000/1001"), (60.0, "60"), (23.976, "24000/1001"), (24.0, "24")]
)
def test_the_recorder_takes_the_rate_that_is_on_when_it_begins(fps: float, rate: str, tmp_path: Path) -> None:
    """The recorder is started first, while the models are still read."""
    player = Player(size="64x64")
    recorder = Recorder(player.hub, tmp_path / "take")
    recorder.start()
    player.say(SetParam("fps", fps))
    player.run(0.1)
    player.put_on(replace(analysis(), path=write_song(tmp_path / "song.wav", SONG_S), digest="song.wav"))
    player.say(Play())
    play(player, recorder, 2.0)
    recorder.stop()
    board = TakeFile.read(tmp_path / "take").board
    assert board.settings.frame_rate == Fraction(rate)
    assert board.duration_s == pytest.approx(2.0, abs=0.1)


def test_a_take_begins_with_the_first_picture_of_the_song(tmp_path: Path) -> None:
    player = Player(size="64x64")
    recorder = Recorder(player.hub, tmp_path / "take")
    recorder.start()
    player.run(3.0)  # the idle picture is there
    player.renderer.busy = True
    player.put_on(replace(analysis(), path=write_song(tmp_path / "song.wav", SONG_S), digest="song.wav"))
    player.say(Play())
    play(player, recorder, 0.5)  # what is seen is what was on before
    player.renderer.busy = False
    play(player, recorder, 2.0)
    recorder.stop()
    read = TakeFile.read(tmp_path / "take")
    assert len(read.board.scenes) == 1
    (run,) = read.sound
    assert run.frame == 0 and run.time_s == pytest.approx(0.5, abs=0.1)
    assert read.board.duration_s == pytest.approx(2.0, abs=0.1)


def play(player: Player, recorder: Recorder, seconds: float) -> None:
    """As fast as it is recorded."""
    for _ in range(round(24 * seconds)):
        for frame in player.run(1 / 24):
            end = time.monotonic() + 20
            while recorder.seen < frame.sequence:
                assert time.monotonic() < end
                time.sleep(0.001)


def failing(player: Player) -> object:
    player.run(1.1)
    status = player.hub.snapshot.answer("status")
    assert isinstance(status, Status)
    return status.failing


def test_a_recording_whose_folder_is_gone_goes_on_and_it_is_told(
    player: Player, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deepsing_bridge.export.recorder.RETRY_S", 3600.0)
    told, folder = player.hub.subscribe(), tmp_path / "take"
    recorder = Recorder(player.hub, folder)
    recorder.start()
    play(player, recorder, 3.0)
    shutil.rmtree(folder)
    play(player, recorder, 3.0)  # beyond the end of a scene, which is not there
    assert failing(player) == "recording"
    assert any(isinstance(event, Problem) and "recording stops here" in event.text for event in told.take(0))
    monkeypatch.setattr("deepsing_bridge.export.recorder.RETRY_S", 0.0)
    play(player, recorder, 2.0)
    assert failing(player) == ""
    recorder.stop()
    assert TakeFile.read(folder).frames > 24
    assert player.hub.losses.lost == recorder.lost > 3 * 24


def test_a_recording_goes_on_beside_what_it_had_when_the_disk_has_room_again(
    player: Player, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deepsing_bridge.export.recorder.RETRY_S", 0.0)
    told = player.hub.subscribe_to(Problem)
    recorder = Recorder(player.hub, tmp_path / "take")
    recorder.start()
    play(player, recorder, 6.0)  # beyond the first scene
    with monkeypatch.context() as full:
        full.setattr(shutil, "disk_usage", lambda _: Usage(1, 1, 0))
        full.setattr(ClipWriter, "write", fill_disk)
        play(player, recorder, 1.0)
        assert failing(player) == "recording"
        assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == ["take"]
        said = f"the recording stops here, and goes on when it can: {tmp_path / 'take'}: No space left on device"
        assert told.take(0) == [Problem(said)]
    play(player, recorder, 2.0)
    assert failing(player) == ""
    recorder.stop()
    assert TakeFile.read(tmp_path / "take").frames == pytest.approx(5 * 24, abs=1)
    assert TakeFile.read(tmp_path / "take-2").frames > 24
    assert not list(tmp_path.rglob("*.part"))


def test_a_recording_whose_folder_became_a_file_goes_on_beside_it(
    player: Player, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deepsing_bridge.export.recorder.RETRY_S", 0.0)
    recorder = Recorder(player.hub, tmp_path / "take")
    recorder.start()
    play(player, recorder, 3.0)
    shutil.rmtree(tmp_path / "take")
    (tmp_path / "take").write_text("mine")
    play(player, recorder, 4.0)  # beyond the end of a scene, which is not there
    recorder.stop()
    assert (tmp_path / "take").read_text() == "mine"
    assert TakeFile.read(tmp_path / "take-2").frames > 24


def fill_disk(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


Usage = namedtuple("Usage", "total used free")


def test_a_folder_with_something_in_it_is_refused(player: Player, tmp_path: Path) -> None:
    with pytest.raises(BridgeError, match="new or empty"):
        Recorder(player.hub, tmp_path).start()
    with pytest.raises(BridgeError, match=r"song\.wav/take: no folder can be made there"):
        Recorder(player.hub, tmp_path / "song.wav" / "take").start()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "no such file"),
        ("", "not a take"),
        ('{"fact": "take", "schema": "x", "version": 1}\n', "expected deepsing-take"),
    ],
)
def test_what_is_no_take_is_named(text: str | None, said: str, tmp_path: Path) -> None:
    if text is not None:
        (tmp_path / LISTING).write_text(text)
    with pytest.raises(BridgeError, match=said):
        TakeFile.read(tmp_path)


@pytest.mark.parametrize(
    ("fps", "rate"),
    [(24.0, Fraction(24)), (29.97, Fraction(30000, 1001)), (12.0, Fraction(24000, 1001)), (60, Fraction(60))],
)
def test_the_rate_is_one_that_editors_know(fps: float, rate: Fraction) -> None:
    assert nearest_rate(fps) == rate


@pytest.fixture
def whole(player: Player, tmp_path: Path) -> Path:
    take = Take(tmp_path / "take", RATE)
    record(take, player, 7.0)
    take.close()
    return tmp_path / "take"


def spoil(folder: Path, kind: str, **fields: object) -> None:
    """Every fact of that kind says something else."""
    lines = (folder / LISTING).read_text().splitlines()
    facts = [json.loads(line) for line in lines]
    changed = [fact | fields if fact["fact"] == kind else fact for fact in facts]
    (folder / LISTING).write_text("".join(json.dumps(fact) + "\n" for fact in changed))


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("take", {"frame_rate": "1/0"}),
        ("take", {"frame_rate": "1e999999999"}),
        ("take", {"weights": {"a": "\ud800"}}),
        ("take", {"weights": 7}),
        ("scene", {"end_frame": 10**12}),
        ("scene", {"end_frame": 10**400}),
        ("scene", {"start_s": -1.0}),
        ("scene", {"end_s": 1e300}),
        ("scene", {"end_s": "nan"}),
        ("scene", {"class_id": 10**6}),
        ("scene", {"class_id": -1}),
        ("scene", {"label": "a\ud800"}),
        ("scene", {"label": "a\x00b"}),
        ("scene", {"label": "a" * 10_000}),
        ("scene", {"latent": ["inf"]}),
        ("scene", {"probabilities": []}),
        ("sound", {"frame": 5}),
        ("sound", {"frame": -5}),
        ("sound", {"time_s": "inf"}),
        ("sound", {"time_s": -3.0}),
        ("sound", {"song": 7}),
        ("felt", {"valence": "much"}),
        ("felt", {"valence": "inf"}),
        ("felt", {"arousal": 1e300}),
    ],
)
def test_what_nobody_can_have_played_is_one_sentence(kind: str, fields: dict[str, object], whole: Path) -> None:
    spoil(whole, kind, **fields)
    with pytest.raises(BridgeError, match=r"take\.jsonl: (not a take|no scene)"):
        TakeFile.read(whole)


@pytest.mark.parametrize(
    "line", ["[" * 100_000, '{"fact": "felt", "valence": NaN}', "[]", "7", '"fact"', "x" * (1 << 21)]
)
def test_a_line_that_says_nothing_ends_a_take_or_is_refused(line: str, whole: Path) -> None:
    with (whole / LISTING).open("a") as listing:
        listing.write(line + "\n")
    try:
        assert TakeFile.read(whole).frames == 7 * 24
    except BridgeError as error:
        assert "not a take, or a damaged one" in str(error)


def test_a_label_is_no_path(whole: Path) -> None:
    spoil(whole, "scene", label="../../../evil")
    for clip in sorted((whole / "media").iterdir()):
        clip.rename(clip.with_name(clip.name[: len("scene-001-")] + "---------evil.mov"))
    story = finish_take(whole, lambda stage: no_progress)
    assert not [path for path in whole.parent.rglob("*evil*") if path.parent.name != "media"]
    assert story.storyboard.scenes[0].label == "../../../evil"


def test_a_label_of_300_letters_gives_a_name_that_a_file_can_have(tmp_path: Path) -> None:
    for label in ("x" * 300, "é" * 300, "語" * 300):
        (tmp_path / clip_name(1, label)).write_text("a clip")


@pytest.mark.parametrize("damage", ["missing", "empty", "cut", "another"])
def test_a_clip_that_is_damaged_is_told_and_stays_since_nobody_can_make_it_again(damage: str, whole: Path) -> None:
    first, second = sorted((whole / "media").iterdir())
    match damage:
        case "missing":
            first.unlink()
        case "empty":
            first.write_bytes(b"")
        case "cut":
            first.write_bytes(first.read_bytes()[:5000])
        case "another":
            first.write_bytes(second.read_bytes())
    before = {path: path.read_bytes() for path in whole.rglob("*") if path.is_file()}
    with pytest.raises(BridgeError, match=rf"{first.name}: .*; a take can only be finished with all its clips"):
        finish_take(whole, lambda stage: no_progress)
    assert {path: path.read_bytes() for path in whole.rglob("*") if path.is_file()} == before


def test_a_take_that_is_still_recorded_is_not_finished_nor_recorded_over(player: Player, tmp_path: Path) -> None:
    recorder = Recorder(player.hub, tmp_path / "take")
    recorder.start()
    try:
        with pytest.raises(BridgeError, match="another process is at work on it"):
            Recorder(player.hub, tmp_path / "take").start()
    finally:
        recorder.stop()
    assert not list((tmp_path / "take").glob(".*"))


@pytest.fixture
def live() -> Player:
    ears = Ears(np.zeros(0, np.float32))
    made = Player(size="64x64", ears=ears)
    ears.begin(made.clock)
    return made


def tone(seconds: float, from_s: float, rate: int = 44_100) -> list[SoundBlock]:
    """In blocks of 10 ms, as they are heard from `from_s` on."""
    size = rate // 100
    samples = np.sin(np.arange(round(seconds * 100) * size) / 20)[:, None] * np.float32([0.5, 0.25])
    return [
        SoundBlock(from_s + start / rate, rate, samples[start : start + size].astype(np.float32))
        for start in range(0, len(samples), size)
    ]


def test_a_live_take_keeps_its_sound_beside_it_from_where_it_began(live: Player, tmp_path: Path) -> None:
    live.run(3.0)
    take = Take(tmp_path / "take", RATE)
    take.hear(tone(9.0, 2.0))  # it was heard a second before the first frame
    record(take, live, 8.0)
    take.close()
    (tmp_path / "take").rename(tmp_path / "moved")
    (run,) = TakeFile.read(tmp_path / "moved").sound
    assert run.song == tmp_path / "moved" / "sound.flac"
    assert run.time_s == pytest.approx(1.0, abs=0.06)
    samples, rate = soundfile.read(run.song)
    assert (rate, samples.shape[1]) == (48_000, 2)
    assert len(samples) / rate == pytest.approx(9.0, abs=0.05)
    assert np.abs(samples).max(axis=0) == pytest.approx([0.5, 0.25], abs=0.02)


def test_a_live_take_may_begin_before_any_sound_came(live: Player, tmp_path: Path) -> None:
    live.run(3.0)
    take = Take(tmp_path / "take", RATE)
    record(take, live, 0.5)
    take.hear([SoundBlock(0.0, 21_504, np.zeros((2 * 21_504, 2), np.float32)), *tone(4.0, 2.0)])
    record(take, live, 2.5)
    take.close()
    (run,) = TakeFile.read(tmp_path / "take").sound
    assert (run.song.name, run.time_s) == ("sound.flac", 0.0)
    samples, rate = soundfile.read(run.song)
    assert len(samples) / rate == pytest.approx(
        3.0, abs=0.06
    )  # of the six the three before the first frame are left out
    assert np.abs(samples[:100]).max() > 0.1


def test_a_full_disk_ends_live_sound_in_a_sentence_and_what_was_written_is_whole(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    recording, most = LiveRecording(tmp_path / "sound.flac", 0.0), resource.getrlimit(resource.RLIMIT_FSIZE)
    noise = np.random.default_rng(0).uniform(-1, 1, (48_000, 2)).astype(np.float32)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, most[1]))
    try:
        with pytest.raises(BridgeError, match=r"sound.flac: cannot be written"):
            recording.write([SoundBlock(float(second), 48_000, noise) for second in range(20)])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, most)
    recording.close()
    assert file_to_song(tmp_path / "sound.flac").duration_s == pytest.approx(3.5, abs=0.5)


def test_where_no_sound_came_the_take_has_silence_and_another_device_may_have_another_rate(tmp_path: Path) -> None:
    take = Take(tmp_path / "take", RATE)
    take.hear([*tone(1.0, 0.0), *tone(1.0, 3.0, 96_000)])
    take.close()
    samples, rate = soundfile.read(tmp_path / "take" / "sound.flac")
    assert len(samples) / rate == pytest.approx(4.0, abs=0.02)
    assert np.abs(samples[round(1.1 * rate) : round(2.9 * rate)]).max() < 1e-3
    assert np.abs(samples[round(3.1 * rate) :]).max() > 0.4


def test_sound_that_goes_slower_than_the_clock_stays_with_its_pictures(tmp_path: Path) -> None:
    """As where JACK loses a tenth of it."""
    ears = Slow(np.zeros(0, np.float32))
    player = Player(size="64x64", ears=ears)
    ears.begin(player.clock)
    take = Take(tmp_path / "take", RATE)
    take.hear(tone(10.0, 0.0))
    record(take, player, 10.0)
    take.close()
    runs = TakeFile.read(tmp_path / "take").sound
    frames = [run.frame for run in runs]
    assert len(runs) >= 5
    for run, end in pairwise([*runs, replace(runs[-1], frame=240)]):
        last_s = run.time_s + (end.frame - run.frame) / 24  # what the take has sound of, when the next begins
        assert last_s == pytest.approx(0.9 * end.frame / 24, abs=0.2)
    assert frames == sorted(frames)


class Slow(Ears):
    def heard(self) -> Heard:
        heard = super().heard()
        return replace(heard, heard_s=0.9 * heard.heard_s)


def test_a_live_take_becomes_a_story_whose_song_is_what_was_heard(live: Player, tmp_path: Path) -> None:
    for block in tone(14.0, 0.0):
        live.hub.sound.put(block)
    recorder = Recorder(live.hub, tmp_path / "take")
    recorder.start()
    play(live, recorder, 9.0)
    recorder.stop()
    story = finish_take(tmp_path / "take", lambda stage: no_progress)
    samples, rate = soundfile.read(story.folder / "media" / "song.wav")
    assert len(samples) / rate == pytest.approx(frame_to_seconds(story.storyboard.frames, RATE), abs=0.01)
    assert np.abs(samples[rate : 2 * rate]).max() == pytest.approx(0.5, abs=0.02)
    assert (tmp_path / "take" / "sound.flac").exists()
