"""BigGAN-deep end to end, at 128 pixels with random weights: installed, told a story with, and played live."""

import json
from contextlib import closing
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile

from deepsing_bridge import weights
from deepsing_bridge.client import Subscriber
from deepsing_bridge.generators.biggan import biggan_classes
from deepsing_bridge.generators.protocol import generator_file
from deepsing_bridge.training import translator
from deepsing_bridge.training.translator_files import save_views
from deepsing_bridge.training.view_candidates import Agreement, Candidate
from deepsing_bridge.translation.attribute_view import SampleTable, smooth
from deepsing_bridge.translation.neural import NeuralTranslator
from deepsing_bridge.weights import model_sets
from tests.cli.test_cli import bridge as command
from tests.generators.test_biggan import settled
from tests.process import bridge
from tests.sounds import music

NAME, SIZE = "biggan-deep-128", 128
PALETTE = (2, 107, 207, 292, 483, 970, 980, 985)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> object:
    """A model set as `models pull` leaves it, and translators beside it as `train translator` does."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(model_sets.HOME, str(tmp_path_factory.mktemp("models")))
        with model_sets.installing(NAME) as folder:
            about = {"what": "random", "licence": "none", "command": "none", "metrics": {}, "header": {}}
            weights.save(generator_file(NAME), settled(SIZE, channel_width=128).state_dict(), models=folder, **about)
        view = smooth(sampled())
        fitted = NeuralTranslator.of_view("neural:test", view, seed=0)
        candidate = Candidate(0, view, fitted, Agreement(0.0, 0.0))
        with translator.home(NAME) as trained:
            save_views(NAME, [candidate], {}, 1, trained)
        yield


def sampled() -> SampleTable:
    """What Algorithm 1 would have sampled of a few classes."""
    class_ids = np.repeat(PALETTE, 12)
    valence, arousal = np.random.default_rng(0).standard_normal((2, len(class_ids))).astype(np.float32)
    latents = np.random.default_rng(1).uniform(-0.8, 0.8, (len(class_ids), 128)).astype(np.float32)
    return SampleTable(NAME, biggan_classes(), class_ids, latents, valence, arousal)


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("songs") / "song.wav"
    soundfile.write(path, music(12), 21_504)
    return path


@pytest.mark.slow
@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("chosen", [("--translator", "neural"), ("--translator", "dictionary", "--truncation", "0.2")])
def test_a_story_of_biggans_pictures(chosen: tuple[str, ...], song: Path, tmp_path: Path) -> None:
    words = ("--generator", NAME, "--size", SIZE, "--motion", "still", *chosen)
    made = command("story", song, "--out", tmp_path / "story", *words)
    assert made.returncode == 0, made.stderr
    with av.open(tmp_path / "story" / "preview.mp4") as film:
        first = next(film.decode(video=0)).to_ndarray(format="rgb24")
    assert first.shape == (SIZE, SIZE, 3)
    assert first.std() > 2


@pytest.fixture
def never_surveyed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same weights, and nothing that was trained for them."""
    folder = model_sets.folder_of(NAME)
    monkeypatch.setenv(model_sets.HOME, str(tmp_path))
    (tmp_path / NAME).symlink_to(folder)


@pytest.mark.slow
@pytest.mark.usefixtures("installed", "never_surveyed")
def test_a_story_of_ones_own_classes_needs_no_survey(
    song: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    words = ("--generator", NAME, "--size", SIZE, "--motion", "still", "--out", tmp_path / "story")
    refused = command("story", song, *words)
    assert refused.returncode == 2
    for way in ("--classes", "train translator", "On this machine a palette of 12 classes takes"):
        assert way in refused.stderr
    made = command("story", song, *words, "--classes", "lakeside, castle, candle, volcano")
    assert made.returncode == 0, made.stderr
    assert "200 pictures of 4 classes are looked at first" in caplog.text
    scenes = json.loads((tmp_path / "story" / "story.json").read_text())["scenes"]
    assert {scene["label"] for scene in scenes} <= {"lakeside", "castle", "candle", "volcano"}


@pytest.mark.slow
@pytest.mark.usefixtures("installed")
def test_biggan_plays_live(song: Path, tmp_path: Path) -> None:
    with bridge(tmp_path, song, "--generator", NAME, "--no-midi", "--no-announce") as running:
        running.wait_for("playing", 120)
        assert running.ask(command="get", name="truncation")["value"] == pytest.approx(0.4)
        assert running.ask(command="param/truncation", value=0.2)["ok"]
        with closing(Subscriber(f"tcp://127.0.0.1:{running.frames}")) as frames:
            frame = frames.newest(timeout_s=20.0)
    assert frame is not None
    assert frame.label in {biggan_classes()[class_id] for class_id in PALETTE}
    assert frame.pixels[..., :3].std() > 2
