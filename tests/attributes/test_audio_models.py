"""What the two audio estimators say of songs. Both are asked through `load`."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from deepsing_bridge import weights
from deepsing_bridge.attributes import audio_context, audio_models
from deepsing_bridge.attributes.alignment import interval_means
from deepsing_bridge.attributes.audio_context import VALENCE_KEPT, ContextAudioEstimator
from deepsing_bridge.attributes.audio_paper import PaperAudioEstimator
from deepsing_bridge.attributes.context_features import song_to_context, song_to_senses
from deepsing_bridge.attributes.nets import musicnn
from deepsing_bridge.audio.decode import SAMPLE_RATE, file_to_song
from deepsing_bridge.audio.features import mel_to_power, song_to_features, song_to_mel
from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.core.types import Song
from deepsing_bridge.weights.model_sets import SHIPPED
from tests.sounds import music

NAMES = tuple(audio_models.ESTIMATORS)
SONGS = Path(__file__).parents[2] / "../shared/data/songs"
DEMO = Path(__file__).parents[2] / "examples/demo.ogg"
needs_songs = pytest.mark.skipif(not SONGS.is_dir(), reason="../shared/data/songs is not there")


def song_of(samples: NDArray[np.float32]) -> Song:
    return Song(samples, SAMPLE_RATE, Path("song.wav"), "")


def test_windows_are_judged_alike_in_blocks_of_any_size(monkeypatch: pytest.MonkeyPatch) -> None:
    model, context = ContextAudioEstimator.load(), song_to_context(song_of(music(8)))
    whole = model.raw_sentiment(context)
    monkeypatch.setattr(audio_context, "_BLOCK", 5)
    again = model.raw_sentiment(context)
    assert len(again.valence) == len(whole.valence) == 16
    assert np.allclose(again.valence, whole.valence, atol=1e-4)
    assert np.allclose(again.arousal, whole.arousal, atol=1e-4)


def arousal_of(samples: NDArray[np.float32]) -> float:
    return float(ContextAudioEstimator.load().raw_sentiment(song_to_context(song_of(samples))).arousal.mean())


def band(seconds: int, beats_per_minute: float = 150, level: float = 0.9) -> NDArray[np.float32]:
    """Distorted power chords over kick, snare and hi-hat."""
    rng, beat = np.random.default_rng(0), round(60 / beats_per_minute * SAMPLE_RATE)
    time, eighth = np.arange(beat) / SAMPLE_RATE, np.arange(beat) % (beat // 2) / SAMPLE_RATE
    noise = rng.normal(size=(2, beat))
    hat = 0.35 * np.diff(noise[0], prepend=0) * np.exp(-50 * eighth)
    kick = 1.2 * np.sin(314 * time * np.exp(-8 * time)) * np.exp(-12 * time)
    snare = 0.8 * noise[1] * np.exp(-14 * time)
    bars = []
    for index in range(seconds * SAMPLE_RATE // beat + 1):
        root = 110 * 2 ** ((0, -3, 5, 7)[index // 4 % 4] / 12)
        saws = sum(np.sin(2 * np.pi * root * ratio * k * time) / k for ratio in (1, 1.5, 2) for k in range(1, 16))
        bars.append(0.5 * np.tanh(3 * saws) * np.exp(-1.5 * time) + hat + (snare if index % 2 else kick))
    samples = np.concatenate(bars)[: seconds * SAMPLE_RATE]
    return (level * samples / np.abs(samples).max()).astype(np.float32)


@pytest.fixture(scope="module")
def chorus() -> Song:
    """A calm verse, and a loud and fast chorus by a band, of 15 s each."""
    return song_of(np.concatenate([music(15, 60, level=0.05), band(15)]))


@pytest.mark.parametrize("name", NAMES)
def test_a_louder_and_faster_chorus_raises_arousal(chorus: Song, name: str) -> None:
    track = audio_models.load(name).estimate(chorus)
    assert track.between(20, 28).arousal > track.between(2, 10).arousal + 0.5


@needs_songs
@pytest.mark.parametrize("song", sorted(SONGS.glob("*.ogg")), ids=lambda path: path.stem)
def test_a_real_song_played_louder_is_more_arousing(song: Path) -> None:
    samples = file_to_song(song).samples[: 30 * SAMPLE_RATE]
    levels = [arousal_of(samples * gain) for gain in (np.float32(0.05), np.float32(1))]
    assert levels == sorted(levels)


@pytest.mark.parametrize("name", NAMES)
def test_a_value_for_every_half_second_and_five_second_means_lie_around_the_songs_own(chorus: Song, name: str) -> None:
    track = audio_models.load(name).estimate(chorus)
    assert len(track) == 60 and track.hop_s == 0.5
    for curve in (track.valence, track.arousal):
        means = interval_means(curve, track.hop_s)
        assert means.mean() == pytest.approx(0, abs=0.1)
        assert 0.2 < means.std() <= 1.001  # less than 1 for a song of six averages, as `song_sd` says


def test_the_alignment_with_the_dataset_keeps_a_calm_song_calm() -> None:
    calm = audio_models.load("context").estimate(song_of(music(12, 60, level=0.03)), "dataset")
    assert calm.arousal.mean() < -0.5


def test_it_changes_smoothly(chorus: Song) -> None:
    """Neighbours share nearly all of their context."""
    context, paper = (audio_models.load(name).estimate(chorus).arousal for name in ("context", "paper"))
    assert np.abs(np.diff(context)).mean() < np.abs(np.diff(paper)).mean()


def test_the_paper_s_is_what_it_was(chorus: Song) -> None:
    features = song_to_features(chorus)
    track, paper = audio_models.load("paper").estimate(chorus), PaperAudioEstimator.load()
    expected = paper.features_to_sentiment(features)
    assert np.array_equal(track.arousal, expected.arousal)
    np.testing.assert_allclose(mel_to_power(song_to_mel(chorus)), features.power, rtol=1e-5)


def test_the_weights_are_small_and_named(chorus: Song) -> None:
    for name in NAMES:
        files = {audio_models.load(name).file} | ({musicnn.WEIGHTS} if name == audio_models.CONTEXT else set())
        assert sum((weights.MODELS / file).stat().st_size for file in files) <= 12_000_000


def test_the_tagger_is_among_what_was_loaded_for_the_context_model() -> None:
    """So a story's file names it. It is so for the second story of a process, too."""
    for _ in range(2):
        with weights.recorded() as loaded:
            audio_models.load(audio_models.CONTEXT).estimate(song_of(music(3)))
        assert loaded.keys() == {audio_context.WEIGHTS, musicnn.WEIGHTS}


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(BridgeError, match=r"'best'.*paper or context"):
        audio_models.load("best")


