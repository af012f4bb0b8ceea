"""A folder of one's own pictures: what is read of it, what is refused, and a generator trained on it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from PIL import Image

from deepsing_bridge import weights
from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.core.types import no_progress
from deepsing_bridge.generators.photos import PhotoGenerator
from deepsing_bridge.stylization import vgg, wct
from deepsing_bridge.training import folder_generator, glo, photo_probe
from deepsing_bridge.training.class_folders import list_classes, read_classes
from deepsing_bridge.training.example_photos import read_square
from deepsing_bridge.training.fitting import seeded_rng
from deepsing_bridge.training.folder_generator import find_perceptual
from deepsing_bridge.training.glo import Minutes, Plateau, Steps, Trainer
from deepsing_bridge.weights import model_sets
from tests.cli.test_cli import bridge, refused
from tests.stylization import published
from tests.training.datasets import CLASSES, write_class_folders

WIDTHS = ((24,), (16, 32), (16, 32, 64), (16, 32, 64, 128))
FILE = "mine-generator.safetensors"


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_class_folders(tmp_path_factory.mktemp("pictures") / "Mine")


@pytest.fixture(autouse=True)
def comparing(home: Path) -> None:
    """The network that pictures are compared by is installed, with random weights."""
    with seeded_rng(0):
        state = vgg.Networks(WIDTHS).state_dict()
    with model_sets.installing("wct-16x") as folder:
        weights.save(wct.WEIGHTS, state, header={}, what="random", licence="-", command="-", metrics={}, models=folder)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photo_probe, "PROBED_PER_CLASS", 1)
    monkeypatch.setattr(glo, "SAVED_EVERY_S", 0.0)
    monkeypatch.setattr(glo, "BATCH", 2)
    monkeypatch.setattr(glo, "CORNER", 64)


@pytest.fixture
def copy(pictures: Path, tmp_path: Path) -> Path:
    return shutil.copytree(pictures, tmp_path / "copy")


def stages(name: str) -> Callable[[int, int], None]:
    return no_progress


def train(pictures: Path, name: str, keep: Path, told: Callable[[str], Callable[[int, int], None]] = stages) -> None:
    folder_generator.train(list_classes(pictures), name, Steps(2), 0, keep / "nowhere", keep, told)


def test_classes_are_called_what_their_folders_are(pictures: Path) -> None:
    photos = read_classes(list_classes(pictures))
    assert photos.classes == CLASSES
    assert photos.class_ids.tolist() == sorted([*range(5)] * 7)
    assert photos.names[0] == "checks/0.JPG"
    assert photos.pixels.shape == (35, 3, 256, 256)


def test_what_is_hidden_or_no_picture_is_passed_over(copy: Path) -> None:
    (copy / ".cache").mkdir()
    (copy / "licence.txt").write_text("mine")
    (copy / "checks" / "Thumbs.db").write_bytes(b"-")
    (copy / "checks" / "._0.JPG").write_bytes(b"-")
    assert len(list_classes(copy).pictures) == 35


def test_a_picture_taken_sideways_is_turned_upright(tmp_path: Path) -> None:
    picture = Image.new("RGB", (40, 40), "blue")
    picture.paste("red", (0, 0, 40, 20))
    exif = Image.Exif()
    exif[0x0112] = 3  # upside down
    picture.save(tmp_path / "turned.png", exif=exif)
    assert read_square(tmp_path / "turned.png")[:, 10, 128].tolist() == [0, 0, 255]


def test_too_few_classes_or_pictures_are_told(copy: Path, tmp_path: Path) -> None:
    (copy / "checks" / "0.JPG").unlink()
    (copy / "checks" / "2.JPG").unlink()
    with pytest.raises(BridgeError, match=r"too few pictures in checks \(5\); expected a folder of at least 5 class"):
        list_classes(copy)
    shutil.rmtree(copy / "checks")
    with pytest.raises(BridgeError, match="holds 4 folders; expected a folder of at least 5"):
        list_classes(copy)
    with pytest.raises(BridgeError, match="nowhere: no such folder"):
        list_classes(tmp_path / "nowhere")


def test_unreadable_pictures_are_all_named(copy: Path) -> None:
    (copy / "checks" / "1.png").write_bytes(b"no picture")
    (copy / "stripes" / "2.JPG").write_bytes((copy / "stripes" / "2.JPG").read_bytes()[:600])
    with pytest.raises(BridgeError, match=r"cannot be read: .*checks/1\.png, .*stripes/2\.JPG; mend or remove them"):
        list_classes(copy)


def test_a_class_that_could_not_be_asked_for_is_refused(copy: Path) -> None:
    (copy / "checks").rename(copy / "checks, blue")
    with pytest.raises(BridgeError, match="'checks, blue': a class's name may hold no comma"):
        list_classes(copy)


@pytest.mark.slow
def test_a_generator_of_ones_own_is_trained_carded_and_shows_its_classes(pictures: Path, tmp_path: Path) -> None:
    train(pictures, "mine", tmp_path)
    folder = model_sets.folder_of("mine")
    header = weights.header(FILE, folder)
    classes = tuple(json.loads(header["classes"]))
    mine = PhotoGenerator(weights.load(FILE, folder), classes, float(header["sharpness"]))
    assert mine.classes == CLASSES
    shown = [mine.generate(torch.eye(5)[[kind]], mine.sample_latents(1, 0)) for kind in (0, 1)]
    across, down = ((picture.diff(dim=dim).abs().mean() for picture in shown) for dim in (-1, -2))
    checks, stripes = (float(a / d) for a, d in zip(across, down, strict=True))
    assert checks == pytest.approx(1, abs=0.4) and stripes > 0.5
    card = (folder / "README.md").read_text()
    assert "35 pictures in 5 classes: checks, stripes" in card and "--name mine --steps 2 --seed 0" in card


@pytest.mark.slow
def test_a_training_cut_off_goes_on_and_ends_with_the_same_bytes(pictures: Path, tmp_path: Path) -> None:
    def cut_off(name: str) -> Callable[[int, int], None]:
        def progress(done: int, total: int) -> None:
            if done == 500:
                raise KeyboardInterrupt

        return progress

    train(pictures, "straight", tmp_path / "a")
    with pytest.raises(KeyboardInterrupt):
        train(pictures, "cut", tmp_path / "b", cut_off)
    train(pictures, "cut", tmp_path / "b")
    straight, cut = (
        (model_sets.folder_of(name) / f"{name}-generator.safetensors").read_bytes() for name in ("straight", "cut")
    )
    assert straight == cut


def test_training_stops_when_it_no_longer_gains() -> None:
    plateau = Plateau(round=2)
    for mean in (3.0, 2.0, *[2.0] * 7):
        plateau.note(mean - 0.5)
        plateau.note(mean + 0.5)
    assert not plateau.reached
    plateau.note(2.5)
    plateau.note(2.5)
    assert plateau.reached


def test_minutes_and_steps_are_spent(pictures: Path) -> None:
    trainer = Trainer(read_classes(list_classes(pictures)).pixels, torch.nn.Identity())
    trainer.seconds, trainer.steps = 90.0, 50
    assert (Minutes(3).spent(trainer), Steps(200).spent(trainer)) == (0.5, 0.25)


def test_the_network_for_comparing_is_the_published_one_or_the_installed_one(tmp_path: Path) -> None:
    published.write(tmp_path / "wct16x", WIDTHS)
    theirs, _ = published.states(WIDTHS[-1], seed=4)
    installed = weights.load(wct.WEIGHTS, model_sets.folder_of("wct-16x"))["encoder.each.3.conv41.bias"]
    for data, expected in ((tmp_path, theirs["conv41.bias"]), (tmp_path / "nowhere", installed)):
        assert torch.equal(find_perceptual(data).encoder.get_submodule("conv41").bias, expected)
    model_sets.remove("wct-16x")
    with pytest.raises(BridgeError, match=r"bridge\.py models pull wct-16x gets the network"):
        find_perceptual(tmp_path / "nowhere")


def test_names_that_are_taken_or_no_names_are_refused_at_once(pictures: Path, copy: Path) -> None:
    assert "that is another's name" in refused(bridge("train", "generator", pictures, "--name", "embedded"))
    assert "expected a name of small letters" in refused(bridge("train", "generator", pictures, "--name", "../out"))


def test_too_few_classes_for_a_view_are_refused_before_anything_is_trained(copy: Path, tmp_path: Path) -> None:
    shutil.rmtree(copy / "zigzag")
    told = refused(bridge("train", "generator", copy, "--keep", tmp_path / "keep", "--data", tmp_path))
    assert "holds 4 folders; expected a folder of at least 5 class folders" in told
    assert not (tmp_path / "keep").exists()


@pytest.mark.parametrize("file", ["mine-samples.safetensors", "class-sentiment-mine.csv"])
@pytest.mark.parametrize("where", ["mine", "mine-trained"])
def test_a_generator_that_something_was_made_for_is_not_replaced(where: str, file: str, pictures: Path) -> None:
    with model_sets.installing(where) as folder:
        weights.save_table(file, "-", what="-", licence="-", command="-", models=folder)
    told = refused(bridge("train", "generator", pictures))
    assert f"{file}, made for the generator that is there" in told
    assert told.endswith(f"or python bridge.py models remove {where} first")


def test_the_command_trains_and_says_what_next(pictures: Path, tmp_path: Path) -> None:
    done = bridge("train", "generator", pictures, "--steps", 1, "--keep", tmp_path, "--data", tmp_path)
    assert done.returncode == 0, done.stderr
    assert "probe_photos" in done.stdout and "bridge.py train translator --generator mine" in done.stdout
