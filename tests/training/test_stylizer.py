"""Distilling on a made-up teacher and made-up photos: it learns, it resumes, what it writes can be loaded."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.stylization.networks import LEVELS
from deepsing_bridge.stylization.wct import WEIGHTS, Stylizer
from deepsing_bridge.training import stylizer as training
from deepsing_bridge.training import stylizer_metrics, stylizer_photos
from deepsing_bridge.weights import model_sets
from tests.cli.test_cli import bridge
from tests.stylization import published


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = {"BATCH": 2, "SIDE": 32, "METRIC_SIDE": 32, "HELD_OUT_EVERY": 4}
    for name, value in sizes.items():
        monkeypatch.setattr(stylizer_photos, name, value)
    monkeypatch.setattr(stylizer_metrics, "TIMED_SIDES", (32,))
    monkeypatch.setattr(training, "RISE", 1)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    published.write(folder / "wct16x", [(16, 32, 64, 128)[:level] for level in LEVELS])
    (folder / "photos" / "things").mkdir(parents=True)
    for index in range(6):
        pixels = np.random.default_rng(index).integers(0, 256, (5, 7, 3), dtype=np.uint8)
        photo = Image.fromarray(pixels).resize((60, 44), Image.Resampling.BICUBIC)
        photo.save(folder / "photos" / "things" / f"{index}.jpg")
    return folder


def test_training_brings_ours_nearer_to_the_teacher(data: Path, tmp_path: Path) -> None:
    begun = training.train(data, tmp_path, steps=1)
    learned = training.train(data, tmp_path, steps=40)
    for level in (1, 2, 3):
        assert learned[f"psnr_relu{level}_ours_db"] > begun[f"psnr_relu{level}_ours_db"] + 1


def test_what_is_written_can_be_loaded_and_is_small(data: Path, tmp_path: Path) -> None:
    metrics = training.train(data, tmp_path, steps=1)
    stylizer = Stylizer.load(tmp_path)
    picture = torch.rand(1, 3, 24, 24)
    assert stylizer.stylize(picture, stylizer.statistics(picture[0]), 0.5).shape == picture.shape
    assert metrics["bytes"] == (tmp_path / WEIGHTS).stat().st_size < 4_000_000


def test_a_resumed_training_equals_an_uninterrupted_one(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "CHECKPOINT_EVERY", 2)
    straight, resumed, checkpoint = tmp_path / "straight", tmp_path / "resumed", tmp_path / "checkpoint.pt"
    training.train(data, straight, steps=4)

    def cut_off(done: int, total: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        training.train(data, resumed, steps=4, progress=cut_off, checkpoint=checkpoint)
    training.train(data, resumed, steps=4, checkpoint=checkpoint)
    assert (straight / WEIGHTS).read_bytes() == (resumed / WEIGHTS).read_bytes()


def test_the_same_seed_draws_the_same_batches(data: Path) -> None:
    paths, _ = stylizer_photos.photos(data)
    one, same, other = (stylizer_photos.TrainingBatch.draw(paths, seed, 3) for seed in (0, 0, 1))
    assert torch.equal(one.pictures, same.pictures)
    assert not torch.equal(one.pictures, other.pictures)


def test_photos_that_are_held_out_are_not_trained_on(data: Path) -> None:
    train_photos, held_out = stylizer_photos.photos(data)
    assert held_out
    assert not set(train_photos) & set(held_out)


def test_training_ends_early_when_held_out_photos_no_longer_gain(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "CHECKPOINT_EVERY", 2)
    monkeypatch.setattr(training, "LEARNING_RATE", 0.0)
    student, _ = training.learn(data, steps=40, seed=0)
    assert student.step == 2 * (1 + training.PATIENCE)


def test_a_damaged_checkpoint_is_named(data: Path, tmp_path: Path) -> None:
    (tmp_path / "cut.pt").write_bytes(b"PK")
    with pytest.raises(BridgeError, match=r"cut\.pt: a damaged checkpoint"):
        training.learn(data, steps=1, seed=0, checkpoint=tmp_path / "cut.pt")


def test_a_damaged_teacher_is_named(data: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(data, tmp_path / "copy")
    (copy / "wct16x" / "2SD.pth").write_bytes((data / "wct16x" / "2SD.pth").read_bytes()[:5000])
    with pytest.raises(BridgeError, match=r"2SD\.pth: a damaged checkpoint; fetch the file again"):
        training.learn(copy, steps=1, seed=0)
    torch.save({"net": torch.zeros(1)}, copy / "wct16x" / "2SD.pth")
    with pytest.raises(BridgeError, match=r"2SD\.pth: not a network of Collaborative Distillation"):
        training.learn(copy, steps=1, seed=0)


def test_photos_that_cannot_be_read_are_named(data: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(data, tmp_path / "copy")
    (copy / "photos" / "things" / "3.jpg").write_bytes(b"no photo")
    with pytest.raises(BridgeError, match=r"cannot be read: .*3\.jpg"):
        training.refuse_incomplete(copy)


def test_the_command_puts_it_into_a_set_with_a_card(data: Path, tmp_path: Path) -> None:
    done = bridge("train", "stylizer", "--data", data, "--steps", 1, "--keep", tmp_path / "runs", "--name", "mine")
    assert done.returncode == 0 and "bridge.py story SONG --models mine" in done.stdout
    folder = model_sets.folder_of("mine")
    assert Stylizer.load(folder)
    card = (folder / "README.md").read_text()
    assert "4 photos for training, 2 for validation" in card and "steps: 1 of at most 1" in card


def test_missing_data_is_named(data: Path, tmp_path: Path) -> None:
    with pytest.raises(BridgeError, match=r"1SE\.pth.* missing"):
        training.train(tmp_path, tmp_path, steps=1)
    with pytest.raises(BridgeError, match="no photos"):
        stylizer_photos.photos(tmp_path)
