"""The paper's audio emotion model: what the shipped one says of sound, and how its file tells the outputs apart."""

from pathlib import Path

import numpy as np
import pytest
import torch

from deepsing_bridge import weights
from deepsing_bridge.attributes.audio_paper import WEIGHTS, PaperAudioEstimator
from deepsing_bridge.attributes.nets.audio import AudioRegressor
from deepsing_bridge.audio.decode import SAMPLE_RATE
from deepsing_bridge.audio.features import song_to_features
from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.core.types import FeatureTrack, Song
from tests.sounds import music


def features_of(samples: np.ndarray) -> FeatureTrack:
    return song_to_features(Song(samples, SAMPLE_RATE, Path("song.wav"), ""))


@pytest.fixture(scope="module")
def shipped() -> PaperAudioEstimator:
    return PaperAudioEstimator.load()


@pytest.fixture(scope="module")
def calm_then_wild() -> FeatureTrack:
    return features_of(np.concatenate([music(12, 60, level=0.05), music(13, 170, level=0.9, seed=1)]))


def test_louder_and_faster_means_more_arousal(shipped: PaperAudioEstimator, calm_then_wild: FeatureTrack) -> None:
    track = shipped.features_to_sentiment(calm_then_wild)
    assert track.between(15, 25).arousal > track.between(0, 10).arousal


def test_louder_alone_means_more_arousal(shipped: PaperAudioEstimator) -> None:
    loud, soft = (shipped.raw_sentiment(features_of(music(12, level=level))).arousal.mean() for level in (0.8, 0.03))
    assert loud > soft


def test_dataset_alignment_keeps_a_calm_song_calm(shipped: PaperAudioEstimator) -> None:
    calm = features_of(music(12, 60, level=0.03))
    assert shipped.features_to_sentiment(calm, "dataset").arousal.mean() < -0.5
    assert shipped.features_to_sentiment(calm, "song").arousal.mean() == pytest.approx(0, abs=0.5)


def test_a_song_shorter_than_an_interval_gives_finite_numbers(shipped: PaperAudioEstimator) -> None:
    track = shipped.features_to_sentiment(features_of(music(1.0)))
    assert len(track) == 2
    assert np.isfinite(track.valence).all()
    assert track.arousal.mean() == pytest.approx(0, abs=1e-5)


def test_the_same_features_give_the_same_numbers(shipped: PaperAudioEstimator, calm_then_wild: FeatureTrack) -> None:
    once, again = (shipped.features_to_sentiment(calm_then_wild) for _ in range(2))
    assert np.array_equal(once.valence, again.valence)
    assert np.array_equal(once.arousal, again.arousal)


@pytest.mark.parametrize("outputs", ["valence arousal", "arousal valence"])
def test_the_header_names_the_outputs(tmp_path: Path, outputs: str) -> None:
    torch.manual_seed(0)
    net = AudioRegressor()
    net.fc2.bias.data = torch.tensor([-5.0, 5.0])
    tensors = {**net.state_dict(), "mean": torch.zeros(2), "sd": torch.ones(2)}
    weights.save(
        WEIGHTS,
        tensors,
        header={"outputs": outputs},
        what="",
        licence="",
        command="",
        metrics={},
        models=tmp_path,
    )
    features = FeatureTrack(np.zeros((3, 9_156), np.float32), np.ones(3, np.float32), 0.5)
    track = PaperAudioEstimator.load(tmp_path).raw_sentiment(features)
    low, high = outputs.split()
    assert getattr(track, low).max() < 0 < getattr(track, high).min()


def test_missing_weights_are_named(tmp_path: Path) -> None:
    with pytest.raises(BridgeError, match=WEIGHTS):
        PaperAudioEstimator.load(tmp_path)
