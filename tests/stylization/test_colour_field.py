"""A colour field carries a smooth change of colours over to larger and later pictures."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from deepsing_bridge.stylization.colour_field import between, colour_field, with_blacks_of


def photo(height: int, width: int) -> torch.Tensor:
    noise = torch.rand(1, 3, 9, 16, generator=torch.Generator().manual_seed(0))
    return F.interpolate(noise, (height, width), mode="bicubic", align_corners=False)[0].clamp(0, 1)


def pixels(picture: torch.Tensor) -> np.ndarray:
    return (picture.permute(1, 2, 0) * 255).round().byte().numpy()


def test_a_change_of_gain_and_offset_is_carried_over_at_four_times_the_size() -> None:
    small, large = photo(90, 160), photo(360, 640)
    gain, offset = torch.tensor([0.8, 0.6, 0.9])[:, None, None], torch.tensor([0.1, 0.2, 0.0])[:, None, None]
    field = colour_field(small, gain * small + offset)
    error = np.abs(field.apply(pixels(large)).astype(int) - pixels(gain * large + offset).astype(int))
    assert error.mean() < 1.0


def test_no_change_changes_nothing() -> None:
    picture = photo(90, 160)
    assert np.abs(colour_field(picture, picture).apply(pixels(picture)).astype(int) - pixels(picture)).max() <= 1


def test_a_flat_picture_takes_the_new_colour() -> None:
    flat = torch.full((3, 32, 32), 0.5)
    assert np.abs(colour_field(flat, flat + 0.25).apply(pixels(flat)).astype(int) - round(0.75 * 255)).max() <= 1


def test_between_two_fields_lies_their_mean() -> None:
    picture = photo(90, 160)
    one, other = colour_field(picture, picture * 0.5), colour_field(picture, picture * 0.7)
    middle = between(one, other, 0.5).apply(pixels(picture)).astype(int)
    assert np.abs(middle - pixels(picture * 0.6).astype(int)).mean() < 1.5


def test_the_field_of_a_picture_with_edges_keeps_them() -> None:
    picture = torch.zeros(3, 64, 64)
    picture[:, :, 32:] = 1.0
    painted = colour_field(picture, 0.2 + 0.6 * picture).apply(pixels(picture)).astype(int)
    assert painted[:, 33:].min() - painted[:, :31].max() > 0.5 * 255


def test_what_is_black_stays_black_and_white_white() -> None:
    before = torch.linspace(0, 1, 64 * 64).reshape(1, 64, 64).repeat(3, 1, 1)
    lifted = 0.3 + 0.7 * before
    kept = with_blacks_of(before, lifted)
    assert kept.flatten(1).quantile(0.02, dim=1).tolist() == pytest.approx([0.02] * 3, abs=0.005)
    assert kept.max() == pytest.approx(1.0)
    assert (kept - before).abs().max() < 0.03


def test_blacks_that_a_style_has_not_lifted_stay_as_they_are() -> None:
    before = torch.linspace(0.2, 1, 64 * 64).reshape(1, 64, 64).repeat(3, 1, 1)
    darker = before - 0.15
    assert torch.equal(with_blacks_of(before, darker), darker)
    white = torch.ones(3, 8, 8)
    assert with_blacks_of(torch.zeros(3, 8, 8), white).isfinite().all()
