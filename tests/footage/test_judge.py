from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.core.types import SentimentTrack
from deepsing_bridge.footage.cuts import marked
from deepsing_bridge.footage.judge import judge
from deepsing_bridge.footage.shot import Shot
from tests.footage.films import Pixels, write_film

COLOURS = ((200, 60, 50), (50, 80, 190), (60, 160, 70), (190, 180, 60), (120, 60, 150), (230, 230, 225))


class RedAndGreen:
    """An image model that finds pictures as pleasant as they are red, and as exciting as they are green."""

    file = ""

    def estimate(self, pictures):  # type: ignore[no-untyped-def]
        red, green, _ = pictures.mean((2, 3)).T.numpy()
        return SentimentTrack(red, green, 0.0)


def shot(
    index: int, count: int, speed: float = 0.5, size: tuple[int, int] = (160, 96), seed: int = 7
) -> Iterator[Pixels]:
    """A textured surface in a colour of its own, over which a camera moves by `speed` pixels a frame."""
    width, height = size
    noise = np.random.default_rng(seed + index).integers(0, 255, (height // 8 + 2, width // 8 + 40, 3)).astype(np.uint8)
    surface = Image.fromarray(noise).resize((width + 320, height), Image.Resampling.BICUBIC)
    texture = np.asarray(surface, np.float32) / 255 - 0.5
    for number in range(count):
        left = round(number * speed) % 300
        yield (
            (np.array(COLOURS[index % len(COLOURS)]) + 60 * texture[:, left : left + width])
            .clip(0, 255)
            .astype(np.uint8)
        )


def edited(*lengths: int, speed: float = 0.5) -> list[Pixels]:
    return [picture for index, length in enumerate(lengths) for picture in shot(index, length, speed)]


def shots_of(path: Path) -> tuple[Shot, ...]:
    return judge(path, "d", RedAndGreen())[1]


def firsts(path: Path) -> list[int]:
    return [one.first for one in shots_of(path)]


NO_KEYS_AT_CUTS = {"sc_threshold": "0", "preset": "veryfast"}  # so that no key frame gives a cut away


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".ts"])
def test_shots_are_found_to_the_frame(suffix: str, tmp_path: Path) -> None:
    film = write_film(tmp_path / f"a{suffix}", edited(31, 47, 20, 60), options=NO_KEYS_AT_CUTS, gop=12)
    shots = shots_of(film)
    assert [one.first for one in shots] == [0, 31, 78, 98]
    assert [one.frames for one in shots] == [31, 47, 20, 60]


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".ts"])
def test_where_key_frames_are_far_apart_a_shot_has_none_of_another_and_lacks_three_pictures_at_most(
    suffix: str, tmp_path: Path
) -> None:
    film = write_film(tmp_path / f"a{suffix}", edited(31, 47, 20, 60), options=NO_KEYS_AT_CUTS, gop=250)
    shots = [(one.first, one.first + one.frames) for one in shots_of(film)]
    for (first, end), (begins, ends) in zip(shots, [(0, 31), (31, 78), (78, 98), (98, 158)], strict=True):
        assert begins <= first <= begins + 3 and ends - 3 <= end <= ends


def test_where_an_encoder_put_key_frames_at_cuts_they_are_found_to_the_frame(tmp_path: Path) -> None:
    film = write_film(tmp_path / "a.mp4", edited(31, 47, 20, 60), options={"preset": "veryfast"}, gop=250)
    assert [(one.first, one.frames) for one in shots_of(film)] == [(0, 31), (31, 47), (78, 20), (98, 60)]


def test_a_short_shot_between_two_key_frames_is_found(tmp_path: Path) -> None:
    pictures = [*shot(0, 30), *shot(1, 16), *list(shot(0, 60))[30:]]
    film = write_film(tmp_path / "a.mp4", pictures, options={"sc_threshold": "0"}, gop=50)
    assert firsts(film) == [0, 30, 46]


def test_every_picture_of_an_editor_s_codec_is_a_key_frame(tmp_path: Path) -> None:
    film = write_film(tmp_path / "a.mov", edited(40, 35), codec="mjpeg", pixel_format="yuvj420p")
    assert firsts(film) == [0, 40]


def test_a_pan_a_flash_and_a_fade_are_no_cuts(tmp_path: Path) -> None:
    fast = list(shot(0, 60, speed=9.0))
    flash = list(shot(1, 60))
    flash[30] = np.full_like(flash[30], 250)
    fade = [(picture * (1 - number / 59)).astype(np.uint8) for number, picture in enumerate(shot(2, 60))]
    for name, pictures in {"pan": fast, "flash": flash, "fade": fade}.items():
        assert firsts(write_film(tmp_path / f"{name}.mp4", pictures, gop=12)) == [0], name


