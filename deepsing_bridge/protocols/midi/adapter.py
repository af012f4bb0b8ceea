"""MIDI devices: knobs turn parameters, pads start and stop, time code and clock are chased, faders show what is.

The shell around `surface` and `time`. One thread, `midi`, owns the ports and both of those; it looks for
devices every half second, so that one that was away goes on working. Without MIDI on the machine `describe` says
so, and everything else goes on. Knows the hub, and nothing of the engine.
"""

import logging
from collections.abc import Collection, Iterable
from threading import Event as Flag
from threading import Thread

from ...live.commands import Command, SetParam
from ...live.events import Echo, Event
from ...live.hub import Hub
from ...live.mailbox import Outbox
from .map import MidiMap
from .port_names import steady_name
from .ports import LOOK_AGAIN_S, LOOK_S, Ports, Received
from .rtmidi import Backend, NoMidi
from .surface import Surface
from .time import SOURCES, Timekeeper

WAIT_S = 0.01  # between two looks at what has arrived
IDLE_S = 0.05  # the same, without devices
START_S = 2.0  # how long `start` waits for the first look at the ports
STOP_S = 0.5

log = logging.getLogger(__name__)


class MidiAdapter:
    """`ports` are parts of devices' names, none: all; `time_sources`, of `mtc` and `clock`, are chased; at `mtc_start`
    of the time code the song is at 0; `backend` is one of mido's, None: what MIDO_BACKEND says, or RtMidi.

    Raises BridgeError for a time source or a timecode that is none.
    """

    def __init__(
        self,
        hub: Hub,
        mapping: MidiMap,
        ports: Iterable[str] = (),
        time_sources: Collection[str] = SOURCES,
        mtc_start: str = "00:00:00:00",
        backend: str | None = None,
    ) -> None:
        self.refused_commands = 0  # because too many waited in the inbox
        self._hub = hub
        self._map = mapping
        self._wanted = tuple(ports)
        self._backend = backend
        self._surface = Surface(mapping, hub.vocabulary, hub.snapshot.values)
        self._time = Timekeeper(time_sources, mtc_start)
        self._ports: Ports | None = None
        self._thread: Thread | None = None
        self._stopping, self._looked = Flag(), Flag()
        self._state = "looking for devices"
        self._inputs: set[str] = set()  # that surface and time know of
        self._outputs: set[str] = set()
        self._opened: set[str] = set()  # outputs, at the last look

    @property
    def overflows(self) -> int:
        """Times that so many messages waited that some may have been lost."""
        return self._ports.overflows if self._ports else 0

    @property
    def bad_messages(self) -> int:
        """Those that are no MIDI, or time code that means no time."""
        return self._time.bad + (self._ports.bad_messages if self._ports else 0)

    @property
    def ignored_sysex(self) -> int:
        """System exclusive messages other than time code."""
        return self._ports.ignored_sysex if self._ports else 0

    @property
    def failed_sends(self) -> int:
        return self._ports.failed_sends if self._ports else 0

    def start(self) -> None:
        """Open what is there. No MIDI is nothing to stop for; raises BridgeError if mido has no such backend."""
        try:
            backend = Backend(self._backend)
        except NoMidi as reason:
            self._state = f"off; {reason}; everything else works"
            return
        self._ports = Ports(backend, self._wanted, self._shows, self._hub.clock)
        self._thread = Thread(target=self._run, args=(self._ports, self._hub.subscribe()), name="midi", daemon=True)
        self._thread.start()
        self._looked.wait(START_S)

    def stop(self) -> None:
        self._stopping.set()
        if self._thread:
            self._thread.join(STOP_S)

    def describe(self) -> str:
        return f"MIDI: {self._state}"

    def _shows(self, port: str) -> bool:
        return bool(self._map.shown_on(port))

    def _run(self, ports: Ports, events: Outbox[Event]) -> None:
        self._surface.catch_up(self._hub.snapshot.values)
        dropped, look_s = 0, self._hub.clock.now()
        try:
            while not self._stopping.is_set():
                now_s = self._hub.clock.now()  # before messages are taken: whoever is silent at that time, was
                if now_s >= look_s:
                    look_s = now_s + self._look(ports)
                self._put(*self._asked(ports.take()))
                for event in events.take(0):
                    self._tell(event, now_s)
                if events.dropped > dropped:
                    dropped = events.dropped
                    self._surface.catch_up(self._hub.snapshot.values)
                self._put(self._time.still(now_s), *self._surface.overdue(now_s))
                self._send(ports, now_s)
                self._hub.losses.report("MIDI", ports.failed_sends)
                self._stopping.wait(WAIT_S if self._inputs else IDLE_S)
        finally:
            self._hub.unsubscribe(events)
            ports.close()

    def _look(self, ports: Ports) -> float:
        """Find out what is plugged in. How long until the next look, in seconds."""
        try:
            ports.look()
            wait_s, reason = LOOK_S, "no devices"
        except NoMidi as error:
            wait_s, reason = LOOK_AGAIN_S, f"off; {error}"
            if self._inputs or self._outputs:  # until now
                log.warning("MIDI is off: %s; everything else works, and play goes on by the bridge's own clock", error)
        ready = self._opened & set(ports.outputs)  # a connection takes a moment, and what is sent before is lost
        self._opened = set(ports.outputs)
        self._meet(set(ports.inputs), ready)
        names = ", ".join(sorted(steady_name(port) for port in self._inputs))
        found = f"{names}; controls: {len(self._map.controls)}"
        self._state = found if names else f"{reason}; looking for some; everything else works"
        self._looked.set()
        return wait_s

    def _meet(self, inputs: set[str], outputs: set[str]) -> None:
        """Bring what surface and time know up to the ports that are open now."""
        for port in (self._inputs | self._outputs) - (inputs | outputs):
            log.warning("MIDI: %s is gone", port)
            self._surface.remove(port)
            self._put(self._time.remove(port))
        for port in outputs - self._outputs:
            self._surface.add_output(port)
        for port in inputs - self._inputs:
            log.info("MIDI: %s is there", port)
        self._inputs, self._outputs = inputs, outputs

    def _asked(self, arrived: Iterable[Received]) -> list[Command | None]:
        """By all that has arrived, which goes on together: the engine, which a command wakes, is woken once."""
        return [command for heard in arrived for command in (self._time.hear(*heard), self._surface.hear(*heard))]

    def _tell(self, event: Event, now_s: float) -> None:
        if isinstance(event, Echo):
            self._surface.echo(event.name, event.value, now_s)

    def _send(self, ports: Ports, now_s: float) -> None:
        for port, message in self._surface.to_send(now_s):
            if port in self._outputs and not ports.send(port, message):
                self._outputs.discard(port)  # when it is open again, it is to show everything
                self._opened.discard(port)

    def _put(self, *commands: Command | None) -> None:
        for command in commands:
            if command is not None and not self._hub.inbox.put(command):
                self.refused_commands += 1
                if isinstance(command, SetParam):
                    self._surface.catch_up(self._hub.snapshot.values)
