"""Timecodes, frame numbers, and the pieces that a timecode is sent in."""

from fractions import Fraction

import pytest

from deepsing_bridge.protocols.midi.mtc import (
    RATES,
    Rate,
    Timecode,
    at_or_after,
    from_full_frame,
    from_pieces,
    parse_timecode,
    to_number,
    to_pieces,
    to_timecode,
)
from tests.protocols.midi.senders import timecode_of

HOUR_S = 3600


@pytest.mark.parametrize("rate", RATES)
def test_frame_numbers_and_timecodes_are_each_others_inverse(rate: Rate) -> None:
    day = 2_589_408 if rate.drop else 24 * 3600 * rate.count
    for number in [*range(0, 40_000, 7), *range(day - 2000, day)]:
        timecode = to_timecode(number, rate)
        assert (timecode.hours, timecode.minutes, timecode.seconds, timecode.frames) == timecode_of(number, rate.fps)
        assert to_number(timecode, rate) == number
        assert from_pieces(to_pieces(timecode, rate)) == (timecode, rate)


def test_drop_frame_keeps_up_with_the_clock() -> None:
    drop = RATES[2]
    assert to_number(Timecode(0, 1, 0, 2), drop) == 1800
    assert to_number(Timecode(0, 10, 0, 0), drop) == 17982
    assert to_number(Timecode(1, 0, 0, 0), drop) == 107892
    assert abs(107892 / drop.fps - HOUR_S) < Fraction(1, 250)
    assert to_number(Timecode(0, 1, 0, 0), drop) is None
    assert to_number(Timecode(0, 1, 0, 1), drop) is None
    assert at_or_after(Timecode(0, 1, 0, 0), drop) == 1800
    assert at_or_after(Timecode(0, 0, 1, 29), RATES[0]) == 47


def test_a_start_is_read_with_each_usual_character_before_the_frames() -> None:
    for text in ("01:02:03:04", "1:02:03;04", "01:02:03.04"):
        assert parse_timecode(text) == Timecode(1, 2, 3, 4)
    assert str(Timecode(1, 2, 3, 4)) == "01:02:03:04"


def test_other_system_messages_are_no_full_frame() -> None:
    assert from_full_frame((0x7F, 0x7F, 1, 1, 0x21, 2, 3, 4)) == (Timecode(1, 2, 3, 4), RATES[1])
    for data in [(), (0x7E, 0x7F, 1, 1, 0, 0, 0, 0), (0x7F, 0x7F, 1, 2, 0, 0, 0, 0), (0x7F, 0x7F, 1, 1, 0, 0, 0)]:
        assert from_full_frame(data) is None
