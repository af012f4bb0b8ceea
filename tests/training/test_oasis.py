"""OASIS as published: what is read of it, what is refused, and estimators trained on it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from deepsing_bridge import weights
from deepsing_bridge.attributes.image_paper import WEIGHTS, PaperImageEstimator
from deepsing_bridge.attributes.nets.mobilenet import MobileNetV2
from deepsing_bridge.checkpoints.convert import MOBILENET, MOBILENET_FILE
from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.core.types import no_progress
from deepsing_bridge.training import oasis_visual
from deepsing_bridge.training.fitting import seeded_rng
from deepsing_bridge.training.oasis import read_oasis, theme
from deepsing_bridge.training.oasis_visual import LITE0
from deepsing_bridge.training.rated_photos import read_picture
from deepsing_bridge.training.recipes import Recipe, Stage
from deepsing_bridge.weights import model_sets
from tests.cli.test_cli import bridge, refused
from tests.training.datasets import PHOTOS_A_THEME, THEMES, write_oasis

QUICK = Recipe(stages=(Stage(2, 1e-3), Stage(1, 1e-4)), batch=6)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_oasis(tmp_path_factory.mktemp("oasis"))


@pytest.fixture
def copy(published: Path, tmp_path: Path) -> Path:
    return shutil.copytree(published, tmp_path / "copy")


@pytest.fixture
def imagenet(monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed MobileNetV2 of random weights, that looks at small pictures."""
    monkeypatch.setattr(MobileNetV2, "size", 64)
    with seeded_rng(0):
        state = MobileNetV2().state_dict()
    known = {name: tensor for name, tensor in state.items() if not name.endswith("num_batches_tracked")}
    with model_sets.installing(MOBILENET) as folder:
        weights.save(
            MOBILENET_FILE, known, header={}, what="random", licence="-", command="-", metrics={}, models=folder
        )


def stages(name: str) -> Callable[[int, int], None]:
    return no_progress


def train(published: Path, backbone: str, keep: Path, name: str = "mine", recipe: Recipe = QUICK) -> dict[str, float]:
    return oasis_visual.train(read_oasis(published), backbone, name, recipe, 0, keep, stages)


def edit(path: Path, before: bytes, after: bytes) -> None:
    text = path.read_bytes()
    assert before in text
    path.write_bytes(text.replace(before, after, 1))


def test_the_published_layout_is_read_with_its_old_line_ends(published: Path) -> None:
    oasis = read_oasis(published)
    assert len(oasis.photos) == len(THEMES) * PHOTOS_A_THEME
    assert oasis.photos[0].name == "Acorns 1.jpg"
    assert oasis.themes[:3] == ("Acorns", "Acorns", "Angry face")
    assert oasis.ratings.shape == (24, 2)
    assert ((oasis.ratings >= 1) & (oasis.ratings <= 7)).all()


def test_a_theme_is_a_name_without_its_number() -> None:
    assert [theme(name) for name in ("Car accident 12", "Nude couple 1", "Area 51 2", "Sunset")] == [
        "Car accident",
        "Nude couple",
        "Area 51",
        "Sunset",
    ]


def test_missing_parts_are_named_in_one_sentence(copy: Path, tmp_path: Path) -> None:
    (copy / "OASIS.csv").unlink()
    with pytest.raises(BridgeError, match=r"OASIS\.csv missing; expected OASIS as published"):
        read_oasis(copy)
    (tmp_path / "empty").mkdir()
    with pytest.raises(BridgeError, match=r"OASIS\.csv, images/ missing"):
        read_oasis(tmp_path / "empty")


def test_ratings_without_a_picture_are_told_and_misnamed_pictures_too(copy: Path) -> None:
    (copy / "images" / "Cat 1.jpg").rename(copy / "images" / "cat_1.jpg")
    with pytest.raises(BridgeError, match="no picture for 1 that are rated: Cat 1; there without a rating: cat_1"):
        read_oasis(copy)


def test_pictures_without_a_rating_are_left_out_and_told(copy: Path) -> None:
    shutil.copy(copy / "images" / "Cat 1.jpg", copy / "images" / "Cat 3.jpg")
    assert read_oasis(copy).unrated == ("Cat 3",)


