"""Ableton Link with a peer in another process. It needs multicast, as on any machine with a network."""

import json
import math
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event as Flag
from threading import Thread
from typing import Any

import pytest
from filelock import FileLock

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.live.clock import SystemClock
from deepsing_bridge.live.commands import Command, FollowBeats, Pause, Play, RecallCue, SetCues, Tap
from deepsing_bridge.live.cues import Cue
from deepsing_bridge.live.engine import Engine
from deepsing_bridge.live.events import Beat, CueFired, LinkAt, Tapped, TransportAt
from deepsing_bridge.live.hub import Hub
from deepsing_bridge.live.idle import silence
from deepsing_bridge.live.taps import BeatGrid
from deepsing_bridge.live.vocabulary import vocabulary
from deepsing_bridge.protocols.link import session as link_session
from deepsing_bridge.protocols.link.adapter import LinkAdapter
from tests.adapters import running
from tests.live.players import FlatRenderer, InstantAnalyzer, InstantPlanner

PEER = Path(__file__).with_name("peer.py")
PHASE_S = 0.010
PATIENCE_S = 20.0


class Peer:
    """Reads what the peer tells; `seen` is the newest."""

    def __init__(self, tempo: float) -> None:
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self.process = subprocess.Popen([sys.executable, str(PEER), str(tempo)], text=True, **pipes)  # type: ignore[call-overload]
        self.seen: dict[str, Any] = {"peers": 0}
        Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self.process.stdout:
            self.seen = json.loads(line)

    def say(self, line: str) -> None:
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    @property
    def grid(self) -> BeatGrid:
        seen = self.seen
        period_s = 60 / seen["tempo"]
        return BeatGrid(seen["at_s"] - seen["beat"] * period_s, period_s)


@pytest.fixture
def hub() -> Iterator[Hub]:
    """One test at a time: all would be in one session."""
    pytest.importorskip("aalink", reason="aalink is not installed")
    with FileLock(Path(tempfile.gettempdir()) / "deepsing-link-tests.lock"):
        yield Hub(vocabulary(), SystemClock())


@contextmanager
def peer(tempo: float = 97.0) -> Iterator[Peer]:
    made = Peer(tempo)
    try:
        yield made
    finally:
        made.process.kill()
        made.process.wait()


def until(condition: Callable[[], object]) -> None:
    end_s = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end_s, "waited in vain"
        time.sleep(0.005)


