"""Other programs and sound cards by JACK (JACK-Client): what sends there can be heard."""

import logging
from importlib.util import find_spec
from threading import Event
from typing import Any

import numpy as np

from .device import RING_S, Device, Input
from .ring import CHANNELS, SampleRing

log = logging.getLogger(__name__)
CLIENT, SYSTEM = "deepsing-ears", "JACK"
CLOCK = 2**32  # JACK's clock counts samples, and begins anew there
HARDWARE = "system"  # JACK's name for the sound card


def installed() -> bool:
    return find_spec("jack") is not None


def devices() -> list[Device]:
    """Each program that sends sound to JACK, and its sound card, which every server has; none where no server runs."""
    client = _client(f"{CLIENT}-look")
    if client is None:
        return []
    try:
        ports = client.get_ports(is_audio=True, is_output=True)
        found: dict[str, list[str]] = {}
        for port in ports:
            found.setdefault(port.name.partition(":")[0], []).append(port.name)
        return [_device(name, tuple(ports), client.samplerate) for name, ports in found.items()]
    finally:
        client.close()


def _device(name: str, ports: tuple[str, ...], rate: int) -> Device:
    def opened() -> Input:
        return Connection(ports[:CHANNELS])

    return Device(name, SYSTEM, len(ports), rate, name == HARDWARE, opened)


def _client(name: str) -> Any:
    """A client of the running server; None if there is none, or JACK is not there."""
    try:
        import jack
    except OSError as error:  # no libjack
        log.info("JACK: %s", error)
        return None
    jack.set_error_function(lambda message: log.debug("JACK: %s", message))
    jack.set_info_function(lambda message: log.debug("JACK: %s", message))
    try:
        return jack.Client(name, no_start_server=True)
    except jack.JackOpenError as error:
        log.debug("JACK: %s", error)
        return None


class Connection:
    """A client that hears the ports called `sources`, one or two. Raises OSError where the server is gone."""

    def __init__(self, sources: tuple[str, ...]) -> None:
        self._client, self._shut = _client(CLIENT), Event()
        if self._client is None:
            raise OSError("no JACK server is running")
        self.rate, self.ring = self._client.samplerate, SampleRing(round(RING_S * self._client.samplerate))
        self._sources = sources
        self._ports = [self._client.inports.register(f"in_{number + 1}") for number in range(len(sources))]
        self._block = np.zeros((0, len(sources)), np.float32)
        self._here: int | None = None  # JACK's time of the newest block
        self._gone = 0  # so many samples' time has gone by since the first
        self._client.set_process_callback(self._heard)
        self._client.set_shutdown_callback(lambda status, reason: self._shut.set())
        self._client.activate()
        for source, port in zip(sources, self._ports, strict=True):
            self._client.connect(source, port)

    def _heard(self, frames: int) -> None:
        """On JACK's thread."""
        if len(self._block) != frames:
            self._block = np.zeros((frames, len(self._ports)), np.float32)
        missing = self._elapsed() - self.ring.written - self.ring.lost  # JACK does not wait for whoever is late
        self.ring.lose(max(missing, 0))
        for column, port in enumerate(self._ports):
            self._block[:, column] = port.get_array()
        self.ring.write(self._block)

    def _elapsed(self) -> int:
        """Samples' time since the first block; JACK's clock may be a block off for a moment."""
        here = self._client.last_frame_time
        since = (here - self._here + CLOCK // 2) % CLOCK - CLOCK // 2 if self._here is not None else 0
        self._here, self._gone = here, self._gone + since
        return self._gone

    @property
    def alive(self) -> bool:
        """Whether the server is there, and what is heard still is."""
        return not self._shut.is_set() and all(port.number_of_connections for port in self._ports)

    def close(self) -> None:
        self._client.close(ignore_errors=True)
