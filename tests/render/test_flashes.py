"""What flashes too often is slowed down; what does not is left alone to the bit."""

from collections.abc import Iterable, Iterator
from fractions import Fraction

import numpy as np
import pytest

from deepsing_bridge.render.flashes import FlashLimiter
from tests.flashes import RATE, Pixels, most_flashes


def limited(frames: Iterable[Pixels], rate: Fraction = RATE) -> Iterator[Pixels]:
    limiter = FlashLimiter(rate)
    return (limiter.limit(frame) for frame in frames)


def grey(level: float, size: tuple[int, int] = (90, 160)) -> Pixels:
    return np.full((*size, 3), round(255 * level), np.uint8)


def strobe(seconds: float, every: int, rate: Fraction = RATE) -> list[Pixels]:
    return [grey(0.1 if frame // every % 2 else 0.9) for frame in range(int(seconds * rate))]


@pytest.mark.parametrize("every", [1, 2, 3])
@pytest.mark.parametrize("rate", [Fraction(24), Fraction(30000, 1001), Fraction(60)])
def test_a_strobe_flashes_three_times_a_second_at_most(every: int, rate: Fraction) -> None:
    frames = strobe(4, every, rate)
    assert most_flashes(frames, rate) > 3
    assert most_flashes(limited(frames, rate), rate) <= 3


def test_a_strobe_in_part_of_the_picture_is_limited_there_alone() -> None:
    frames = []
    for number in range(96):
        frame = grey(0.4)
        frame[:, :80] = 230 if number // 2 % 2 else 20
        frames.append(frame)
    shown = list(limited(frames))
    assert most_flashes(frames) > 3 and most_flashes(shown) <= 3
    assert all((frame[:, 100:] == frames[0][:, 100:]).all() for frame in shown)


def test_saturated_red_is_limited_though_it_is_dark() -> None:
    frames = [np.full((64, 64, 3), (150, 0, 0) if n // 2 % 2 else (60, 0, 0), np.uint8) for n in range(96)]
    red = np.array([frame[..., 0].mean() for frame in limited(frames)])
    swings = np.abs(np.diff(red[48:]))
    assert (swings > 60).sum() < 12 * 2 * 0.75  # of 24 in the two seconds


@pytest.mark.parametrize(
    "frames",
    [
        strobe(3, 12),  # one flash a second
        [grey(0.4 + 0.04 * (n % 2)) for n in range(72)],  # often, but faint
        [grey(n / 72) for n in range(72)],
    ],
    ids=["seldom", "faint", "slow"],
)
def test_what_does_no_harm_is_left_alone(frames: list[Pixels]) -> None:
    assert all(shown is frame for shown, frame in zip(limited(frames), frames, strict=True))


def test_a_small_light_may_flicker() -> None:
    frames = []
    for number in range(72):
        frame = grey(0.2)
        frame[:30, :40] = 255 if number % 2 else 0
        frames.append(frame)
    assert all(shown is frame for shown, frame in zip(limited(frames), frames, strict=True))


def test_another_size_begins_anew_and_very_small_pictures_are_taken() -> None:
    limiter = FlashLimiter(RATE)
    for size in ((64, 64), (90, 160), (2, 2)):
        for frame in (grey(0.1, size), grey(0.9, size)):
            assert limiter.limit(frame).shape == frame.shape


def test_the_picture_arrives_once_it_rests() -> None:
    frames = [*strobe(2, 1), *[grey(0.9)] * 48]
    assert (list(limited(frames))[-1] == frames[-1]).all()
