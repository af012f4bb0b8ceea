import logging
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from threading import enumerate as all_threads
from types import MappingProxyType
from typing import Any

import pytest
from mido import Message

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.core.invocation import extra
from deepsing_bridge.live.clock import Clock, SystemClock
from deepsing_bridge.live.commands import Chase, Command, Pause, Play, SetParam, Toggle
from deepsing_bridge.live.events import Echo
from deepsing_bridge.live.hub import Hub
from deepsing_bridge.live.mailbox import Inbox
from deepsing_bridge.live.vocabulary import vocabulary
from deepsing_bridge.protocols.midi import adapter as midi
from deepsing_bridge.protocols.midi import ports as midi_ports
from deepsing_bridge.protocols.midi.adapter import MidiAdapter
from deepsing_bridge.protocols.midi.map import Button, Control, MidiMap, default_map
from deepsing_bridge.protocols.midi.rtmidi import SEQUENCER, NoMidi
from deepsing_bridge.protocols.midi.surface import Device
from tests.protocols.midi.senders import full_frame, quarter_frames

NANO = "nanoKONTROL2:nanoKONTROL2 MIDI 1 20:0"
NANO_AGAIN = "nanoKONTROL2:nanoKONTROL2 MIDI 1 28:0"
SHOWN = [control.controller for control in default_map(vocabulary()).controls]
JUMPY = MidiMap((Control("blend", 21, takeover="jump"),), (Button("note", 36, "toggle"),))


class FakeInput:
    def __init__(self, clock: Clock) -> None:
        self.closed = False
        self.waiting: deque[tuple[list[int], float]] = deque()
        self._clock = clock

    def plays(self, *messages: Message | list[int]) -> None:
        for message in messages:
            self.waiting.append((message if isinstance(message, list) else message.bytes(), self._clock.now()))

    def take(self) -> list[tuple[list[int], float]]:
        return [self.waiting.popleft() for _ in range(len(self.waiting))]

    def close(self) -> None:
        self.closed = True


class FakeOutput:
    def __init__(self, name: str, backend: "FakeBackend") -> None:
        self._name, self._backend = name, backend

    def send(self, data: list[int]) -> None:
        if self._backend.broken:
            raise OSError("no such device")
        self._backend.sent.append((self._name, *data[1:]))

    def close(self) -> None:
        if self._backend.broken:
            raise OSError("no such device")


class FakeBackend:
    """Devices that can be plugged in and pulled out, in the place of RtMidi's."""

    def __init__(self) -> None:
        self.inputs: list[str] = []
        self.outputs: list[str] = []
        self.opened: dict[str, FakeInput] = {}
        self.sent: list[tuple[Any, ...]] = []
        self.refuses = self.broken = self.gone = False

    def names(self) -> tuple[list[str], list[str]]:
        if self.gone:
            raise NoMidi("the server is gone")
        return list(self.inputs), list(self.outputs)

    def open_input(self, name: str, clock: Clock) -> FakeInput:
        if self.refuses:
            raise OSError("busy")
        self.opened[name] = FakeInput(clock)
        return self.opened[name]

    def open_output(self, name: str) -> FakeOutput:
        return FakeOutput(name, self)

    def close(self) -> None:
        pass

    def plays(self, name: str, *messages: Message | list[int]) -> None:
        self.opened[name].plays(*messages)


def until(condition: Callable[[], object], timeout_s: float = 5.0) -> None:
    end_s = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < end_s, "waited in vain"
        time.sleep(0.005)


def turn(number: int, value: int) -> Message:
    return Message("control_change", control=number, value=value)


@pytest.fixture
def backend(monkeypatch: pytest.MonkeyPatch) -> FakeBackend:
    fake = FakeBackend()
    monkeypatch.setattr(midi, "Backend", lambda name: fake)
    monkeypatch.setattr(midi, "LOOK_S", 0.02)
    monkeypatch.setattr(midi, "LOOK_AGAIN_S", 0.02)
    return fake


@pytest.fixture
def hub() -> Hub:
    return Hub(vocabulary(), SystemClock())


