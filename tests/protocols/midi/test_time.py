import random
from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import pairwise

import pytest
from mido import Message

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.live.commands import Chase
from deepsing_bridge.protocols.midi.mtc import RATES, frames_a_day, to_timecode
from deepsing_bridge.protocols.midi.readers import ClockReader
from deepsing_bridge.protocols.midi.surface import Device
from deepsing_bridge.protocols.midi.time import Timekeeper
from tests.protocols.midi.senders import DROP, Sent, clocks, full_frame, quarter_frames

ALL_RATES = [Fraction(24), Fraction(25), DROP, Fraction(30)]
HOUR_S = 3600


def jittered(sent: Iterable[Sent], jitter_s: float, seed: int = 1) -> list[Sent]:
    """Each later by up to `jitter_s`, in order."""
    chance = random.Random(seed)
    found: list[Sent] = []
    for at_s, message in sent:
        late_s = at_s + chance.random() * jitter_s
        found.append((max(late_s, found[-1][0] if found else late_s), message))
    return found


def chased(keeper: Timekeeper, sent: Iterable[Sent], port: str = "daw") -> list[Chase]:
    """What comes of it, with a look every now and then as the adapter's thread has it."""
    found = []
    for at_s, message in sent:
        found += [keeper.still(at_s - 1e-9), keeper.hear(port, message, at_s)]
    return [chase for chase in found if chase]


def errors(chases: Sequence[Chase], song_s: float = 0.0, speed: float = 1.0) -> list[float]:
    """How far off each is from a song that was at `song_s` at clock 0."""
    return [abs(chase.time_s - (song_s + speed * chase.clock_s)) for chase in chases]


@pytest.mark.parametrize(
    "text", ["1:2:3", "01:00:00:30", "24:00:00:00", "00:60:00:00", "a", "", "01:00:00:00:00", "٠١:00:00:00"]
)
def test_a_start_that_is_no_timecode_is_refused(text: str) -> None:
    with pytest.raises(BridgeError, match="expected hours:minutes:seconds:frames as 01:00:00:00"):
        Timekeeper(("mtc",), text)


def test_a_time_source_that_is_none_is_refused() -> None:
    with pytest.raises(BridgeError, match="time source: expected mtc or clock, got 'ltc'"):
        Timekeeper(("ltc",), "00:00:00:00")


@pytest.mark.parametrize("fps", ALL_RATES)
@pytest.mark.parametrize("frame", [0, 7, 1797, 17981])
def test_time_code_is_exact_at_every_rate_once_eight_pieces_came(fps: Fraction, frame: int) -> None:
    sent = list(quarter_frames(frame, fps, 400))
    chases = chased(Timekeeper(("mtc",), "00:00:00:00"), sent)
    assert max(errors(chases, float(frame / fps))) < 1e-6
    assert 385 <= len(chases) <= 393  # it takes at most the rest of one set and all of the next
    assert all(chase.moving for chase in chases)
    assert chases[0].sender == Device("daw")


@pytest.mark.parametrize("fps", ALL_RATES)
def test_time_code_backwards_is_exact_too(fps: Fraction) -> None:
    frame = 17984  # back over a ten-minute mark and a dropped number
    sent = list(quarter_frames(frame, fps, 20_000, backwards=True))
    chases = chased(Timekeeper(("mtc",), "00:00:00:00"), sent)
    assert len(chases) > 19_980
    assert max(errors(chases, float(frame / fps), -1)) < 1e-6


def test_turning_round_is_followed_at_once() -> None:
    there = list(quarter_frames(1001, Fraction(25), 203))
    turn_s, quarter = there[-1][0], 1001 * 4 + 202
    back = [
        (turn_s + 0.01 * i, message)
        for i, (_, message) in enumerate(quarter_frames(1100, Fraction(25), 800, backwards=True))
        if 0 < 1100 * 4 - i < quarter
    ]
    back = [(turn_s + 0.01 * (k + 1), message) for k, (_, message) in enumerate(back)]
    keeper = Timekeeper(("mtc",), "00:00:00:00")
    chased(keeper, there)
    chases = chased(keeper, back[:100])
    expected = [quarter / 100 - (chase.clock_s - turn_s) for chase in chases]
    assert len(chases) == 100
    assert max(abs(chase.time_s - time_s) for chase, time_s in zip(chases, expected, strict=True)) < 1e-6


