"""Frame rates, sizes, and the conversions between frames and seconds."""

from fractions import Fraction

import opentimelineio as otio
import pytest

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.core.units import (
    FRAME_RATES,
    frame_to_seconds,
    parse_clock,
    parse_frame_rate,
    parse_size,
    seconds_to_frame,
    timecode_to_frame,
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


@pytest.mark.parametrize(
    ("text", "rate", "frame"),
    [
        ("00:00:00:00", "24", 0),
        ("01:00:00:00", "24", 86_400),
        ("01:00:00:00", "30000/1001", 108_000),
        ("01:00:00;00", "30000/1001", 107_892),
        ("00:01:00;02", "30000/1001", 1800),
        ("00:10:00;00", "30000/1001", 17_982),
        ("00:01:00;04", "60000/1001", 3600),
        ("23:59:59:24", "25", 24 * 3600 * 25 - 1),
    ],
)
def test_timecode_counts_frames(text: str, rate: str, frame: int) -> None:
    assert timecode_to_frame(text, Fraction(rate)) == frame
    assert otio.opentime.from_timecode(text, float(Fraction(rate))).value == frame


@pytest.mark.parametrize(
    ("text", "rate", "sentence"),
    [
        ("1:00", "24", "expected HH:MM:SS:FF"),
        ("24:00:00:00", "24", "below 24 hours"),
        ("00:00:00:24", "24", "at 24 frames a second"),
        ("00:60:00:00", "24", "expected"),
        ("01:00:00;00", "25", "there is no drop-frame timecode at 25"),
        ("00:01:00;01", "30000/1001", "leaves out this number"),
        ("０1:00:00:00", "24", "expected"),
    ],
)
def test_what_is_no_timecode_is_one_sentence(text: str, rate: str, sentence: str) -> None:
    with pytest.raises(BridgeError, match=sentence):
        timecode_to_frame(text, Fraction(rate))


@pytest.mark.parametrize(("text", "seconds"), [("30", 30.0), ("0:41.2", 41.2), ("1:02:03", 3723.0)])
def test_a_time_is_seconds_or_as_a_clock_has_it(text: str, seconds: float) -> None:
    assert parse_clock(text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["", "1:2:3:4", "-3", "half", "1e9"])
def test_what_is_no_time_is_one_sentence(text: str) -> None:
    with pytest.raises(BridgeError, match="expected seconds, or minutes and seconds"):
        parse_clock(text)
