from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.footage.frames import frames_at
from deepsing_bridge.footage.hdr import to_standard_range
from deepsing_bridge.footage.media import MediaFile
from deepsing_bridge.footage.probe import probe
from tests.footage.films import Pixels, number_of, number_picture, numbered, write_film


def times_of(media: MediaFile, numbers: Iterable[int]) -> list[Fraction]:
    """When a film of an even rate shows its pictures of these `numbers`."""
    return [number / media.rate for number in numbers]


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".ts", ".avi"])
def test_pictures_are_found_by_their_number(suffix: str, tmp_path: Path) -> None:
    codec = "mpeg4" if suffix == ".avi" else "libx264"
    film = write_film(tmp_path / f"a{suffix}", numbered(150), Fraction(30000, 1001), codec=codec, gop=40)
    media = probe(film, "").media
    wanted = [0, 1, 2, 39, 40, 41, 149, 148, 75, 3, 400]
    assert [number_of(picture) for picture in frames_at(media, times_of(media, wanted))] == [*wanted[:-1], 149]


def test_every_picture_comes_once(tmp_path: Path) -> None:
    media = probe(write_film(tmp_path / "a.mp4", numbered(60), Fraction(60000, 1001)), "").media
    pictures = frames_at(media, times_of(media, range(media.frames)))
    assert [number_of(picture) for picture in pictures] == list(range(60))


def test_of_an_uneven_rate_the_next_picture_is_shown_where_a_frame_has_none(tmp_path: Path) -> None:
    times = [0.0, 0.04, 0.08, 0.4, 0.44, 0.48, 0.8, 0.84, 0.88, 1.2]  # frames 0, 0, 1, 3, 4, 4, 6, 7, 7, 10
    media = probe(write_film(tmp_path / "a.mp4", numbered(10), times_s=times), "").media
    at = [Fraction(time) for time in ("0", "0.12", "0.3", "0.46", "0.7", "1", "2", "0.6")]
    assert [number_of(picture) for picture in frames_at(media, at)] == [0, 2, 3, 4, 6, 9, 9, 6]


def test_a_picture_that_stays_is_the_same_array(tmp_path: Path) -> None:
    media = probe(write_film(tmp_path / "a.mp4", numbered(3), Fraction(12)), "").media
    one, same, other = frames_at(media, [Fraction(0), Fraction(1, 48), Fraction(1, 12)])
    assert one is same and other is not one


