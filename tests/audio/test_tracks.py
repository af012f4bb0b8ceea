"""Sound of every kind that comes in, as it is read; tests/export/test_song_copy.py has it as it is copied."""

import struct
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import islice
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Disposition

from deepsing_bridge.audio import tracks
from deepsing_bridge.audio.channels import Samples
from deepsing_bridge.audio.tracks import open_sound
from deepsing_bridge.core.errors import BridgeError
from tests.sounds import joined, tones, write_track

CASES = Path(__file__).parents[3] / "shared/cases/audio"
needs_cases = pytest.mark.skipif(not CASES.is_dir(), reason="needs ../shared/cases")


def heard(path: Path) -> tuple[int, str, Samples]:
    """Rate, layout, and all of the samples."""
    with open_sound(path) as sound:
        parts = list(sound.parts)
        assert {(part.rate, part.layout) for part in parts} == {(sound.rate, sound.layout)}
        return sound.rate, sound.layout, np.concatenate([part.samples for part in parts])


def pitch(samples: Samples, rate: int) -> float:
    return float(np.abs(np.fft.rfft(samples)).argmax() * rate / len(samples))


@pytest.mark.parametrize("channels", [8, 9, 16, 32, 64])
def test_any_number_of_channels_is_heard_whole(channels: int, tmp_path: Path) -> None:
    meant = tones(channels, 1, 44_100, 0.4)
    soundfile.write(tmp_path / "song.wav", meant, 44_100, subtype="FLOAT")
    rate, layout, samples = heard(tmp_path / "song.wav")
    assert (rate, layout) == (44_100, f"{channels} channels")
    np.testing.assert_array_equal(samples, meant)


@pytest.mark.parametrize(
    ("name", "codec", "sample_format"), [("a.m4a", "aac", "fltp"), ("a.flac", "flac", "s16"), ("a.m4a", "alac", "s16p")]
)
def test_the_planes_of_eight_channels_are_not_read_past_their_end(
    name: str, codec: str, sample_format: str, tmp_path: Path
) -> None:
    layout = "7.1(wide)" if codec == "alac" else "7.1"
    write_track(tmp_path / name, tones(8, 1, 48_000), 48_000, codec, sample_format, layout)
    rate, _, samples = heard(tmp_path / name)
    assert samples.shape[1] == 8
    assert len(samples) == pytest.approx(48_000, abs=2_500)
    assert sorted(round(pitch(samples[4_000:44_000, k], rate), -1) for k in (0, 1, 2)) == [220, 330, 440]


def test_more_channels_than_ffmpeg_resamples_are_refused(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "song.wav", tones(65, 1, 8_000), 8_000)
    with pytest.raises(BridgeError, match=r"expected .* of 1 to 64 channels"):
        heard(tmp_path / "song.wav")


def write_vorbis(path: Path, samples: Samples, rate: int) -> Path:
    soundfile.write(path, samples, rate, format="OGG", subtype="VORBIS")
    return path


def write_flac(path: Path, samples: Samples, rate: int) -> Path:
    soundfile.write(path, samples, rate, format="FLAC", subtype="PCM_16")
    return path


def by_codec(codec: str, sample_format: str, container: str) -> Callable[[Path, Samples, int], Path]:
    def write(path: Path, samples: Samples, rate: int) -> Path:
        layout = {1: "mono", 2: "stereo", 6: "5.1(side)"}[samples.shape[1]]
        return write_track(path, samples, rate, codec, sample_format, layout, container)

    return write


CHANGING = {
    "mp3": by_codec("libmp3lame", "fltp", "mp3"),
    "aac": by_codec("aac", "fltp", "adts"),
    "ac3": by_codec("ac3", "fltp", "ac3"),
    "ogg": write_vorbis,
    "opus": by_codec("libopus", "flt", "ogg"),
    "oga": by_codec("flac", "s16", "ogg"),
    "flac": write_flac,
}


