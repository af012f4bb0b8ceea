"""What can be shown of a song's sound: amplitudes around a half, and the levels of bands, in time."""

from pathlib import Path

import numpy as np
import pytest

from deepsing_bridge.audio import sound as sound_module
from deepsing_bridge.audio.sound import HOP_LENGTH, song_to_sound
from deepsing_bridge.core.types import SPECTRUM_BANDS, WAVEFORM_POINTS, Song, SoundTrack

RATE = 21_504


def song(samples: np.ndarray) -> Song:
    return Song(samples.astype(np.float32), RATE, Path("song.wav"), "")


def tone(hz: float, seconds: float = 2.0) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE)) / RATE)


def test_a_tone_is_loudest_in_its_band_and_swings_around_a_half() -> None:
    sound = song_to_sound(song(tone(1050))).at(1.0)
    band = SPECTRUM_BANDS * 1050 / (RATE / 2)
    assert int(sound.spectrum.argmax()) == int(band)
    assert sound.spectrum.max() == pytest.approx(1, abs=0.02)
    assert sound.spectrum[SPECTRUM_BANDS // 2] < 0.3
    assert sound.waveform.mean() == pytest.approx(0.5, abs=0.03)
    assert sound.waveform.max() == pytest.approx(0.75, abs=0.03)


def test_what_is_heard_at_a_moment_is_found_there() -> None:
    heard = song_to_sound(song(np.concatenate([np.zeros(2 * RATE), tone(200)])))
    assert heard.at(0.5).spectrum.max() == 0 and heard.at(3.0).spectrum.max() > 0.9
    assert heard.at(-5.0).spectrum.max() == 0 and heard.at(99.0).waveform.shape == (WAVEFORM_POINTS,)


def test_a_soft_song_shows_as_much_as_a_loud_one() -> None:
    loud, soft = (song_to_sound(song(level * tone(440))).at(1.0).spectrum for level in (1.0, 0.01))
    assert np.abs(loud - soft).max() < 0.02


@pytest.mark.parametrize("samples", [0, 1, HOP_LENGTH, HOP_LENGTH + 1])
def test_silence_of_any_length_is_silence(samples: int) -> None:
    sound = song_to_sound(song(np.zeros(samples))).at(0.0)
    assert np.allclose(sound.waveform, 0.5, atol=0.003) and not sound.spectrum.any()
    assert np.allclose(SoundTrack.silence().at(7.0).waveform, 0.5, atol=0.003)


def test_calm_is_silence() -> None:
    sound = song_to_sound(song(tone(440))).at(1.0)
    assert not sound.scaled(0).spectrum.any() and np.allclose(sound.scaled(0).waveform, 0.5)
    assert np.allclose(sound.scaled(1).waveform, sound.waveform)


def test_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    samples = np.concatenate([0.1 * tone(3000), tone(200, 1.3)])
    whole = song_to_sound(song(samples))
    monkeypatch.setattr(sound_module, "BLOCK_FRAMES", 40)
    again = song_to_sound(song(samples))
    assert np.array_equal(again.waveform, whole.waveform)
    assert np.abs(again.spectrum.astype(int) - whole.spectrum).max() <= 1
