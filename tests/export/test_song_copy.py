"""Sound of every kind that comes in, as it is copied: song.wav, and what the preview plays."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile

from deepsing_bridge.audio.channels import Samples
from deepsing_bridge.audio.decode import file_to_song
from deepsing_bridge.export.preview_film import write_preview
from deepsing_bridge.export.sound import Piece, write_song_copy, write_spliced_sound
from tests.builders import pictures
from tests.sounds import joined, tones, write_track


def copied(song: Path) -> Samples:
    """(n, channels) at 48 kHz."""
    copy = song.with_name("copy.wav")
    write_song_copy(copy, song)
    samples, rate = soundfile.read(copy, dtype="float32", always_2d=True)
    assert rate == 48_000
    return samples


def previewed(song: Path) -> tuple[str, int, Samples]:
    """Layout, rate, and (n, channels)."""
    film = song.with_name("preview.mp4")
    write_preview(film, [pictures(0, 24, 64, 64)], (64, 64), Fraction(24), song)
    with av.open(film) as container:
        stream = container.streams.audio[0]
        samples = np.concatenate([frame.to_ndarray() for frame in container.decode(stream)], axis=1)
        return stream.layout.name, stream.rate, samples.T


@pytest.mark.parametrize("channels", [7, 8, 9, 16, 32, 64])
def test_any_number_of_channels_is_copied(channels: int, tmp_path: Path) -> None:
    meant = tones(channels, 1, 48_000)
    soundfile.write(tmp_path / "song.wav", meant, 48_000, subtype="PCM_24")
    np.testing.assert_allclose(copied(tmp_path / "song.wav"), meant, atol=1e-6)
    layout, rate, samples = previewed(tmp_path / "song.wav")
    assert (layout, rate) == ("stereo", 48_000)
    assert 0.1 < np.abs(samples).max() < 0.55


def test_a_film_in_seven_one_is_copied(tmp_path: Path) -> None:
    write_track(tmp_path / "song.m4a", tones(8, 1, 48_000), 48_000, "aac", "fltp", "7.1")
    assert copied(tmp_path / "song.m4a").shape[1] == 8
    assert previewed(tmp_path / "song.m4a")[0] == "stereo"


@pytest.mark.parametrize("channels", [2, 1])
def test_what_changes_on_the_way_is_copied_whole(channels: int, tmp_path: Path) -> None:
    files = [tmp_path / f"{n}.flac" for n in range(2)]
    soundfile.write(files[0], tones(2, 1, 44_100), 44_100)
    soundfile.write(files[1], tones(channels, 1, 32_000), 32_000)
    song = joined(tmp_path / "song.flac", *files)
    assert copied(song).shape == (96_000, 2)
    assert file_to_song(song).duration_s == pytest.approx(2, abs=1e-3)
    layout, rate, samples = previewed(song)
    assert (layout, rate) == ("stereo", 44_100)
    assert len(samples) == pytest.approx(88_200, abs=1_024)
    assert np.abs(samples[50_000:80_000]).max() == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize("name", ["song.wav", "song.aiff"])
@pytest.mark.parametrize(("channels", "layout"), [(1, "mono"), (2, "stereo"), (4, "4.0"), (6, "5.1")])
def test_pcm_that_names_no_channels_is_previewed_as_it_is(
    name: str, channels: int, layout: str, tmp_path: Path
) -> None:
    soundfile.write(tmp_path / name, tones(channels, 1, 48_000), 48_000, subtype="PCM_16")
    heard_layout, _, samples = previewed(tmp_path / name)
    assert heard_layout == layout
    for channel in range(channels):
        if (layout, channel) != ("5.1", 3):  # which has low frequencies only
            assert np.abs(samples[5_000:40_000, channel]).max() == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize("layout", ["5.1(side)", "5.1", "7.1", "6.1", "quad", "2.1", "hexadecagonal"])
def test_nothing_is_louder_for_being_folded(layout: str, tmp_path: Path) -> None:
    """All of the channels at full scale, and alike."""
    channels = av.AudioLayout(layout).nb_channels
    one = tones(1, 1, 48_000, 0.95)
    write_track(tmp_path / "song.wav", np.repeat(one, channels, axis=1), 48_000, "pcm_s24le", "s32", layout)
    _, _, samples = previewed(tmp_path / "song.wav")
    assert 0.9 < np.abs(samples[5_000:40_000]).max() < 1.0


@pytest.mark.parametrize("level", [3.0, 1e10])
def test_floats_beyond_full_scale_are_clipped_everywhere(level: float, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "song.wav", tones(2, 1, 48_000, level), 48_000, subtype="FLOAT")
    copy, (_, _, preview) = copied(tmp_path / "song.wav"), previewed(tmp_path / "song.wav")
    assert np.abs(file_to_song(tmp_path / "song.wav").samples).max() <= 1.0
    assert np.abs(copy).max() <= 1.0
    assert np.sqrt((preview[5_000:40_000] ** 2).mean()) == pytest.approx(
        np.sqrt((copy[5_000:40_000] ** 2).mean()), rel=0.1
    )


@pytest.mark.parametrize("channels", [1, 2, 6, 16])
def test_a_take_has_all_of_a_songs_channels(channels: int, tmp_path: Path) -> None:
    """Only the last channel sounds."""
    samples = np.zeros((48_000, channels), np.float32)
    samples[:, -1] = tones(1, 1, 48_000)[:, 0]
    soundfile.write(tmp_path / "song.wav", samples, 48_000)
    write_spliced_sound(tmp_path / "splice.wav", [Piece(tmp_path / "song.wav", 0.25, 0.5)])
    splice, _ = soundfile.read(tmp_path / "splice.wav")
    assert splice.shape == (24_000, 2)
    assert np.abs(splice[:, 1]).max() > 0.5 / 20
