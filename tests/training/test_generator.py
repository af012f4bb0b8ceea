"""Training the embedded generator, on a handful of made-up photos."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.generators.decoder import Decoder
from deepsing_bridge.training import glo
from deepsing_bridge.training.example_photos import Photos, read_photos, write_credits
from deepsing_bridge.training.generator import export, recall_keys, recall_sharpness
from deepsing_bridge.training.glo import Trainer, principal_components
from deepsing_bridge.training.photo_probe import LEAST_PER_CLASS, MOST_PER_CLASS, choose, sample_pictures


class Unmoved(torch.nn.Module):
    """A perceptual distance that has no opinion."""

    def forward(self, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        return (a - b).abs().mean() * 0


@pytest.fixture(scope="module")
def photos() -> Photos:
    """Twelve photos of two classes: coloured gradients and coloured checks."""
    rng = np.random.default_rng(0)
    ramp = np.linspace(0, 1, 256)
    gradient = np.stack([np.outer(ramp, ramp)] * 3)
    checks = np.stack([np.indices((256, 256)).sum(0) // 32 % 2] * 3).astype(float)
    pictures = [kind * rng.uniform(0.2, 1, (3, 1, 1)) for kind in (gradient, checks) for _ in range(6)]
    pixels = torch.from_numpy((np.stack(pictures) * 255).astype(np.uint8))
    return Photos(pixels, np.repeat([0, 1], 6), tuple(f"{i}.png" for i in range(12)), ("gradient", "checks"))


def trainer(photos: Photos) -> Trainer:
    return Trainer(photos.pixels, Unmoved())


def step(one: Trainer) -> None:
    one._set_rates(0)
    one._step(one._next_batch())


def test_the_first_guess_is_the_photos_themselves(photos: Photos) -> None:
    codes, directions, mean = principal_components(photos.pixels)
    guess = (codes @ directions.T + mean).view(-1, 3, 64, 64) + 0.5
    small = torch.nn.functional.interpolate(photos.pixels.float() / 255, size=64, mode="area")
    assert (guess - small).abs().max() < 0.01


@pytest.mark.slow
def test_training_mends_a_first_guess_that_is_off(photos: Photos, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(glo, "WARM_UP", 1)
    monkeypatch.setattr(glo, "LEARNING_RATE", 4e-3)
    monkeypatch.setattr(glo, "BATCH", 4)
    one = trainer(photos)
    one.decoder.base.bias.data += 0.2
    losses = []
    for _ in range(18):
        step(one)
        losses.append(one.last_loss)
    assert np.mean(losses[-3:]) < 0.8 * np.mean(losses[:3])


@pytest.mark.slow
def test_a_training_taken_up_again_goes_on_as_if_uninterrupted(photos: Photos, tmp_path: Path) -> None:
    whole, first, second = trainer(photos), trainer(photos), trainer(photos)
    for _ in range(4):
        step(whole)
    for _ in range(2):
        step(first)
    first.save(tmp_path / "half.pt")
    second.load(tmp_path / "half.pt")
    for _ in range(2):
        step(second)
    assert torch.equal(second.codes.weight, whole.codes.weight)
    assert torch.equal(second.decoder.paint.weight, whole.decoder.paint.weight)


def test_the_exported_generator_recalls_a_photo_of_the_class_asked_for(photos: Photos) -> None:
    features = np.random.default_rng(0).normal(size=(12, 140)).astype(np.float32)
    features = np.vstack([features] * 11)  # as many rows as the keys have numbers
    many = photos.subset(np.tile(np.arange(12), 11))
    one = Trainer(many.pixels, Unmoved())
    pictures, class_ids = sample_pictures(export(one, many, features), 3, seed=0)
    steps = (pictures.float() / 255).diff(dim=-1).abs().amax((1, 2, 3))
    assert (steps[class_ids == 1].min() > steps[class_ids == 0].max()).item()


def test_keys_are_unit_vectors_and_sharpness_gives_the_nearest_its_share() -> None:
    rng = np.random.default_rng(0)
    features, class_ids = rng.normal(size=(200, 150)).astype(np.float32), np.arange(200) % 10
    keys = recall_keys(features, class_ids)
    assert torch.allclose(keys.norm(dim=1), torch.ones(200), atol=1e-5)
    assert recall_sharpness(keys, class_ids, 0.95) > recall_sharpness(keys, class_ids, 0.7) > 1


def test_clear_photos_are_chosen_and_every_class_keeps_some() -> None:
    rng = np.random.default_rng(0)
    centres = 4 * rng.normal(size=(3, 20))
    class_ids = np.repeat([0, 1, 2], [60, 60, 8])
    features = (centres[class_ids] + rng.normal(size=(128, 20))).astype(np.float32)
    features[60:64] = centres[0]  # four of class 1 look like class 0
    chosen = choose(features, class_ids)
    counts = np.bincount(class_ids[chosen])
    assert counts[0] == MOST_PER_CLASS and counts[2] >= LEAST_PER_CLASS
    assert not set(range(60, 64)) & set(chosen.tolist())


def test_photos_are_read_square_and_in_the_lists_order(tmp_path: Path) -> None:
    Image.new("RGB", (40, 20), "red").save(tmp_path / "a.png")
    Image.new("RGB", (20, 50), "blue").save(tmp_path / "b.png")
    (tmp_path / "index.csv").write_text("file,class,source,licence\nb.png,sky,us,CC0\na.png,car,us,CC0\n")
    photos = read_photos(tmp_path)
    assert photos.pixels.shape == (2, 3, 256, 256)
    assert [photos.classes[i] for i in photos.class_ids] == ["sky", "car"]
    assert photos.pixels[0, :, 9, 9].tolist() == [0, 0, 255]

    write_credits(tmp_path / "index.csv", ("a.png",), tmp_path / "credits.csv")
    assert (tmp_path / "credits.csv").read_text() == "file,class,source,licence\na.png,car,us,CC0\n"


def test_a_folder_without_a_list_is_named(tmp_path: Path) -> None:
    with pytest.raises(BridgeError, match=r"index\.csv: no such file"):
        read_photos(tmp_path)


def test_the_decoder_fits_in_its_budget() -> None:
    assert 2 * sum(parameter.numel() for parameter in Decoder().parameters()) < 23e6
