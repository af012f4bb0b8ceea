"""What styles do to pictures, on the shipped weights."""

from pathlib import Path

import numpy as np
import pytest
import torch

from deepsing_bridge import weights
from deepsing_bridge.core.device import Device
from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.stylization import vgg
from deepsing_bridge.stylization.wct import (
    REGULARISATION,
    WEIGHTS,
    StyleStatistics,
    Stylizer,
    between,
    statistics_of,
    whiten_and_colour,
)


@pytest.fixture(scope="module")
def stylizer() -> Stylizer:
    return Stylizer.load()


def scene(height: int = 64, width: int = 96, seed: int = 0) -> torch.Tensor:
    """A sky over a dark hill with speckles: colours, an edge and fine detail."""
    random = torch.Generator().manual_seed(seed)
    rows, columns = torch.meshgrid(torch.linspace(0, 1, height), torch.linspace(0, 1, width), indexing="ij")
    sky = torch.stack([0.4 + 0.3 * rows, 0.6 + 0.2 * columns, 0.9 - 0.3 * rows])
    hill = torch.stack([0.2 + 0.1 * columns, 0.35 - 0.1 * rows, 0.1 + 0 * rows])
    picture = torch.where(rows > 0.5 + 0.2 * torch.sin(5 * columns), hill, sky)
    return (picture + 0.1 * (torch.rand(height, width, generator=random) - 0.5)).clamp(0, 1)


def plain(red: float, green: float, blue: float, side: int = 64) -> torch.Tensor:
    speckle = 0.1 * torch.rand(3, side, side, generator=torch.Generator().manual_seed(1))
    return (torch.tensor([red, green, blue])[:, None, None] * 0.9 + speckle).clamp(0, 1)


def test_no_blend_gives_the_picture_back(stylizer: Stylizer) -> None:
    pictures = scene()[None]
    assert torch.equal(stylizer.stylize(pictures, stylizer.statistics(plain(1, 0, 0)), 0.0), pictures)


def test_blend_acts_without_a_jump_and_ever_more(stylizer: Stylizer) -> None:
    pictures, style = scene()[None], stylizer.statistics(plain(0.9, 0.3, 0.1))
    changes = [
        float((stylizer.stylize(pictures, style, blend) - pictures).abs().mean())
        for blend in (0.001, 0.01, 0.1, 0.5, 1.0)
    ]
    assert changes[0] < 0.002
    assert changes == sorted(changes)
    assert changes[-1] > 0.1


def test_a_small_blend_keeps_fine_detail(stylizer: Stylizer) -> None:
    pictures = scene()[None]
    painted = stylizer.stylize(pictures, stylizer.statistics(scene(seed=3).flip(1)), 0.1)
    before, after = (picture.diff(dim=-1).flatten().numpy() for picture in (pictures, painted))
    assert np.corrcoef(before, after)[0, 1] > 0.9
    assert after.std() > 0.9**4 * before.std()  # each of four levels may take its share, no decoder more


def test_pictures_take_on_the_colour_of_the_style(stylizer: Stylizer) -> None:
    pictures = scene()[None]
    warm, cold = (
        stylizer.stylize(pictures, stylizer.statistics(plain(*colour)), 0.5).mean(dim=(0, 2, 3))
        for colour in ((0.9, 0.4, 0.1), (0.1, 0.3, 0.8))
    )
    assert warm[0] > cold[0] + 0.2
    assert cold[2] > warm[2] + 0.2


def features(seed: int, height: int = 30, width: int = 40) -> torch.Tensor:
    """Six channels (6, H, W) that hang together in a way, around a mean, of `seed`'s own."""
    random = torch.Generator().manual_seed(seed)
    mixing, mean = torch.randn(6, 6, generator=random), 2 * torch.randn(6, 1, generator=random)
    return (mixing @ torch.randn(6, height * width, generator=random) + mean).view(6, height, width)


def moments(values: torch.Tensor) -> tuple[np.ndarray, np.ndarray]:
    """Mean (6,) and covariance (6, 6), by numpy."""
    points = values.flatten(1).double().numpy()
    return points.mean(axis=1), np.cov(points, bias=True)


