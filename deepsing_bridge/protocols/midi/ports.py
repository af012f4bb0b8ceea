"""The ports that are open: opens those that are wanted, again when their device comes back, and takes what they sent.

Owned by one thread, which calls `look` now and then and `take` often. Knows nothing of what messages mean.
"""

import logging
from collections.abc import Callable, Collection, Iterable
from typing import Any, NamedTuple

from mido import Message

from ...live.clock import Clock
from .mtc import FULL_FRAME_BYTES
from .port_names import choose
from .rtmidi import QUEUE, Backend, Input, NoMidi, Output

LOOK_S = 0.5  # between two looks at what is there: a cable that is pulled and put back takes longer
LOOK_AGAIN_S = 10.0  # after there was no MIDI at all: some systems' libraries complain on stderr each time

log = logging.getLogger(__name__)


class Received(NamedTuple):
    """A mido `message`, the port that it came from, and when."""

    port: str
    message: Any
    at_s: float


class Ports:
    """`wanted` is as in `choose`. Of the outputs, only those are opened to which something is to be sent: `shows` says
    so of a name.
    """

    def __init__(self, backend: Backend, wanted: Iterable[str], shows: Callable[[str], bool], clock: Clock) -> None:
        self.ignored_sysex = 0
        self.bad_messages = 0  # that are no MIDI
        self.overflows = 0  # times that so much waited that some may have been lost
        self.failed_sends = 0
        self.inputs: dict[str, Input] = {}
        self.outputs: dict[str, Output] = {}
        self._backend = backend
        self._wanted = tuple(wanted)
        self._shows = shows
        self._clock = clock
        self._refused: set[str] = set()

    def look(self) -> None:
        """Close what is gone and open what is new. Raises NoMidi, with all ports closed."""
        try:
            inputs, outputs = self._backend.names()
        except NoMidi:
            self._keep((), ())
            raise
        heard, answering = choose(inputs, outputs, self._wanted)
        shown = [name for name in answering if self._shows(name)]
        self._keep(heard, shown)
        for name in set(heard) - set(self.inputs):
            self._open(self.inputs, name, lambda name: self._backend.open_input(name, self._clock))
        for name in set(shown) - set(self.outputs):
            self._open(self.outputs, name, self._backend.open_output)

    def take(self) -> list[Received]:
        """What has arrived, in order."""
        found = [heard for name, port in self.inputs.items() for heard in self._read(name, port)]
        return sorted(found, key=lambda heard: heard.at_s)

    def send(self, name: str, message: Any) -> bool:
        """Send to an output. If that fails, which is counted, it is closed, and opened anew at the next look."""
        try:
            self.outputs[name].send(message.bytes())
        except OSError as error:
            self.failed_sends += 1
            log.warning("MIDI port %s: %s", name, error)
            self._close(self.outputs, name)
        return name in self.outputs

    def close(self) -> None:
        self._keep((), ())
        self._backend.close()

    def _read(self, name: str, port: Input) -> Iterable[Received]:
        taken = port.take()
        self.overflows += len(taken) >= QUEUE - 1
        for data, at_s in taken:
            # system exclusive is of any length, and only time code's is of use
            if data and data[0] == 0xF0 and len(data) != FULL_FRAME_BYTES:
                self.ignored_sysex += 1
                continue
            try:
                yield Received(name, Message.from_bytes(data), at_s)
            except (ValueError, LookupError):  # no message, or one that is cut off
                self.bad_messages += 1

    def _keep(self, inputs: Collection[str], outputs: Collection[str]) -> None:
        """Close all others."""
        for name in set(self.inputs) - set(inputs):
            self._close(self.inputs, name)
        for name in set(self.outputs) - set(outputs):
            self._close(self.outputs, name)
        self._refused &= {*inputs, *outputs}

    def _open(self, ports: dict[str, Any], name: str, opened: Callable[[str], object]) -> None:
        try:
            ports[name] = opened(name)
            self._refused.discard(name)
        except OSError as error:
            if name not in self._refused:  # say it once; it is tried again at every look
                log.warning("MIDI port %s cannot be opened: %s", name, error)
            self._refused.add(name)

    def _close(self, ports: dict[str, Any], name: str) -> None:
        try:
            ports.pop(name).close()
        except OSError as error:
            log.warning("MIDI port %s did not close: %s", name, error)