def test_the_first_of_pictures_begins_nothing() -> None:
    white, black = np.full((2, 2, 3), 255, np.float32), np.zeros((2, 2, 3), np.float32)
    told = list(marked(enumerate([white, *[black] * 9, *[white] * 9])))
    assert [one.of for one in told] == list(range(19))
    assert [one.of for one in told if one.begins] == [1, 10]


def test_a_long_shot_is_looked_at_again_and_again(tmp_path: Path) -> None:
    pictures = [np.full((96, 160, 3), (40 + number, 200 - number, 90), np.uint8) for number in range(150)]
    (one,) = shots_of(write_film(tmp_path / "a.mp4", pictures, Fraction(15), gop=15))
    assert len(one.looks) >= 5
    assert one.duration_s == 10
    valence, arousal = one.of("valence"), one.of("arousal")
    assert (np.diff(valence) > 0).all() and (np.diff(arousal) < 0).all()
    assert valence[0] == pytest.approx(40 / 255, abs=0.03)
    assert one.mean("valence") == pytest.approx((40 + 75) / 255, abs=0.06)
    assert one.spread("valence") == pytest.approx(150 / 255 / 12**0.5, abs=0.03)


def test_motion_is_that_within_shots(tmp_path: Path) -> None:
    still = [next(shot(0, 1))] * 50
    slow, fast = list(shot(1, 50, speed=0.5)), list(shot(2, 50, speed=4.0))
    film = write_film(tmp_path / "a.mp4", [*still, *slow, *fast], gop=10)
    motions = [one.mean("motion") for one in shots_of(film)]
    assert motions[0] < 0.02 < motions[1] < motions[2] / 3


def test_light_and_sharpness_are_seen(tmp_path: Path) -> None:
    sharp = Image.fromarray(np.random.default_rng(0).integers(0, 200, (240, 320, 3)).astype(np.uint8))
    dark = sharp.point(lambda level: level // 3)
    looks = {}
    for name, picture in {"sharp": sharp, "dark": dark, "soft": sharp.filter(ImageFilter.GaussianBlur(3))}.items():
        picture.save(tmp_path / f"{name}.png")
        (looks[name],) = shots_of(tmp_path / f"{name}.png")[0].looks
    assert looks["dark"].brightness < looks["sharp"].brightness / 2
    assert looks["soft"].sharpness < looks["sharp"].sharpness / 2
    assert looks["dark"].sharpness > looks["sharp"].sharpness / 2


def test_a_photo_is_a_shot(tmp_path: Path) -> None:
    Image.new("RGB", (64, 48), (255, 0, 0)).save(tmp_path / "a.png")
    (one,) = shots_of(tmp_path / "a.png")
    assert (one.first, one.frames, len(one.looks), one.duration_s) == (0, 0, 1, float("inf"))
    assert (one.mean("valence"), one.mean("arousal"), one.spread("valence")) == pytest.approx((1, 0, 0), abs=0.01)


def test_a_cut_off_film_is_judged_as_far_as_it_goes(tmp_path: Path) -> None:
    whole = write_film(tmp_path / "a.ts", edited(50, 50)).read_bytes()
    (tmp_path / "b.ts").write_bytes(whole[: len(whole) * 3 // 4])
    shots = shots_of(tmp_path / "b.ts")
    assert [one.first for one in shots][:2] == [0, 50]
    assert 55 < sum(one.frames for one in shots) < 95


def test_damage_in_the_middle_is_survived(tmp_path: Path) -> None:
    data = bytearray(write_film(tmp_path / "a.ts", edited(50, 50)).read_bytes())
    middle = len(data) // 2
    data[middle : middle + 3000] = np.random.default_rng(0).bytes(3000)
    (tmp_path / "b.ts").write_bytes(data)
    assert sum(one.frames for one in shots_of(tmp_path / "b.ts")) > 50


def test_progress_comes_to_its_end(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    judge(write_film(tmp_path / "a.mp4", edited(40, 30)), "", RedAndGreen(), lambda *step: told.append(step))
    assert told == sorted(told)
    assert told[-1] == (100, 100)


def test_what_is_no_film_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.mov").write_bytes(bytes(10_000))
    with pytest.raises(BridgeError, match=r"a\.mov"):
        judge(tmp_path / "a.mov", "", RedAndGreen())
