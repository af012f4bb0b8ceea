import tracemalloc
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.core.files import draft
from deepsing_bridge.core.units import FRAME_RATES
from deepsing_bridge.export import sound
from deepsing_bridge.export.clips import write_scene_clip
from deepsing_bridge.export.preview_film import write_preview
from deepsing_bridge.export.sound import Piece, write_song_copy, write_spliced_sound
from tests.builders import pictures, write_song
from tests.melt import frame_count
from tests.sounds import write_sound

NTSC = Fraction(30000, 1001)
SIZE = (256, 144)
SIZES = [SIZE, (64, 64)]  # DNxHR, and ProRes for what is too small for it

needs_dev_full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, the full disk of Linux")


def decoded(film: Path) -> list[NDArray[np.uint8]]:
    with av.open(film) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def sound_of(film: Path) -> NDArray[np.float32]:
    """(channels, n), planar."""
    with av.open(film) as container:
        return np.concatenate([frame.to_ndarray() for frame in container.decode(audio=0)], axis=1)


def keyframes(film: Path) -> list[int]:
    with av.open(film) as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
        packets.sort(key=lambda packet: packet.pts or 0)
        return [i for i, packet in enumerate(packets) if packet.is_keyframe]


@pytest.fixture
def song(tmp_path: Path) -> Path:
    return write_song(tmp_path / "song.wav", 2.0)


@pytest.mark.parametrize("rate", FRAME_RATES)
def test_a_clip_keeps_the_exact_frame_rate(rate: str, tmp_path: Path) -> None:
    write_scene_clip(tmp_path / "a.mov", pictures(0, 7), Fraction(rate))
    with av.open(tmp_path / "a.mov") as film:
        stream = film.streams.video[0]
        assert stream.average_rate == Fraction(rate)
        assert stream.duration * stream.time_base == 7 / Fraction(rate)
        times = [frame.pts * stream.time_base for frame in film.decode(stream)]
    assert times == [i / Fraction(rate) for i in range(7)]


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_clip_shows_its_pictures(width: int, height: int, tmp_path: Path) -> None:
    write_scene_clip(tmp_path / "a.mov", pictures(2, 9, width, height), NTSC)
    for shown, meant in zip(decoded(tmp_path / "a.mov"), pictures(2, 9, width, height), strict=True):
        assert shown.shape == (height, width, 3)
        assert np.abs(np.median(shown, axis=(0, 1)) - np.median(meant, axis=(0, 1))).max() <= 4


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_clip_is_what_editors_want(width: int, height: int, tmp_path: Path) -> None:
    write_scene_clip(tmp_path / "a.mov", pictures(0, 9, width, height), NTSC)
    assert keyframes(tmp_path / "a.mov") == list(range(9))
    with av.open(tmp_path / "a.mov") as film:
        picture, timecode = film.streams.video[0], film.streams.get(data=0)[0]
        assert timecode.metadata["timecode"] == "00:00:00:00"
        assert picture.start_time == 0
        context = picture.codec_context
        colour = (context.color_range, context.colorspace, context.color_primaries, context.color_trc)
        assert colour == (1, 1, 1, 1)  # limited range, BT.709 three times
        assert "creation_time" not in film.metadata


def test_the_clips_codec_follows_the_size(tmp_path: Path) -> None:
    codecs = []
    for width, height in SIZES:
        write_scene_clip(tmp_path / "a.mov", pictures(0, 1, width, height), NTSC)
        with av.open(tmp_path / "a.mov") as film:
            codecs.append(film.streams.video[0].codec_context.name)
    assert codecs == ["dnxhd", "prores"]


def test_the_preview_is_as_long_as_the_song_in_picture_and_sound(song: Path, tmp_path: Path) -> None:
    frames = round(2 * NTSC)
    write_preview(tmp_path / "p.mp4", [pictures(0, frames)], SIZE, NTSC, song)
    assert frame_count(tmp_path / "p.mp4") == frames
    with av.open(tmp_path / "p.mp4") as film:
        picture, sound = film.streams.video[0], film.streams.audio[0]
        assert picture.average_rate == NTSC
        assert picture.start_time == 0
        assert sound.rate == 44_100
        assert sound.layout.name == "stereo"
        assert sound.duration * sound.time_base == 2
        assert (picture.codec_context.name, sound.codec_context.name) == ("h264", "aac")
        assert picture.codec_context.pix_fmt == "yuv420p"


def test_the_preview_sounds_like_the_song_from_its_first_sample(song: Path, tmp_path: Path) -> None:
    write_preview(tmp_path / "p.mp4", [pictures(0, 48)], SIZE, Fraction(24), song)
    heard, meant = sound_of(tmp_path / "p.mp4")[:, :88_200], soundfile.read(song)[0].T
    for channel in range(2):
        assert np.corrcoef(heard[channel], meant[channel])[0, 1] > 0.99