@pytest.fixture
def started() -> Iterator[Callable[..., MidiAdapter]]:
    """Starts adapters, stops them all in the end, and sees to it that no thread is left."""
    adapters: list[MidiAdapter] = []

    def start(*args: Any, **options: Any) -> MidiAdapter:
        adapters.append(MidiAdapter(*args, **options))
        adapters[-1].start()
        return adapters[-1]

    yield start
    for adapter in adapters:
        adapter.stop()
        adapter.stop()
    assert not [thread for thread in all_threads() if thread.name == "midi"]


def commands(hub: Hub, how_many: int = 1) -> list[Command]:
    found: list[Command] = []
    until(lambda: found.extend(hub.inbox.take(0.05)) or len(found) >= how_many)
    return found


def test_a_knob_turns_and_a_pad_starts(backend: FakeBackend, hub: Hub, started: Callable[..., MidiAdapter]) -> None:
    backend.inputs = [NANO]
    adapter = started(hub, JUMPY)
    assert adapter.describe() == "MIDI: nanoKONTROL2:nanoKONTROL2 MIDI 1; controls: 1"
    backend.plays(NANO, turn(21, 64), Message("note_on", note=36, velocity=9))
    assert commands(hub, 2) == [SetParam("blend", 0.5, Device(NANO)), Toggle(Device(NANO))]


def test_pick_up_begins_at_the_values_of_the_moment_that_it_starts(
    backend: FakeBackend, hub: Hub, started: Callable[..., MidiAdapter]
) -> None:
    backend.inputs = [NANO]
    adapter = MidiAdapter(hub, MidiMap((Control("blend", 21),)))
    hub.snapshot = replace(hub.snapshot, values=MappingProxyType(dict(hub.snapshot.values) | {"blend": 0.75}))
    adapter.start()
    try:
        backend.plays(NANO, turn(21, 10), turn(21, 64), turn(21, 96))
        assert [command.value for command in commands(hub)] == [pytest.approx(0.75, abs=0.01)]  # type: ignore[union-attr]
    finally:
        adapter.stop()


def test_time_code_is_chased_and_its_end_is_noticed(
    backend: FakeBackend, hub: Hub, started: Callable[..., MidiAdapter]
) -> None:
    backend.inputs = [NANO]
    started(hub, JUMPY, mtc_start="00:01:00:00")
    backend.plays(NANO, full_frame(60 * 25 + 50, Fraction(25)))
    (chase,) = commands(hub)
    assert isinstance(chase, Chase) and chase.time_s == 2.0 and not chase.moving
    backend.plays(NANO, *(message for _, message in quarter_frames(60 * 25 + 250, Fraction(25), 16)))
    found: list[Command] = []
    until(lambda: found.extend(hub.inbox.take(0.05)) or any(isinstance(c, Chase) and not c.moving for c in found))
    assert isinstance(found[-1], Chase) and found[-1].time_s == pytest.approx(10.15, abs=0.2)


def test_sources_that_are_not_wanted_are_not_heard(
    backend: FakeBackend, hub: Hub, started: Callable[..., MidiAdapter]
) -> None:
    backend.inputs = [NANO]
    started(hub, JUMPY, time_sources=())
    backend.plays(NANO, full_frame(0, Fraction(25)), Message("start"), Message("clock"), turn(21, 127))
    assert commands(hub) == [SetParam("blend", 1.0, Device(NANO))]


def test_a_device_that_goes_and_comes_back_under_another_number_goes_on_working(
    backend: FakeBackend, hub: Hub, started: Callable[..., MidiAdapter]
) -> None:
    backend.inputs = [NANO]
    adapter = started(hub, JUMPY)
    backend.inputs = []
    until(lambda: backend.opened[NANO].closed)
    until(lambda: "looking" in adapter.describe())
    backend.inputs = [NANO_AGAIN]
    until(lambda: NANO_AGAIN in backend.opened)
    backend.plays(NANO_AGAIN, turn(21, 127))
    assert commands(hub) == [SetParam("blend", 1.0, Device(NANO_AGAIN))]


def test_a_chased_device_that_goes_leaves_the_song_standing(
    backend: FakeBackend, hub: Hub, started: Callable[..., MidiAdapter]
) -> None:
    backend.inputs = [NANO]
    started(hub, JUMPY)
    backend.plays(NANO, *(message for _, message in quarter_frames(250, Fraction(25), 16)))
    backend.inputs = []
    found: list[Command] = []
    until(lambda: found.extend(hub.inbox.take(0.05)) or [c for c in found if isinstance(c, Chase) and not c.moving])
    assert [c.time_s for c in found if isinstance(c, Chase)][-1] == pytest.approx(10.15, abs=0.2)