def test_jitter_is_smoothed() -> None:
    sent = jittered(quarter_frames(0, Fraction(25), 2000), 0.012)
    chases = chased(Timekeeper(("mtc",), "00:00:00:00"), sent)
    late_s = [chase.clock_s - chase.time_s - 0.006 for chase in chases[100:]]  # late by half the jitter on average
    assert max(map(abs, late_s)) < 0.004
    steps = [b - a for a, b in pairwise(late_s)]
    assert max(map(abs, steps)) < 0.001


def test_a_stall_moves_nothing() -> None:
    """As when this process was busy for 150 ms: a burst of messages, all late but the last."""
    sent = list(quarter_frames(0, Fraction(25), 600))
    stalled = [(max(at_s, 3.15) if 3.0 <= at_s < 3.15 else at_s, message) for at_s, message in sent]
    keeper = Timekeeper(("mtc",), "00:00:00:00")
    chases = [chase for at_s, message in stalled if (chase := keeper.hear("daw", message, at_s))]
    assert max(errors(chases)) < 0.06


@pytest.mark.parametrize("stall_s", [0.05, 0.15, 0.24])
def test_a_stall_does_not_change_the_tempo(stall_s: float) -> None:
    reader = ClockReader()
    for at_s, message in clocks(150, 400):
        late_s = 4.0 + stall_s if 4.0 <= at_s < 4.0 + stall_s else at_s
        reader.hear(message, late_s)
    assert reader.tempo == pytest.approx(150, rel=0.002)


@pytest.mark.parametrize(("before", "after"), [(120, 30), (40, 180), (120, 123), (180, 60)])
def test_a_new_tempo_is_found_within_some_beats(before: float, after: float) -> None:
    reader = ClockReader()
    for at_s, message in [*clocks(before, 300), *clocks(after, 480, start_s=300 * 60 / before / 24)]:
        reader.hear(message, at_s)
    assert reader.tempo == pytest.approx(after, rel=0.002)


@pytest.mark.parametrize("piece", range(8))
@pytest.mark.parametrize("backwards", [False, True])
def test_one_corrupted_quarter_frame_moves_nothing(piece: int, backwards: bool) -> None:
    sent = list(quarter_frames(15_000, Fraction(25), 400, backwards=backwards))
    bad = next(i for i in range(200, 400) if sent[i][1].frame_type == piece)
    wrong = sent[bad][1].copy(frame_value=sent[bad][1].frame_value ^ (1 if piece < 7 else 4))
    sent[bad] = (sent[bad][0], wrong)
    chases = chased(Timekeeper(("mtc",), "00:00:00:00"), sent)
    assert len(chases) > 390
    assert max(errors(chases, 600, -1 if backwards else 1)) < 1e-6


@pytest.mark.parametrize("lost", [1, 2, 5, 8])
def test_lost_quarter_frames_are_got_over(lost: int) -> None:
    sent = list(quarter_frames(0, Fraction(25), 400))
    del sent[200 : 200 + lost]
    chases = chased(Timekeeper(("mtc",), "00:00:00:00"), sent)
    assert max(errors(chases)) < 0.1  # eight are a set: that is only known when the next one is complete
    assert max(errors(chases[-150:])) < 0.01


@pytest.mark.parametrize("to", [5000, 1_000_000, 30])
@pytest.mark.parametrize("at", [200, 203])
def test_a_jump_is_followed_within_six_frames(to: int, at: int) -> None:
    fps = Fraction(25)
    before = list(quarter_frames(1000, fps, at))
    after = list(quarter_frames(to, fps, 100, start_s=before[-1][0] + 0.01))
    keeper = Timekeeper(("mtc",), "00:00:00:00")
    chased(keeper, before)
    chases = chased(keeper, after)
    song_s = to / 25 - after[0][0]
    assert max(errors([c for c in chases if c.clock_s > after[0][0] + 6.5 / 25], song_s)) < 1e-6


def test_a_full_frame_locates_at_once_and_time_goes_on_from_there() -> None:
    fps = Fraction(25)
    keeper = Timekeeper(("mtc",), "00:00:00:00")
    assert chased(keeper, [(5.0, full_frame(2500, fps))]) == [Chase(100.0, 5.0, False, Device("daw"))]
    chased(keeper, quarter_frames(2500, fps, 100, start_s=6))
    assert chased(keeper, [(7.0, full_frame(250, fps))]) == [Chase(10.0, 7.0, True, Device("daw"))]
    assert max(errors(chased(keeper, quarter_frames(250, fps, 100, start_s=7.0)), 3.0)) < 1e-6