def test_the_preview_does_not_swell_where_a_sound_sets_in(song: Path, tmp_path: Path) -> None:
    write_preview(tmp_path / "p.mp4", [pictures(0, 48)], SIZE, Fraction(24), song)
    assert np.abs(sound_of(tmp_path / "p.mp4")).max() < 0.42  # the song's is 0.4


def test_the_preview_can_be_scrubbed_and_streamed(song: Path, tmp_path: Path) -> None:
    write_preview(tmp_path / "p.mp4", [pictures(0, 48)], SIZE, Fraction(24), song)
    assert {0, 12, 24, 36} <= set(keyframes(tmp_path / "p.mp4"))
    data = (tmp_path / "p.mp4").read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


@pytest.mark.parametrize(
    ("name", "codec", "sample_format"),
    [
        ("a.flac", "flac", "s16"),
        ("a.opus", "libopus", "flt"),
        ("a.mp3", "libmp3lame", "fltp"),
        ("a.m4a", "aac", "fltp"),
    ],
)
def test_any_song_is_heard(name: str, codec: str, sample_format: str, tmp_path: Path) -> None:
    time = np.arange(48_000) / 48_000
    fade_in = np.minimum(1, 10 * time)  # as the encoder of the .m4a here swells at sudden onsets
    tone = (0.4 * fade_in * np.sin(2 * np.pi * 220 * time)).astype(np.float32)[None]
    source = write_sound(tmp_path / name, tone, 48_000, codec, sample_format)
    write_song_copy(tmp_path / "copy.wav", source)
    write_preview(tmp_path / "p.mp4", [pictures(0, 24)], SIZE, Fraction(24), source)
    assert soundfile.info(tmp_path / "copy.wav").channels == 1
    assert len(sound_of(tmp_path / "p.mp4")) == 1
    for heard in (soundfile.read(tmp_path / "copy.wav")[0], sound_of(tmp_path / "p.mp4")[0]):
        assert 0.25 < np.abs(heard).max() < 0.5


def test_a_song_that_only_soundfile_reads_is_heard(song: Path, tmp_path: Path) -> None:
    samples, rate = soundfile.read(song)
    soundfile.write(tmp_path / "song.mat", samples, rate, format="MAT4", subtype="PCM_16")
    with pytest.raises(av.FFmpegError):
        av.open(tmp_path / "song.mat")
    for name in ("song.wav", "song.mat"):
        write_song_copy(tmp_path / f"copy of {name}", tmp_path / name)
    copies = [soundfile.read(tmp_path / f"copy of song.{kind}")[0] for kind in ("wav", "mat")]
    np.testing.assert_allclose(copies[1], copies[0], atol=1e-4)


def test_a_film_lends_its_sound(song: Path, tmp_path: Path) -> None:
    write_preview(tmp_path / "film.mp4", [pictures(0, 48)], SIZE, Fraction(24), song)
    write_song_copy(tmp_path / "copy.wav", tmp_path / "film.mp4")
    write_preview(tmp_path / "again.mp4", [pictures(1, 48)], SIZE, Fraction(24), tmp_path / "film.mp4")
    assert soundfile.info(tmp_path / "copy.wav").duration == pytest.approx(2.0, abs=0.025)
    assert np.corrcoef(sound_of(tmp_path / "again.mp4")[0, :80_000], sound_of(song)[:, :160_000:2][0])[0, 1] > 0.98


def test_a_rate_that_aac_has_not_is_resampled(tmp_path: Path) -> None:
    song = write_song(tmp_path / "song.wav", 1.0, sample_rate=21_504, channels=1)
    write_preview(tmp_path / "p.mp4", [pictures(0, 24)], SIZE, Fraction(24), song)
    with av.open(tmp_path / "p.mp4") as film:
        sound = film.streams.audio[0]
        assert sound.rate == 48_000
        assert float(sound.duration * sound.time_base) == pytest.approx(1.0, abs=1e-3)


@pytest.mark.parametrize(("sample_rate", "channels"), [(44_100, 2), (21_504, 1), (48_000, 6)])
def test_the_songs_copy_is_the_song(sample_rate: int, channels: int, tmp_path: Path) -> None:
    song = write_song(tmp_path / "song.wav", 1.37, sample_rate, channels)
    write_song_copy(tmp_path / "copy.wav", song)
    info = soundfile.info(tmp_path / "copy.wav")
    assert (info.samplerate, info.channels, info.subtype) == (48_000, channels, "PCM_24")
    assert abs(info.frames - 1.37 * 48_000) <= 1
    copy = soundfile.read(tmp_path / "copy.wav", always_2d=True)[0]
    time = np.arange(len(copy)) / 48_000
    assert np.abs(copy[200:-200, 0] - 0.4 * np.sin(2 * np.pi * 220 * time[200:-200])).max() < 2e-3