@pytest.mark.parametrize("kind", CHANGING)
@pytest.mark.parametrize(("channels", "rate"), [(2, 48_000), (1, 44_100), (1, 48_000)])
def test_what_changes_on_the_way_is_one_song(kind: str, channels: int, rate: int, tmp_path: Path) -> None:
    first_rate = 48_000 if kind == "opus" else 44_100
    second_rate = 48_000 if kind == "opus" else rate
    first = CHANGING[kind](tmp_path / f"1.{kind}", tones(2, 2, first_rate), first_rate)
    second = CHANGING[kind](tmp_path / f"2.{kind}", tones(channels, 2, second_rate, 0.25), second_rate)
    song_rate, layout, samples = heard(joined(tmp_path / f"song.{kind}", first, second))
    assert (song_rate, layout, samples.shape[1]) == (first_rate, "stereo", 2)
    assert len(samples) / song_rate == pytest.approx(4, abs=0.13)  # the coders' own silence at the ends of each
    middle = samples[round(2.5 * song_rate) : round(3.5 * song_rate)]
    assert pitch(middle[:, 0], song_rate) == pytest.approx(220, abs=2)
    assert pitch(middle[:, 1], song_rate) == pytest.approx(330 if channels == 2 else 220, abs=2)
    assert np.sqrt((middle**2).mean()) == pytest.approx(0.25 / np.sqrt(2), rel=0.1)


def test_television_that_changes_between_stereo_and_surround_is_one_song(tmp_path: Path) -> None:
    write = CHANGING["ac3"]
    files = [write(tmp_path / f"{n}.ac3", tones(n, 1, 48_000, 0.9), 48_000) for n in (2, 6, 1)]
    rate, layout, samples = heard(joined(tmp_path / "song.ac3", *files))
    assert (rate, layout) == (48_000, "stereo")
    assert len(samples) / rate == pytest.approx(3, abs=0.1)
    assert np.abs(samples[55_000:90_000]).max() <= 0.95  # five channels in two do not exceed what each has


def test_a_chain_of_many_links_is_heard_whole(tmp_path: Path) -> None:
    rates = [44_100, 22_050, 44_100, 32_000, 32_000]
    links = [write_vorbis(tmp_path / f"{n}.ogg", tones(1, 1, rate), rate) for n, rate in enumerate(rates)]
    rate, _, samples = heard(joined(tmp_path / "song.ogg", *links))
    assert len(samples) / rate == pytest.approx(5, abs=0.05)


@needs_cases
@pytest.mark.parametrize(
    ("name", "length_s"),
    [
        ("s71.m4a", 2.005),
        ("catmono.mp3", 8.07),
        ("catrate.mp3", 8.06),
        ("chainrate.ogg", 8.0),
        ("dvb_lost.ts", 7.1),
        ("truncated.wv", 2.0),
        ("lateaudio.mp4", 10.01),
        ("twotracks_first_silent.mkv", 8.03),
    ],
)
def test_files_of_the_real_world_are_as_long_as_players_have_them(name: str, length_s: float) -> None:
    rate, _, samples = heard(CASES / name)
    assert len(samples) / rate == pytest.approx(length_s, abs=0.02)


def write_wav(path: Path, channels: int, rate: int, seconds: float = 2.0) -> bytearray:
    soundfile.write(path, tones(channels, seconds, 44_100), 44_100, subtype="PCM_16")
    return bytearray(path.read_bytes())


def slow(path: Path) -> None:
    data = write_wav(path, 1, 44_100)
    data[24:28] = (1).to_bytes(4, "little")
    path.write_bytes(data)


def without_channels(path: Path) -> None:
    data = write_wav(path, 1, 44_100)
    data[22:24] = bytes(2)
    path.write_bytes(data)


def unknown_codec(path: Path) -> None:
    data = write_wav(path, 1, 44_100)
    data[20:22] = b"\x34\x12"
    path.write_bytes(data)


@pytest.mark.parametrize("spoil", [slow, without_channels, unknown_codec])
def test_a_header_that_cannot_be_true_is_one_sentence(spoil: Callable[[Path], None], tmp_path: Path) -> None:
    spoil(tmp_path / "song.wav")
    with pytest.raises(BridgeError, match=r"song\.wav: .*expected") as error:
        heard(tmp_path / "song.wav")
    assert "\n" not in str(error.value)