def test_a_system_that_goes_and_comes_back_is_got_over(
    backend: FakeBackend, hub: Hub, started: Callable[..., MidiAdapter]
) -> None:
    backend.inputs = [NANO]
    adapter = started(hub, JUMPY)
    backend.gone = True
    until(lambda: adapter.describe() == "MIDI: off; the server is gone; looking for some; everything else works")
    backend.gone = False
    until(lambda: "nanoKONTROL2" in adapter.describe())
    backend.plays(NANO, turn(21, 127))
    assert commands(hub) == [SetParam("blend", 1.0, Device(NANO))]


def test_a_port_that_cannot_be_opened_is_said_once_and_tried_again(
    backend: FakeBackend, hub: Hub, started: Callable[..., MidiAdapter], caplog: pytest.LogCaptureFixture
) -> None:
    backend.inputs, backend.refuses = [NANO], True
    started(hub, JUMPY)
    until(lambda: caplog.text.count("cannot be opened: busy") == 1)
    backend.refuses = False
    until(lambda: NANO in backend.opened)
    assert caplog.text.count("cannot be opened") == 1


def test_values_go_back_when_a_device_comes_and_when_they_change(
    backend: FakeBackend, hub: Hub, started: Callable[..., MidiAdapter]
) -> None:
    backend.inputs, backend.outputs = [NANO], [NANO, "Synth:Synth 30:0"]
    started(hub, default_map(hub.vocabulary))
    shown = {(NANO, number) for number in SHOWN}
    until(lambda: len(backend.sent) == len(shown))
    assert {(port, control) for port, control, _ in backend.sent} == shown
    backend.sent.clear()
    hub.post(Echo("blend", 1.0))
    until(lambda: backend.sent == [(NANO, 21, 127)])
    backend.inputs = backend.outputs = []
    until(lambda: backend.opened[NANO].closed)
    backend.inputs = backend.outputs = [NANO_AGAIN]
    until(lambda: len(backend.sent) == 1 + len(SHOWN))
    assert (NANO_AGAIN, 21, 127) in backend.sent


def test_an_output_that_fails_is_counted_opened_anew_and_shows_everything(
    backend: FakeBackend, hub: Hub, started: Callable[..., MidiAdapter]
) -> None:
    backend.inputs = backend.outputs = [NANO]
    adapter = started(hub, default_map(hub.vocabulary))
    until(lambda: len(backend.sent) == len(SHOWN))
    backend.sent.clear()
    backend.broken = True
    hub.post(Echo("blend", 1.0))
    until(lambda: adapter.failed_sends)
    backend.broken = False
    until(lambda: len(backend.sent) == len(SHOWN))
    assert (NANO, 21, 127) in backend.sent


def test_only_the_ports_that_are_named_are_opened(
    backend: FakeBackend, hub: Hub, started: Callable[..., MidiAdapter]
) -> None:
    backend.inputs = [NANO, "BCR2000:BCR2000 MIDI 1 24:0", "RtMidiOut Client:RtMidi output 129:0"]
    started(hub, JUMPY, ports=["bcr"])
    assert list(backend.opened) == ["BCR2000:BCR2000 MIDI 1 24:0"]


