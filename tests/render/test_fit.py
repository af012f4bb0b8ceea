"""Pictures are fitted to frames."""

import numpy as np
import pytest
import torch

from deepsing_bridge.render import fit as module
from deepsing_bridge.render.fit import fit, fit_pixels, to_pixels


def test_a_wide_picture_is_cropped_from_the_middle_not_squeezed() -> None:
    circle = ((torch.arange(64)[:, None] - 32) ** 2 + (torch.arange(64) - 32) ** 2 < 200).float()
    wide = fit(circle.expand(1, 3, 64, 64), 128, 72)[0, 0] > 0.5
    assert wide.shape == (72, 128)
    assert wide.any(0).sum() == pytest.approx(int(wide.any(1).sum()), abs=1)


def test_a_wide_frame_shows_the_middle_of_the_picture() -> None:
    rows = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 256, axis=1)
    wide = fit_pixels(np.stack([rows] * 3, axis=2), 512, 256)
    assert wide.shape == (256, 512, 3)
    assert abs(int(wide[128, 100, 0]) - 128) <= 2
    assert 60 <= wide[0, 0, 0] <= 68
    assert 187 <= wide[-1, 0, 0] <= 195


def test_a_picture_of_the_right_size_is_not_touched() -> None:
    pixels = np.zeros((72, 128, 3), np.uint8)
    assert fit_pixels(pixels, 128, 72) is pixels


def test_bytes_are_fitted_as_bytes_and_look_as_floats_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """In floats the largest frames took the live engine a second each, and the show stood still."""
    seen, scaled = [], module.scaled
    monkeypatch.setattr(module, "scaled", lambda given, *size: seen.append(given.dtype) or scaled(given, *size))
    waves = np.sin(np.arange(48)[:, None, None] / 5 + np.arange(64)[:, None] / 7 + np.arange(3))
    pixels = (127 + 100 * waves).astype(np.uint8)
    fitted = fit_pixels(pixels, 256, 256)
    assert seen == [torch.uint8]
    exact = to_pixels(fit(torch.from_numpy(pixels).permute(2, 0, 1)[None] / 255, 256, 256))[0]
    assert np.abs(fitted.astype(int) - exact).max() <= 1


@pytest.mark.parametrize("size", [(64, 64), (128, 72), (720, 1280), (66, 4096)])
def test_every_size_is_filled(size: tuple[int, int]) -> None:
    width, height = size
    filled = fit_pixels(np.full((180, 320, 3), 200, np.uint8), width, height)
    assert filled.shape == (height, width, 3)
    assert np.abs(filled.astype(int) - 200).max() <= 1