def test_what_lasts_too_long_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_wav(tmp_path / "song.wav", 1, 44_100)
    monkeypatch.setattr(tracks, "LONGEST_S", 1.0)
    with pytest.raises(BridgeError, match="lasts more than"):
        heard(tmp_path / "song.wav")


def write_film(
    path: Path,
    sounds: list[tuple[float, float]],
    default: int | None = None,
    late_s: float = 0.0,
    pause_s: float = 0.0,
) -> Path:
    """A picture, and a tone of each (pitch in Hz, level) on a track of its own, 2 s, the sound `late_s` later, with a
    pause in the middle."""
    with av.open(str(path), "w") as film:
        picture = film.add_stream("mpeg4", rate=25, width=64, height=64)
        tracks = [film.add_stream("pcm_s16le", rate=48_000, layout="mono") for _ in sounds]
        for number, track in enumerate(tracks):
            track.disposition = Disposition.default if number == default else Disposition(0)
        blank = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
        for index in range(round(25 * (2 + pause_s))):
            blank.pts, blank.time_base = index, Fraction(1, 25)
            film.mux(picture.encode(blank))
        film.mux(picture.encode(None))
        time = np.arange(2 * 48_000) / 48_000
        for track, (hertz, level) in zip(tracks, sounds, strict=True):
            samples = (32767 * level * np.sin(2 * np.pi * hertz * time)).astype(np.int16)
            for start_s, half in ((late_s, samples[:48_000]), (late_s + 1 + pause_s, samples[48_000:])):
                frame = av.AudioFrame.from_ndarray(half[None], "s16", "mono")
                frame.sample_rate, frame.time_base, frame.pts = 48_000, Fraction(1, 48_000), round(start_s * 48_000)
                film.mux(track.encode(frame))
            film.mux(track.encode(None))
    return path


@pytest.mark.parametrize(
    ("sounds", "default", "taken", "hertz"),
    [
        ([(220, 0.5), (440, 0.5)], None, 1, 220),
        ([(220, 0.5), (440, 0.5)], 1, 2, 440),
        ([(220, 0.0), (440, 0.5)], None, 2, 440),
        ([(220, 0.0), (440, 0.5)], 0, 2, 440),
        ([(220, 0.5), (330, 0.0), (440, 0.5)], 1, 1, 220),
    ],
)
def test_the_track_that_a_player_would_take_is_heard(
    sounds: list[tuple[float, float]], default: int | None, taken: int, hertz: float, tmp_path: Path
) -> None:
    film = write_film(tmp_path / "film.mkv", sounds, default)
    with open_sound(film) as sound:
        assert sound.track == f"track {taken} of {len(sounds)}"
    rate, _, samples = heard(film)
    assert pitch(samples[:, 0], rate) == pytest.approx(hertz, abs=2)


def test_of_one_track_there_is_nothing_to_tell(tmp_path: Path) -> None:
    with open_sound(write_film(tmp_path / "film.mkv", [(220, 0.5)])) as sound:
        assert sound.track == ""


@pytest.mark.parametrize("late_s", [0.0, 0.04, 1.5])
@pytest.mark.parametrize("name", ["film.mkv", "film.mov"])
def test_sound_that_starts_late_keeps_its_place(name: str, late_s: float, tmp_path: Path) -> None:
    rate, _, samples = heard(write_film(tmp_path / name, [(220, 0.5)], late_s=late_s))
    assert len(samples) / rate == pytest.approx(2 + late_s, abs=2e-3)
    assert np.flatnonzero(samples)[0] / rate == pytest.approx(late_s, abs=2e-3)


@pytest.mark.parametrize(("pause_s", "heard_s"), [(0.1, 0.0), (0.5, 0.5), (3.0, 3.0), (30.0, 0.0)])
@pytest.mark.parametrize("name", ["film.mkv", "film.nut"])
def test_sound_that_pauses_keeps_its_place(name: str, pause_s: float, heard_s: float, tmp_path: Path) -> None:
    rate, _, samples = heard(write_film(tmp_path / name, [(220, 0.5)], pause_s=pause_s))
    assert len(samples) / rate == pytest.approx(2 + heard_s, abs=2e-3)
    silent = np.flatnonzero(np.abs(samples[:, 0]) < 1e-4)
    assert np.count_nonzero((silent > 0.99 * rate) & (silent < (1.01 + heard_s) * rate)) / rate == pytest.approx(
        heard_s, abs=0.02
    )


