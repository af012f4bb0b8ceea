"""A bridge with real models, in this process: what it was asked to begin with is what it plans with."""

import time
from pathlib import Path

import pytest
import soundfile

from deepsing_bridge.app.bridge import Bridge
from deepsing_bridge.app.config import BridgeConfig, Network, Playback, Ports
from deepsing_bridge.core.fields import Value
from deepsing_bridge.story.settings import Settings
from deepsing_bridge.story.storyboard import Storyboard
from tests.sounds import music

WAIT_S = 60.0
CHANGED: dict[str, Value] = {"noise": 0.7, "size": "64x64", "blend": 0.0}


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("songs") / "song.wav"
    soundfile.write(path, music(6), 21_504)
    return path


def board_of(running: Bridge, song: Path) -> Storyboard:
    """Of the first frame that shows `song`."""
    number, until = 0, time.monotonic() + WAIT_S
    while time.monotonic() < until:
        number, live = running.hub.frames.after(number, 0.5)
        if live is not None and live.board is not None and live.board.song_path == song:
            return live.board
    raise TimeoutError(f"the song was not shown within {WAIT_S} s")


def test_a_bridge_begins_with_the_parameters_and_settings_that_were_given(song: Path) -> None:
    config = BridgeConfig(
        Playback(song, play=False),
        Network(ports=Ports(None, None, None, None), shared_memory=None),
        midi=None,
        settings=Settings(seed=5),
        changed=CHANGED,
    )
    with Bridge(config) as running:
        board = board_of(running, song)
        assert {name: running.hub.snapshot.values[name] for name in CHANGED} == CHANGED
    assert (board.settings.noise, board.settings.seed) == (0.7, 5)
