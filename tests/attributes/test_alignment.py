from pathlib import Path

import numpy as np
import pytest
import torch

from deepsing_bridge import weights
from deepsing_bridge.attributes.alignment import WEIGHTS, features_to_sentiment, raw_sentiment
from deepsing_bridge.attributes.nets.audio import AudioRegressor
from deepsing_bridge.audio.decode import SAMPLE_RATE
from deepsing_bridge.audio.features import song_to_features
from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.core.types import FeatureTrack, Sentiment, Song
from tests.sounds import music


def features_of(samples: np.ndarray) -> FeatureTrack:
    return song_to_features(Song(samples, SAMPLE_RATE, Path("song.wav"), ""))


def arousal_of(samples: np.ndarray) -> float:
    return float(raw_sentiment(features_of(samples)).arousal.mean())


@pytest.fixture(scope="module")
def calm_then_wild() -> FeatureTrack:
    return features_of(np.concatenate([music(12, 60, level=0.05), music(13, 170, level=0.9, seed=1)]))


def five_second_means(curve: np.ndarray) -> np.ndarray:
    return curve[: len(curve) // 10 * 10].reshape(-1, 10).mean(axis=1)


def test_louder_and_faster_means_more_arousal(calm_then_wild: FeatureTrack) -> None:
    track = features_to_sentiment(calm_then_wild)
    assert track.between(15, 25).arousal > track.between(0, 10).arousal


def test_louder_alone_means_more_arousal() -> None:
    assert arousal_of(music(12, level=0.8)) > arousal_of(music(12, level=0.03))


@pytest.mark.parametrize("axis", ["valence", "arousal"])
def test_five_second_means_are_z_scores_of_the_song(calm_then_wild: FeatureTrack, axis: str) -> None:
    means = five_second_means(getattr(features_to_sentiment(calm_then_wild), axis))
    assert means.mean() == pytest.approx(0, abs=1e-4)
    assert means.std() == pytest.approx(1, abs=1e-4)


def test_dataset_alignment_keeps_a_calm_song_calm() -> None:
    calm = features_of(music(12, 60, level=0.03))
    assert features_to_sentiment(calm, "dataset").arousal.mean() < -0.5
    assert features_to_sentiment(calm, "song").arousal.mean() == pytest.approx(0, abs=0.5)


def test_alignments_differ_by_scale_and_offset_only(calm_then_wild: FeatureTrack) -> None:
    by_song = features_to_sentiment(calm_then_wild, "song")
    by_dataset = features_to_sentiment(calm_then_wild, "dataset")
    assert np.corrcoef(by_song.valence, by_dataset.valence)[0, 1] == pytest.approx(1, abs=1e-5)
    assert np.corrcoef(by_song.arousal, by_dataset.arousal)[0, 1] == pytest.approx(1, abs=1e-5)


def test_a_song_that_never_changes_stays_at_the_centre() -> None:
    same = np.tile(features_of(music(1)).values[:1], (40, 1))
    track = features_to_sentiment(FeatureTrack(same, np.ones(40, np.float32), 0.5))
    assert np.allclose(track.valence, 0, atol=1e-3)
    assert np.allclose(track.arousal, 0, atol=1e-3)


def test_a_song_shorter_than_an_interval_gives_finite_numbers() -> None:
    track = features_to_sentiment(features_of(music(1.0)))
    assert len(track) == 2
    assert np.isfinite(track.valence).all()
    assert track.arousal.mean() == pytest.approx(0, abs=1e-5)


def test_the_same_features_give_the_same_numbers(calm_then_wild: FeatureTrack) -> None:
    once, again = features_to_sentiment(calm_then_wild), features_to_sentiment(calm_then_wild)
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
    track = raw_sentiment(FeatureTrack(np.zeros((3, 9_156), np.float32), np.ones(3, np.float32), 0.5), tmp_path)
    low, high = outputs.split()
    assert getattr(track, low).max() < 0 < getattr(track, high).min()


def test_missing_weights_are_named(tmp_path: Path, calm_then_wild: FeatureTrack) -> None:
    with pytest.raises(BridgeError, match=WEIGHTS):
        features_to_sentiment(calm_then_wild, models=tmp_path)


@pytest.mark.parametrize(
    ("valence", "arousal", "feeling"),
    [
        (1.2, 0.3, "happy"),
        (-0.72, 1.8, "tense"),
        (-0.03, -0.94, "sad"),
        (0.75, -0.89, "calm"),
        (0.3, -0.3, "neutral"),
        (0.5, 0.0, "happy"),
        (0.0, 0.0, "neutral"),
    ],
)
def test_a_feeling_is_named_after_its_quadrant(valence: float, arousal: float, feeling: str) -> None:
    assert Sentiment(valence, arousal).feeling == feeling
