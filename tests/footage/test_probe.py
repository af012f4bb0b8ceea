from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.footage.digest import WHOLE, content_digest
from deepsing_bridge.footage.probe import is_media, probe
from deepsing_bridge.footage.timecode import timecode_to_frame
from tests.footage.films import numbered, write_film

RATES = [Fraction(rate) for rate in ("24000/1001", "24", "25", "30000/1001", "30", "50", "60000/1001", "15")]
NTSC = Fraction(30000, 1001)


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv", ".avi"])
@pytest.mark.parametrize("rate", RATES, ids=str)
def test_rate_and_length_are_exact(rate: Fraction, suffix: str, tmp_path: Path) -> None:
    facts = probe(write_film(tmp_path / f"a{suffix}", numbered(31, 64, 64), rate), "d")
    assert (facts.media.rate, facts.media.frames, facts.varies) == (rate, 31, False)
    assert facts.media.digest == "d"
    assert facts.duration_s == pytest.approx(31 / rate)


def test_a_transport_stream_that_begins_late_is_as_long_as_it_is(tmp_path: Path) -> None:
    media = probe(write_film(tmp_path / "a.ts", numbered(50, 64, 64)), "").media
    assert (media.rate, media.frames, media.start) == (25, 50, 0)


def test_an_uneven_rate_is_told_with_what_an_editor_takes_it_for(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    times = (np.arange(90) / 30 + rng.uniform(0, 0.012, 90)).tolist()
    facts = probe(write_film(tmp_path / "phone.mp4", numbered(90, 64, 64), Fraction(30), times_s=times), "")
    assert facts.varies
    assert facts.media.rate in (30, NTSC)
    assert abs(facts.media.frames - 90) <= 1


@pytest.mark.parametrize(
    ("timecode", "rate", "number", "drops"),
    [
        ("00:00:00:00", Fraction(25), 0, False),
        ("01:00:00:00", Fraction(25), 90_000, False),
        ("10:11:12:13", Fraction(24), ((10 * 60 + 11) * 60 + 12) * 24 + 13, False),
        ("01:00:00:00", NTSC, 108_000, False),
        ("00:00:59;29", NTSC, 1799, True),
        ("00:01:00;02", NTSC, 1800, True),
        ("00:10:00;00", NTSC, 17_982, True),
        ("01:00:00;00", NTSC, 107_892, True),
        ("00:01:00;04", 2 * NTSC, 3600, True),
        ("nonsense", Fraction(25), 0, False),
    ],
)
def test_timecode_as_a_number(timecode: str, rate: Fraction, number: int, drops: bool) -> None:
    assert timecode_to_frame(timecode, rate) == (number, drops)


@pytest.mark.parametrize("timecode", ["01:00:00:00", "01:00:00;00"])
def test_a_film_begins_at_its_timecode(timecode: str, tmp_path: Path) -> None:
    facts = probe(write_film(tmp_path / "a.mov", numbered(12, 64, 64), NTSC, timecode=timecode), "")
    assert facts.media.start == timecode_to_frame(timecode, NTSC)[0]
    assert facts.drop_frame == (";" in timecode)
    assert facts.timecode == timecode


@pytest.mark.parametrize(("flag", "turned"), [(0, 0), (-90, 90), (90, 270), (180, 180)])
def test_the_size_is_that_of_what_is_shown(flag: int, turned: int, tmp_path: Path) -> None:
    facts = probe(write_film(tmp_path / "a.mp4", numbered(3, 128, 64), rotation=flag), "")
    assert facts.turned == turned
    assert (facts.media.width, facts.media.height) == ((64, 128) if turned % 180 else (128, 64))


def test_pixels_that_are_not_square_are_made_so(tmp_path: Path) -> None:
    facts = probe(write_film(tmp_path / "dv.mp4", numbered(3, 72, 57 * 2), aspect=Fraction(16, 11)), "")
    assert facts.pixel_aspect == Fraction(16, 11)
    assert (facts.media.width, facts.media.height) == (round(72 * 16 / 11), 114)


def test_interlacing_is_told(tmp_path: Path) -> None:
    film = write_film(
        tmp_path / "a.mpg", numbered(12, 128, 64), codec="mpeg2video", interlaced=True, options={"field_order": "tt"}
    )
    assert probe(film, "").interlaced
    assert not probe(write_film(tmp_path / "b.mpg", numbered(12, 128, 64), codec="mpeg2video"), "").interlaced


@pytest.mark.parametrize(("transfer", "name"), [(16, "PQ"), (18, "HLG"), (1, "")])
def test_high_dynamic_range_is_told(transfer: int, name: str, tmp_path: Path) -> None:
    film = write_film(
        tmp_path / "a.mov",
        numbered(3, 128, 64),
        codec="libx265",
        pixel_format="yuv420p10le",
        colour=(9, transfer, 9),
        options={"x265-params": "log-level=error"},
    )
    assert probe(film, "").hdr == name


def test_a_photo_lies_as_its_camera_was_held(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (40, 30)).save(tmp_path / "a.jpg", exif=exif)
    media = probe(tmp_path / "a.jpg", "").media
    assert media.is_photo
    assert (media.width, media.height, media.rate, media.frames) == (30, 40, 0, 0)


@pytest.mark.parametrize("name", ["a.mp4", "a.jpg", "a.heic"])
def test_what_is_none_is_told_in_a_sentence(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"no film and no photo, " * 100)
    with pytest.raises(BridgeError, match=name):
        probe(tmp_path / name, "")


def test_a_film_that_was_cut_off_is_as_long_as_what_is_left(tmp_path: Path) -> None:
    whole = write_film(tmp_path / "a.mkv", numbered(50, 128, 64)).read_bytes()
    (tmp_path / "b.mkv").write_bytes(whole[: len(whole) // 2])
    assert 5 < probe(tmp_path / "b.mkv", "").media.frames < 45


def test_sound_alone_and_playlists_are_no_films(tmp_path: Path) -> None:
    with av.open(tmp_path / "a.mp4", "w") as film:
        stream = film.add_stream("aac", rate=8000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
        frame.sample_rate = 8000
        film.mux([*stream.encode(frame), *stream.encode(None)])
    write_film(tmp_path / "real.mp4", numbered(3, 64, 64))
    (tmp_path / "b.mp4").write_text(f"ffconcat version 1.0\nfile {tmp_path / 'real.mp4'}\n")
    for name in ("a.mp4", "b.mp4"):
        with pytest.raises(BridgeError, match=name):
            probe(tmp_path / name, "")


def test_names_say_what_is_looked_at() -> None:
    assert all(is_media(Path(name)) for name in ("a.MOV", "b.jpeg", "c.heic", "d.MTS"))
    assert not any(is_media(Path(name)) for name in ("a.txt", "b.wav", "c", "d.xmp", "e.pdf", "f.m3u8"))


def test_the_digest_tells_contents_apart(tmp_path: Path) -> None:
    small, large = tmp_path / "a", tmp_path / "b"
    small.write_bytes(b"x" * 1000)
    large.write_bytes(b"x" * (WHOLE + 5))
    digests = {content_digest(small), content_digest(large)}
    for path, place in ((small, 500), (large, 0), (large, WHOLE + 4)):
        data = bytearray(path.read_bytes())
        data[place] = 1
        path.write_bytes(data)
        digests.add(content_digest(path))
    assert len(digests) == 5
    assert content_digest(small) == content_digest(small)
