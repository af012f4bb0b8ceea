"""What the log says of what happens."""

import time
from collections.abc import Iterator

import pytest

from deepsing_bridge.core.log import MISTAKES
from deepsing_bridge.live.clock import ManualClock
from deepsing_bridge.live.events import Echo, Event, Problem, SceneStarted, Status, TimeAt
from deepsing_bridge.live.hub import Hub
from deepsing_bridge.live.vocabulary import vocabulary
from deepsing_bridge.protocols.event_log import DROPS_EVERY_S, EventLog
from deepsing_bridge.protocols.midi.surface import Device
from deepsing_bridge.protocols.osc.subscribers import Peer
from deepsing_bridge.protocols.zeromq.codec import Requester

SCENE = SceneStarted(3, 7, "lake", 0.5, "neutral", 0.25, -0.5, 75.0, 80.0)


@pytest.fixture
def hub() -> Hub:
    return Hub(vocabulary(), ManualClock())


@pytest.fixture
def log(hub: Hub, caplog: pytest.LogCaptureFixture) -> Iterator[EventLog]:
    caplog.set_level("INFO", "deepsing_bridge")
    made = EventLog(hub)
    made.start()
    yield made
    made.stop()


def said(hub: Hub, log: EventLog, caplog: pytest.LogCaptureFixture, *events: Event) -> list[str]:
    """The lines that these events make."""
    before = len(caplog.messages)
    for event in (*events, Problem("that was all")):
        hub.post(event)
    until_s = time.monotonic() + 10
    while "that was all" not in caplog.messages[before:]:
        assert time.monotonic() < until_s, caplog.messages
        time.sleep(0.005)
    return caplog.messages[before:-1]


def test_scenes_are_told_and_what_comes_many_times_a_second_is_not(
    hub: Hub, log: EventLog, caplog: pytest.LogCaptureFixture
) -> None:
    (line,) = said(hub, log, caplog, TimeAt(75.0), SCENE, Echo("blend", 0.5))
    assert line.split() == ["1:15", "lake", "calm", "valence", "+0.2", "arousal", "-0.5"]
    record = caplog.records[0]
    assert (record.event, record.fields["label"]) == ("scene", "lake")  # type: ignore[attr-defined]


def test_what_goes_wrong_later_is_a_mistake_of_its_sender_and_else_a_warning(
    hub: Hub, log: EventLog, caplog: pytest.LogCaptureFixture
) -> None:
    senders = (Peer(("10.0.0.7", 9000), "OSC"), Requester("seven"), Device("nanoKONTROL2"))
    lines = said(hub, log, caplog, *(Problem("no song", sender) for sender in senders), Problem("no room"))
    assert lines == ["OSC from 10.0.0.7: no song", "ZeroMQ: no song", "MIDI, nanoKONTROL2: no song", "no room"]
    assert [record.name.startswith(MISTAKES) for record in caplog.records[:4]] == [True, True, True, False]


def test_the_end_of_a_song_is_told_once(hub: Hub, log: EventLog, caplog: pytest.LogCaptureFixture) -> None:
    ended = Status("a.wav", "ended", 24.0, 0, 0)
    (line,) = said(hub, log, caplog, Status("a.wav", "playing", 24.0, 0, 0), ended, ended)
    assert line.startswith("a.wav has ended; /deepsing/play")


def test_dropped_frames_are_told_now_and_then(hub: Hub, log: EventLog, caplog: pytest.LogCaptureFixture) -> None:
    assert isinstance(hub.clock, ManualClock)
    assert not said(hub, log, caplog, Status("a.wav", "playing", 24.0, 3, 0))
    hub.clock.now_s += DROPS_EVERY_S
    assert said(hub, log, caplog, Status("a.wav", "playing", 24.0, 7, 0)) == [
        "7 frames dropped: the machine was too busy"
    ]
    assert not said(hub, log, caplog, Status("a.wav", "playing", 24.0, 9, 0))


def test_it_stops_and_hears_no_more(hub: Hub) -> None:
    log = EventLog(hub)
    log.start()
    log.stop()
    log.stop()
    assert hub._outboxes == ()
