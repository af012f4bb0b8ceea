"""The blend of two estimators of pictures: what the shipped one says."""

import pytest
import torch
from torch import Tensor

from deepsing_bridge import weights
from deepsing_bridge.attributes.image_blend import AREA, STRIDE, WEIGHTS, BlendImageEstimator, fitted
from tests.attributes.test_image_paper import needs_photos, photos_of


@pytest.fixture(scope="module")
def blend() -> BlendImageEstimator:
    return BlendImageEstimator.load()


@pytest.fixture(scope="module")
def pictures() -> Tensor:
    """Three gradients, 200 by 320."""
    across, down = torch.linspace(0, 1, 320).expand(200, 320), torch.linspace(0, 1, 200)[:, None].expand(200, 320)
    planes = torch.stack([across, down, torch.full((200, 320), 0.3)])
    return torch.stack([planes, planes.roll(1, 0), planes.roll(2, 0)])


def mean_of(estimator: BlendImageEstimator, name: str) -> tuple[float, float]:
    seen = [estimator.estimate(photo).at(0) for photo in photos_of(name, 6)]
    return sum(s.valence for s in seen) / len(seen), sum(s.arousal for s in seen) / len(seen)


@pytest.mark.parametrize("size", [(256, 256), (320, 400), (1080, 1920), (720, 90), (16, 16)])
def test_a_picture_keeps_its_shape_and_gets_the_same_area(size: tuple[int, int]) -> None:
    height, width = fitted(torch.zeros(1, 3, *size)).shape[2:]
    assert height % STRIDE == width % STRIDE == 0
    assert 0.75 < height * width / AREA < 1.25
    assert height / width == pytest.approx(size[0] / size[1], rel=0.25)


def test_one_valence_and_arousal_for_each_picture(blend: BlendImageEstimator, pictures: Tensor) -> None:
    track = blend.estimate(pictures)
    assert len(track) == len(track.arousal) == 3
    assert track.hop_s == 0
    assert abs(track.valence).max() < 4


def test_a_picture_is_rated_the_same_alone_and_in_company(blend: BlendImageEstimator, pictures: Tensor) -> None:
    many = blend.estimate(pictures.repeat(4, 1, 1, 1))  # 12 pictures are two batches
    for i in range(3):
        alone = blend.estimate(pictures[i : i + 1]).at(0)
        assert many.at(i + 9).valence == pytest.approx(alone.valence, abs=1e-3)
        assert many.at(i + 9).arousal == pytest.approx(alone.arousal, abs=1e-3)


def test_left_and_right_do_not_matter(blend: BlendImageEstimator, pictures: Tensor) -> None:
    one, other = blend.estimate(pictures), blend.estimate(pictures.flip(-1))
    assert other.valence == pytest.approx(one.valence, abs=1e-3)
    assert other.arousal == pytest.approx(one.arousal, abs=1e-3)


def test_the_size_of_a_picture_hardly_matters(blend: BlendImageEstimator, pictures: Tensor) -> None:
    large = torch.nn.functional.interpolate(pictures, scale_factor=2.5, mode="bilinear")
    one, other = blend.estimate(pictures), blend.estimate(large)
    assert other.valence == pytest.approx(one.valence, abs=0.1)
    assert other.arousal == pytest.approx(one.arousal, abs=0.1)


def test_its_weights_are_small() -> None:
    assert (weights.MODELS / WEIGHTS).stat().st_size <= 8_000_000


@needs_photos
def test_a_beach_pleases_more_than_a_gun_and_a_gun_arouses_more_than_grass(blend: BlendImageEstimator) -> None:
    beach, gun, garbage, grass = (mean_of(blend, name) for name in ("beach", "gun", "garbage", "grass"))
    assert beach[0] > 0.5 > -0.5 > gun[0]
    assert beach[0] > garbage[0]
    assert gun[1] > grass[1] + 0.5
