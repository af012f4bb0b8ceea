"""What is decoded at once is what decoding twice gives, by our networks and by VGG's."""

from collections.abc import Callable

import pytest
import torch

from deepsing_bridge.core.device import Device
from deepsing_bridge.stylization import networks, vgg
from deepsing_bridge.stylization.decoding import DecodedDifference
from deepsing_bridge.stylization.networks import LEVELS
from deepsing_bridge.stylization.wct import Stylizer
from tests.stylization.test_wct import scene

Networks = networks.Networks | vgg.Networks
WAYS = {"ours": networks.Networks, "VGG's": lambda: vgg.Networks([(4, 8, 12, 16)])}


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("made", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("kept", [0.0, 0.6])
@torch.no_grad()
def test_two_pictures_decoded_at_once_differ_as_two_decoded_by_themselves(
    made: Callable[[], Networks], level: int, kept: float
) -> None:
    torch.manual_seed(level)
    net = made().eval()
    features = net.encoder(torch.rand(1, 3, 32, 48), level)
    channels = features.shape[1]
    matrix, mean = torch.randn(channels, channels) / channels**0.5, torch.randn(channels, 1)
    recoloured = (matrix @ features.flatten(2) + mean).view_as(features)
    wanted = net.decode(recoloured, level) - kept * net.decode(features, level)
    found = DecodedDifference(net.decoders[level - 1])(features, matrix, mean, kept)  # type: ignore[arg-type]
    assert wanted.std() > 1e-3
    assert found == pytest.approx(wanted, abs=1e-4)


def test_half_precision_paints_nearly_the_same() -> None:
    whole, half = Stylizer.load(), Stylizer.load(device=Device("cpu", half=True))
    picture = scene()
    style = whole.statistics(scene(seed=3).flip(0))
    wanted, found = (each.stylize(picture[None], style, 0.5) for each in (whole, half))
    assert found.dtype == torch.float32
    assert 0 < float((found - wanted).abs().mean()) < 2 / 255
