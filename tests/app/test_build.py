"""A bridge with real models, in this process: what it was asked to begin with is what it plans with, and no frame waits
for a song."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event

import pytest
import soundfile

from deepsing_bridge.app.bridge import Bridge
from deepsing_bridge.app.config import BridgeConfig, Network, Playback, Ports
from deepsing_bridge.audio.decode_process import file_to_song
from deepsing_bridge.core.fields import Value
from deepsing_bridge.core.types import Progress, Song
from deepsing_bridge.live import analysis
from deepsing_bridge.live.hub import LiveFrame
from deepsing_bridge.story.settings import Settings
from deepsing_bridge.story.storyboard import Storyboard
from tests.process import ROOT
from tests.sounds import music

WAIT_S = 60.0
CHANGED: dict[str, Value] = {"noise": 0.7, "size": "64x64", "blend": 0.0}
NOBODY = Network(ports=Ports(None, None, None, None), shared_memory=None)
HEARS = ("librosa", "numba", "scipy.signal", "deepsing_bridge.audio.features", "deepsing_bridge.audio.structure")


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("songs") / "song.wav"
    soundfile.write(path, music(6), 21_504)
    return path


def first_frame(running: Bridge, wanted: Callable[[LiveFrame], bool]) -> LiveFrame:
    number, until = 0, time.monotonic() + WAIT_S
    while time.monotonic() < until:
        number, live = running.hub.frames.after(number, 0.5)
        if live is not None and wanted(live):
            return live
    raise TimeoutError(f"it was not shown within {WAIT_S} s")


def board_of(running: Bridge, song: Path) -> Storyboard:
    """Of the first frame that shows `song`."""
    return first_frame(running, lambda live: live.board.song_path == song).board


def test_a_bridge_begins_with_the_parameters_and_settings_that_were_given(song: Path) -> None:
    config = BridgeConfig(
        Playback(song, play=False),
        NOBODY,
        midi=None,
        settings=Settings(seed=5),
        changed=CHANGED,
    )
    with Bridge(config) as running:
        board = board_of(running, song)
        assert {name: running.hub.snapshot.values[name] for name in CHANGED} == CHANGED
    assert (board.settings.noise, board.settings.seed) == (0.7, 5)


def test_frames_go_out_while_the_song_is_on_its_way_and_then_follow_it(
    song: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = Event()

    def waiting(path: Path, progress: Progress) -> Song:
        assert seen.wait(WAIT_S)
        return file_to_song(path, progress)

    monkeypatch.setattr(analysis, "file_to_song", waiting)
    with Bridge(BridgeConfig(Playback(song), NOBODY, midi=None, changed=CHANGED)) as running:
        before = first_frame(running, lambda live: True)
        assert (before.song_digest, before.frame.time_s, before.playing) == ("", 0.0, False)
        assert before.frame.pixels.std() > 0
        seen.set()
        after = first_frame(running, lambda live: live.frame.time_s > 0)
    assert after.song_path == song and after.playing


def test_no_first_frame_waits_until_what_hears_songs_is_imported() -> None:
    assert imported("import deepsing_bridge.app.build") == []


def test_what_hears_songs_is_there_once_it_was_imported_ahead() -> None:
    assert imported("from deepsing_bridge.app.bridge import _import_hearing; _import_hearing()") == sorted(HEARS)


def imported(code: str) -> object:
    """Which of HEARS are there after `code`, in a process of its own."""
    code = f"import json, sys\n{code}\nprint(json.dumps(sorted(sys.modules.keys() & set({HEARS}))))"
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return json.loads(told.stdout)