@pytest.mark.parametrize(
    ("name", "container", "subtype"),
    [("a.wav", "WAV", "IMA_ADPCM"), ("a.wav", "WAV", "GSM610"), ("a.xi", "XI", "DPCM_16")],
)
def test_times_that_leap_where_there_is_no_picture_are_no_pause(
    name: str, container: str, subtype: str, tmp_path: Path
) -> None:
    """As FFmpeg counts the blocks of ADPCM, and damaged FLAC. Nor has every file a place to seek to."""
    soundfile.write(tmp_path / name, tones(1, 4, 44_100), 44_100, format=container, subtype=subtype)
    rate, _, samples = heard(tmp_path / name)
    assert len(samples) / rate == pytest.approx(4, abs=0.1)
    assert pitch(samples[:, 0], rate) == pytest.approx(220, abs=2)


@needs_cases
def test_late_sound_of_the_real_world_is_heard_when_it_is_seen() -> None:
    rate, _, samples = heard(CASES / "lateaudio.mp4")
    assert np.flatnonzero(np.abs(samples).max(axis=1) > 1e-3)[0] / rate == pytest.approx(2, abs=0.05)


def damaged(path: Path, write: Callable[[Path], Path], spoil: Callable[[bytearray], bytes]) -> Path:
    write(path)
    path.write_bytes(spoil(bytearray(path.read_bytes())))
    return path


def without_a_tenth(data: bytearray) -> bytes:
    """A tenth is overwritten, past the middle."""
    start, length = len(data) // 2, len(data) // 10
    data[start : start + length] = np.random.default_rng(0).bytes(length)
    return bytes(data)