def test_when_quarter_frames_stay_away_the_song_stands_where_they_ended() -> None:
    keeper = Timekeeper(("mtc",), "00:00:00:00")
    last_s = chased(keeper, quarter_frames(0, Fraction(25), 103))[-1].clock_s
    assert keeper.still(last_s + 0.05) is None
    chase = keeper.still(last_s + 0.2)
    assert chase and not chase.moving and chase.time_s == pytest.approx(1.02) and chase.clock_s == last_s
    assert keeper.still(last_s + 0.4) is None
    again = chased(keeper, quarter_frames(500, Fraction(25), 50, start_s=9))
    assert again[0].moving and max(errors(again, 20 - 9)) < 1e-6


@pytest.mark.parametrize("fps", ALL_RATES)
def test_the_song_starts_where_it_is_said_to_and_waits_before(fps: Fraction) -> None:
    hour = {Fraction(24): 86400, Fraction(25): 90000, DROP: 107892, Fraction(30): 108000}[fps]
    chases = chased(Timekeeper(("mtc",), "01:00:00:00"), quarter_frames(hour - 50, fps, 400))
    start_s = float(50 / fps)
    before = [chase for chase in chases if chase.clock_s < start_s - 1e-6]
    after = [chase for chase in chases if chase.clock_s > start_s + 1e-6]
    assert before and all(chase.time_s == 0 and not chase.moving for chase in before)
    assert max(errors(after, -start_s)) < 1e-6 and all(chase.moving for chase in after)


def test_midnight_is_passed() -> None:
    sent = list(quarter_frames(24 * 90000 - 50, Fraction(25), 200))
    sent += quarter_frames(0, Fraction(25), 200, start_s=2.0)
    chases = chased(Timekeeper(("mtc",), "00:00:00:00"), sent)
    assert len(chases) > 390
    assert max(errors([c for c in chases if c.clock_s >= 2.0], -2.0)) < 1e-6


def test_timecodes_that_there_are_none_of_are_counted_and_nothing_else() -> None:
    keeper = Timekeeper(("mtc",), "00:00:00:00")
    assert chased(keeper, [(0.0, Message("sysex", data=(0x7F, 0x7F, 1, 1, 0x3F, 99, 99, 99)))]) == []
    pieces = [(i * 0.01, Message("quarter_frame", frame_type=i % 8, frame_value=15)) for i in range(64)]
    assert chased(keeper, pieces) == []
    assert keeper.bad == 9


def test_noise_on_the_cable_raises_nothing() -> None:
    chance = random.Random(3)
    keeper = Timekeeper(("mtc", "clock"), "00:00:00:00")
    kinds = ["clock", "start", "stop", "continue"]
    at_s = 0.0
    for _ in range(20_000):
        at_s += chance.choice([0, 0.001, 0.02, 3])
        message = chance.choice(
            [
                Message("quarter_frame", frame_type=chance.randrange(8), frame_value=chance.randrange(16)),
                Message("songpos", pos=chance.randrange(2**14)),
                Message("sysex", data=[0x7F, 0, 1, 1, *(chance.randrange(128) for _ in range(4))]),
                Message(chance.choice(kinds)),
            ]
        )
        chase = keeper.hear(chance.choice("ab"), message, at_s)
        keeper.still(at_s + chance.random())
        assert chase is None or 0 <= chase.time_s < 10**6
    for port in "ab":
        keeper.remove(port)
    assert keeper.bad == 0


@pytest.mark.parametrize("bpm", [40, 120, 174.5])
def test_the_clock_runs_from_start_and_stands_after_stop(bpm: float) -> None:
    keeper = Timekeeper(("clock",), "00:00:00:00")
    sent = [(0.99, Message("start")), *jittered(clocks(bpm, 1000, start_s=1.0), 0.003)]
    chases = chased(keeper, sent)
    assert chases[0] == Chase(0.0, 0.99, False, Device("daw"))
    assert max(errors(chases[60:], -1.0015)) < 0.002
    stop_s = sent[-1][0] + 0.001
    (stopped,) = chased(keeper, [(stop_s, Message("stop"))])
    assert not stopped.moving and stopped.time_s == pytest.approx(stop_s - 1.0015, abs=0.002)
    assert chased(keeper, clocks(bpm, 100, start_s=stop_s + 0.01)) == []


@pytest.mark.parametrize("bpm", [60, 120, 174.5])
def test_the_tempo_is_measured_through_jitter(bpm: float) -> None:
    reader = ClockReader()
    for at_s, message in jittered(clocks(bpm, 24), 0.004)[:23]:
        reader.hear(message, at_s)
    assert reader.tempo is None
    for at_s, message in jittered(clocks(bpm, 2000), 0.004):
        reader.hear(message, at_s)
    assert reader.tempo == pytest.approx(bpm, rel=0.0005)


