"""z-scores over the song itself, or over the training set."""

import numpy as np
import pytest
import torch

from deepsing_bridge.attributes import audio_models
from deepsing_bridge.attributes.alignment import PRIOR_AVERAGES, Outputs, Spread, interval_means, song_sd
from deepsing_bridge.core.options import Alignment
from deepsing_bridge.core.types import LARGEST_SENTIMENT, SentimentTrack

SPREAD = Spread(within=0.4, noise=0.1)
OUTPUTS = Outputs({"arousal": (0.5, 0.5), "valence": (3.5, 0.5)}, SPREAD)


def raw(windows: int = 47) -> SentimentTrack:
    """Half seconds of a song that rises and falls; the last 3.5 s are no whole interval."""
    time = np.arange(windows, dtype=np.float32) / 2
    return SentimentTrack(3 + np.sin(time / 4), time / 10, 0.5)


def test_columns_are_told_apart_by_name() -> None:
    track = OUTPUTS.track(torch.tensor([[1.0, 2.0], [3.0, 4.0]]), 0.5)
    assert track.arousal.tolist() == [1, 3] and track.valence.tolist() == [2, 4]
    assert track.hop_s == 0.5


def test_columns_without_a_name_and_names_without_statistics_are_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        OUTPUTS.track(torch.zeros(4, 3), 0.5)
    for mean, sd in (([0.0], [1.0, 1.0]), ([0.0, 0.0], [1.0, 1.0, 1.0]), ([0.0, 0.0, 0.0], [1.0, 1.0, 1.0])):
        with pytest.raises(ValueError, match="zip"):
            Outputs.of({"outputs": "arousal valence"}, {"mean": torch.tensor(mean), "sd": torch.tensor(sd)}, SPREAD)


@pytest.mark.parametrize("alignment", ["song", "dataset"])
def test_an_aligned_track_keeps_its_times_and_its_kind_of_numbers(alignment: Alignment) -> None:
    track = OUTPUTS.align(raw(), alignment)
    assert (track.hop_s, len(track)) == (0.5, 47)
    assert track.valence.dtype == track.arousal.dtype == np.float32


@pytest.mark.parametrize("axis", ["valence", "arousal"])
def test_five_second_means_are_z_scores_of_the_song(axis: str) -> None:
    curve = getattr(OUTPUTS.align(raw(), "song"), axis)
    means = curve[:40].reshape(-1, 10).mean(axis=1)
    assert means.mean() == pytest.approx(0, abs=1e-4)
    assert means.std() == pytest.approx(1, abs=1e-4)


def test_the_dataset_s_statistics_are_those_of_the_file() -> None:
    track = OUTPUTS.align(raw(), "dataset")
    assert track.valence == pytest.approx((raw().valence - 3.5) / 0.5, abs=1e-5)
    assert track.arousal == pytest.approx((raw().arousal - 0.5) / 0.5, abs=1e-5)


def test_names_and_statistics_are_those_of_the_weight_file() -> None:
    tensors = {"mean": torch.tensor([0.5, -1.0]), "sd": torch.tensor([2.0, 0.25])}
    assert Outputs.of({"outputs": "arousal valence"}, tensors, SPREAD) == Outputs(
        {"arousal": (0.5, 2.0), "valence": (-1.0, 0.25)}, SPREAD
    )


@pytest.mark.parametrize("model", audio_models.ESTIMATORS)
def test_the_shipped_models_spread_each_axis_by_its_own_statistics(model: str) -> None:
    """So the data set's mean is 0, and one standard deviation above it is 1, on either axis."""
    outputs = audio_models.load(model).outputs
    (mean_v, sd_v), (mean_a, sd_a) = (outputs.statistics[axis] for axis in ("valence", "arousal"))
    assert abs(sd_v - sd_a) > 0.05  # one for the other would be seen
    at = SentimentTrack(np.float32([mean_v, mean_v + sd_v]), np.float32([mean_a - sd_a, mean_a]), 0.5)
    aligned = outputs.align(at, "dataset")
    assert aligned.valence == pytest.approx([0, 1], abs=1e-5)
    assert aligned.arousal == pytest.approx([-1, 0], abs=1e-5)


def test_a_song_that_never_changes_stays_at_the_centre() -> None:
    still = SentimentTrack(np.full(40, 7, np.float32), np.full(40, -7, np.float32), 0.5)
    track = OUTPUTS.align(still, "song")
    assert not track.valence.any() and not track.arousal.any()


def test_a_song_of_one_average_has_the_spread_that_songs_usually_have() -> None:
    track = OUTPUTS.align(raw(2), "song")
    usual = 0.4 * 0.5 * (PRIOR_AVERAGES / (PRIOR_AVERAGES + 1)) ** 0.5
    assert track.arousal.tolist() == pytest.approx([-0.025 / usual, 0.025 / usual])


def test_few_averages_that_hardly_differ_are_not_blown_up_and_many_are_believed() -> None:
    alike = np.tile([-0.02, 0.02], 2)
    sds = [song_sd(np.tile(alike, times), SPREAD, 0.5) for times in (1, 5, 500)]
    assert sds == sorted(sds, reverse=True)
    assert 0.02 / sds[0] < 0.2
    assert sds[-1] == SPREAD.noise * 0.5  # and none below what the estimator tells apart


def test_a_song_s_own_variance_and_the_usual_count_by_their_averages() -> None:
    usual, own = 0.2**2, 0.1**2
    assert song_sd(np.tile([-0.1, 0.1], 2), SPREAD, 0.5) ** 2 == pytest.approx((PRIOR_AVERAGES * usual + 4 * own) / 8)


@pytest.mark.parametrize("times", [1, 30])
def test_a_song_that_moves_more_than_others_is_in_its_own_deviations_however_short(times: int) -> None:
    averages = np.tile([-0.3, 0.3], times)
    assert song_sd(averages, SPREAD, 0.5) == averages.std()


@pytest.mark.parametrize("alignment", ["song", "dataset"])
def test_nothing_is_further_out_than_the_largest_sentiment(alignment: Alignment) -> None:
    blow = np.zeros(100, np.float32)
    blow[50] = 1e6
    track = OUTPUTS.align(SentimentTrack(blow, -blow, 0.5), alignment)
    assert track.valence.max() == LARGEST_SENTIMENT and track.arousal.min() == -LARGEST_SENTIMENT


def test_interval_means_leave_out_what_is_no_whole_interval() -> None:
    assert interval_means(np.arange(25, dtype=np.float32), 0.5).tolist() == [4.5, 14.5]
    assert interval_means(np.arange(3, dtype=np.float32), 0.5).tolist() == [1]


def test_intervals_are_five_seconds_of_whatever_windows() -> None:
    assert interval_means(np.arange(10, dtype=np.float32), 1.0).tolist() == [2, 7]
    assert interval_means(np.arange(4, dtype=np.float32), 3.0).tolist() == [0.5, 2.5]