def test_missing_weights_are_named_when_it_is_loaded(tmp_path: Path) -> None:
    with pytest.raises(BridgeError, match=audio_context.WEIGHTS):
        audio_models.load("context", tmp_path)


def test_what_is_loaded_is_recorded() -> None:
    """So that a story can tell which files decided it."""
    with weights.recorded() as loaded:
        audio_models.choose(None, SHIPPED)
    assert set(loaded) == {audio_context.WEIGHTS, musicnn.WEIGHTS}


def test_a_song_s_valence_turns_with_its_pieces_and_hardly_within_them() -> None:
    model = ContextAudioEstimator.load()
    tense_and_bright = file_to_song(DEMO).samples[35 * SAMPLE_RATE :]
    senses = song_to_senses(song_of(tense_and_bright))
    (start,) = senses.changes()
    plain, whole = model.raw_sentiment(senses.context(changes=senses.changes())), model.raw_song(senses)
    for piece in (slice(start), slice(start, None)):
        assert whole.valence[piece].mean() == pytest.approx(plain.valence[piece].mean(), abs=1e-3)
        assert whole.valence[piece].std() == pytest.approx(VALENCE_KEPT * plain.valence[piece].std(), rel=1e-3)
    assert np.array_equal(whole.arousal, plain.arousal)


def test_a_song_of_one_piece_is_what_its_moments_are() -> None:
    model, song = ContextAudioEstimator.load(), song_of(music(30))
    moments, whole = model.raw_sentiment(song_to_context(song)), model.raw_song(song_to_senses(song))
    assert np.array_equal(whole.valence, moments.valence) and np.array_equal(whole.arousal, moments.arousal)


LENGTH_S = 12
TIME = np.arange(LENGTH_S * SAMPLE_RATE) / SAMPLE_RATE

DULL = {
    "a drone": 0.3 * np.sin(2 * np.pi * 220 * TIME),
    "noise": 0.1 * np.random.default_rng(0).standard_normal(len(TIME)),
    "a click": np.eye(1, len(TIME), len(TIME) // 2)[0],
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("sound", DULL)
def test_what_does_not_change_has_no_range_of_feelings(sound: str, name: str) -> None:
    track = audio_models.load(name).estimate(song_of(DULL[sound].astype(np.float32)))
    most = 1.01 if sound == "a click" else 1  # a click is louder than silence: what two averages with a spread of 1 are
    for curve in (track.valence, track.arousal):
        assert np.abs(interval_means(curve, track.hop_s)).max() < most
        assert np.abs(curve).max() <= 4


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("seconds", [2, 12])  # a bar; two averages
def test_a_short_song_gets_no_wild_sentiment(seconds: int, name: str) -> None:
    track = audio_models.load(name).estimate(song_of(music(seconds)))
    for curve in (track.valence, track.arousal):
        assert np.abs(interval_means(curve, track.hop_s)).max() <= 1.01  # as two averages with a spread of 1 are
        assert np.abs(curve).max() <= 4