def test_the_songs_copy_is_filled_up_with_silence_but_never_cut(tmp_path: Path) -> None:
    song = write_song(tmp_path / "song.wav", 1.0)
    write_song_copy(tmp_path / "long.wav", song, at_least_s=1.25)
    write_song_copy(tmp_path / "short.wav", song, at_least_s=0.5)
    long, short = (soundfile.read(tmp_path / name)[0] for name in ("long.wav", "short.wav"))
    assert len(long) == 60_000 and len(short) == 48_000
    assert np.abs(long[48_200:]).max() == 0
    assert np.abs(long[47_000:47_900]).max() > 0.3


WRITERS: list[tuple[str, Callable[[Path, Iterator[NDArray[np.uint8]], Path], None]]] = [
    ("out.mov", lambda path, frames, song: write_scene_clip(path, frames, NTSC)),
    ("out.mp4", lambda path, frames, song: write_preview(path, [frames], SIZE, NTSC, song)),
]


@pytest.mark.parametrize(("name", "write"), WRITERS)
def test_the_same_input_gives_the_same_bytes(name: str, write: Callable[..., None], song: Path, tmp_path: Path) -> None:
    films = [tmp_path / "one" / name, tmp_path / "two" / name]
    for film in films:
        film.parent.mkdir()
        write(film, pictures(0, 48), song)
    assert films[0].read_bytes() == films[1].read_bytes()


def test_the_songs_copy_has_the_same_bytes_again(song: Path, tmp_path: Path) -> None:
    for name in ("one.wav", "two.wav"):
        write_song_copy(tmp_path / name, song)
    assert (tmp_path / "one.wav").read_bytes() == (tmp_path / "two.wav").read_bytes()


@pytest.mark.parametrize(("name", "write"), WRITERS)
def test_an_interrupted_film_leaves_the_old_one(
    name: str, write: Callable[..., None], song: Path, tmp_path: Path
) -> None:
    def interrupted() -> Iterator[NDArray[np.uint8]]:
        yield from pictures(0, 30)
        assert draft(tmp_path / name).exists()
        raise KeyboardInterrupt

    (tmp_path / name).write_text("old")
    with pytest.raises(KeyboardInterrupt):
        write(tmp_path / name, interrupted(), song)
    assert (tmp_path / name).read_text() == "old"
    assert not draft(tmp_path / name).exists()


@needs_dev_full
@pytest.mark.parametrize(("name", "write"), WRITERS)
def test_a_full_disk_is_told_in_a_sentence(name: str, write: Callable[..., None], song: Path, tmp_path: Path) -> None:
    draft(tmp_path / name).symlink_to("/dev/full")
    with pytest.raises(BridgeError, match=rf"{name}: no space left"):
        write(tmp_path / name, pictures(0, 90), song)
    assert not list(tmp_path.glob(f"*{name}*"))


@needs_dev_full
def test_a_full_disk_stops_the_songs_copy(song: Path, tmp_path: Path) -> None:
    draft(tmp_path / "copy.wav").symlink_to("/dev/full")
    with pytest.raises(BridgeError, match=r"copy\.wav: no space left"):
        write_song_copy(tmp_path / "copy.wav", song)
    assert not list(tmp_path.glob("*copy.wav*"))


@pytest.mark.parametrize(("limit", "head"), [(2**32, b"RIFF"), (2 * 48_000 * 6 - 1, b"RF64")])
def test_a_splice_that_a_wav_cannot_hold_becomes_an_rf64(
    limit: int, head: bytes, song: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limit is lowered here: 4 GiB, which is 4 hours and 8 minutes, are too much for a test's disk."""
    monkeypatch.setattr(sound, "WAV_BYTES", limit)
    write_spliced_sound(tmp_path / "splice.wav", [Piece(song, 0.5, 1.5), Piece(song, 0.0, 0.5)])
    assert (tmp_path / "splice.wav").read_bytes()[:4] == head
    write_song_copy(tmp_path / "copy.wav", tmp_path / "splice.wav")  # which ffmpeg reads
    for written in ("splice.wav", "copy.wav"):
        assert soundfile.info(tmp_path / written).frames == 2 * 48_000


@pytest.mark.parametrize(("width", "height"), [(255, 144), (256, 143)])
@pytest.mark.parametrize(("name", "write"), WRITERS)
def test_odd_sizes_are_refused(
    name: str, write: Callable[..., None], width: int, height: int, song: Path, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match="even"):
        write(tmp_path / name, pictures(0, 3, width, height), song)
    assert not list(tmp_path.glob(f"*{name}*"))


@pytest.mark.parametrize(("name", "write"), WRITERS)
def test_frames_are_taken_one_by_one(name: str, write: Callable[..., None], song: Path, tmp_path: Path) -> None:
    """A film of a hundred pictures needs room for a few of them only."""
    tracemalloc.start()
    try:
        write(tmp_path / name, pictures(0, 100), song)
        assert tracemalloc.get_traced_memory()[1] < 20 * 256 * 144 * 3
    finally:
        tracemalloc.stop()