def test_bad_cells_and_columns_are_told(copy: Path) -> None:
    edit(copy / "OASIS.csv", b"Arousal_mean", b"Arousal_average")
    with pytest.raises(BridgeError, match=r"OASIS\.csv: has no column Arousal_mean"):
        read_oasis(copy)
    edit(copy / "OASIS.csv", b"Arousal_average", b"Arousal_mean")
    edit(copy / "OASIS.csv", b"Beach 1,Object,Pixabay,", b"Beach 1,Object,Pixabay,nan")
    with pytest.raises(BridgeError, match=r"OASIS\.csv: Beach 1, Valence_mean: expected a number, found 'nan"):
        read_oasis(copy)


def test_pictures_that_cannot_be_read_are_all_named(copy: Path) -> None:
    (copy / "images" / "Dog 1.jpg").write_bytes(b"no picture")
    whole = (copy / "images" / "Fire 2.jpg").read_bytes()
    (copy / "images" / "Fire 2.jpg").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BridgeError, match=r"cannot be read: .*Dog 1\.jpg, .*Fire 2\.jpg; mend or remove them"):
        read_oasis(copy)


@pytest.mark.slow
def test_the_lighter_backbone_learns_what_it_is_shown(published: Path, tmp_path: Path) -> None:
    recipe = Recipe(stages=(Stage(10, 3e-4),), batch=6)
    metrics = train(published, LITE0, tmp_path, recipe=recipe)
    assert metrics["valence r, held-out themes"] > 0.5
    oasis, folder = read_oasis(published), model_sets.folder_of("mine")
    order = oasis.ratings[:, 0].argsort()
    bluest, reddest = (
        torch.cat([read_picture(oasis.photos[place]) for place in some]) for some in (order[:5], order[-5:])
    )
    estimate = PaperImageEstimator.load(folder).estimate
    assert estimate(reddest).valence.mean() > estimate(bluest).valence.mean() + 0.1
    assert float(weights.header(WEIGHTS, folder)["valence_mean"]) == pytest.approx(4, abs=1)


@pytest.mark.slow
@pytest.mark.usefixtures("imagenet")
def test_all_of_mobilenet_is_tuned_and_is_loaded_as_it_was(published: Path, tmp_path: Path) -> None:
    train(published, MOBILENET, tmp_path)
    folder = model_sets.folder_of("mine")
    before, after = weights.load(MOBILENET_FILE, model_sets.folder_of(MOBILENET)), weights.load(WEIGHTS, folder)
    assert not torch.equal(before["stages.0.0.weight"], after["stages.0.0.weight"].float())
    estimator = PaperImageEstimator.load(folder)
    oasis = read_oasis(published)
    seen = estimator.estimate(torch.cat([read_picture(photo) for photo in oasis.photos]))
    assert seen.valence.std() > 0
    card = (folder / "README.md").read_text()
    assert "backbone: mobilenet-v2" in card and "no theme on two sides" in card and "torchvision" in card


@pytest.mark.slow
@pytest.mark.usefixtures("imagenet")
def test_a_training_cut_off_goes_on_and_ends_with_the_same_bytes(published: Path, tmp_path: Path) -> None:
    train(published, MOBILENET, tmp_path / "a", "straight")

    def cut_off(name: str) -> Callable[[int, int], None]:
        def progress(done: int, total: int) -> None:
            if done > total / 2:
                raise KeyboardInterrupt

        return progress

    with pytest.raises(KeyboardInterrupt):
        oasis_visual.train(read_oasis(published), MOBILENET, "cut", QUICK, 0, tmp_path / "b", cut_off)
    assert "cut" not in model_sets.installed()
    train(published, MOBILENET, tmp_path / "b", "cut")
    straight, cut = ((model_sets.folder_of(name) / WEIGHTS).read_bytes() for name in ("straight", "cut"))
    assert straight == cut


def test_missing_imagenet_weights_are_told_in_one_sentence(published: Path, tmp_path: Path) -> None:
    told = refused(bridge("train", "visual", "--oasis", published, "--keep", tmp_path))
    assert "bridge.py models pull mobilenet-v2 gets them, or use --backbone efficientnet-lite0" in told


def test_an_estimator_joins_a_set_beside_another(published: Path, tmp_path: Path) -> None:
    with model_sets.installing("both") as folder:
        weights.save_table("words.csv", "a\n", what="words", licence="mine", command="by hand", models=folder)
    options = ["--backbone", LITE0, "--stages", "1@1e-4", "--keep", tmp_path, "--name", "both"]
    done = bridge("train", "visual", "--oasis", published, *options)
    assert done.returncode == 0 and "bridge.py story SONG --models both" in done.stdout
    assert list(weights.manifest(model_sets.folder_of("both"))) == [WEIGHTS, "words.csv"]
