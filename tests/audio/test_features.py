from pathlib import Path

import librosa
import numpy as np
import pytest
import soundfile

from deepsing_bridge.audio import features
from deepsing_bridge.audio.decode import SAMPLE_RATE, file_to_song
from deepsing_bridge.audio.features import HOP_S, decibels, mel_to_onsets, song_to_features, song_to_mel
from deepsing_bridge.core.types import Song
from tests.sounds import music

SONGS = Path(__file__).parents[3] / "shared" / "data" / "songs"


def song_of(samples: np.ndarray) -> Song:
    return Song(samples, SAMPLE_RATE, Path("song.wav"), "")


def whole_song_features(samples: np.ndarray) -> np.ndarray:
    """Plain librosa on all samples at once, (frames, 436)."""
    mfcc = librosa.feature.mfcc(y=samples, sr=SAMPLE_RATE, n_mfcc=40, hop_length=512)
    tempogram = librosa.feature.tempogram(y=samples, sr=SAMPLE_RATE, hop_length=512)
    cens = librosa.feature.chroma_cens(y=samples, sr=SAMPLE_RATE, hop_length=512)
    return np.concatenate([mfcc, tempogram, cens]).T


def assert_equals_whole_song(samples: np.ndarray, block_frames: int) -> None:
    values = song_to_features(song_of(samples), block_frames=block_frames).values
    expected = whole_song_features(samples)
    windows = len(expected) // 21
    expected = expected[: windows * 21].reshape(windows, 9_156).astype(np.float16).astype(np.float32)
    values = values.astype(np.float32)
    assert values.shape == expected.shape
    # One float16 step at most: a value on the edge between two may be rounded to the other.
    assert np.abs(values - expected).max() <= np.spacing(np.float16(np.abs(expected).max()))
    assert np.isclose(values, expected, rtol=2e-3, atol=2e-3).mean() > 0.999


def test_blocks_give_what_librosa_gives_on_the_whole_song() -> None:
    quiet_then_loud = np.concatenate([music(12, level=0.02), music(9, 140, level=0.9, seed=1)])
    assert_equals_whole_song(quiet_then_loud, block_frames=100)


def test_a_song_off_pitch_keeps_its_tuning_in_every_block() -> None:
    sharp = librosa.resample(music(16), orig_sr=1_000, target_sr=980)
    assert_equals_whole_song(sharp, block_frames=130)


@pytest.mark.skipif(not SONGS.is_dir(), reason="../shared/data/songs is missing")
def test_blocks_equal_the_whole_on_a_real_song() -> None:
    song = file_to_song(SONGS / "hunting.ogg")
    assert_equals_whole_song(song.samples[: 30 * SAMPLE_RATE], block_frames=300)


def test_onsets_and_decibels_in_blocks_are_those_of_the_whole_to_the_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    mel = song_to_mel(song_of(np.concatenate([music(5, level=0.001), music(6, 140, level=0.9)])))
    monkeypatch.setattr(features, "_BLOCK_FRAMES", 100)
    loudness = librosa.power_to_db(mel)
    assert np.array_equal(np.concatenate([block for _, _, block in decibels(mel)], axis=1), loudness)
    for bands in (slice(None), slice(20, 64)):
        whole = librosa.onset.onset_strength(S=loudness[bands], sr=SAMPLE_RATE, hop_length=512)
        assert np.array_equal(mel_to_onsets(mel, bands), whole)


def test_windows_are_half_seconds_of_the_authors_layout() -> None:
    track = song_to_features(song_of(music(3.2)))
    assert track.hop_s == HOP_S == 0.5
    assert track.values.shape == (6, 9_156)
    assert track.values.dtype == np.float16
    frames = track.values.astype(np.float32).reshape(6, 21, 436)
    assert frames[:, :, 0].max() < 0  # MFCC 0, the level, far below one per band
    assert np.allclose(frames[:, :, 40], 1)  # tempogram at lag 0
    assert np.allclose(np.linalg.norm(frames[:, :, 424:], axis=-1), 1, atol=2e-3)  # CENS


def test_power_follows_loudness_without_overflow() -> None:
    swelling = music(10) * np.linspace(0.01, 1, 10 * SAMPLE_RATE, dtype=np.float32)
    power = song_to_features(song_of(swelling)).power
    assert power.shape == (20,)
    assert power[-4:].mean() > 20 * power[:4].mean() > 0
    square_wave = np.sign(np.sin(np.arange(3 * SAMPLE_RATE) / 30)).astype(np.float32)
    assert np.isfinite(song_to_features(song_of(square_wave)).power).all()


def test_a_second_is_enough_and_warns_of_nothing(recwarn: pytest.WarningsRecorder) -> None:
    track = song_to_features(song_of(music(1.0)))
    assert len(track.values) == len(track.power) == 2
    assert not recwarn.list


def test_silence_inside_a_song_gives_numbers() -> None:
    samples = np.concatenate([music(4), np.zeros(3 * SAMPLE_RATE, np.float32), music(4)])
    track = song_to_features(song_of(samples))
    assert np.isfinite(track.values).all()
    assert track.power[10] == 0


def test_progress_rises_to_its_total(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    song_to_features(song_of(music(6)), lambda done, total: seen.append((done, total)), block_frames=50)
    assert [done for done, _ in seen] == sorted({done for done, _ in seen})
    assert seen[-1][0] == seen[-1][1]


def test_file_to_features_end_to_end(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "song.flac", music(3, sample_rate=44_100), 44_100)
    assert len(song_to_features(file_to_song(tmp_path / "song.flac")).values) == 6