def test_a_song_position_is_a_time_by_the_tempo_that_the_clock_had_before() -> None:
    keeper = Timekeeper(("clock",), "00:00:00:00")
    chased(keeper, jittered(clocks(100, 500), 0.003))
    at_s = 500 * 0.025 + 0.01
    (located,) = chased(keeper, [(at_s, Message("songpos", pos=64))])  # 16 quarter notes of 0.6 s
    assert not located.moving and located.time_s == pytest.approx(9.6, abs=0.01)
    sent = [(at_s + 0.001, Message("continue")), *jittered(clocks(100, 500, start_s=at_s + 0.025), 0.003)]
    chases = chased(keeper, sent)
    assert max(errors(chases[50:], 9.6 - (at_s + 0.025) - 0.0015)) < 0.01


def test_a_song_position_without_a_clock_before_is_right_after_some_beats() -> None:
    keeper = Timekeeper(("clock",), "00:00:00:00")
    chased(keeper, [(0.0, Message("songpos", pos=480)), (0.01, Message("continue"))])  # 120 quarter notes: 72 s
    chases = chased(keeper, jittered(clocks(100, 1000, start_s=1.0), 0.003))
    assert max(errors(chases[200:], 71.0)) < 0.05


def test_continue_goes_on_from_where_it_stopped() -> None:
    keeper = Timekeeper(("clock",), "00:00:00:00")
    chased(keeper, [(0.0, Message("start")), *clocks(120, 481, start_s=0.1), (10.1, Message("stop"))])
    chased(keeper, clocks(90, 200, start_s=11))  # somebody turns the tempo while it stands
    chases = chased(keeper, [(20.0, Message("continue")), *clocks(90, 100, start_s=20.01)])
    assert max(errors(chases[2:], 10.0 - 20.01)) < 0.002


def test_another_tempo_does_not_move_what_was_played() -> None:
    keeper = Timekeeper(("clock",), "00:00:00:00")
    chases = chased(
        keeper,
        [(0.0, Message("start")), *clocks(120, 480), *clocks(60, 200, start_s=10.0), *clocks(180, 400, start_s=20)],
    )
    assert max(errors(chases)) < 0.002


def test_a_clock_that_is_cut_off_stands_and_goes_on_when_it_comes_back() -> None:
    keeper = Timekeeper(("clock",), "00:00:00:00")
    chased(keeper, [(0.0, Message("start")), *clocks(120, 100)])
    last_s = 99 / 48
    assert keeper.still(last_s + 0.2) is None
    chase = keeper.still(last_s + 1.0)
    assert chase and not chase.moving and chase.time_s == pytest.approx(last_s)
    back = chased(keeper, clocks(120, 100, start_s=5.0))
    assert len(back) == 100 and max(errors(back)) < 0.002


@pytest.mark.parametrize("fps", ALL_RATES)
def test_a_show_goes_on_past_midnight(fps: Fraction) -> None:
    """The song starts ten seconds before, and the time code's first half minute holds midnight."""
    rate = next(rate for rate in RATES if rate.fps == fps)
    day = frames_a_day(rate)
    start, first = day - round(10 * fps), day - round(15 * fps)
    keeper = Timekeeper(("mtc",), str(to_timecode(start, rate)))
    before = [(at_s, sent) for at_s, sent in quarter_frames(first, fps, round(60 * fps)) if at_s < 15]
    after = list(quarter_frames(0, fps, round(60 * fps), start_s=float((day - first) / fps)))
    chases = chased(keeper, [*before, *after])
    to_start_s = float((start - first) / fps)
    waits = [chase for chase in chases if chase.clock_s < to_start_s - 0.01]
    assert waits and all(chase.time_s == 0 and not chase.moving for chase in waits)
    plays = [chase for chase in chases if chase.clock_s > to_start_s + 0.01]
    assert max(errors(plays, -to_start_s)) < 1e-6
    assert all(chase.moving for chase in plays) and plays[-1].time_s > 20


def test_time_code_goes_before_the_clock() -> None:
    keeper = Timekeeper(("mtc", "clock"), "00:00:00:00")
    both = sorted(
        [*quarter_frames(2500, Fraction(25), 500), (0.0, Message("start")), *clocks(120, 240)], key=lambda sent: sent[0]
    )
    chases = chased(keeper, both)
    assert max(errors([c for c in chases if c.clock_s > 0.2], 100)) < 1e-6
    standing = [chase for chase in chased(keeper, clocks(120, 20, start_s=5.02)) if not chase.moving]
    assert len(standing) == 1 and standing[0].time_s == pytest.approx(104.99)
    assert chased(keeper, [(5.5, Message("stop")), (5.7, Message("songpos", pos=3))]) == []


