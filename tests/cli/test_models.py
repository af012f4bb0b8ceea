"""`bridge.py models` as a user meets it, and stories told with what was installed."""

import json
import subprocess
import sys
import time
from pathlib import Path
from threading import Event

import av
import pytest
import soundfile
from PIL import Image
from torch import nn

from deepsing_bridge import weights
from deepsing_bridge.checkpoints.catalogue import offers
from deepsing_bridge.checkpoints.download import CHUNK
from deepsing_bridge.weights import model_sets
from tests import process
from tests.checkpoints import authorsfolder
from tests.checkpoints.biggan import FILE, NAME, random_biggan, write
from tests.checkpoints.server import FileServer
from tests.cli.test_cli import bridge, refused
from tests.sounds import music


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a checkpoint of BigGAN-deep-128, random but of the real size."""
    model: nn.Module = random_biggan()
    return write(tmp_path_factory.mktemp("published"), model).parent


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return authorsfolder.write(tmp_path_factory.mktemp("authors") / "models")


@pytest.fixture(scope="module")
def stocked(published: Path, theirs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with BigGAN and the authors' set in it, for all the stories."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(model_sets.HOME, str(tmp_path_factory.mktemp("stocked")))
        assert bridge("models", "pull", NAME, "--from", published).returncode == 0
        imported = bridge("models", "import", theirs)
        assert imported.returncode == 0 and "--models authors" in imported.stdout
        return model_sets.home()


@pytest.fixture
def shelf(stocked: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(model_sets.HOME, str(stocked))
    return stocked


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("songs") / "song.wav"
    soundfile.write(path, music(11), 21_504)
    return path


@pytest.fixture(scope="module")
def styles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small style image, since VGG takes seconds for each of the shipped ones."""
    folder = tmp_path_factory.mktemp("styles")
    Image.linear_gradient("L").resize((64, 64)).convert("RGB").save(folder / "grey.png")
    return folder


def test_list_shows_what_ships_what_is_installed_and_what_can_be_had(published: Path, home: Path) -> None:
    before = bridge("models", "list")
    assert before.returncode == 0
    assert f"installed, in {home}: nothing" in before.stdout
    for name, offer in offers().items():
        assert name in before.stdout and offer.licence in before.stdout and offer.use in before.stdout
    for name, entry in weights.manifest().items():
        assert name in before.stdout and entry["what"] in before.stdout
    assert f"bridge.py models pull {NAME}" in before.stdout
    assert f"bridge.py story SONG --generator {NAME} --translator dictionary\n" in before.stdout
    bridge("models", "pull", NAME, "--from", published)
    after = bridge("models", "list").stdout
    assert f"{NAME}-generator.safetensors" in after and f"bridge.py models pull {NAME}" not in after


def test_a_generator_that_has_translators_needs_no_dictionary(home: Path) -> None:
    listing = f"{NAME}-translators.safetensors"
    weights.save_table(listing, "", what="", licence="", command="", models=model_sets.trained_for(NAME))
    assert f"bridge.py story SONG --generator {NAME}\n" in bridge("models", "list").stdout


def test_a_model_is_pulled_verified_found_and_removed(published: Path, server: FileServer, home: Path) -> None:
    server.put(f"/{FILE}", (published / FILE).read_bytes())
    pulled = bridge("models", "pull", NAME, "--from", server.address)
    assert pulled.returncode == 0, pulled.stderr
    assert f"{NAME} is in {home / NAME}" in pulled.stdout and f"--generator {NAME}" in pulled.stdout
    assert bridge("models", "path", NAME).stdout == f"{home / NAME}\n"
    assert bridge("models", "verify").returncode == 0
    (weight_file,) = (home / NAME).glob("*.safetensors")
    with weight_file.open("ab") as file:
        file.write(b"x")
    broken = bridge("models", "verify", NAME)
    assert (broken.returncode, broken.stderr) == (1, f"{weight_file}: altered or broken\n")
    assert bridge("models", "remove", NAME).stdout == f"removed {home / NAME}\n"
    assert refused(bridge("models", "path", NAME)).startswith(f"error: model set {NAME}: not installed")
    assert bridge("models", "path").stdout == f"{home}\n"