def test_what_is_no_use_is_counted_and_what_follows_works(
    backend: FakeBackend, hub: Hub, started: Callable[..., MidiAdapter], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(midi_ports, "QUEUE", 1000)
    backend.inputs = [NANO]
    adapter = started(hub, JUMPY)
    backend.plays(NANO, *[Message("sysex", data=[1] * 1000)] * 100)
    backend.plays(NANO, [0xF4], [0xFD, 1, 2], [0xB0, 200, 200], [0xB0, 1], [0xE0, 1], [0xF2, 1], [0xF1], [])
    backend.plays(NANO, Message("sysex", data=(0x7F, 0x7F, 1, 1, 99, 99, 99, 99)), Message("sysex", data=[1] * 8))
    backend.plays(NANO, turn(21, 64))
    assert commands(hub) == [SetParam("blend", 0.5, Device(NANO))]
    assert (adapter.ignored_sysex, adapter.bad_messages, adapter.overflows) == (100, 9, 0)
    backend.opened[NANO].waiting.extend([(turn(21, i % 127).bytes(), 0.0) for i in range(5000)])
    backend.plays(NANO, turn(21, 127))
    until(lambda: hub.inbox.take(0.05)[-1:] == [SetParam("blend", 1.0, Device(NANO))])
    assert adapter.overflows == 1


def test_a_command_that_finds_no_room_is_counted_and_the_next_one_works(
    backend: FakeBackend, started: Callable[..., MidiAdapter]
) -> None:
    hub = Hub(vocabulary(), SystemClock(), Inbox(capacity=1))
    backend.inputs = [NANO]
    adapter = started(hub, JUMPY)
    hub.inbox.put(Pause())
    backend.plays(NANO, turn(21, 127))
    until(lambda: adapter.refused_commands == 1)
    assert hub.inbox.take(0) == [Pause()]
    backend.plays(NANO, turn(21, 127))
    assert commands(hub) == [SetParam("blend", 1.0, Device(NANO))]


def test_echoes_that_were_missed_are_made_up_for(
    backend: FakeBackend, hub: Hub, started: Callable[..., MidiAdapter]
) -> None:
    backend.inputs, backend.outputs = [NANO], [NANO]
    started(hub, JUMPY)
    until(lambda: backend.sent)
    values = MappingProxyType(dict(hub.snapshot.values) | {"blend": 1.0})
    hub.snapshot = replace(hub.snapshot, values=values)
    until(lambda: [hub.post(Echo("noise", 0.5)) for _ in range(600)] and (NANO, 21, 127) in backend.sent)


def test_without_devices_it_says_so_once_and_finds_one_that_comes(
    backend: FakeBackend, hub: Hub, started: Callable[..., MidiAdapter], caplog: pytest.LogCaptureFixture
) -> None:
    adapter = started(hub, JUMPY)
    assert adapter.describe() == "MIDI: no devices; looking for some; everything else works"
    backend.inputs = [NANO]
    until(lambda: "nanoKONTROL2" in adapter.describe())
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]  # `describe` has said it


def test_without_rtmidi_it_says_so_and_there_is_no_thread(
    hub: Hub, started: Callable[..., MidiAdapter], caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MIDO_BACKEND", raising=False)
    monkeypatch.setitem(sys.modules, "rtmidi", None)
    adapter = started(hub, JUMPY)
    missing = f"python-rtmidi is not installed; {extra('midi')} brings it"
    assert adapter.describe() == f"MIDI: off; {missing}; everything else works"
    assert not caplog.records
    assert not [thread for thread in all_threads() if thread.name == "midi"]
    assert adapter.overflows == adapter.ignored_sysex == adapter.failed_sends == adapter.bad_messages == 0


@pytest.mark.skipif(SEQUENCER.exists(), reason="there is a MIDI sequencer on this machine")
def test_on_a_machine_without_midi_it_says_so_and_goes_on_looking(
    hub: Hub, started: Callable[..., MidiAdapter], caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MIDO_BACKEND", raising=False)
    adapter = started(hub, JUMPY)
    assert "there is no /dev/snd/seq" in adapter.describe() and "looking for some" in adapter.describe()
    assert not caplog.records  # `describe` has said it, and once is enough


def test_what_was_asked_for_wrongly_is_refused(hub: Hub) -> None:
    with pytest.raises(BridgeError, match="time source: expected mtc or clock"):
        MidiAdapter(hub, JUMPY, time_sources=("ltc",))
    with pytest.raises(BridgeError, match="timecode: expected"):
        MidiAdapter(hub, JUMPY, mtc_start="noon")
    for backend in ("os", "mido.backends.portmidi", "mido.backends.rtmidi/NOPE"):
        with pytest.raises(BridgeError, match="MIDI backend"):
            MidiAdapter(hub, JUMPY, backend=backend).start()
    assert not [thread for thread in all_threads() if thread.name == "midi"]


def test_play_needs_no_value(backend: FakeBackend, hub: Hub, started: Callable[..., MidiAdapter]) -> None:
    backend.inputs = [NANO]
    started(hub, MidiMap((), (Button("program", 5, "play"),)))
    backend.plays(NANO, Message("program_change", program=5))
    assert commands(hub) == [Play(Device(NANO))]