def test_coloured_features_have_the_mean_and_the_covariance_of_the_style() -> None:
    content, style = features(1), features(2, height=20)
    coloured = whiten_and_colour(content, statistics_of(style))
    (mean, covariance), (wanted_mean, wanted_covariance) = moments(coloured), moments(style)
    assert coloured.shape == content.shape
    assert mean == pytest.approx(wanted_mean, abs=1e-3)
    assert np.abs(covariance - wanted_covariance).max() < 0.05 * np.abs(wanted_covariance).max()


def test_a_colouring_is_the_root_of_the_regularised_covariance() -> None:
    style = features(2)
    mean, covariance = moments(style)
    found = statistics_of(style)
    assert found.mean[:, 0].numpy() == pytest.approx(mean, abs=1e-4)
    assert (found.colouring @ found.colouring).numpy() == pytest.approx(
        covariance + REGULARISATION * np.eye(6), abs=1e-3
    )
    flat = statistics_of(torch.ones(6, 4, 4))
    assert flat.colouring.numpy() == pytest.approx(REGULARISATION**0.5 * np.eye(6), abs=1e-5)


@pytest.mark.parametrize(
    ("size", "padded"),
    [((33, 47), (40, 48)), ((1, 1), (16, 16)), ((5, 9), (16, 16)), ((16, 16), (16, 16)), ((40, 17), (40, 24))],
)
def test_a_picture_goes_on_at_its_edges_no_further_than_it_must(
    stylizer: Stylizer, size: tuple[int, int], padded: tuple[int, int]
) -> None:
    picture = scene(*size)
    edges = np.pad(picture.numpy(), ((0, 0), (0, padded[0] - size[0]), (0, padded[1] - size[1])), mode="edge")
    with torch.inference_mode():
        taps = stylizer.networks.encoder.taps(torch.from_numpy(edges)[None])
    seen, wanted = stylizer.statistics(picture), StyleStatistics(tuple(statistics_of(tap[0]) for tap in taps))
    for level, expected in zip(seen.levels, wanted.levels, strict=True):
        assert level.mean == pytest.approx(expected.mean, abs=1e-5)
    whole = stylizer.stylize(torch.from_numpy(edges)[None], wanted, 0.5)[..., : size[0], : size[1]]
    assert stylizer.stylize(picture[None], wanted, 0.5) == pytest.approx(whole, abs=1e-4)


def test_a_picture_is_painted_in_four_passes_of_which_the_last_is_the_result(stylizer: Stylizer) -> None:
    pictures, style = scene()[None], stylizer.statistics(plain(0.9, 0.4, 0.1))
    passes = [*stylizer.passes(pictures, style, 0.5)]
    assert len(passes) == 4
    assert torch.equal(passes[-1], stylizer.stylize(pictures, style, 0.5))
    assert [*stylizer.passes(pictures, style, 0)] == []


def test_whitening_and_colouring_turns_no_further_than_it_must() -> None:
    """Roots are symmetric: features in their own style stay, and none changes its sign on the way."""
    own = features(1)
    assert whiten_and_colour(own, statistics_of(own)) == pytest.approx(own, abs=2e-3)


def test_each_picture_is_whitened_by_itself() -> None:
    style = statistics_of(features(3))
    together = whiten_and_colour(torch.stack([features(1), features(2)]), style)
    for i, alone in enumerate((features(1), features(2))):
        assert together[i] == pytest.approx(whiten_and_colour(alone, style), abs=1e-3)