@pytest.mark.parametrize("flag", [0, -90, 90, 180])
def test_pictures_are_upright(flag: int, tmp_path: Path) -> None:
    upright = number_picture(5, 240, 180)
    stored = np.ascontiguousarray(np.rot90(upright, -flag // 90))
    media = probe(write_film(tmp_path / "a.mp4", [stored] * 5, rotation=flag), "").media
    (picture,) = frames_at(media, times_of(media, [2]))
    assert picture.shape == (media.height, media.width, 3) == upright.shape
    assert np.abs(picture.astype(int) - upright).mean() < 3


def test_wide_pixels_are_shown_square_and_within_what_is_asked(tmp_path: Path) -> None:
    media = probe(write_film(tmp_path / "a.mp4", numbered(3, 180, 144), aspect=Fraction(64, 45)), "").media
    (whole,), (small,) = (frames_at(media, times_of(media, [1]), within) for within in (None, (128, 128)))
    assert whole.shape == (144, 256, 3)
    assert small.shape == (72, 128, 3)
    assert number_of(whole) == number_of(small) == 1


def test_colours_are_those_of_the_camera(tmp_path: Path) -> None:
    patches = np.repeat(
        np.repeat(np.array([[[200, 40, 40], [40, 180, 60]], [[50, 70, 210], [128] * 3]]), 360, 0), 640, 1
    )
    film = write_film(tmp_path / "a.mp4", [patches.astype(np.uint8)] * 2, colour=(6, 6, 6))  # as ffmpeg converts
    (picture,) = frames_at(probe(film, "").media, [Fraction(0)])
    assert np.abs(picture.astype(int) - patches)[90::180, 80::160].max() <= 6


def moving_bars(count: int, width: int = 256, height: int = 128) -> Iterator[Pixels]:
    for number in range(count):
        picture = np.full((height, width, 3), 40, np.uint8)
        picture[:, 16 * number % width : 16 * number % width + 24] = 220
        yield picture


def combs(picture: Pixels) -> float:
    """How much more lines differ from the next one than from that after it."""
    light = picture.mean(axis=2)
    return float(np.abs(light[1:] - light[:-1]).mean() - np.abs(light[2:] - light[:-2]).mean())


INTERLACED: dict[str, tuple[str, dict[str, str]]] = {
    "tape.mpg": ("mpeg2video", {"field_order": "tt", "b": "4000000"}),
    "avchd.mts": ("libx264", {"x264-params": "tff=1:bframes=2", "crf": "16"}),
}


@pytest.mark.parametrize("name", INTERLACED)
def test_fields_are_woven_to_pictures_without_combs(name: str, tmp_path: Path) -> None:
    fields = list(moving_bars(24))
    woven = []
    for top, bottom in zip(fields[::2], fields[1::2], strict=True):
        picture = bottom.copy()
        picture[::2] = top[::2]
        woven.append(picture)
    codec, options = INTERLACED[name]
    film = write_film(tmp_path / name, woven, codec=codec, interlaced=True, options=options)
    facts = probe(film, "")
    media = facts.media
    assert facts.interlaced and not facts.varies and media.rate == 25
    shown = list(frames_at(media, times_of(media, range(media.frames))))
    assert len(shown) == 12
    assert min(map(combs, woven)) > 5
    assert max(map(combs, shown)) < 1


@pytest.mark.parametrize("transfer", ["PQ", "HLG"])
def test_high_dynamic_range_keeps_its_order_and_its_midtones(transfer: str) -> None:
    ramp = np.repeat(np.linspace(0, 65535, 256).astype(np.uint16)[None, :, None], 3, axis=2)
    shown = to_standard_range(ramp, transfer)[0].astype(int)
    assert np.ptp(shown, axis=1).max() <= 1  # grey stays grey
    assert (np.diff(shown[:, 1]) >= 0).all()
    assert shown[0, 1] == 0 and shown[-1, 1] >= 254
    code = {"PQ": 0.43, "HLG": 0.5}[transfer]  # about a quarter of the white of paper
    assert 100 < shown[round(code * 255), 1] < 190


def test_a_film_of_high_dynamic_range_is_not_pale(tmp_path: Path) -> None:
    grey = np.full((64, 128, 3), 148, np.uint8)  # 58 % of PQ: the white of paper
    film = write_film(
        tmp_path / "a.mov",
        [grey] * 3,
        codec="libx265",
        pixel_format="yuv420p10le",
        colour=(9, 16, 9),
        options={"x265-params": "log-level=error"},
    )
    (picture,) = frames_at(probe(film, "").media, [Fraction(1, 25)])
    assert 210 < picture.mean() < 250


def test_a_photo_is_the_same_at_all_times(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(np.ascontiguousarray(np.rot90(number_picture(9, 240, 180)))).save(
        tmp_path / "a.jpg", exif=exif, quality=95
    )
    media = probe(tmp_path / "a.jpg", "").media
    pictures = list(frames_at(media, map(Fraction, (0, 7, 100))))
    assert [number_of(picture) for picture in pictures] == [9] * 3
    assert pictures[0].shape == (180, 240, 3)
    assert next(frames_at(media, [Fraction(0)], within=(120, 120))).shape == (90, 120, 3)


def test_what_a_phone_takes_photos_in_is_read(tmp_path: Path) -> None:
    heif = pytest.importorskip("pillow_heif")
    heif.from_pillow(Image.fromarray(number_picture(9, 240, 180))).save(tmp_path / "a.HEIC", quality=95)
    (picture,) = frames_at(probe(tmp_path / "a.HEIC", "").media, [Fraction(0)])
    assert number_of(picture) == 9


def test_a_file_that_has_gone_is_told(tmp_path: Path) -> None:
    film = write_film(tmp_path / "a.mp4", numbered(3, 64, 64))
    media = probe(film, "").media
    film.unlink()
    with pytest.raises(BridgeError, match=r"a\.mp4: cannot be read"):
        next(frames_at(media, [Fraction(0)]))
