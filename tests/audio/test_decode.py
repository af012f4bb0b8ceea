from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import soundfile

from deepsing_bridge.audio import decode
from deepsing_bridge.audio.decode import SAMPLE_RATE, file_to_song
from deepsing_bridge.audio.tracks import Sound, open_sound
from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.core.files import sha256
from tests.sounds import music, write_sound

FORMATS = {
    "song.wav": ("pcm_s16le", "s16"),
    "song.flac": ("flac", "s16"),
    "song.mp3": ("libmp3lame", "fltp"),
    "song.m4a": ("aac", "fltp"),
    "song.opus": ("libopus", "flt"),
}


def tone(seconds: float, sample_rate: int, level: float = 0.5) -> np.ndarray:
    return (level * np.sin(2 * np.pi * 440 * np.arange(round(seconds * sample_rate)) / sample_rate)).astype(np.float32)


def loudest_frequency(samples: np.ndarray) -> float:
    return float(np.abs(np.fft.rfft(samples)).argmax() * SAMPLE_RATE / len(samples))


@pytest.mark.parametrize("name", FORMATS)
def test_common_formats_become_the_same_sound(tmp_path: Path, name: str) -> None:
    path = write_sound(tmp_path / name, tone(2, 48_000)[None], 48_000, *FORMATS[name])
    song = file_to_song(path)
    assert song.sample_rate == SAMPLE_RATE
    assert song.samples.dtype == np.float32
    assert song.duration_s == pytest.approx(2, abs=0.06)
    assert loudest_frequency(song.samples) == pytest.approx(440, abs=2)
    assert np.sqrt((song.samples[10_000:30_000] ** 2).mean()) == pytest.approx(0.5 / np.sqrt(2), rel=0.1)


def test_ogg_vorbis_is_read(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "song.ogg", tone(2, 44_100), 44_100, format="OGG", subtype="VORBIS")
    assert loudest_frequency(file_to_song(tmp_path / "song.ogg").samples) == pytest.approx(440, abs=2)


def test_a_films_sound_track_is_read(tmp_path: Path) -> None:
    path = write_sound(tmp_path / "film.mp4", tone(2, 48_000)[None], 48_000, "aac", "fltp", with_picture=True)
    assert loudest_frequency(file_to_song(path).samples) == pytest.approx(440, abs=2)


def test_tags_that_are_not_utf_8_are_passed_over(tmp_path: Path) -> None:
    path = write_sound(tmp_path / "song.m4a", tone(2, 48_000)[None], 48_000, *FORMATS["song.m4a"])
    written = path.read_bytes()
    assert b"Lavf" in written  # the muxer's own tag
    path.write_bytes(written.replace(b"Lavf", b"L\xe4vf"))
    assert loudest_frequency(file_to_song(path).samples) == pytest.approx(440, abs=2)


def test_what_pyav_cannot_open_soundfile_reads(tmp_path: Path) -> None:
    path = tmp_path / "song.mat"
    soundfile.write(path, tone(2, 44_100), 44_100, format="MAT5", subtype="FLOAT")
    assert loudest_frequency(file_to_song(path).samples) == pytest.approx(440, abs=2)


def test_stereo_becomes_the_mean_of_both_channels(tmp_path: Path) -> None:
    left, right = tone(2, SAMPLE_RATE), tone(2, SAMPLE_RATE, 0.1)
    soundfile.write(tmp_path / "song.wav", np.stack([left, right], axis=1), SAMPLE_RATE, subtype="FLOAT")
    assert np.allclose(file_to_song(tmp_path / "song.wav").samples, (left + right) / 2, atol=1e-6)


@pytest.mark.parametrize("share", [-1.0, -0.98, -0.3])
def test_of_channels_that_cancel_the_loudest_is_heard(tmp_path: Path, share: float) -> None:
    left = tone(2, SAMPLE_RATE)
    soundfile.write(tmp_path / "song.wav", np.stack([left, share * left], axis=1), SAMPLE_RATE, subtype="FLOAT")
    seen: list[int] = []
    samples = file_to_song(tmp_path / "song.wav", lambda done, total: seen.append(done)).samples
    meant = left if share < -0.9 else left * (1 + share) / 2
    assert np.allclose(samples, meant, atol=1e-6)
    assert seen == sorted(seen)


