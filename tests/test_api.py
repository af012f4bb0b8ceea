"""The package as a library: what the README shows, and that asking for little loads little."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
import soundfile

import deepsing_bridge
from deepsing_bridge.core.types import Progress
from tests.process import ROOT
from tests.sounds import music


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("songs") / "song.wav"
    soundfile.write(path, np.concatenate([music(4, 80, level=0.1), music(4, 140, level=0.8)]), 21_504)
    return path


def test_every_name_is_there() -> None:
    assert {name for name in deepsing_bridge.__all__ if getattr(deepsing_bridge, name) is None} == set()
    assert set(deepsing_bridge.__all__) <= set(dir(deepsing_bridge))
    with pytest.raises(AttributeError, match="no attribute 'make_storm'"):
        _ = deepsing_bridge.make_storm


@pytest.mark.parametrize("name", ["__version__", "SharedFrames", "BridgeError"])
def test_what_needs_no_model_loads_none(name: str) -> None:
    code = f"import sys; from deepsing_bridge import {name}; print(sorted({{'torch', 'librosa'}} & sys.modules.keys()))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True).stdout == "[]\n"


def test_a_song_is_analysed(song: Path) -> None:
    analysis = deepsing_bridge.analyze(song)
    assert analysis.duration_s == pytest.approx(8, abs=0.1)
    assert len(analysis.sentiment) == len(analysis.power) == 16
    assert analysis.path == song
    with pytest.raises(deepsing_bridge.BridgeError, match="no such file"):
        deepsing_bridge.analyze(song.with_name("missing.wav"))


def test_a_bridge_runs_in_this_process_and_leaves_nothing() -> None:
    """With nothing but shared memory; nothing of it is left."""
    name = f"deepsing-api-{os.getpid()}"
    network = deepsing_bridge.Network(ports=deepsing_bridge.Ports(None, None, None, None), shared_memory=name)
    before = threading.active_count()
    with deepsing_bridge.Bridge(deepsing_bridge.BridgeConfig(network=network, midi=None)) as bridge:
        assert any(name in line for line in bridge.describe())
        frame = deepsing_bridge.SharedFrames(name).newest(timeout_s=30.0)
        assert frame is not None and frame.pixels.shape == (256, 256, 4)
    assert not bridge.failed
    assert threading.active_count() == before


def test_a_story_is_made_with_what_it_tells_on_the_way(song: Path, tmp_path: Path) -> None:
    settings = deepsing_bridge.Settings(width=64, height=64, motion="still", blend=0.0, seed=3)
    stages: list[str] = []

    def progress(stage: str) -> Progress:
        stages.append(stage)
        return lambda done, total: None

    story = deepsing_bridge.make_story(song, tmp_path / "story", settings=settings, progress=progress)
    assert (story.folder / "preview.mp4").is_file()
    assert story.storyboard.settings == settings
    assert "painting scenes" in stages
