"""RtMidi: asks it what ports there are, opens them, takes what has arrived.

No callbacks: RtMidi calls them on threads of its own, which then wait for the interpreter, and closing a port at such a
moment hangs or crashes the process. Messages wait in RtMidi's own bounded queue instead, and are taken from there.
Knows nothing of what they mean. Owned by one thread.
"""

import math
import os
from pathlib import Path
from types import ModuleType
from typing import Any

from ...core.errors import BridgeError
from ...core.invocation import extra
from ...live.clock import Clock
from .jack import JackWatch

RTMIDI = "mido.backends.rtmidi"  # mido's name for it, which others go by too
CLIENT = "deepsing"  # what JACK and ALSA call this program
SEQUENCER = Path("/dev/snd/seq")  # without it ALSA has no MIDI
QUEUE = 16384  # messages: of each that finds no room RtMidi itself complains on stderr, so a busy second must fit
DRIFT = 1e-3  # by how much the system's clock may differ from ours
LATEST_S = 0.5  # nothing has waited longer


class NoMidi(BridgeError):
    """There is no MIDI here now; the message says why."""


class Backend:
    """RtMidi by the system that `name` says: `mido.backends.rtmidi/UNIX_JACK`. None: what MIDO_BACKEND says; without
    a system, or without either, the platform's usual one.

    Raises BridgeError for anything else, NoMidi if python-rtmidi is not installed.
    """

    def __init__(self, name: str | None = None) -> None:
        self._name = name or os.environ.get("MIDO_BACKEND") or RTMIDI
        self._rtmidi = _load()
        compiled = self._rtmidi.get_compiled_api()
        systems = {
            key[4:]: api for key, api in vars(self._rtmidi).items() if key.startswith("API_") and api in compiled
        }
        module, _, system = self._name.partition("/")
        if module != RTMIDI or (system and system not in systems):
            known = " or ".join(f"{RTMIDI}/{known}" for known in systems)
            raise BridgeError(f"MIDI backend: expected {known}, got {self._name[:60]!r}")
        self._api: int = systems[system] if system else compiled[0]
        self._askers: tuple[Any, Any] | None = None
        self._jack: JackWatch | None = None

    def names(self) -> tuple[list[str], list[str]]:
        """The inputs and the outputs that there are, as the system calls them now. Raises NoMidi, also where the JACK
        server that they were on has ended.

        Asked by clients that stay, since new ones for every question hold everything up for 50 ms with JACK. With no
        port left, close those that are open before the next question: it may open new clients, and where a JACK server
        has died in between, that takes the old ones down with the process.
        """
        if self._api == self._rtmidi.API_LINUX_ALSA and not SEQUENCER.exists():  # libasound says so on stderr each time
            raise NoMidi(f"there is no {SEQUENCER}; for JACK set MIDO_BACKEND={RTMIDI}/UNIX_JACK")
        if self._jack and self._jack.ended:
            self.close()
            raise NoMidi("the JACK server has ended")
        try:
            if self._askers is None:
                self._askers = self._ask()
            inputs, outputs = (list(dict.fromkeys(asker.get_ports())) for asker in self._askers)
        except (OSError, ValueError) as error:  # RtMidi's own errors are OSErrors
            self.close()
            raise NoMidi(str(error)) from error
        if not inputs and not outputs:
            self.close()  # perhaps the server is gone, and whoever asked it would never hear of the next one
        return inputs, outputs

    def open_input(self, name: str, clock: Clock) -> "Input":
        """Raises OSError if it cannot be opened."""
        port = self._client(self._rtmidi.MidiIn, queue_size_limit=QUEUE)
        port.ignore_types(sysex=False, timing=False, active_sense=True)
        return Input(_opened(port, name, "in"), clock)

    def open_output(self, name: str) -> "Output":
        """Raises OSError if it cannot be opened."""
        return Output(_opened(self._client(self._rtmidi.MidiOut), name, "out"))

    def close(self) -> None:
        for asker in self._askers or ():
            asker.delete()
        if self._jack:
            self._jack.close()
        self._askers = self._jack = None

    def _ask(self) -> tuple[Any, Any]:
        if self._api == self._rtmidi.API_UNIX_JACK:
            self._jack = JackWatch(self._rtmidi._rtmidi.__file__)
        return self._client(self._rtmidi.MidiIn), self._client(self._rtmidi.MidiOut)

    def _client(self, kind: Any, **options: Any) -> Any:
        return kind(rtapi=self._api, name=CLIENT, **options)


class Input:
    def __init__(self, port: Any, clock: Clock) -> None:
        self._port = port
        self._clock = clock
        self._arrivals = Arrivals()

    def take(self) -> list[tuple[list[int], float]]:
        """The bytes of each message that waits, at most as many as fit, and when it arrived."""
        now_s = self._clock.now()
        found: list[tuple[list[int], float]] = []
        while len(found) < QUEUE and (got := self._port.get_message()) is not None:
            found.append((got[0], self._arrivals.at(got[1], now_s)))
        return found

    def close(self) -> None:
        _close(self._port)


class Output:
    def __init__(self, port: Any) -> None:
        self._port = port

    def send(self, data: list[int]) -> None:
        """Raises OSError if the port is gone and the system says so."""
        self._port.send_message(data)

    def close(self) -> None:
        _close(self._port)


class Arrivals:
    """When messages arrived, by our clock: the system says how long after each other, we how long ago at most.

    Whatever took the least time to get here tells where the two clocks stand; so a message that waited for a busy
    interpreter is not late.
    """

    def __init__(self) -> None:
        self._sum_s = 0.0
        self._offset_s = math.inf
        self._now_s = -math.inf

    def at(self, after_s: float, now_s: float) -> float:
        """When the message that is taken at `now_s` arrived, `after_s` after the one before."""
        self._sum_s += after_s
        at_most_s = now_s - self._sum_s
        grown_s = self._offset_s + (now_s - self._now_s) * DRIFT
        credible = grown_s >= at_most_s - LATEST_S
        self._offset_s = min(grown_s, at_most_s) if credible else at_most_s
        self._now_s = now_s
        return self._sum_s + self._offset_s


def _load() -> ModuleType:
    try:
        import rtmidi
    except ImportError as error:
        raise NoMidi(f"python-rtmidi is not installed; {extra('midi')} brings it") from error
    return rtmidi


def _opened(port: Any, name: str, way: str) -> Any:
    names = port.get_ports()
    try:
        if name not in names:
            raise OSError(f"{name} is gone")
        port.open_port(names.index(name), name=way)
    except OSError:
        port.delete()
        raise
    return port


def _close(port: Any) -> None:
    port.close_port()
    port.delete()