@pytest.mark.parametrize("earlier", [[(0.0, full_frame(0, Fraction(25)))], list(quarter_frames(2500, Fraction(25), 9))])
@pytest.mark.parametrize("port", ["daw", "other"])
def test_time_code_that_is_silent_is_forgotten(earlier: list[Sent], port: str) -> None:
    """A clock that starts later is followed at once, from whatever device it comes."""
    keeper = Timekeeper(("mtc", "clock"), "00:00:00:00")
    chased(keeper, earlier, port)
    keeper.still(1.0)
    for start_s in (10.0, 600.0):
        chases = chased(keeper, [(start_s, Message("start")), *clocks(120, 200, start_s=start_s)])
        assert (chases[0].clock_s, chases[0].time_s) == (start_s, 0.0)
        assert max(errors(chases, -start_s)) < 0.002
        chased(keeper, [(start_s + 5, Message("stop"))])


def test_a_song_position_counts_again_when_time_code_is_silent() -> None:
    keeper = Timekeeper(("mtc", "clock"), "00:00:00:00")
    chased(keeper, quarter_frames(2500, Fraction(25), 100))
    keeper.still(2.0)
    (located,) = chased(keeper, [(7.0, Message("songpos", pos=8))])
    assert (located.time_s, located.moving) == (1.0, False)


def test_time_code_that_begins_again_takes_the_lead_from_a_clock() -> None:
    keeper = Timekeeper(("mtc", "clock"), "00:00:00:00")
    chased(keeper, quarter_frames(2500, Fraction(25), 100))
    clock = [(10.0, Message("start")), *clocks(120, 480, start_s=10.0)]
    both = sorted([*clock, *quarter_frames(0, Fraction(25), 400, start_s=15.0)], key=lambda sent: sent[0])
    chases = chased(keeper, both)
    assert max(errors([chase for chase in chases if chase.clock_s > 15.1], -15.0)) < 1e-6


@pytest.mark.parametrize("kind", ["mtc", "clock"])
def test_who_began_last_is_followed_until_it_stands_and_then_who_still_moves(kind: str) -> None:
    keeper = Timekeeper((kind,), "00:00:00:00")

    def sent(start_s: float, seconds: float) -> list[Sent]:
        if kind == "mtc":
            return list(quarter_frames(0, Fraction(25), round(seconds * 100), start_s=start_s))
        return [(start_s, Message("start")), *clocks(120, round(seconds * 48), start_s=start_s)]

    both = [(*one, "a") for one in sent(0.0, 9.0)] + [(*one, "b") for one in sent(3.0, 3.0)]
    leads: dict[object, list[float]] = {}
    for at_s, message, port in sorted(both, key=lambda one: one[0]):
        for chase in (keeper.still(at_s - 1e-9), keeper.hear(port, message, at_s)):
            if chase and chase.moving:
                leads.setdefault(chase.sender, []).append(chase.clock_s)
    first, second = leads[Device("a")], leads[Device("b")]
    assert (second[0], second[-1]) == (pytest.approx(3.05, abs=0.05), pytest.approx(6.0, abs=0.05))
    assert not [at_s for at_s in first if second[0] < at_s < second[-1]]
    assert first[-1] == pytest.approx(9.0, abs=0.05)


def test_a_device_that_is_pulled_out_leaves_the_song_standing() -> None:
    keeper = Timekeeper(("mtc",), "00:00:00:00")
    chased(keeper, quarter_frames(0, Fraction(25), 100))
    chase = keeper.remove("daw")
    assert chase and not chase.moving and chase.time_s == pytest.approx(0.99)
    assert keeper.remove("daw") is None
    assert chased(keeper, quarter_frames(500, Fraction(25), 50, start_s=3), "other")


@pytest.mark.parametrize("sources", [(), ("clock",), ("mtc",)])
def test_only_the_sources_that_are_asked_for_are_heard(sources: tuple[str, ...]) -> None:
    keeper = Timekeeper(sources, "00:00:00:00")
    assert bool(chased(keeper, quarter_frames(0, Fraction(25), 100))) == ("mtc" in sources)
    keeper = Timekeeper(sources, "00:00:00:00")
    assert bool(chased(keeper, [(0.0, Message("start")), *clocks(120, 10)])) == ("clock" in sources)
