"""Pictures → sentiment: what the shipped estimator of the paper's kind says."""

import csv
from pathlib import Path

import pytest
import torch
from torch import Tensor

from deepsing_bridge.attributes.backbones import load_lite0
from deepsing_bridge.attributes.image_paper import PaperImageEstimator
from deepsing_bridge.training.rated_photos import read_picture

PHOTOS = Path(__file__).parents[2] / "../shared/data/photos"
needs_photos = pytest.mark.skipif(not PHOTOS.is_dir(), reason="../shared/data/photos is not there")


@pytest.fixture(scope="module")
def estimator() -> PaperImageEstimator:
    return PaperImageEstimator.load()


@pytest.fixture(scope="module")
def pictures() -> Tensor:
    return torch.rand(3, 3, 200, 320, generator=torch.Generator().manual_seed(0))


def photos_of(name: str, count: int) -> list[Tensor]:
    with (PHOTOS / "index.csv").open(newline="") as file:
        files = [PHOTOS / row["file"] for row in csv.DictReader(file) if row["class"] == name]
    return [read_picture(file) for file in files[:count]]


def mean_of(estimator: PaperImageEstimator, name: str) -> tuple[float, float]:
    seen = [estimator.estimate(photo).at(0) for photo in photos_of(name, 6)]
    return sum(s.valence for s in seen) / len(seen), sum(s.arousal for s in seen) / len(seen)


def test_one_valence_and_arousal_for_each_picture(estimator: PaperImageEstimator, pictures: Tensor) -> None:
    track = estimator.estimate(pictures)
    assert len(track) == len(track.arousal) == 3
    assert track.hop_s == 0
    assert abs(track.valence).max() < 4


def test_a_picture_is_rated_the_same_alone_and_in_company(estimator: PaperImageEstimator, pictures: Tensor) -> None:
    many = estimator.estimate(pictures.repeat(4, 1, 1, 1))  # 12 pictures are two batches
    for i in range(3):
        alone = estimator.estimate(pictures[i : i + 1]).at(0)
        assert many.at(i + 9).valence == pytest.approx(alone.valence, abs=1e-3)
        assert many.at(i + 9).arousal == pytest.approx(alone.arousal, abs=1e-3)


def test_the_size_of_a_picture_hardly_matters(estimator: PaperImageEstimator) -> None:
    across = torch.linspace(0, 1, 224)
    small = torch.stack([across.expand(224, 224), across.expand(224, 224).T, torch.full((224, 224), 0.3)])[None]
    large = torch.nn.functional.interpolate(small, (512, 512), mode="bilinear")
    one, other = estimator.estimate(small).at(0), estimator.estimate(large).at(0)
    assert other.valence == pytest.approx(one.valence, abs=0.1)
    assert other.arousal == pytest.approx(one.arousal, abs=0.1)


def test_the_shipped_stages_are_not_as_imagenet_left_them(estimator: PaperImageEstimator) -> None:
    backbone = load_lite0()
    tuned = backbone.stages[-backbone.tuned :].state_dict()
    assert all(not estimator.top.stages.state_dict()[name].equal(weight) for name, weight in tuned.items())


@needs_photos
def test_a_beach_pleases_more_than_a_gun_and_a_gun_arouses_more_than_grass(estimator: PaperImageEstimator) -> None:
    beach, gun, garbage, grass = (mean_of(estimator, name) for name in ("beach", "gun", "garbage", "grass"))
    assert beach[0] > 0.5 > -0.5 > gun[0]
    assert beach[0] > garbage[0]
    assert gun[1] > grass[1] + 0.5


@needs_photos
def test_it_holds_for_classes_that_were_not_trained_on(estimator: PaperImageEstimator) -> None:
    sunrise, cloudy = mean_of(estimator, "sunrise"), mean_of(estimator, "cloudy")
    assert sunrise[0] > cloudy[0]
