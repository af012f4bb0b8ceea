"""A show that goes on after its bridge was killed, and a file of it in which something is wrong."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import soundfile

from deepsing_bridge.app.config import BridgeConfig, Playback
from deepsing_bridge.app.resume import Show, load_show, resumed
from deepsing_bridge.live.vocabulary import vocabulary
from tests.jack import until
from tests.process import Bridge, bridge
from tests.sounds import music

WORDS = vocabulary()
GOOD = {
    "version": 1,
    "values": {"blend": 0.5, "style": "calm"},
    "song": "",
    "time_s": 3.0,
    "plays": True,
    "classes": [["lake", 1.0]],
}


def written(folder: Path, **changes: object) -> Path:
    path = folder / "show.json"
    path.write_text(json.dumps(GOOD | changes))
    return path


def test_what_was_on_is_read(tmp_path: Path) -> None:
    show = load_show(written(tmp_path), WORDS)
    assert show == Show({"blend": 0.5, "style": "calm"}, "", 3.0, True, (("lake", 1.0),))
    assert load_show(tmp_path / "none.json", WORDS) == Show()


def test_values_that_there_are_no_more_are_left_out_and_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    values = {"blend": 7, "view": 99, "style": "baroque", "noise": 0.5, "nothing": 1}
    assert load_show(written(tmp_path, values=values), WORDS).values == {"noise": 0.5}
    assert "/deepsing/param/blend: expected 0..1, got 7" in caplog.text


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "7", "{}", '{"version": 2}', json.dumps(GOOD).replace("3.0", "1e999"), "x" * 70_000]
    + [json.dumps(GOOD | change) for change in ({"values": 7}, {"classes": 3}, {"time_s": "soon"}, {"classes": [1]})],
)
def test_a_file_in_which_all_is_wrong_is_told_and_the_show_begins_anew(
    text: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "show.json"
    path.write_text(text)
    assert load_show(path, WORDS) == Show()
    assert "the show begins anew" in caplog.text


def test_a_song_goes_on_unless_another_one_is_asked_for(tmp_path: Path) -> None:
    song, other = tmp_path / "song.wav", tmp_path / "other.wav"
    song.touch()
    show = Show({"blend": 0.5}, str(song), 12.0, True)

    def playback(before: Playback) -> Playback:
        return resumed(BridgeConfig(playback=before), show).playback

    goes_on = Playback(song=song, start_s=12.0, play=True)
    assert playback(Playback()) == playback(Playback(song=song, play=False)) == goes_on
    assert playback(Playback(song=other)) == Playback(song=other)
    folder = Playback(song=other, playlist=(other, song))
    assert playback(folder) == replace(folder, song=song, start_s=12.0)
    song.unlink()
    assert playback(Playback()) == Playback()


def test_live_sound_takes_up_all_but_the_song(tmp_path: Path) -> None:
    song = tmp_path / "song.wav"
    song.touch()
    config = BridgeConfig(playback=Playback(input="Mixxx"), changed={"blend": 0.1, "noise": 0.2})
    taken_up = resumed(config, Show({"blend": 0.5}, str(song), 12.0, True))
    assert taken_up.playback == config.playback
    assert taken_up.changed == {"blend": 0.5, "noise": 0.2}


def got(running: Bridge, name: str, field: str = "value") -> object:
    return running.ask(command="get", name=name)[field]


@pytest.mark.slow
def test_a_show_goes_on_where_it_was_when_its_bridge_was_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    songs = tmp_path / "songs"
    songs.mkdir()
    for number in (1, 2):
        soundfile.write(songs / f"{number}.wav", music(20, seed=number), 21_504)
    words = ("--resume", "--no-midi")
    with bridge(tmp_path, songs, "--hold", *words) as first:
        first.wait_for("stopped")
        assert first.ask(command="next")["ok"]
        until(lambda: got(first, "song", "title") == "2.wav")
        for name, value in (("blend", 0.75), ("style", "calm"), ("dim", 0.5)):
            assert first.ask(command=f"param/{name}", value=value)["ok"]
        assert first.ask(command="class", name="lake", weight=1)["ok"]
        assert first.ask(command="seek", time_s=7.0)["ok"]
        state = tmp_path / "state" / "deepsing-bridge"
        until(lambda: any('"time_s": 7.0' in path.read_text() for path in state.glob("show-*.json")))
        first.process.kill()
        first.process.wait()
    with bridge(tmp_path, songs, *words, after=first) as second:
        until(lambda: got(second, "status", "song") == "2.wav")
        assert [got(second, name) for name in ("blend", "style", "dim")] == [0.75, "calm", 0.5]
        assert got(second, "class/held", "classes") == "lake 1"
        assert (got(second, "time", "time_s"), got(second, "status", "state")) == (7.0, "stopped")
        assert second.stop()[0] == 0