def cut_short(data: bytearray) -> bytes:
    return bytes(data[: len(data) * 6 // 10])


def write_coded(codec: str, sample_format: str, container: str) -> Callable[[Path], Path]:
    def write(path: Path) -> Path:
        return write_track(path, tones(2, 4, 48_000), 48_000, codec, sample_format, "stereo", container)

    return write


DAMAGEABLE = {
    "wv": write_coded("wavpack", "fltp", "wv"),
    "mp3": write_coded("libmp3lame", "fltp", "mp3"),
    "ac3": write_coded("ac3", "fltp", "ac3"),
    "aac": write_coded("aac", "fltp", "adts"),
    "alac": write_coded("alac", "s16p", "caf"),
    "flac": write_coded("flac", "s16", "flac"),
    "opus": write_coded("libopus", "flt", "ogg"),
    "mka": write_coded("aac", "fltp", "matroska"),
    "tta": write_coded("tta", "s16", "tta"),
    "aiff": write_coded("pcm_s16be", "s16", "aiff"),
    "ts": write_coded("ac3", "fltp", "mpegts"),
}


@pytest.mark.parametrize("spoil", [without_a_tenth, cut_short])
@pytest.mark.parametrize("kind", DAMAGEABLE)
def test_of_what_is_damaged_all_that_can_be_is_heard(
    kind: str, spoil: Callable[[bytearray], bytes], tmp_path: Path
) -> None:
    song = damaged(tmp_path / f"song.{kind}", DAMAGEABLE[kind], spoil)
    if (kind, spoil) == ("alac", cut_short):  # the table of packets is at the end of a .caf
        with pytest.raises(BridgeError, match="not sound that can be decoded"):
            heard(song)
    else:
        rate, _, samples = heard(song)
        assert 1.5 <= len(samples) / rate < 4.4


@needs_cases
def test_damage_at_which_reading_ends_is_told() -> None:
    with open_sound(CASES / "truncated.wv") as sound:
        assert not sound.damage
        assert list(sound.parts)
        assert len(sound.damage) == 1


@pytest.mark.parametrize("name", ["Bach: Prelude.wav", "http:song.wav", "concat:a|b.wav", "song%03d.wav", "-i.wav"])
def test_a_name_is_a_name_and_no_protocol(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    soundfile.write(tmp_path / "other.wav", tones(1, 1, 8_000), 8_000)
    (tmp_path / "other.wav").rename(name)
    assert heard(Path(name))[0] == 8_000


PLAYLISTS = {
    "list.m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{}\n#EXT-X-ENDLIST\n",
    "list.m3u": "{}\n",
    "list.ffconcat": "ffconcat version 1.0\nfile '{}'\n",
    "list.sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns={}\nm=audio 5004 RTP/AVP 0\n",
    "list.mpd": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" '
    'profiles="urn:mpeg:dash:profile:isoff-on-demand:2011" mediaPresentationDuration="PT2S"><Period><AdaptationSet '
    'mimeType="audio/mp4"><Representation id="1" bandwidth="1"><BaseURL>{}</BaseURL></Representation></AdaptationSet>'
    "</Period></MPD>",
}


@pytest.mark.parametrize("name", PLAYLISTS)
def test_nothing_is_read_but_the_file_itself(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_coded("aac", "fltp", "mpegts")(tmp_path / "song.ts")
    (tmp_path / name).write_text(PLAYLISTS[name].format("song.ts"))
    with pytest.raises(BridgeError, match="not sound that can be decoded"):
        heard(tmp_path / name)


def test_what_may_not_be_read_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(self: Path, mode: str) -> None:
        raise PermissionError(13, "Permission denied")

    write_wav(tmp_path / "song.wav", 1, 44_100)
    monkeypatch.setattr(Path, "open", forbidden)
    with pytest.raises(BridgeError, match=r"song\.wav: cannot be read \(Permission denied\)"):
        heard(tmp_path / "song.wav")


def test_a_track_that_begins_on_the_way_does_not_disturb(tmp_path: Path) -> None:
    first = write_coded("ac3", "fltp", "mpegts")(tmp_path / "1.ts")
    second = write_track(tmp_path / "2.ts", tones(2, 4, 48_000), 48_000, "aac", "fltp", "stereo", "mpegts")
    rate, _, samples = heard(joined(tmp_path / "song.ts", first, second, first))
    assert len(samples) / rate >= 4


@pytest.mark.parametrize("error", [IndexError(), OSError(5, "Input/output error"), av.error.InvalidDataError(1, "x")])
def test_reading_that_breaks_off_gives_what_was_read(
    error: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Breaking:
        def __init__(self, container: InputContainer) -> None:
            self._container = container

        def demux(self, stream: AudioStream) -> Iterator[object]:
            yield from islice(self._container.demux(stream), 50)
            raise error

    song, whole = write_coded("ac3", "fltp", "ac3")(tmp_path / "song.ac3"), tracks._packets
    monkeypatch.setattr(tracks, "_packets", lambda container, *rest: whole(Breaking(container), *rest))
    rate, _, samples = heard(song)
    assert 1.5 < len(samples) / rate < 1.7


def write_caf(path: Path, labels: list[int], samples: Samples, rate: int) -> Path:
    """A .caf of 16 bits whose channels are each labelled, as Apple's Core Audio Format specification has it."""
    channels = samples.shape[1]
    sound = (samples * 32767).astype(">i2").tobytes()
    layout = struct.pack(">III", 0, 0, channels) + b"".join(struct.pack(">II3f", label, 0, 0, 0, 0) for label in labels)
    format_ = struct.pack(">d4sIIIII", rate, b"lpcm", 0, 2 * channels, 1, channels, 16)
    chunks = [(b"desc", format_), (b"chan", layout), (b"data", bytes(4) + sound)]
    path.write_bytes(
        b"caff"
        + struct.pack(">HH", 1, 0)
        + b"".join(struct.pack(">4sq", kind, len(data)) + data for kind, data in chunks)
    )
    return path


@pytest.mark.parametrize("labels", [[2, 1], [1, 1, 2], [2, 1, 3, 4, 5, 6, 65_537, 65_538, 200]])
def test_channels_in_an_order_of_their_own_are_heard(labels: list[int], tmp_path: Path) -> None:
    meant = tones(len(labels), 1, 48_000)
    song = write_caf(tmp_path / "song.caf", labels, meant, 48_000)
    for _ in range(3):
        np.testing.assert_allclose(heard(song)[2], meant, atol=1e-4)