class Followed:
    """What the hub's inbox got, as an engine would take it."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self.grid: BeatGrid | None = None
        self.started: list[tuple[type, float]] = []

    def look(self) -> "Followed":
        for command in self._hub.inbox.take(0):
            if isinstance(command, FollowBeats):
                self.grid = command.grid
            elif isinstance(command, Play | Pause):
                self.started.append((type(command), self._hub.clock.now()))
        return self


def apart_s(ours: BeatGrid | None, theirs: BeatGrid) -> float:
    """How far bars are from each other."""
    assert ours is not None
    now_s = time.perf_counter()
    return abs(math.remainder(ours.place(now_s) - theirs.place(now_s), 4)) * theirs.period_s


def test_bars_are_where_the_peer_has_them_and_tempo_is_followed_both_ways(hub: Hub) -> None:
    followed = Followed(hub)
    with peer(97) as other, running(LinkAdapter(hub)):
        until(lambda: followed.look().grid)
        assert followed.grid.tempo == pytest.approx(other.seen["tempo"], abs=0.01)
        assert apart_s(followed.grid, other.grid) < PHASE_S
        other.say("tempo 140")
        until(lambda: followed.look().grid.tempo == pytest.approx(140, abs=0.01))
        assert apart_s(followed.grid, other.grid) < PHASE_S
        for taps in (1, 2, 3):
            hub.post(Tapped(taps, 87.0))
        time.sleep(0.2)
        assert other.seen["tempo"] == pytest.approx(140, abs=0.01)  # not yet
        hub.post(Tapped(4, 88.0))
        until(lambda: other.seen["tempo"] == pytest.approx(88, abs=0.01))
        until(lambda: followed.look().grid.tempo == pytest.approx(88, abs=0.01))
        assert apart_s(followed.grid, other.grid) < PHASE_S
        other.process.kill()
        until(lambda: followed.look().grid is None)


def test_it_starts_on_the_bar_and_stops_with_the_session_and_they_with_it(hub: Hub) -> None:
    followed, heard = Followed(hub), hub.subscribe()
    with peer(150) as other, running(LinkAdapter(hub)):
        until(lambda: followed.look().grid)
        other.say("play")
        until(lambda: followed.look().started)
        kind, at_s = followed.started.pop()
        assert kind is Play
        late_s = math.remainder(other.grid.place(at_s), 4) * other.grid.period_s
        assert abs(late_s) < 0.1  # this test takes commands only now and then
        hub.post(TransportAt("playing", 0.0))
        other.say("stop")
        until(lambda: followed.look().started)
        assert followed.started.pop()[0] is Pause
        hub.post(TransportAt("paused", 3.0))
        hub.post(TransportAt("playing", 3.0))  # by somebody's hand
        until(lambda: other.seen["playing"])
        hub.post(TransportAt("ended", 20.0))  # the next song follows
        time.sleep(0.2)
        assert other.seen["playing"]
        hub.post(TransportAt("stopped", 0.0))
        until(lambda: not other.seen["playing"])
        assert followed.look().started == []
        states = [event for event in heard.take(0) if isinstance(event, LinkAt)]
        assert states[-1].peers == 1
        assert not states[-1].playing


def test_it_starts_and_stops_though_too_many_commands_wait_at_first(hub: Hub) -> None:
    followed, hub.inbox.capacity = Followed(hub), 1
    with peer(240) as other, running(LinkAdapter(hub)) as link:
        until(lambda: followed.look().grid)
        for line, wanted in (("play", Play()), ("stop", Pause())):
            hub.inbox.put(Tap())
            other.say(line)
            until(lambda: link.refused_commands)
            heard: list[Command] = []
            until(lambda heard=heard, wanted=wanted: heard.extend(hub.inbox.take(0)) or wanted in heard)
            link.refused_commands = 0


def test_alone_it_goes_along_with_the_song_so_that_who_joins_finds_its_bars(hub: Hub) -> None:
    followed = Followed(hub)
    song = BeatGrid(hub.clock.now() + 0.3, 60 / 132)
    with running(LinkAdapter(hub)):
        for number in range(6):
            time.sleep(max(song.time_of(number) - hub.clock.now(), 0))
            hub.post(Beat(number % 4 + 1, number // 4 + 1, 132.0))
        with peer(97) as other:
            until(lambda: followed.look().grid)
            assert other.seen["tempo"] == pytest.approx(132, abs=0.1)
            assert apart_s(song, other.grid) < 0.1 * song.period_s + 0.02
            hub.post(Beat(1, 9, 70.0))
            time.sleep(0.2)
            assert other.seen["tempo"] == pytest.approx(132, abs=0.1)  # others are there now


@pytest.mark.slow
def test_a_cue_between_bars_comes_on_the_peers_bar_to_the_frame(hub: Hub) -> None:
    heard, stopping = hub.subscribe(), Flag()
    changed = {"size": "64x64", "view": 0, "quantise": "bar"}
    engine = Engine(hub, InstantAnalyzer(), InstantPlanner(), FlatRenderer(), silence(), changed)
    thread = Thread(target=engine.run, args=(stopping,), daemon=True)
    with peer(140) as other, running(LinkAdapter(hub)):
        thread.start()
        until(lambda: engine.state.session)
        hub.inbox.put(SetCues((Cue("drop", {"blend": 0.9}),)))
        late_s = []
        for _ in range(3):
            now_s = time.perf_counter()
            time.sleep(other.grid.next(now_s, 4) - now_s + 2.3 * other.grid.period_s)  # well within a bar
            hub.inbox.put(RecallCue("drop"))
            fired_s = math.inf
            while fired_s == math.inf:
                if any(isinstance(event, CueFired) for event in heard.take(2.0)):
                    fired_s = time.perf_counter()
            late_s.append(math.remainder(other.grid.place(fired_s), 4) * other.grid.period_s)
        stopping.set()
        thread.join()
    assert all(-PHASE_S < late < 1 / 24 for late in late_s), late_s


def test_who_has_no_aalink_is_told_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link_session, "find_spec", lambda name: None)
    with pytest.raises(BridgeError, match=r"--link: aalink is not installed; pip install .*\[link\]"):
        LinkAdapter(Hub(vocabulary(), SystemClock()))