@pytest.mark.parametrize("offset", [0.0, 0.4])
def test_channels_that_cancel_for_part_of_a_song_are_heard_there(tmp_path: Path, offset: float) -> None:
    left = tone(12, SAMPLE_RATE)
    right = 0.9 * np.where(np.arange(len(left)) < len(left) // 2, left, -left)
    soundfile.write(tmp_path / "song.wav", np.stack([left, right], axis=1) + offset, SAMPLE_RATE, subtype="FLOAT")
    assert np.allclose(file_to_song(tmp_path / "song.wav").samples, left + offset, atol=1e-6)


def test_channels_that_cancel_for_a_moment_stay_both(tmp_path: Path) -> None:
    left, right = tone(60, SAMPLE_RATE), tone(60, SAMPLE_RATE, 0.3)
    right[:SAMPLE_RATE] = -left[:SAMPLE_RATE]
    soundfile.write(tmp_path / "song.wav", np.stack([left, right], axis=1), SAMPLE_RATE, subtype="FLOAT")
    assert np.allclose(file_to_song(tmp_path / "song.wav").samples, (left + right) / 2, atol=1e-6)


def test_unlike_channels_do_not_cancel(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, (2 * SAMPLE_RATE, 32)).astype(np.float32)
    soundfile.write(tmp_path / "song.wav", noise, SAMPLE_RATE, subtype="FLOAT")
    assert np.allclose(file_to_song(tmp_path / "song.wav").samples, noise.mean(axis=1), atol=1e-6)


def test_one_track_of_thirty_two_is_not_silence(tmp_path: Path) -> None:
    tracks = np.zeros((2 * SAMPLE_RATE, 32), np.float32)
    tracks[:, 5] = tone(2, SAMPLE_RATE, 2e-4)
    soundfile.write(tmp_path / "song.wav", tracks, SAMPLE_RATE, subtype="FLOAT")
    assert np.abs(file_to_song(tmp_path / "song.wav").samples).max() > 0


@pytest.mark.parametrize("length_s", [0.999, 0.9999])
def test_what_is_hardly_too_short_is_not_rounded_up(tmp_path: Path, length_s: float) -> None:
    write_float_wav(tmp_path / "song.wav", tone(length_s, SAMPLE_RATE))
    with pytest.raises(BridgeError, match=r"lasts 0\.99 s; expected at least 1 s"):
        file_to_song(tmp_path / "song.wav")


def test_which_track_and_what_damage_is_told_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_sound(tmp_path / "song.wav", tone(2, 48_000)[None], 48_000, "pcm_s16le", "s16")

    @contextmanager
    def opened(path: Path) -> Iterator[Sound]:
        with open_sound(path) as sound:
            yield sound._replace(track="track 2 of 3", damage=["it ends"])

    monkeypatch.setattr(decode, "open_sound", opened)
    file_to_song(path)
    assert [message.split(": ")[1] for message in caplog.messages] == [
        "has several sound tracks; track 2 of 3 is taken",
        "is damaged (it ends); what can be played of it is taken",
    ]


def test_streamed_resampling_keeps_length_and_level(tmp_path: Path) -> None:
    samples = music(7.3, sample_rate=44_100)
    soundfile.write(tmp_path / "song.wav", samples, 44_100, subtype="FLOAT")
    song = file_to_song(tmp_path / "song.wav")
    assert len(song.samples) == pytest.approx(7.3 * SAMPLE_RATE, abs=1)
    assert np.sqrt((song.samples**2).mean()) == pytest.approx(np.sqrt((samples**2).mean()), rel=0.1)


def test_samples_above_full_scale_are_clipped(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "song.wav", tone(2, SAMPLE_RATE, 3.0), SAMPLE_RATE, subtype="FLOAT")
    assert np.abs(file_to_song(tmp_path / "song.wav").samples).max() == 1.0


def test_the_digest_is_the_files(tmp_path: Path) -> None:
    path = write_sound(tmp_path / "song.wav", tone(2, 48_000)[None], 48_000, "pcm_s16le", "s16")
    assert file_to_song(path).digest == sha256(path)


def test_progress_ends_at_the_end(tmp_path: Path) -> None:
    path = write_sound(tmp_path / "song.wav", tone(5, 48_000)[None], 48_000, "pcm_s16le", "s16")
    seen: list[tuple[int, int]] = []
    file_to_song(path, lambda done, total: seen.append((done, total)))
    assert seen == sorted(seen)
    assert seen[-1] == (100, 100)
    assert len({done for done, _ in seen}) > 10


def write_float_wav(path: Path, samples: np.ndarray) -> None:
    soundfile.write(path, samples.astype(np.float32), SAMPLE_RATE, subtype="FLOAT")


def nan_in_the_middle(path: Path) -> None:
    write_float_wav(path, np.where(np.arange(2 * SAMPLE_RATE) == 9_000, np.nan, tone(2, SAMPLE_RATE)))


def infinite_in_the_middle(path: Path) -> None:
    write_float_wav(path, np.where(np.arange(2 * SAMPLE_RATE) == 9_000, np.inf, tone(2, SAMPLE_RATE)))


def picture_only(path: Path) -> None:
    import PIL.Image

    PIL.Image.new("RGB", (8, 8)).save(path, format="PNG")


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda path: None, "no such file"),
        (lambda path: path.mkdir(), "not a file"),
        (lambda path: path.write_text("words, words, words\n" * 99), "sound"),
        (lambda path: path.write_bytes(bytes(5_000)), "not sound"),
        (lambda path: path.write_bytes(b""), "not sound"),
        (picture_only, "sound"),
        (lambda path: write_float_wav(path, np.zeros(2 * SAMPLE_RATE)), "silent"),
        (lambda path: write_float_wav(path, tone(0.9, SAMPLE_RATE)), "at least 1 s"),
        (lambda path: write_float_wav(path, np.zeros(0)), "at least 1 s"),
        (nan_in_the_middle, "NaN"),
        (infinite_in_the_middle, "NaN or infinite"),
    ],
)
def test_what_cannot_be_a_song_gets_one_plain_sentence(tmp_path: Path, make, reason: str) -> None:
    path = tmp_path / "song.wav"
    make(path)
    with pytest.raises(BridgeError, match=reason) as error:
        file_to_song(path)
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)


def test_a_file_cut_off_in_the_middle_gives_what_is_there(tmp_path: Path) -> None:
    path = write_sound(tmp_path / "song.mp3", tone(6, 48_000)[None], 48_000, *FORMATS["song.mp3"])
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert 2 < file_to_song(path).duration_s < 4