def stripes(one: tuple[float, float, float], other: tuple[float, float, float]) -> torch.Tensor:
    return torch.tensor([one, other])[torch.arange(64) // 4 % 2].T[:, None].expand(3, 64, 64)


def test_of_two_styles_of_one_mean_colour_each_gives_its_own_colours(stylizer: Stylizer) -> None:
    """What varies together in the style varies together in the picture: red with blue, or red against blue."""
    together = stylizer.statistics(stripes((0.9, 0.5, 0.9), (0.1, 0.5, 0.1)))
    against = stylizer.statistics(stripes((0.9, 0.5, 0.1), (0.1, 0.5, 0.9)))
    correlations = [
        np.corrcoef(*stylizer.stylize(scene()[None], style, 1.0)[0, [0, 2]].flatten(1).numpy())[0, 1]
        for style in (together, against)
    ]
    assert correlations[0] > 0.6 > -0.6 > correlations[1]


def test_between_two_styles_lie_the_means_of_both(stylizer: Stylizer) -> None:
    one, other = stylizer.statistics(scene()), stylizer.statistics(plain(0.9, 0.4, 0.1))
    for level, a, b in zip(between(one, other, 0.25).levels, one.levels, other.levels, strict=True):
        assert level.mean == pytest.approx(0.75 * a.mean + 0.25 * b.mean, abs=1e-5)
        assert level.colouring == pytest.approx(0.75 * a.colouring + 0.25 * b.colouring, abs=1e-5)


def test_between_styles_of_different_depth_there_is_nothing() -> None:
    one = StyleStatistics((statistics_of(features(1)), statistics_of(features(2))))
    with pytest.raises(ValueError, match="zip"):
        between(one, StyleStatistics(one.levels[:1]), 0.5)


def test_networks_and_moments_are_where_they_are_asked_for() -> None:
    """On the device of torch that computes shapes alone."""
    stylizer = Stylizer.load(device=Device("meta"))
    assert stylizer.device == Device("meta")
    assert {parameter.device.type for parameter in stylizer.networks.parameters()} == {"meta"}
    assert statistics_of(features(1).to("meta")).colouring.device.type == "meta"


def test_a_picture_goes_to_the_device_and_stays() -> None:
    """What only computes shapes cannot go back and forth: it refuses to leave."""
    stylizer = Stylizer.load(device=Device("meta"))
    painted = stylizer.stylize(scene()[None], stylizer.statistics(scene(32, 48)), 0.5)
    assert (painted.device.type, painted.shape) == ("meta", (1, 3, 64, 96))


def test_a_dark_style_darkens(stylizer: Stylizer) -> None:
    pictures = scene()[None]
    dark = stylizer.stylize(pictures, stylizer.statistics(plain(0.1, 0.1, 0.1)), 0.5)
    assert dark.mean() < pictures.mean() - 0.1


@pytest.mark.parametrize("size", [(37, 53), (5, 9), (64, 24), (1, 1)])
def test_any_size_goes_in_and_comes_out(stylizer: Stylizer, size: tuple[int, int]) -> None:
    pictures = torch.rand(2, 3, *size, generator=torch.Generator().manual_seed(0))
    painted = stylizer.stylize(pictures, stylizer.statistics(scene(33, 47)), 0.3)
    assert painted.shape == pictures.shape
    assert painted.min() >= 0
    assert painted.max() <= 1


@pytest.mark.parametrize("grey", [0.0, 0.5, 1.0])
def test_flat_pictures_and_flat_styles_stay_calm(stylizer: Stylizer, grey: float) -> None:
    flat = torch.full((1, 3, 48, 48), grey)
    for picture, style in ((flat, scene()), (scene()[None], flat[0]), (flat, flat[0])):
        painted = stylizer.stylize(picture, stylizer.statistics(style), 0.5)
        assert torch.isfinite(painted).all()
    assert stylizer.stylize(flat, stylizer.statistics(scene()), 0.5)[..., 8:-8, 8:-8].std(dim=(2, 3)).max() < 0.05


def test_a_picture_comes_out_the_same_alone_or_among_others(stylizer: Stylizer) -> None:
    style = stylizer.statistics(plain(0.9, 0.4, 0.1))
    pictures = torch.stack([scene(seed=1), scene(seed=2).flip(1), torch.zeros(3, 64, 96)])
    together = stylizer.stylize(pictures, style, 0.5)
    alone = torch.cat([stylizer.stylize(picture[None], style, 0.5) for picture in pictures])
    assert torch.allclose(together, alone, atol=2e-3)


def test_a_stylizer_of_vgg_s_layers_is_as_wide_as_its_file_says(tmp_path: Path) -> None:
    torch.manual_seed(0)
    networks = vgg.Networks([(4, 8, 16, 32)]).eval()
    told = {"what": "toy", "licence": "CC0", "command": "none"}
    header = {"widths": "[[4, 8, 16, 32]]"}
    weights.save(WEIGHTS, networks.state_dict(), header=header, metrics={}, models=tmp_path, **told)
    found, pictures = Stylizer.load(tmp_path), scene(32, 48)[None]
    for level in (1, 2, 3, 4):
        with torch.inference_mode():
            wanted = networks.decode(networks.encoder(pictures, level), level)
        assert found.reconstruct(pictures, level) == pytest.approx(wanted, abs=1e-4)


def test_a_folder_without_a_stylizer_is_named(tmp_path: Path) -> None:
    with pytest.raises(BridgeError, match=WEIGHTS):
        Stylizer.load(tmp_path)