def test_a_killed_download_is_taken_up(published: Path, server: FileServer, home: Path) -> None:
    arrived, hold = 200 * CHUNK, Event()
    server.put(f"/{FILE}", (published / FILE).read_bytes(), cuts=[arrived], hold=hold)
    command = [sys.executable, "bridge.py", "models", "pull", NAME, "--from", server.address]
    with subprocess.Popen(command, cwd=process.ROOT, stderr=subprocess.DEVNULL) as running:
        part, deadline = model_sets.arrivals_of(NAME) / f"{FILE}.part", time.monotonic() + process.READY_S
        while not part.exists() or part.stat().st_size < arrived:
            assert time.monotonic() < deadline, "nothing arrived"
            time.sleep(0.05)
        running.kill()
    hold.set()
    assert bridge("models", "pull", NAME, "--from", server.address).returncode == 0
    assert [asked.start for asked in server.asked] == [0, arrived]
    assert model_sets.faults(home / NAME) == [] and not part.parent.exists()


def test_what_ships_cannot_be_removed() -> None:
    assert "not installed" in refused(bridge("models", "remove", "embedded"))


def test_offline_is_one_sentence(home: Path) -> None:
    told = refused(bridge("models", "pull", NAME, "--from", "https://no-such-host.invalid"))
    assert told.startswith(f"error: {FILE}: could not be had (no-such-host.invalid: ")
    assert model_sets.installed() == []


def test_a_generator_that_is_not_installed_says_how_to_get_it(song: Path, tmp_path: Path) -> None:
    told = refused(
        bridge("story", song, "--out", tmp_path / "out", "--generator", "biggan-deep-512", "--translator", "random")
    )
    assert "bridge.py models pull biggan-deep-512" in told
    assert not (tmp_path / "out").exists()


def test_a_generator_without_translators_says_what_to_do(song: Path, shelf: Path, tmp_path: Path) -> None:
    told = refused(bridge("story", song, "--out", tmp_path / "out", "--generator", NAME))
    assert f"generator {NAME}: no translators" in told and "--translator dictionary" in told and "--classes" in told
    assert not (tmp_path / "out").exists()


def test_a_set_that_is_not_installed_is_named(song: Path, tmp_path: Path) -> None:
    assert "model set authors: not installed" in refused(
        bridge("story", song, "--out", tmp_path / "out", "--models", "authors")
    )
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("choice", [("--view", 3), ("--translator", "dictionary")], ids=["neural", "dictionary"])
def test_the_authors_models_tell_a_story_with_biggan(
    choice: tuple[object, ...], song: Path, styles: Path, shelf: Path, tmp_path: Path
) -> None:
    wish = ("--generator", NAME, "--models", "authors", *choice)
    plain = ("--motion", "still", "--size", 128, "--styles", styles, "--alignment", "dataset")
    told = bridge("story", song, "--out", tmp_path / "out", *wish, *plain)
    assert told.returncode == 0, told.stderr
    story = json.loads((tmp_path / "out" / "story.json").read_text())
    assert story["generator"] == NAME
    used = {"authors/audio-sentiment", "authors/visual-sentiment", "authors/wct", f"{NAME}/{NAME}-generator"}
    used |= {"authors/biggan-deep-translators"} if "--view" in choice else set()
    assert used <= {name.removesuffix(".safetensors") for name in story["weights"]}
    with av.open(str(tmp_path / "out" / "preview.mp4")) as film:
        assert sum(1 for _ in film.decode(video=0)) == 264


def test_the_authors_estimators_and_stylizer_work_with_the_embedded_generator(
    song: Path, styles: Path, shelf: Path, tmp_path: Path
) -> None:
    plain = ("--generator", "embedded", "--motion", "still", "--size", 128, "--styles", styles)
    told = bridge("story", song, "--out", tmp_path / "out", "--models", "authors", *plain)
    assert told.returncode == 0, told.stderr
    used = json.loads((tmp_path / "out" / "story.json").read_text())["weights"]
    assert "authors/wct.safetensors" in used and "embedded-translators.safetensors" in used


def test_the_live_bridge_plays_with_the_authors_models(song: Path, styles: Path, shelf: Path, tmp_path: Path) -> None:
    words = (song, "--hold", "--models", "authors", "--styles", styles, "--size", 64, "--no-midi", "--no-announce")
    with process.bridge(tmp_path, *words) as running:
        running.wait_for("stopped")
        assert running.ask(command="play")["ok"]
        running.wait_for("playing")
