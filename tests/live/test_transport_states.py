"""Any order of what can be said to the transport, beside a song that is moved forward step by step."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from deepsing_bridge.live.transport import END_S, JUMP_S, SLEW, Transport, loaded

SONG_S = 60.0
places = st.floats(-10, SONG_S + 10)


class TransportBesideASong(RuleBasedStateMachine):
    """`place_s` is where the song is; `comes_round`: it was before the loop's end when it was last moved."""

    def __init__(self) -> None:
        super().__init__()
        self.now_s, self.place_s = 100.0, 0.0
        self.comes_round = False
        self.transport: Transport = loaded(SONG_S, self.now_s)

    @rule(seconds=st.floats(0, 90))
    def time_goes_by(self, seconds: float) -> None:
        self.now_s += seconds
        if not self.transport.playing:
            return
        self.place_s += seconds
        if self.transport.loop and self.comes_round and self.place_s >= self.transport.loop[1]:
            start, end = self.transport.loop
            self.place_s = start + (self.place_s - end) % (end - start)
        self.place_s = min(self.place_s, SONG_S)

    @rule()
    def play(self) -> None:
        at_end = self.place_s >= SONG_S - END_S
        self._becomes(self.transport.play(self.now_s), 0.0 if at_end else self.place_s)
        assert self.transport.playing

    @rule()
    def pause(self) -> None:
        self._becomes(self.transport.pause(self.now_s), self.place_s)
        assert self.transport.state == "paused"

    @rule()
    def stop(self) -> None:
        self._becomes(self.transport.stop(self.now_s), 0.0)
        assert self.transport.state == "stopped"

    @rule()
    @precondition(lambda self: self.transport.ended(self.now_s))
    def finish(self) -> None:
        self._becomes(self.transport.finish(self.now_s), SONG_S)
        assert self.transport.state == "ended"

    @rule(time_s=places)
    def seek(self, time_s: float) -> None:
        before = self.transport.state
        self._becomes(self.transport.seek(time_s, self.now_s), min(max(time_s, 0.0), SONG_S))
        assert self.transport.state == ("stopped" if before == "ended" else before)

    @rule(start_s=st.floats(0, SONG_S - 1), share=st.floats(0, 1))
    def repeat_a_part(self, start_s: float, share: float) -> None:
        end_s = start_s + 1 + share * (SONG_S - start_s - 1)
        self._becomes(self.transport.looping((start_s, end_s), self.now_s), self.place_s)

    @rule()
    def repeat_nothing(self) -> None:
        self._becomes(self.transport.looping(None, self.now_s), self.place_s)

    @rule(time_s=places, late_s=st.floats(0, 1))
    def follow(self, time_s: float, late_s: float) -> None:
        """Somebody else's time, told `late_s` ago."""
        played, clock_s = self.transport.playing, self.now_s - late_s
        wanted = time_s + self.now_s - clock_s
        self.transport = self.transport.chase(time_s, clock_s, True, self.now_s)
        got = self.transport.position(self.now_s)
        if not 0 <= wanted < SONG_S:
            assert (self.transport.state, got) == ("paused", pytest.approx(min(max(wanted, 0.0), SONG_S)))
        elif played and abs(wanted - self.place_s) < JUMP_S * 0.99:
            assert got == pytest.approx(self.place_s + SLEW * (wanted - self.place_s), abs=1e-6)
        elif not played or abs(wanted - self.place_s) > JUMP_S * 1.01:
            assert self.transport.playing and got == pytest.approx(wanted, abs=1e-6)
        self._becomes(self.transport, got)

    @rule(time_s=places)
    def stand_where_somebody_stands(self, time_s: float) -> None:
        self._becomes(
            self.transport.chase(time_s, self.now_s, False, self.now_s),
            min(max(time_s, 0.0), SONG_S),
        )
        assert self.transport.state == "paused"

    def _becomes(self, transport: Transport, place_s: float) -> None:
        self.transport, self.place_s = transport, place_s
        self.comes_round = transport.loop is not None and place_s <= transport.loop[1]

    @invariant()
    def it_is_where_the_song_is(self) -> None:
        position = self.transport.position(self.now_s)
        assert 0 <= position <= SONG_S
        off = abs(position - self.place_s)
        if self.transport.loop:  # both ends of the loop are the same place
            off = min(off, abs(off - (self.transport.loop[1] - self.transport.loop[0])))
        assert off < 1e-6


TestTransportBesideASong = TransportBesideASong.TestCase
TestTransportBesideASong.settings = settings(
    derandomize=True, max_examples=100, stateful_step_count=40, deadline=None, print_blob=False
)
