"""The strongest answers of filters are those of the convolution that they stand for."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional

from deepsing_bridge.attributes import audio_models, tagger
from deepsing_bridge.attributes.nets import musicnn
from deepsing_bridge.attributes.nets.strongest_answers import LongFilters, TallFilters
from deepsing_bridge.audio.decode import SAMPLE_RATE
from deepsing_bridge.core.types import Song
from tests.sounds import music

BANDS = 96


def convolved(padded: torch.Tensor, filters: torch.Tensor) -> torch.Tensor:
    """(frames, count), in float64."""
    return functional.conv2d(padded.double()[None, None], filters.double()[:, None]).amax(3)[0].T


class Convolution:
    heard = 0

    def __init__(self, filters: torch.Tensor) -> None:
        self._filters = filters

    def strongest(self, padded: torch.Tensor) -> torch.Tensor:
        Convolution.heard += 1
        return convolved(padded, self._filters).float()


def random(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(len(shape)))


@pytest.mark.parametrize("frames", [1, 31, 32, 100])
@pytest.mark.parametrize("height", [38, 67, 95, 96, 2])
def test_tall_filters_answer_as_a_convolution(frames: int, height: int) -> None:
    padded, filters = random(frames + 6, BANDS), random(5, 7, height)
    expected = convolved(padded, filters)
    found = TallFilters(filters, BANDS).strongest(padded)
    assert found.shape == (frames, 5)
    assert (found - expected).abs().max() < 1e-5 * expected.abs().max()


@pytest.mark.parametrize("frames", [1, 31, 32, 100])
@pytest.mark.parametrize("length", [128, 32, 5])
def test_long_filters_answer_as_a_convolution(frames: int, length: int) -> None:
    padded, filters = random(frames + length - 1, BANDS), random(5, length)
    expected = convolved(padded, filters[:, :, None])
    found = LongFilters(filters).strongest(padded)
    assert found.shape == (frames, 5)
    assert (found - expected).abs().max() < 1e-5 * expected.abs().max()


def test_sentiment_is_that_of_the_convolutions(monkeypatch: pytest.MonkeyPatch) -> None:
    model = audio_models.load(audio_models.CONTEXT)
    song = Song(np.concatenate([music(3, 60, level=0.05), music(3, 170, level=0.9)]), SAMPLE_RATE, Path(), "")
    found = model.estimate(song)
    monkeypatch.setattr(musicnn, "TallFilters", lambda filters, bands: Convolution(filters))
    monkeypatch.setattr(musicnn, "LongFilters", lambda filters: Convolution(filters[:, :, None]))
    monkeypatch.setattr(tagger, "_tagger", cache(tagger._tagger.__wrapped__))  # which has them made anew
    expected = model.estimate(song)
    assert Convolution.heard
    assert np.abs(np.subtract(found.valence, expected.valence)).max() < 1e-4
    assert np.abs(np.subtract(found.arousal, expected.arousal)).max() < 1e-4
