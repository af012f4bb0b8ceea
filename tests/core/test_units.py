"""Frame rates, sizes, and the conversions between frames and seconds."""

from fractions import Fraction

import pytest

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.core.units import (
    FRAME_RATES,
    frame_to_seconds,
    parse_frame_rate,
    parse_size,
    seconds_to_frame,
    told_apart,
)


def test_broadcast_rates_are_exact() -> None:
    assert parse_frame_rate("29.97") == parse_frame_rate("30000/1001") == Fraction(30000, 1001)


@pytest.mark.parametrize("name", FRAME_RATES)
def test_every_frame_of_three_hours_comes_back(name: str) -> None:
    rate = parse_frame_rate(name)
    for frame in range(0, int(3 * 3600 * rate), 9973):
        assert seconds_to_frame(frame_to_seconds(frame, rate), rate) == frame


@pytest.mark.parametrize("text", ["", "0", "23", "24/0", "abc", "1e9"])
def test_other_rates_are_refused_with_what_is_allowed(text: str) -> None:
    with pytest.raises(BridgeError, match="expected one of 24, 25"):
        parse_frame_rate(text)


def test_sizes() -> None:
    assert parse_size("512") == (512, 512)
    assert parse_size("1920x1080") == (1920, 1080)


@pytest.mark.parametrize("text", ["", "x", "511", "1920x1081", "62", "8192", "1x2x3", "-512", "5e2"])
def test_other_sizes_are_refused(text: str) -> None:
    with pytest.raises(BridgeError, match=f"size '{text}'"):
        parse_size(text)


def test_digits_without_end_are_refused_in_one_line() -> None:
    for parse in (parse_size, parse_frame_rate):
        with pytest.raises(BridgeError) as refused:
            parse("9" * 5000)
        assert len(str(refused.value)) < 200


def test_a_number_and_its_limit_never_read_the_same() -> None:
    assert told_apart(0.05, 0.1) == ("0.05", "0.1")
    assert told_apart(19.90000001, 19.9) == ("19.90000001", "19.9")
