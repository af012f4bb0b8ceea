"""Timecodes, frame numbers, and the pieces that a timecode is sent in."""

from collections.abc import Iterable
from fractions import Fraction

import pytest

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.protocols.midi.mtc import (
    RATES,
    QuarterFrames,
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


@pytest.mark.parametrize("text", ["23:59:59:29", "00:00:00:00", "9:00:00:00"])
def test_the_first_and_the_last_timecode_are_read(text: str) -> None:
    assert str(parse_timecode(text)) == text.zfill(11)


@pytest.mark.parametrize(
    "text", ["24:00:00:00", "00:60:00:00", "00:00:60:00", "00:00:00:30", "0:0:0:0", "x01:00:00:00", "٠١:00:00:00", ""]
)
def test_what_is_no_timecode_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(BridgeError) as caught:
        parse_timecode(text)
    assert str(caught.value) == f"timecode: expected hours:minutes:seconds:frames as 01:00:00:00, got {text!r}"


def test_of_a_long_text_only_the_beginning_is_told() -> None:
    with pytest.raises(BridgeError, match=f"got '{'7' * 60}'$"):
        parse_timecode("7" * 100)


@pytest.mark.parametrize("rate", RATES)
def test_there_is_no_timecode_beyond_the_last(rate: Rate) -> None:
    last = Timecode(23, 59, 59, rate.count - 1)
    assert to_number(last, rate) is not None
    assert to_timecode(to_number(last, rate) + 1, rate) == Timecode()
    for beyond in (
        Timecode(24, 0, 0, 5),
        Timecode(0, 60, 0, 5),
        Timecode(0, 0, 60, 5),
        Timecode(0, 0, 0, rate.count),
    ):
        assert to_number(beyond, rate) is None


def test_a_start_that_its_rate_does_not_have_is_the_next_that_it_has_or_the_last() -> None:
    drop = RATES[2]
    assert at_or_after(Timecode(0, 1, 0, 1), drop) == to_number(Timecode(0, 1, 0, 2), drop)
    assert at_or_after(Timecode(0, 1, 0, 5), drop) == to_number(Timecode(0, 1, 0, 5), drop)
    assert at_or_after(Timecode(0, 0, 0, 24), RATES[0]) == at_or_after(Timecode(0, 0, 0, 23), RATES[0]) == 23
    assert at_or_after(Timecode(0, 0, 0, 24), RATES[1]) == 24


def test_a_full_frame_says_its_rate_in_two_bits_and_its_hour_in_five() -> None:
    for rate in RATES:
        data = (0x7F, 0x11, 1, 1, 0x80 | rate.code << 5 | 23, 59, 58, 7)
        assert from_full_frame(data) == (Timecode(23, 59, 58, 7), rate)
    assert from_full_frame((0x7F, 0x11, 2, 1, 0, 0, 0, 0)) is None
    assert from_full_frame((0x7F, 0x11, 1, 1, 0, 0, 0, 0, 0)) is None


def test_pieces_are_low_and_high_halves_from_frames_to_hours() -> None:
    assert to_pieces(Timecode(17, 35, 53, 19), RATES[3]) == (3, 1, 5, 3, 3, 2, 1, 7)
    assert from_pieces((3, 1, 5, 3, 3, 2, 1, 7)) == (Timecode(17, 35, 53, 19), RATES[3])
    with pytest.raises(ValueError, match="zip"):
        from_pieces((3, 1, 5, 3, 3, 2, 1))


FIFTH_HOUR = 5 * HOUR_S * 25  # frames


def sent(frames: int, rate: Rate = RATES[1]) -> list[tuple[int, int]]:
    """The eight pieces of the timecode `frames` after 00:00:00:00."""
    return list(enumerate(to_pieces(to_timecode(frames, rate), rate)))


def told(listener: QuarterFrames, pieces: Iterable[tuple[int, int]]) -> list[int | None]:
    return [listener.hear(*piece) for piece in pieces]


def test_the_eighth_piece_tells_where_it_is_and_each_after_it_is_one_further() -> None:
    listener = QuarterFrames()
    assert (listener.rate, listener.step, listener.bad) == (RATES[0], 0, 0)
    assert told(listener, sent(FIFTH_HOUR)) == [None] * 7 + [4 * FIFTH_HOUR + 7]
    assert told(listener, sent(FIFTH_HOUR + 2)) == [4 * FIFTH_HOUR + 8 + n for n in range(8)]
    assert (listener.rate, listener.step, listener.bad) == (RATES[1], 1, 0)


def test_backwards_the_first_piece_tells_where_it_is() -> None:
    listener = QuarterFrames()
    assert told(listener, reversed(sent(FIFTH_HOUR))) == [None] * 7 + [4 * FIFTH_HOUR]
    assert told(listener, reversed(sent(FIFTH_HOUR - 2))) == [4 * FIFTH_HOUR - 1 - n for n in range(8)]
    assert listener.step == -1


def test_it_may_begin_in_the_middle_and_turn_round() -> None:
    listener = QuarterFrames()
    assert told(listener, sent(FIFTH_HOUR)[3:]) == [None] * 5
    assert told(listener, sent(FIFTH_HOUR + 2))[7] == 4 * FIFTH_HOUR + 15
    turned = told(listener, reversed(sent(FIFTH_HOUR + 2)[:7]))  # 6 to 0
    assert turned == [4 * (FIFTH_HOUR + 2) + piece for piece in range(6, -1, -1)]
    assert told(listener, reversed(sent(FIFTH_HOUR)))[0] == 4 * FIFTH_HOUR + 7


def test_a_piece_that_is_missing_makes_all_unsure() -> None:
    listener = QuarterFrames()
    told(listener, sent(FIFTH_HOUR))
    assert told(listener, sent(FIFTH_HOUR + 2)[2:]) == [None] * 6
    assert told(listener, sent(FIFTH_HOUR + 4)) == [None] * 7 + [4 * (FIFTH_HOUR + 4) + 7]
    assert listener.hear(7, sent(FIFTH_HOUR + 4)[7][1]) is None  # the same again


def test_one_byte_gone_wrong_is_not_believed_and_a_jump_is() -> None:
    listener = QuarterFrames()
    told(listener, sent(0))
    wrong = [(piece, value ^ (piece == 4)) for piece, value in sent(2)]
    assert told(listener, wrong) == list(range(8, 16))
    assert told(listener, sent(4)) == list(range(16, 24))  # minute 0 again: it was an error
    jumped = told(listener, sent(FIFTH_HOUR)) + told(listener, sent(FIFTH_HOUR + 2))
    assert jumped[:8] == list(range(24, 32))
    assert jumped[-1] == 4 * (FIFTH_HOUR + 2) + 7
    assert jumped[8:].index(4 * (FIFTH_HOUR + 2)) == 0  # its first piece tells the two apart: frame 2, not frame 8


def test_an_error_that_was_found_out_is_not_believed_for_a_second_one() -> None:
    """The minute is wrong in both halves, then in the second alone."""
    listener = QuarterFrames()
    told(listener, sent(0))
    told(listener, [(piece, value ^ (piece in (4, 5))) for piece, value in sent(2)])
    assert told(listener, [(piece, value ^ (piece == 5)) for piece, value in sent(4)]) == list(range(16, 24))


def test_a_jump_in_the_hour_alone_is_believed_when_the_hour_comes_again() -> None:
    listener = QuarterFrames()
    told(listener, sent(0))
    told(listener, sent(FIFTH_HOUR + 2))
    heard = told(listener, sent(FIFTH_HOUR + 4))
    assert heard == [16 + n for n in range(6)] + [4 * (FIFTH_HOUR + 4) + 6 + n for n in range(2)]


def test_another_rate_at_the_same_number_is_another_place() -> None:
    listener = QuarterFrames()
    told(listener, sent(0, RATES[0]))
    told(listener, sent(2, RATES[3]))
    assert listener.rate == RATES[0]
    assert told(listener, sent(4, RATES[3]))[-1] == 23
    assert listener.rate == RATES[3]


def test_pieces_that_mean_no_timecode_are_counted() -> None:
    listener = QuarterFrames()
    nowhere = [(piece, 15) for piece in range(8)]
    assert told(listener, nowhere) == [None] * 8
    assert listener.bad == 1
    told(listener, nowhere)
    assert listener.bad == 2


@pytest.mark.parametrize("rate", RATES)
def test_after_the_last_frame_of_a_day_comes_the_first(rate: Rate) -> None:
    last = to_number(Timecode(23, 59, 59, rate.count - 2), rate)
    assert last is not None
    listener = QuarterFrames()
    told(listener, sent(last, rate))
    assert told(listener, sent(0, rate)) == list(range(8))
    back = QuarterFrames()
    told(back, reversed(sent(0, rate)))
    assert told(back, reversed(sent(last, rate))) == [4 * last + piece for piece in range(7, -1, -1)]


def test_what_is_forgotten_is_heard_anew() -> None:
    listener = QuarterFrames()
    told(listener, sent(FIFTH_HOUR))
    listener.forget()
    assert (listener.rate, listener.step) == (RATES[0], 0)
    assert told(listener, sent(FIFTH_HOUR + 2)) == [None] * 7 + [4 * (FIFTH_HOUR + 2) + 7]
